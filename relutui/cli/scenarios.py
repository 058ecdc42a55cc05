"""`relutui list` and `relutui check`: the scenarios that ship, and what is wrong with files."""

import os
import shutil
import sys
import textwrap
from pathlib import Path

from relutui.explain.phrasing import count_text
from relutui.lib.safe_text import sanitize_line
from relutui.model.dataset import scaling_advice
from relutui.scenario.course import COURSE, ORDER
from relutui.scenario.library import load, shipped
from relutui.scenario.scenario import ScenarioError
from relutui.session.course_progress import is_done, next_in_course
from relutui.session.progress_file import load_progress


def list_scenarios() -> int:
    """Print the chapters of the course, a line for each scenario, what is done (✓), and what is next (>)."""
    scenarios = {name: load(path) for name, path in shipped().items()}
    progress = load_progress()
    following = next_in_course(scenarios, progress)
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


def check_files(files: list[str]) -> int:
    """Print what is wrong with each file; return 1 if anything is."""
    status = 0
    for file in files:
        try:
            scenario = load(Path(file))
        except ScenarioError as error:
            folder = sanitize_line(os.path.dirname(Path(file)))
            for problem in error.problems:
                print(os.path.join(folder, problem), file=sys.stderr)
            status = 1
        else:
            but = scaling_advice(scenario.dataset)
            found = f"{count_text(scenario.start.units, 'unit')}, {count_text(len(scenario.dataset), 'point')}"
            print(f"{sanitize_line(file)}: good: {found}{but and f'; {but}'}")
    return status
