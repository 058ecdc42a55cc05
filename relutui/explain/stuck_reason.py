"""A reason why the loss stands still, and what several reasons need."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from relutui.explain.phrasing import MAX_ITEMS, enumeration
from relutui.session.session import Session

StuckKind = Literal[
    "rate too large",
    "rate too small",
    "slope at the kink",
    "slow",
    "swing",
    "saddle",
    "decay",
    "gap",
    "shared kink",
    "dead",
    "parked",
    "twins",
    "output off",
    "best",
    "local minimum",
]
OTHER_START = ", or try another start (R; g shows many)."  # the end of an advice, left out once its beginning has helped


class StuckReason(NamedTuple):
    """Why the loss stands still: the units at fault, a summary of a few words, and a text that says what to do."""

    kind: StuckKind
    units: tuple[int, ...]
    summary: str
    text: str


def movable_units(session: Session) -> list[int]:
    """The units whose kink training can move."""
    units: list[int] = np.flatnonzero(session.state.locks.movable).tolist()
    return units


def units_label(units: Sequence[int]) -> str:
    """Name the units, as in unit 1, units 1 and 2, 6 units."""
    if len(units) > MAX_ITEMS:
        return f"{len(units)} units"
    return f"unit{'s' if len(units) > 1 else ''} {enumeration(map(str, units))}"
