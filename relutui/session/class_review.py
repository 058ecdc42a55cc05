"""What a class has done: the reports of a folder, counted."""

import errno
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from relutui import __version__
from relutui.lib import files
from relutui.lib.safe_text import sanitize_line
from relutui.scenario.course import ORDER
from relutui.scenario.toml_table import MAX_BYTES
from relutui.session.report import Report, ReportError, read_report

MAX_FILES = 1000
MAX_QUESTIONS = 200
MAX_DIGITS = 9  # of the number of a question


class Learner(NamedTuple):
    """The report of one learner, counted.

    solved, opened: names of scenarios; answered: the number of questions; right: of those, how many right at the first answer;
    misconceptions: how often each was shown by a wrong answer; first: by question, whether the first answer was right.
    """

    file: str
    name: str
    solved: tuple[str, ...]
    opened: int
    answered: int
    right: int
    misconceptions: Counter[str]
    first: Mapping[str, bool]

    @property
    def wrong_ideas(self) -> int:
        """The number of wrong answers that show a misconception."""
        return self.misconceptions.total()


class Asked(NamedTuple):
    """A question, and how many learners answered it right at once, wrong at first, and not at all."""

    question: str
    right: int
    wrong: int
    not_answered: int


class Misconception(NamedTuple):
    """A misconception, how many learners showed it, and in how many answers."""

    text: str
    learners: int
    answers: int


def read_class(folder: Path, tell: Callable[[str, str], object]) -> list[Learner]:
    """Read the reports of a folder, by the names of their files; `tell` gets the name of each other file, and why it is none.

    A report of another relutui that this one can read is counted, and told too.  Raises OSError for the folder.
    """
    names = sorted(name for name in os.listdir(folder) if not name.startswith("."))
    learners = []
    for name in names[:MAX_FILES]:
        try:
            report = read_report(_read(folder / name))
        except ReportError as error:
            tell(name, str(error))
        except OSError as error:
            tell(name, _reason(error))
        else:
            learners.append(_counted(name, report))
            if report.version != __version__:
                tell(name, f"was written by relutui {report.version}, and this is {__version__}; it is counted")
    if (more := len(names) - MAX_FILES) > 0:
        tell(str(folder), f"has more than {MAX_FILES} files; the last {more} are left out")
    return learners


def questions(learners: Sequence[Learner]) -> list[Asked]:
    """Return the questions that anyone answered, those of scenarios in the order of the course, then those of tours.

    Of more than MAX_QUESTIONS, those that most learners answered.
    """
    answered = Counter(question for learner in learners for question in learner.first)
    right = Counter(question for learner in learners for question, was_right in learner.first.items() if was_right)
    return [
        Asked(question, right[question], count - right[question], len(learners) - count)
        for question, count in sorted(answered.most_common(MAX_QUESTIONS), key=lambda pair: _place(pair[0]))
    ]


def _place(question: str) -> tuple[int, str, int]:
    """The place of a question in the list; it is called by a scenario's name, or "question", and a number."""
    of, _, number = question.rpartition(" ")
    place = ORDER.index(of) if of in ORDER else len(ORDER) + (of == "question")
    return place, of, int(number) if number.isdecimal() and len(number) < MAX_DIGITS else 0


def misconceptions(learners: Sequence[Learner]) -> list[Misconception]:
    """Return what was misunderstood, that of most learners first."""
    by, times = Counter[str](), Counter[str]()
    for learner in learners:
        by.update(learner.misconceptions.keys())
        times.update(learner.misconceptions)
    return sorted((Misconception(text, by[text], times[text]) for text in by), key=lambda m: (-m.learners, -m.answers, m.text))


def _read(path: Path) -> bytes:
    """Read a report of at most MAX_BYTES.  Raises ReportError and OSError."""
    content = files.read_regular(path, MAX_BYTES + 1, os.O_NOFOLLOW)
    if len(content) > MAX_BYTES:
        raise ReportError(f"is larger than {MAX_BYTES // 1000} kB")
    return content


def _reason(error: OSError) -> str:
    known = {errno.ELOOP: "is a link", errno.EISDIR: "is a folder", errno.EINVAL: "is not a regular file"}
    return known.get(error.errno or 0, f"cannot be read: {error.strerror or error}")


def _counted(file: str, report: Report) -> Learner:
    progress = report.progress
    first = {answer.ask: answer.right for answer in reversed(progress.answers)}
    wrong = Counter(answer.misconception for answer in progress.answers if answer.misconception and not answer.right)
    return Learner(
        *(sanitize_line(file), report.name, tuple(progress.solved), len(progress.opened), len(first), sum(first.values())),
        *(wrong, first),
    )
