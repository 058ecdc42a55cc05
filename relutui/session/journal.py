"""The recovery journal: unwritten work, in a file that the next start of the program finds.

Each running session holds NAME.lock locked until its process ends, however it ends, and has NAME.json beside it while work
is unwritten.  A journal whose lock is free belongs to a process that has ended.
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
from typing import Any, NamedTuple, NoReturn

from relutui.lib import files
from relutui.lib.identity_cache import cached_by_identity
from relutui.lib.safe_text import shorten
from relutui.session.other_sessions import MAX_KEPT_SESSIONS
from relutui.session.session import Session

FOLDER = "sessions"
FORMAT = 2  # of NAME.json
_MAX_TURN_WAIT_S = 1.0  # for another thread that is renaming a file


class RunningSession(NamedTuple):
    """Another running session: its process id, and its start in seconds since 1970."""

    pid: int
    start_s: float


@dataclass(frozen=True)
class RecoverableSession:
    """A journal of an ended process, locked by this one: its sessions, and when it was written in seconds since 1970."""

    sessions: tuple[Session, ...]
    time_s: float
    path: Path
    lock: int

    @property
    def session(self) -> Session:
        """The session to go on with: the first."""
        return self.sessions[0]

    def release(self) -> None:
        """Unlock the journal and leave it for a later start."""
        os.close(self.lock)

    def remove(self) -> None:
        """Delete the journal and its lock file."""
        _remove(self.path)
        self.release()

    def remove_session(self, session: Session) -> "RecoverableSession | None":
        """Delete one of the sessions; return the journal of the others, or None if there are none.  Raises OSError."""
        if not (rest := tuple(other for other in self.sessions if other is not session)):
            self.remove()
            return None
        files.replace_atomically(self.path, _dump([_entry(other) for other in rest], self.time_s))
        return replace(self, sessions=rest)


class Journal:
    """The recovery journal of one session of this process."""

    def __init__(self) -> None:
        self._lock: int | None = None
        self._path: Path | None = None
        self._numbers = count(1)  # of the calls of keep(), in their order
        self._newest: float = 0  # the highest number that has been written; infinite once nothing more may be
        self._turn = threading.Lock()  # held while the file is renamed or removed

    def open(self) -> None:
        """Create and lock this session's lock file; a repeated call does nothing.  Raises OSError."""
        if self._lock is None:
            folder = files.state_folder(FOLDER)
            path = folder / f"{os.getpid()}-{os.urandom(4).hex()}.json"
            new_path = path.with_suffix(".new")
            lock = os.open(new_path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                new_path.rename(path.with_suffix(".lock"))  # it gets its name locked, so that nobody finds it unlocked
            except OSError:
                os.close(lock)
                new_path.unlink(missing_ok=True)
                raise
            self._lock, self._path = lock, path

    def announce(self, source: Path | None) -> None:
        """Write which file this session has open into its lock file, for other processes.  Raises OSError."""
        self.open()
        assert self._lock is not None
        real = source and os.path.realpath(source)  # a link may lead elsewhere later
        announcement = json.dumps({"pid": os.getpid(), "since": time.time(), "source": real}).encode()
        os.pwrite(self._lock, announcement, 0)
        os.ftruncate(self._lock, len(announcement))
        os.utime(files.state_folder(FOLDER))  # its modification time tells them that something has changed

    def find_others(self, source: Path) -> list[RunningSession]:
        """Return the other running sessions that have the same file open."""
        others = []
        for path in _lock_files(self._path):
            try:
                announcement = json.loads(path.read_bytes())
                if announcement["source"] is None or not files.same_file(Path(announcement["source"]), source):
                    continue
                if (lock := _try_lock(path)) is None:
                    others.append(RunningSession(int(announcement["pid"]), float(announcement["since"])))
                else:
                    os.close(lock)
            except (OSError, ValueError, KeyError, TypeError):  # it is ending, or has not announced its file yet
                continue
        return others

    def last_change_ns(self) -> int:
        """Return a time in ns that changes when a session begins, ends or opens another file.  Raises OSError."""
        return files.state_folder(FOLDER).stat().st_mtime_ns

    def keep(self, session: Session, last: bool = False) -> None:
        """Write the unwritten work of the session and of those it keeps; nothing is written after `last`.  Raises OSError.

        Calls may come from any thread: however long the disk takes, an earlier call never replaces what a later one wrote.
        """
        number = math.inf if last else next(self._numbers)
        entries = [_entry(session)] if session.unsaved else []
        entries += [_background_entry(other) for other in session.other_sessions]
        if entries:
            self.open()
            assert self._path is not None
            files.replace_atomically(self._path, _dump(entries, time.time()), partial(self._put, number))
        else:
            with self._in_order(number) as due:
                if due and self._path is not None:
                    self._path.unlink(missing_ok=True)

    def drop(self) -> None:
        """Remove the journal and write nothing more, even if another thread is about to."""
        with self._in_order(math.inf):
            if self._path is not None:
                _remove(self._path)

    def _put(self, number: float, temporary: Path, path: Path) -> None:
        with self._in_order(number) as due:
            if due:
                os.replace(temporary, path)

    @contextmanager
    def _in_order(self, number: float) -> Iterator[bool]:
        """Yield whether no later call has written yet; threads take turns, but none waits longer than _MAX_TURN_WAIT_S."""
        has_turn = self._turn.acquire(timeout=_MAX_TURN_WAIT_S)
        try:
            due = number > self._newest
            self._newest = max(number, self._newest)
            yield due
        finally:
            if has_turn:
                self._turn.release()

    def close(self) -> None:
        """Release the lock; a journal that still exists is offered at the next start."""
        if self._lock is not None and self._path is not None:
            with suppress(OSError):  # a later start removes what is left in a folder that cannot be reached now
                if self._path.name not in os.listdir(self._path.parent):
                    _remove(self._path)
            os.close(self._lock)
            self._lock = self._path = None


def find_recoverable(tell: Callable[[str], object] = lambda problem: None) -> list[RecoverableSession]:
    """Lock and return the journals of ended processes, newest first.

    A journal that cannot be read stays where it is, and `tell` gets one line that says why.
    """
    journals = []
    for path in _lock_files(None):
        if (lock := _try_lock(path)) is None:
            continue
        with suppress(OSError):
            os.ftruncate(lock, 0)  # the file that it tells of is no longer open there, though the lock is held again
        file = path.with_suffix(".json")
        try:
            sessions, when = _read(file.read_bytes())
            journals.append(RecoverableSession(sessions, when, file, lock))
        except FileNotFoundError:  # there was nothing to lose
            _remove(path)
            os.close(lock)
        except Exception as error:  # no content of the file may keep the program from starting
            tell(f"{file}: what was not written cannot be read ({_reason(error)}); it stays there")
            os.close(lock)
    return sorted(journals, key=lambda journal: journal.time_s, reverse=True)


@cached_by_identity(MAX_KEPT_SESSIONS)
def _background_entry(session: Session) -> dict[str, Any]:
    """Return the entry of a session in the background, which stays the same object between calls."""
    return _entry(session)


def _entry(session: Session) -> dict[str, Any]:
    from relutui.session.journal_entries import entry_of  # imported on demand: start-up time counts

    return entry_of(session)


def _dump(entries: list[dict[str, Any]], when: float) -> str:
    return json.dumps({"format": FORMAT, "when": when, "sessions": entries}, allow_nan=False)


def _read(text: bytes) -> tuple[tuple[Session, ...], float]:
    """Return the sessions, and when they were written in seconds since 1970; an invalid file raises any kind of error."""
    from relutui.session.journal_entries import session_of

    content = json.loads(text, parse_constant=_refuse_constant)
    if content["format"] != FORMAT:
        raise ValueError(f"expected format {FORMAT}, got {content['format']}")
    first, *others = content["sessions"]
    return (session_of(first), *map(session_of, others)), float(content["when"])


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"expected a number, got {name}")


def _reason(error: Exception) -> str:
    """Return an error in one short, printable line."""
    missing = isinstance(error, KeyError)
    return shorten(f"no {error}" if missing else getattr(error, "strerror", None) or str(error) or type(error).__name__)


def _lock_files(own: Path | None) -> list[Path]:
    try:
        return [path for path in files.state_folder(FOLDER).glob("*.lock") if own is None or path.stem != own.stem]
    except OSError:
        return []


def _try_lock(path: Path) -> int | None:
    """Lock a lock file and return its descriptor; None if another process holds it."""
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
