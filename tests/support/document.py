"""All that undo covers and a scenario file holds, as plain numbers."""

from typing import NamedTuple

from relutui.model.network import Network
from relutui.model.selection import Selection
from relutui.model.training import TrainingSettings
from relutui.session.session import Session


class Unit(NamedTuple):
    """Its numbers, and whether each is locked."""

    w: float
    b: float
    v: float
    locks: tuple[bool, bool, bool]


class Document(NamedTuple):
    """All that undo covers and a file holds."""

    units: tuple[Unit, ...]
    c: float
    c_locked: bool
    network: Network
    settings: TrainingSettings
    step: int
    seed: int | None

    def number(self, at: Selection) -> float:
        return self.c if at.field == "c" else float(getattr(self.units[at.row], at.field))

    def locked(self, at: Selection) -> bool:
        return self.c_locked if at.field == "c" else self.units[at.row].locks["wbv".index(at.field)]


def document(session: Session) -> Document:
    state = session.state
    p, locks = state.parameters, state.locks
    masks = list(zip(locks.w.tolist(), locks.b.tolist(), locks.v.tolist()))
    units = tuple(map(Unit, p.w.tolist(), p.b.tolist(), p.v.tolist(), masks))
    return Document(units, p.c, bool(locks.c), state.network, state.settings, state.checkpoint.step, state.seed)


def held(now: Document, start: Document) -> Document:
    """A start with the numbers that are locked now, and their locks, where it has as many units."""
    if len(now.units) != len(start.units):
        return start
    units = []
    for mine, its in zip(now.units, start.units):
        w, b, v = (a if lock else b for a, b, lock in zip(mine[:3], its[:3], mine.locks))
        units.append(Unit(w, b, v, mine.locks))
    return start._replace(units=tuple(units), c=now.c if now.c_locked else start.c, c_locked=now.c_locked)
