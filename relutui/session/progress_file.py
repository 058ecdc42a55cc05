"""The file of the learner's progress, beside the recovery journals in the user's private folder; all running apps share it."""

import errno
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from relutui.lib import files
from relutui.lib.safe_text import shorten
from relutui.scenario.toml_table import Table, boolean, integer, one_of, single_line
from relutui.session.progress import MAX_ENTRIES, Answer, Progress, Solved, merge

FILE = "progress.json"
FORMAT = 1  # of the file
MAX_BYTES = 1_000_000
MAX_KEY = 4096  # characters of the key of a scenario, which may be a path
MAX_TEXT = 300  # characters of an answer and of a misconception
_MAX_LOCK_WAIT_S = 2.0  # for another process that writes
_LOCK_RETRY_S = 0.01
_MAX_COUNT = 2**53  # and seconds: what JSON keeps exactly

T = TypeVar("T")

_count, _seconds = integer(0, _MAX_COUNT), integer(0, _MAX_COUNT)
_key, _text = single_line(MAX_KEY, least=1), single_line(MAX_TEXT)


def load_progress(tell: Callable[[str], object] = lambda problem: None) -> Progress:
    """Return the progress that is kept; none at all if there is no file.

    Never fails: if the file cannot be read, the progress is empty and `tell` gets one line that says why.
    """
    try:
        return _read(_path()) or Progress()
    except (OSError, ValueError) as error:
        tell(f"{FILE}: your progress cannot be read ({_reason(error)})")
        return Progress()


def save_progress(
    before: Progress,
    now: Progress,
    tell: Callable[[str], object] = lambda problem: None,
    hand_in: Callable[[Progress], object] = lambda progress: None,
) -> Progress:
    """Add what is new in `now` since `before` to the file, hand that in, and return all that it holds now.

    Other processes wait meanwhile, so two apps at once lose nothing.  A file that cannot be read is renamed, and `tell` gets a
    line that says so.  Raises OSError.
    """
    path = _path()
    with _locked(path):
        kept = _read_or_set_aside(path, tell)
        merged = merge(before, now, kept)
        if merged != kept:
            files.replace_atomically(path, json.dumps({"format": FORMAT} | progress_values(merged), ensure_ascii=False))
        hand_in(merged)
    return merged


def clear_progress(tell: Callable[[str], object] = lambda problem: None) -> Progress:
    """Delete the file, and return the progress that it held; one that cannot be read is renamed as above.  Raises OSError."""
    path = _path()
    with _locked(path):
        cleared = _read_or_set_aside(path, tell)
        path.unlink(missing_ok=True)
    return cleared


def progress_values(progress: Progress) -> dict[str, Any]:
    """Return a progress as values that JSON and TOML write; read_progress is the inverse."""
    return {
        "show_everything": progress.show_everything,
        "opened": [{"scenario": key, "when": when} for key, when in progress.opened.items()],
        "solved": [{"scenario": key} | solved._asdict() for key, solved in progress.solved.items()],
        "answer": [answer._asdict() for answer in progress.answers],
    }


def read_progress(table: Table) -> Progress:
    """Return the progress of a table that progress_values made; the table collects what is wrong with it."""
    return Progress(
        show_everything=table.read("show_everything", boolean, False),
        opened=dict(_each(table, "opened", lambda row: (row.require("scenario", _key, ""), row.require("when", _seconds, 0)))),
        solved=dict(_each(table, "solved", _solved)),
        answers=tuple(_each(table, "answer", _answer)),
    )


def _each(table: Table, name: str, read: Callable[[Table], T]) -> list[T]:
    values = []
    for row in table.tables(name, MAX_ENTRIES):
        values.append(read(row))
        row.close()
    return values


def _solved(row: Table) -> tuple[str, Solved]:
    counts = (row.require(name, _count, 0) for name in ("edits", "steps", "when"))
    return row.require("scenario", _key, ""), Solved(*counts)


def _answer(row: Table) -> Answer:
    ask, chosen = row.require("ask", _text, ""), row.require("chosen", _text, "")
    right, misconception = row.require("right", boolean, False), row.read("misconception", _text, "")
    return Answer(ask, chosen, right, misconception, row.require("when", _seconds, 0))


def _path() -> Path:
    return files.state_folder() / FILE


def _read(path: Path) -> Progress | None:
    """Return the progress of a file; None if there is none.  Raises OSError and ValueError."""
    try:
        content = files.read_regular(path, MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    if len(content) > MAX_BYTES:
        raise ValueError(f"expected at most {MAX_BYTES // 1000} kB")
    try:
        values = json.loads(content)
    except RecursionError:
        raise ValueError("brackets are nested too deep") from None
    if not isinstance(values, dict):
        raise ValueError("expected an object")
    problems: list[str] = []
    table = Table(values, "", problems)
    table.require("format", one_of((FORMAT,)), FORMAT)
    progress = read_progress(table)
    table.close()
    if problems:
        raise ValueError(problems[0])
    return progress


def _read_or_set_aside(path: Path, tell: Callable[[str], object]) -> Progress:
    """Return the progress of a file, which is renamed if it cannot be read.  Raises OSError."""
    try:
        return _read(path) or Progress()
    except ValueError as error:
        aside = path.with_name(f"progress-unreadable-{os.urandom(4).hex()}.json")
        path.rename(aside)
        tell(f"{FILE}: your progress could not be read ({_reason(error)}); it is kept as {aside.name}")
        return Progress()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock of the file, for which another process waits.  Raises OSError after _MAX_LOCK_WAIT_S."""
    lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        until = time.monotonic() + _MAX_LOCK_WAIT_S
        while not _try_lock(lock):
            if time.monotonic() > until:
                raise OSError(errno.EAGAIN, "another relutui is writing it", str(path))
            time.sleep(_LOCK_RETRY_S)
        yield
    finally:
        os.close(lock)


def _try_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _reason(error: Exception) -> str:
    return shorten(getattr(error, "strerror", None) or str(error))
