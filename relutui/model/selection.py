"""The selected parameter, and where a move of the selection leads."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from relutui.model.training import Locks

Field = Literal["w", "b", "v", "c", "kink", "slope", "side"]
Move = Literal["up", "down", "left", "right", "next", "previous", "pageup", "pagedown", "home", "end"]

FIELDS: tuple[Field, ...] = ("w", "b", "v")
HANDLE: tuple[Field, ...] = ("kink", "slope", "side", "v")  # instead of FIELDS, while units are edited by their kinks
PAGE = 10  # rows that pageup and pagedown move by

_TO_HANDLE: dict[Field, Field] = {"w": "slope", "b": "kink"}
_FROM_HANDLE: dict[Field, Field] = {"kink": "b", "slope": "w", "side": "w"}


@dataclass(frozen=True)
class Selection:
    """A parameter, by the row of its unit and its field; the output bias c is in the row after the last unit."""

    row: int
    field: Field

    def __str__(self) -> str:
        return "the output bias c" if self.field == "c" else f"{self.field} of unit {self.row}"

    @property
    def short(self) -> str:
        """The name of the parameter with its row, such as w1."""
        return "c" if self.field == "c" else f"{self.field}{self.row}"

    @property
    def on_handle(self) -> bool:
        """Whether it is a kink, a slope or a side instead of a parameter."""
        return self.field in _FROM_HANDLE

    @property
    def parameter(self) -> "Selection":
        """The network's own parameter that it stands for: b for a kink, w for a slope or a side."""
        return Selection(self.row, from_handle(self.field))


def to_handle(field: Field) -> Field:
    """The field of HANDLE in place of w, b, v or c."""
    return _TO_HANDLE.get(field, field)


def from_handle(field: Field) -> Field:
    """The one of w, b, v and c in place of a field of HANDLE."""
    return _FROM_HANDLE.get(field, field)


def existing(place: Selection, units: int, fields: tuple[Field, ...] = FIELDS) -> Selection:
    """The nearest selection that exists: `place` itself, c for a unit that is gone, or the corresponding one of `fields`."""
    if place.field == "c" or place.row >= units:
        return Selection(units, "c")
    other = from_handle if fields == FIELDS else to_handle
    return place if place.field in fields else Selection(place.row, other(place.field))


def neighbour(place: Selection, move: Move, units: int, column: Field, fields: tuple[Field, ...] = FIELDS) -> Selection:
    """The selection after a move; "left" and "right" stay in a unit, "next" and "previous" continue to the neighbouring one.

    column: the field to return to from c.
    """
    across = len(fields)
    if move in ("next", "previous"):
        index = across * units if place.field == "c" else across * place.row + fields.index(place.field)
        target = min(max(index + (1 if move == "next" else -1), 0), across * units)
        return Selection(units, "c") if target == across * units else Selection(target // across, fields[target % across])
    if move in ("left", "right"):
        if place.field == "c":
            return place
        beside = fields.index(place.field) + (1 if move == "right" else -1)
        return Selection(place.row, fields[min(max(beside, 0), across - 1)])
    rows = {"up": -1, "down": 1, "pageup": -PAGE, "pagedown": PAGE, "home": -units, "end": units}
    row = min(max(place.row + rows[move], 0), units)
    return Selection(units, "c") if row == units else Selection(row, column if place.field == "c" else place.field)


def first_free(locks: Locks) -> Selection:
    """The first parameter that is not locked, c being the last; the first of all if every one is locked."""
    free = [(row, n) for n, mask in enumerate((locks.w, locks.b, locks.v)) for row in np.flatnonzero(~mask)[:1].tolist()]
    if free:
        row, column = min(free)
        return Selection(row, FIELDS[column])
    return Selection(0, "w") if locks.c else Selection(len(locks.w), "c")
