"""`relutui report` and `relutui review`: what a learner hands in, and what a teacher sees of a class."""

import csv
import json
import os
import sys
import textwrap
from io import TextIOWrapper
from itertools import chain, count
from pathlib import Path
from typing import cast

from relutui.cli.usage import UsageError
from relutui.explain.phrasing import count_text
from relutui.lib.files import create_atomically
from relutui.lib.safe_text import sanitize_line
from relutui.session.class_folder import read_class
from relutui.session.class_review import Asked, Learner, Misconception, misconceptions, questions
from relutui.session.progress_file import load_progress
from relutui.session.report import MAX_NAME, report_of, report_text

MAX_NAME_COLUMNS = 30  # of the longest name in a table
STANDARD_OUTPUT = "-"  # as the name of a file
FORMULA = "=+-@"  # begins what a spreadsheet would compute


def report(name: str, output: str | None) -> int:
    """Write the hand-in file, a new one called report.toml, report-2.toml, ... without an output; or print it ("-")."""
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
    if output == STANDARD_OUTPUT:
        _print_any_character()
        print(text, end="")
        return 0
    output = output or _free_name()
    try:
        create_atomically(Path(output), text)
    except FileExistsError:
        print(f"{sanitize_line(output)} exists and is not replaced: another name with -o, or no -o at all", file=sys.stderr)
        return 1
    asked = len({answer.ask for answer in progress.answers})  # as `review` counts them
    said = f"{count_text(len(progress.solved), 'exercise')} solved, {count_text(asked, 'question')} answered"
    print(f"{sanitize_line(output)}: {said}{name and f', by {name}'}")
    return 0


def _free_name() -> str:
    """Return the first of report.toml, report-2.toml, ... that no file has."""
    names = chain(("report.toml",), (f"report-{number}.toml" for number in count(2)))
    return next(name for name in names if not os.path.lexists(name))


def review(folder: str, style: str) -> int:
    """Print what a class has done, as "table", "json" or "csv"; return 1 if anything is to be said of a file."""
    problems: list[tuple[str, str]] = []
    learners = read_class(Path(folder), lambda file, why: problems.append((sanitize_line(file), sanitize_line(why))))
    if not learners and not problems:
        problems.append((sanitize_line(folder), "no report in it"))
    for file, why in problems:
        print(f"{file}: {why}", file=sys.stderr)
    _print_any_character()
    match style:
        case "json":
            print(json.dumps(_as_json(learners, problems), indent=2, ensure_ascii=False))
        case "csv":
            csv.writer(sys.stdout, lineterminator="\n").writerows(_as_rows(learners))
        case _:
            for line in (*_table(learners), *_by_question(learners), *_wrong_ideas(misconceptions(learners))):
                print(line)
    return 1 if problems else 0


def _print_any_character() -> None:
    cast(TextIOWrapper, sys.stdout).reconfigure(errors="replace")  # not every terminal's encoding has every name


def _who(learner: Learner) -> str:
    return learner.name or learner.file


def _shortened(name: str) -> str:
    return textwrap.shorten(name, MAX_NAME_COLUMNS, placeholder=" …")[:MAX_NAME_COLUMNS]


def _table(learners: list[Learner]) -> list[str]:
    names = [_shortened(_who(learner)) for learner in learners]
    width = max(map(len, (*names, "who")))
    rows = [
        f"{name:<{width}}  {who.opened:>6}  {len(who.solved):>6}  {who.answered:>8}  {who.right:>13}  {who.wrong_ideas:>14}"
        for name, who in zip(names, learners)
    ]
    return [f"{'who':<{width}}  opened  solved  answered  right at once  misconceptions", *rows]


def _by_question(learners: list[Learner]) -> list[str]:
    """A row for each question, with a mark for each learner in the order of the table above."""
    asked = questions(learners)
    if not asked:
        return []
    width = max(len("question"), *(len(_shortened(each.question)) for each in asked))
    head = f"{'question':<{width}}  right  wrong  not yet  + right, - wrong, . not yet, of each"
    return ["", head, *(_question_row(each, width, learners) for each in asked)]


def _question_row(asked: Asked, width: int, learners: list[Learner]) -> str:
    marks = "".join({True: "+", False: "-", None: "."}[learner.first.get(asked.question)] for learner in learners)
    return f"{_shortened(asked.question):<{width}}  {asked.right:>5}  {asked.wrong:>5}  {asked.not_answered:>7}  {marks}"


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
        "questions": [asked._asdict() for asked in questions(learners)],
        "misconceptions": [idea._asdict() for idea in misconceptions(learners)],
        "problems": [{"file": file, "problem": why} for file, why in problems],
    }


def _as_rows(learners: list[Learner]) -> list[list[object]]:
    asked = [each.question for each in questions(learners)]
    header: list[object] = ["file", "name", "opened", "solved", "answered", "right_at_once", "misconceptions"]
    return [
        [*header, *map(_cell, asked)],
        *(
            [
                *map(_cell, (learner.file, learner.name)),
                *(learner.opened, len(learner.solved), learner.answered, learner.right),
                _cell("; ".join(f"{text} ({times})" for text, times in learner.misconceptions.most_common())),
                *({True: "right", False: "wrong", None: ""}[learner.first.get(question)] for question in asked),
            ]
            for learner in learners
        ),
    ]


def _cell(text: str) -> str:
    """Return a text as a spreadsheet shows it, not as a formula that it computes."""
    return f"'{text}" if text[:1] in FORMULA and text else text
