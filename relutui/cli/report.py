"""`relutui report` and `relutui review`: what a learner hands in, and what a teacher sees of a class."""

import csv
import json
import sys
import textwrap
from io import TextIOWrapper
from pathlib import Path
from typing import cast

from relutui.cli.usage import UsageError
from relutui.explain.phrasing import count_text
from relutui.lib.files import create_atomically
from relutui.lib.safe_text import sanitize_line
from relutui.session.class_review import Learner, Misconception, misconceptions, read_class
from relutui.session.progress_file import load_progress
from relutui.session.report import MAX_NAME, report_of, report_text

WHO_COLUMNS = 30  # of the longest name in the table
FORMULA = "=+-@"  # begins what a spreadsheet would compute


def report(name: str, output: str | None) -> int:
    """Write the hand-in file, or print it."""
    name = sanitize_line(name)
    if len(name) > MAX_NAME:
        raise UsageError(f"--name: expected at most {MAX_NAME} characters, got {len(name)}")
    problems: list[str] = []
    progress = load_progress(problems.append)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        return 1
    text = report_text(report_of(progress, name))
    if output is None:
        _print_any_character()
        print(text, end="")
        return 0
    create_atomically(Path(output), text)
    asked = len({answer.ask for answer in progress.answers})  # as `review` counts them
    said = f"{count_text(len(progress.solved), 'exercise')} solved, {count_text(asked, 'question')} answered"
    print(f"{sanitize_line(output)}: {said}{name and f', by {name}'}")
    return 0


def review(folder: str, style: str) -> int:
    """Print what a class has done, as "table", "json" or "csv"; return 1 if anything is to be said of a file."""
    problems: list[tuple[str, str]] = []
    learners = read_class(Path(folder), lambda file, why: problems.append((sanitize_line(file), sanitize_line(why))))
    for file, why in problems:
        print(f"{file}: {why}", file=sys.stderr)
    _print_any_character()
    match style:
        case "json":
            print(json.dumps(_as_json(learners, problems), indent=2, ensure_ascii=False))
        case "csv":
            csv.writer(sys.stdout, lineterminator="\n").writerows(_as_rows(learners))
        case _:
            for line in (*_table(learners), *_wrong_ideas(misconceptions(learners))):
                print(line)
    return 1 if problems else 0


def _print_any_character() -> None:
    cast(TextIOWrapper, sys.stdout).reconfigure(errors="replace")  # not every terminal's encoding has every name


def _who(learner: Learner) -> str:
    return learner.name or learner.file


def _table(learners: list[Learner]) -> list[str]:
    names = [textwrap.shorten(_who(learner), WHO_COLUMNS, placeholder=" …")[:WHO_COLUMNS] for learner in learners]
    width = max(map(len, (*names, "who")))
    rows = [
        f"{name:<{width}}  {who.opened:>6}  {len(who.solved):>6}  {who.answered:>8}  {who.right:>13}  {who.wrong_ideas:>14}"
        for name, who in zip(names, learners)
    ]
    return [f"{'who':<{width}}  opened  solved  answered  right at once  misconceptions", *rows]


def _wrong_ideas(found: list[Misconception]) -> list[str]:
    if not found:
        return []
    lines = ["", "learners  answers  misconception"]
    for idea in found:
        first, *others = textwrap.wrap(idea.text, 60)
        lines += [f"{idea.learners:>8}  {idea.answers:>7}  {first}", *(f"{'':>19}{line}" for line in others)]
    return lines


def _as_json(learners: list[Learner], problems: list[tuple[str, str]]) -> dict[str, object]:
    return {
        "learners": [learner._asdict() for learner in learners],
        "misconceptions": [idea._asdict() for idea in misconceptions(learners)],
        "problems": [{"file": file, "problem": why} for file, why in problems],
    }


def _as_rows(learners: list[Learner]) -> list[list[object]]:
    header: list[object] = ["file", "name", "opened", "solved", "answered", "right_at_once", "misconceptions"]
    return [
        header,
        *(
            [
                *map(_cell, (learner.file, learner.name)),
                *(learner.opened, len(learner.solved), learner.answered, learner.right),
                _cell("; ".join(f"{text} ({times})" for text, times in learner.misconceptions.most_common())),
            ]
            for learner in learners
        ),
    ]


def _cell(text: str) -> str:
    """Return a text as a spreadsheet shows it, not as a formula that it computes."""
    return f"'{text}" if text[:1] in FORMULA and text else text
