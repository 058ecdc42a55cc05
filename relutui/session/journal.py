"""The recovery journal: what would be lost if the program ended now, in a file that the next start finds.

Each running session has NAME.lock in one folder, which it holds locked for as long as it lives, however it ends, and NAME.json
while there is something to lose.  A journal whose lock is free was left behind.
"""

import fcntl
import json
import math
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

from relutui.lib import files
from relutui.lib.identity_cache import cached_by_identity
from relutui.lib.safe_text import shorten
from relutui.session.journal_entries import entry_of, session_of
from relutui.session.session import Session
from relutui.session.visits import KEPT

FOLDER = "sessions"
FORMAT = 2  # of NAME.json
_PATIENCE = 1.0  # s for another thread that gives a file its name


@dataclass(frozen=True)
class Other:
    """Another session that runs: its process, and since when, in seconds since 1970."""

    pid: int
    since: float


@dataclass(frozen=True)
class RecoverableSession:
    """A journal left behind, which this process holds locked: the sessions in it, and when it was written."""

    sessions: tuple[Session, ...]
    when: float
    path: Path
    lock: int

    @property
    def session(self) -> Session:
        """The one to go on with."""
        return self.sessions[0]

    def release(self) -> None:
        """Leave it for another time."""
        os.close(self.lock)

    def remove(self) -> None:
        """Throw it away."""
        _remove(self.path)
        self.release()

    def without(self, session: Session) -> "RecoverableSession | None":
        """Throw one of its sessions away; what is left, None if nothing is.  Raises OSError."""
        if not (rest := tuple(one for one in self.sessions if one is not session)):
            self.remove()
            return None
        files.replace_atomically(self.path, _written([entry_of(one) for one in rest], self.when))
        return replace(self, sessions=rest)


