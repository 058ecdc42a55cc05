"""The recovery journal: what would be lost if the program ended now, in a file that the next start finds.

Each running session has NAME.lock in one folder, which it holds locked for as long as it lives, however it ends, and NAME.json
while there is something to lose.  A journal whose lock is free was left behind.
"""

import fcntl
import json
import os
import threading
import time
from array import array
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from relutui import store
from relutui.batch import values_of
from relutui.data import Target
from relutui.memory import remembered
from relutui.network import Parameters
from relutui.scenario import Scenario, ScenarioError, load, parse, to_toml
from relutui.session import Session, as_scenario, open_session
from relutui.state import State
from relutui.text import scrub_line
from relutui.training import Checkpoint, OptimizerState, Sample

FOLDER = "sessions"
_PATIENCE = 1.0  # s for a write under way in another thread
_NO_TARGET = Target((0.0, 1.0), knots=((0.0, 0.0), (1.0, 0.0)), samples=2)  # stands in where only the network is kept


@dataclass(frozen=True)
class Other:
    """Another session that runs: its process, and since when, in seconds since 1970."""

    pid: int
    since: float


@dataclass(frozen=True)
class Orphan:
    """A journal left behind, which this process holds locked: the session in it, and when it was written."""

    session: Session
    when: float
    path: Path
    lock: int

    def release(self) -> None:
        """Leave it for another time."""
        os.close(self.lock)

    def remove(self) -> None:
        """Throw it away."""
        _remove(self.path)
        self.release()


class Journal:
    """That of one session of this process."""

    def __init__(self) -> None:
        self._lock: int | None = None
        self._path: Path | None = None
        self._writing = threading.Lock()
        self._closed = False

    def open(self) -> None:
        """Take a place among the running sessions (again at no cost).  Raises OSError."""
        if self._lock is None:
            folder = store.state_folder(FOLDER)
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
        told = json.dumps({"pid": os.getpid(), "since": time.time(), "source": str(source)}).encode()
        os.pwrite(self._lock, told, 0)
        os.ftruncate(self._lock, len(told))
        os.utime(store.state_folder(FOLDER))  # they look there when it has changed

    def others(self, source: Path) -> list[Other]:
        """The other running sessions that have the same file open."""
        found = []
        for path in _locks(self._path):
            try:
                told = json.loads(path.read_bytes())
                if told["source"] != str(source):
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
        return store.state_folder(FOLDER).stat().st_mtime_ns

    def keep(self, session: Session, last: bool = False) -> None:
        """Write what of the session is not written elsewhere; with `last` nothing more is written after it.  Raises OSError."""
        unsaved = [each for each in (session, session.left) if each and each.unsaved]
        entries = [_entry(session), *(_entry(each) for each in unsaved if each is not session)] if unsaved else []
        held = self._writing.acquire(timeout=_PATIENCE)
        try:
            if self._closed:
                return
            self._closed = last
            if entries:
                self.open()
                assert self._path is not None
                store.replace(self._path, json.dumps({"when": time.time(), "sessions": entries}, allow_nan=False))
            elif self._path is not None:
                self._path.unlink(missing_ok=True)
        finally:
            if held:
                self._writing.release()

    def drop(self) -> None:
        """Remove what was kept, and keep nothing more."""
        self._closed = True
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Give the place back; a journal that is still there is what the next start offers."""
        if self._lock is not None and self._path is not None:
            if not self._path.exists():
                _remove(self._path)
            os.close(self._lock)
            self._lock = self._path = None


def orphans() -> list[Orphan]:
    """The journals left behind, newest first, locked by this process; what cannot be read stays where it is."""
    found = []
    for path in _locks(None):
        if (lock := _take(path)) is None:
            continue
        try:
            content = json.loads(path.with_suffix(".json").read_bytes())
            sessions = [_session(entry) for entry in content["sessions"]]
            first = replace(sessions[0], left=sessions[1] if len(sessions) > 1 else None)
            found.append(Orphan(first, float(content["when"]), path.with_suffix(".json"), lock))
        except FileNotFoundError:  # there was nothing to lose
            _remove(path)
            os.close(lock)
        except Exception:  # whatever is in the file, it is no reason not to start
            os.close(lock)
    return sorted(found, key=lambda orphan: orphan.when, reverse=True)


def _locks(own: Path | None) -> list[Path]:
    try:
        return [path for path in store.state_folder(FOLDER).glob("*.lock") if own is None or path.stem != own.stem]
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


def _entry(session: Session) -> dict[str, Any]:
    """What brings a session back: its scenario, the network as the start of another, and its training without the trail."""
    scenario, state = session.scenario, session.state
    kept = replace(as_scenario(session, scenario.name), lesson="", exercise=None, target=_NO_TARGET)
    memory = state.checkpoint.optimizer
    return {
        "name": scenario.name,
        "source": str(scenario.source) if scenario.source else None,
        "scenario": _text(scenario),
        "state": to_toml(kept),
        "step": state.checkpoint.step,
        "losses": [(sample.step, sample.loss) for sample in state.checkpoint.history],
        "seed": state.seed,
        "edits": state.edits,
        "first": values_of(memory.first).tolist(),
        "second": values_of(memory.second).tolist(),
        "covered": memory.steps,
    }


@remembered(2)
def _text(scenario: Scenario) -> str | None:
    """The file of a scenario; None where it has more points than a file may hold, which are in a CSV file then."""
    try:
        return to_toml(scenario)
    except ScenarioError:
        return None


def _session(entry: dict[str, Any]) -> Session:
    """The session of an entry, undo of which leads to its start."""
    name, source = scrub_line(entry["name"]), Path(entry["source"]) if entry["source"] else None
    if entry["scenario"] is not None:
        scenario = replace(parse(entry["scenario"], name, None), source=source)
    else:
        scenario = load(Path(entry["source"]))
    seed = None if entry["seed"] is None else int(entry["seed"])
    kept = parse(entry["state"], name, None)
    first, second = (_parameters(entry[moment], kept.start.units) for moment in ("first", "second"))
    memory = OptimizerState(first, second, int(entry["covered"]))
    losses = tuple(Sample(int(step), float(loss), array("f")) for step, loss in entry["losses"])
    checkpoint = Checkpoint(kept.start, memory, int(entry["step"]), losses)
    state = State(kept.network, checkpoint, kept.locks, kept.settings, seed, int(entry["edits"]), "recovered")
    return open_session(scenario, seed=seed).with_state(state)


def _parameters(values: list[float], units: int) -> Parameters:
    """Raises ValueError where they are not finite, or not those of so many units."""
    row = np.array(values, np.float64)
    if row.shape != (1 + 3 * units,) or not np.isfinite(row).all():
        raise ValueError("not the memory of an optimizer")
    return Parameters(row[1::3], row[2::3], row[3::3], float(row[0]))
