"""What a class has done: the reports of a folder, counted."""

import errno
import os
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from relutui import __version__
from relutui.lib import files
from relutui.lib.safe_text import sanitize_line
from relutui.scenario.toml_table import MAX_BYTES
from relutui.session.report import Report, ReportError, read_report

MAX_FILES = 1000


class Learner(NamedTuple):
    """The report of one learner, counted.

    solved, opened: names of scenarios; answered: the number of questions; right: of those, how many right at the first answer;
    misconceptions: how often each was shown by a wrong answer.
    """

    file: str
    name: str
    solved: tuple[str, ...]
    opened: int
    answered: int
    right: int
    misconceptions: Counter[str]

    @property
    def wrong_ideas(self) -> int:
        """The number of wrong answers that show a misconception."""
        return self.misconceptions.total()


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
        sanitize_line(file), report.name, tuple(progress.solved), len(progress.opened), len(first), sum(first.values()), wrong
    )