class Journal:
    """That of one session of this process."""

    def __init__(self) -> None:
        self._lock: int | None = None
        self._path: Path | None = None
        self._numbers = count(1)  # of what is to be kept, in the order in which that was asked for
        self._newest: float = 0  # of those that are kept; infinite once nothing more may be
        self._turn = threading.Lock()  # held while the file takes its name, or goes

    def open(self) -> None:
        """Take a place among the running sessions (again at no cost).  Raises OSError."""
        if self._lock is None:
            folder = files.state_folder(FOLDER)
            path = folder / f"{os.getpid()}-{os.urandom(4).hex()}.json"
            unseen = path.with_suffix(".new")
            lock = os.open(unseen, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                unseen.rename(path.with_suffix(".lock"))  # nobody ever sees it unlocked
            except OSError:
                os.close(lock)
                unseen.unlink(missing_ok=True)
                raise
            self._lock, self._path = lock, path

    def announce(self, source: Path | None) -> None:
        """Let others know which file this session has open.  Raises OSError."""
        self.open()
        assert self._lock is not None
        real = source and os.path.realpath(source)  # wherever a link leads later
        told = json.dumps({"pid": os.getpid(), "since": time.time(), "source": real}).encode()
        os.pwrite(self._lock, told, 0)
        os.ftruncate(self._lock, len(told))
        os.utime(files.state_folder(FOLDER))  # they look there when it has changed

    def others(self, source: Path) -> list[Other]:
        """The other running sessions that have the same file open."""
        found = []
        for path in _locks(self._path):
            try:
                told = json.loads(path.read_bytes())
                if told["source"] is None or not files.same_file(Path(told["source"]), source):
                    continue
                if (lock := _take(path)) is None:
                    found.append(Other(int(told["pid"]), float(told["since"])))
                else:
                    os.close(lock)
            except (OSError, ValueError, KeyError, TypeError):  # it ends just now, or has not said anything yet
                continue
        return found

    def changed(self) -> int:
        """A number that is another one once sessions have begun, ended or opened another file.  Raises OSError."""
        return files.state_folder(FOLDER).stat().st_mtime_ns

    def keep(self, session: Session, last: bool = False) -> None:
        """Write what of the session is not written elsewhere; with `last` nothing more is written after it.  Raises OSError.

        From any thread: however long the disk takes, what was to be kept before does not replace what was later.
        """
        number = math.inf if last else next(self._numbers)
        entries = [entry_of(session)] * session.unsaved + [_entry_at_rest(other) for other in session.others]
        if entries:
            self.open()
            assert self._path is not None
            files.replace_atomically(self._path, _written(entries, time.time()), partial(self._put, number))
        else:
            with self._in_order(number) as due:
                if due and self._path is not None:
                    self._path.unlink(missing_ok=True)

    def drop(self) -> None:
        """Remove what was kept, and keep nothing more, whatever another thread is still about to write."""
        with self._in_order(math.inf):
            if self._path is not None:
                _remove(self._path)

    def _put(self, number: float, temporary: Path, path: Path) -> None:
        with self._in_order(number) as due:
            if due:
                os.replace(temporary, path)

    @contextmanager
    def _in_order(self, number: float) -> Iterator[bool]:
        """Whether nothing newer is kept; one after the other, but the last one waits for nobody who hangs."""
        held = self._turn.acquire(timeout=_PATIENCE)
        try:
            due = number > self._newest
            self._newest = max(number, self._newest)
            yield due
        finally:
            if held:
                self._turn.release()

    def close(self) -> None:
        """Give the place back; a journal that is still there is what the next start offers."""
        if self._lock is not None and self._path is not None:
            with suppress(OSError):  # a folder that is out of reach now is tidied by a later start
                if self._path.name not in os.listdir(self._path.parent):
                    _remove(self._path)
            os.close(self._lock)
            self._lock = self._path = None


def find_recoverable(tell: Callable[[str], object] = lambda problem: None) -> list[RecoverableSession]:
    """The journals left behind, newest first, locked by this process.

    One that cannot be read stays where it is, and `tell` is told in a line.
    """
    found = []
    for path in _locks(None):
        if (lock := _take(path)) is None:
            continue
        file = path.with_suffix(".json")
        try:
            sessions, when = _read(file.read_bytes())
            found.append(RecoverableSession(sessions, when, file, lock))
        except FileNotFoundError:  # there was nothing to lose
            _remove(path)
            os.close(lock)
        except Exception as error:  # whatever is in the file, it is no reason not to start
            tell(f"{file}: what was not written cannot be read ({_reason(error)}); it stays there")
            os.close(lock)
    return sorted(found, key=lambda orphan: orphan.when, reverse=True)


@cached_by_identity(KEPT)
def _entry_at_rest(session: Session) -> dict[str, Any]:
    """That of a session which nobody changes for the time being."""
    return entry_of(session)


def _written(entries: list[dict[str, Any]], when: float) -> str:
    return json.dumps({"format": FORMAT, "when": when, "sessions": entries}, allow_nan=False)


def _read(text: bytes) -> tuple[tuple[Session, ...], float]:
    """The sessions, and when they were kept.  Raises whatever makes no sense."""
    content = json.loads(text, parse_constant=_no_number)
    if content["format"] != FORMAT:
        raise ValueError(f"expected format {FORMAT}, got {content['format']}")
    first, *others = content["sessions"]
    return (session_of(first), *map(session_of, others)), float(content["when"])


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"expected a number, got {name}")


def _reason(error: Exception) -> str:
    """On one line: whatever is in a file, some words of it."""
    missing = isinstance(error, KeyError)
    return shorten(f"no {error}" if missing else getattr(error, "strerror", None) or str(error) or type(error).__name__)


def _locks(own: Path | None) -> list[Path]:
    try:
        return [path for path in files.state_folder(FOLDER).glob("*.lock") if own is None or path.stem != own.stem]
    except OSError:
        return []


def _take(path: Path) -> int | None:
    """The lock, if nobody has it."""
    try:
        lock = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return None
    return lock


def _remove(path: Path) -> None:
    for suffix in (".json", ".lock"):
        path.with_suffix(suffix).unlink(missing_ok=True)
