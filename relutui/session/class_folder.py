"""The folder of a class: its reports, of which only the files that have changed are read again."""

import errno
import heapq
import math
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from relutui import __version__
from relutui.lib import files
from relutui.lib.files import Stamp
from relutui.lib.safe_text import sanitize_line
from relutui.scenario.toml_table import MAX_BYTES
from relutui.session.class_place import Place, place_of
from relutui.session.class_review import Learner, count_learner
from relutui.session.report import Report, ReportError, read_report

MAX_FILES = 1000
SETTLED_S = 2.0  # after its last change a file is known by its stamp, as clocks of file systems are coarse


class ReportFile(NamedTuple):
    """A file of the folder: the report with what is counted of it and where the learner is; problem: what is to be said of it.

    Of a file that is no report, or was changed, there is nothing but its name and the problem.
    """

    name: str
    problem: str = ""
    report: Report | None = None
    learner: Learner | None = None
    place: Place | None = None


class ClassFiles(NamedTuple):
    """The files of the folder by their names; left_out: how many there are beyond MAX_FILES; unread: not read so far."""

    files: tuple[ReportFile, ...] = ()
    left_out: int = 0
    unread: int = 0

    @property
    def learners(self) -> list[Learner]:
        """The learners whose reports can be read."""
        return [file.learner for file in self.files if file.learner]


class ClassFolder:
    """Reads the files of a folder, not those whose names begin with a dot, nor those of folders inside it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: dict[str, tuple[Stamp | None, ReportFile]] = {}
        self._now = ClassFiles()

    def read(self, within_s: float = math.inf) -> ClassFiles:
        """Read what has changed, and return all; the same object if nothing has.  Raises OSError for the folder.

        Once it has taken within_s, what is left is read the next time.
        """
        until = time.monotonic() + within_s
        with os.scandir(self.path) as entries:
            visible = [entry for entry in entries if not entry.name.startswith(".")]
        chosen = heapq.nsmallest(MAX_FILES, visible, key=lambda entry: entry.name)
        unread, read = 0, dict[str, tuple[Stamp | None, ReportFile]]()
        for entry in chosen:
            before = self._read.get(entry.name)
            stamp = _stamp(entry)
            if before and stamp and before[0] == stamp:
                read[entry.name] = before
            elif time.monotonic() < until:
                file = _read_file(self.path / entry.name)
                read[entry.name] = _settled(stamp), before[1] if before and before[1] == file else file
            else:
                unread += 1
                if before:
                    read[entry.name] = before
        self._read = read
        now = ClassFiles(tuple(file for _, file in read.values()), len(visible) - len(chosen), unread)
        if not _is_same(now, self._now):
            self._now = now
        return self._now


def read_class(folder: Path, tell: Callable[[str, str], object]) -> list[Learner]:
    """Read the reports of a folder, by the names of their files; `tell` gets the name of each other file, and why it is none.

    A report of another relutui that this one can read is counted, and told too.  Raises OSError for the folder.
    """
    found = ClassFolder(folder).read()
    for file in found.files:
        if file.problem:
            tell(file.name, file.problem)
    if found.left_out:
        tell(str(folder), f"has more than {MAX_FILES} files; the last {found.left_out} are left out")
    return found.learners


def _is_same(one: ClassFiles, other: ClassFiles) -> bool:
    return (
        one[1:] == other[1:]
        and len(one.files) == len(other.files)
        and all(new is old for new, old in zip(one.files, other.files))
    )


def _stamp(entry: os.DirEntry[str]) -> Stamp | None:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _settled(stamp: Stamp | None) -> Stamp | None:
    """Return a stamp by which a later change of the file is noticed; None if it may be changed again within the same tick."""
    return stamp if stamp and abs(time.time() - stamp[2] / 1e9) > SETTLED_S else None


def _read_file(path: Path) -> ReportFile:
    name = sanitize_line(path.name)
    try:
        report = read_report(_read(path))
    except ReportError as error:
        return ReportFile(name, str(error))
    except OSError as error:
        return ReportFile(name, _reason(error))
    foreign = f"was written by relutui {report.version}, and this is {__version__}; it is counted"
    problem = "" if report.version == __version__ else foreign
    return ReportFile(name, problem, report, count_learner(name, report), place_of(report.progress))


def _read(path: Path) -> bytes:
    """Read a report of at most MAX_BYTES.  Raises ReportError and OSError."""
    content = files.read_regular(path, MAX_BYTES + 1, os.O_NOFOLLOW)
    if len(content) > MAX_BYTES:
        raise ReportError(f"is larger than {MAX_BYTES // 1000} kB")
    return content


def _reason(error: OSError) -> str:
    known = {errno.ELOOP: "is a link", errno.EISDIR: "is a folder", errno.EINVAL: "is not a regular file"}
    return known.get(error.errno or 0, f"cannot be read: {error.strerror or error}")
