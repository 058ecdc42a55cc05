"""`relutui list`, `relutui check` and `relutui share`: what ships, what is wrong with a file, and a file as a string."""

import argparse
import json
import os
import shutil
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from relutui.cli.session_options import csv_choice, open_named
from relutui.explain.phrasing import count_text
from relutui.lib.safe_text import sanitize_line
from relutui.model.dataset import scaling_advice
from relutui.scenario.course import COURSE, ORDER
from relutui.scenario.csv_choice import NOTHING_CHOSEN, CsvChoice
from relutui.scenario.csv_scenario import is_csv
from relutui.scenario.library import load, shipped
from relutui.scenario.reader import parse
from relutui.scenario.scale_text import scale_text
from relutui.scenario.scenario import Scenario, ScenarioError
from relutui.scenario.share_string import is_share_string, read_share_string, share_string
from relutui.scenario.toml_table import MAX_BYTES, limit_of
from relutui.session.course_progress import is_done, next_in_course
from relutui.session.progress import Progress
from relutui.session.progress_file import load_progress

STANDARD_INPUT, INPUT_WORDS = "-", "standard input"  # in the place of a file, and in messages


def list_scenarios(as_json: bool) -> int:
    """Print the chapters of the course, each scenario, what is done (✓), and what is next (>), as lines or as JSON."""
    scenarios = {name: load(path) for name, path in shipped().items()}
    progress = load_progress()
    following = next_in_course(scenarios, progress)
    if as_json:
        print(json.dumps({"scenarios": list(_rows(scenarios, progress, following))}))
        return 0
    width = max(map(len, ("name", *scenarios)))
    print(f"  {'name':<{width}} {'units':>5} {'points':>6}  summary")
    for number, chapter in enumerate(COURSE, 1):
        print(f"{number} {chapter.title}")
        for name in chapter.scenarios:
            scenario = scenarios[name]
            mark = "✓" if is_done(name, scenario, progress) else ">" if name == following else " "
            head = f"{mark} {name:<{width}} {scenario.start.units:>5} {len(scenario.dataset):>6}  "
            room = max(20, shutil.get_terminal_size().columns - len(head) - 1)
            lines = textwrap.wrap(scenario.summary, room) if sys.stdout.isatty() else [scenario.summary]  # for other programs
            print(head + f"\n{' ' * len(head)}".join(lines))
    done = sum(is_done(name, scenarios[name], progress) for name in ORDER)
    print("done: solved, or where there is nothing to solve, its questions answered")
    print(f"{done} of {len(ORDER)} done{f'; next: {following}' if following else ''}")
    return 0


def _rows(scenarios: dict[str, Scenario], progress: Progress, following: str | None) -> Iterator[dict[str, object]]:
    for chapter in COURSE:
        for name in chapter.scenarios:
            scenario = scenarios[name]
            yield {
                "name": name,
                "chapter": chapter.title,
                "title": scenario.title,
                "summary": scenario.summary,
                "units": scenario.start.units,
                "points": len(scenario.dataset),
                "done": is_done(name, scenario, progress),
                "next": name == following,
            }


@dataclass(frozen=True)
class Checked:
    """What was found of a file, "-" being standard input: the scenario, or else the problems, one line each."""

    file: str
    scenario: Scenario | None
    problems: tuple[str, ...] = ()

    @property
    def advice(self) -> str:
        """What should be changed although the scenario can be read; else empty."""
        return scaling_advice(self.scenario.dataset) if self.scenario else ""


def check_files(files: list[str], choice: CsvChoice, as_json: bool) -> int:
    """Print what is wrong with each file, or all that was found as JSON; return 1 if anything is wrong."""
    found = [_check(file, choice) for file in files]
    if as_json:
        print(json.dumps({"files": [_as_json(checked) for checked in found]}))
    else:
        for checked in found:
            _print(checked)
    return 1 if any(checked.problems for checked in found) else 0


def _check(file: str, choice: CsvChoice) -> Checked:
    try:
        scenario = _read(file, choice)
    except ScenarioError as error:
        folder = "" if file == STANDARD_INPUT or is_share_string(file) else sanitize_line(os.path.dirname(Path(file)))
        return Checked(file, None, tuple(os.path.join(folder, problem) for problem in error.problems))
    return Checked(file, scenario)


def _read(file: str, choice: CsvChoice) -> Scenario:
    """Read the scenario of a file, a share string or, within the limits of a file, standard input.  Raises ScenarioError."""
    if is_share_string(file):
        return read_share_string(file)
    if file != STANDARD_INPUT:
        return load(Path(file), choice if is_csv(Path(file)) else NOTHING_CHOSEN)
    if sys.stdin is None:  # it was closed from the start
        raise ScenarioError(f"{INPUT_WORDS}: closed")
    content = sys.stdin.buffer.read(MAX_BYTES + 1)
    content += sys.stdin.buffer.read(limit_of(content) - MAX_BYTES)
    return parse(content, "input", None, source=INPUT_WORDS)


def _print(checked: Checked) -> None:
    for problem in checked.problems:
        print(problem, file=sys.stderr)
    if checked.scenario:
        name = INPUT_WORDS if checked.file == STANDARD_INPUT else sanitize_line(checked.file)
        name = checked.scenario.name if is_share_string(checked.file) else name
        sizes = checked.scenario.start.sizes
        layers = f" in {len(sizes)} hidden layers" if len(sizes) > 1 else ""
        found = f"{count_text(sum(sizes), 'unit')}{layers}, {count_text(len(checked.scenario.dataset), 'point')}"
        csv, kind = checked.scenario.target.csv, checked.scenario.target.scale
        scale = "" if kind == "none" else f"scaled ({kind}): {scale_text(checked.scenario)}"
        print("; ".join(filter(None, [f"{name}: good: {found}", scale, csv and csv.said, checked.advice])))


def _as_json(checked: Checked) -> dict[str, object]:
    scenario = checked.scenario
    return {
        "file": sanitize_line(checked.file),
        "good": scenario is not None,
        "units": scenario.start.units if scenario else None,
        "points": len(scenario.dataset) if scenario else None,
        "read": scenario.target.csv.said if scenario and scenario.target.csv else None,
        "advice": checked.advice or None,
        "problems": list(checked.problems),
    }


def share(options: argparse.Namespace) -> int:
    """Print the share string of a scenario.  Raises ScenarioError if it cannot have one."""
    print(share_string(open_named(options.scenario, csv_choice(options))))
    return 0
