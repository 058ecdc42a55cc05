"""The selected parameter, and the way from one to the next."""

from dataclasses import dataclass
from typing import Literal

Field = Literal["w", "b", "v", "c", "kink", "slope", "side"]
Move = Literal["up", "down", "left", "right", "next", "previous", "pageup", "pagedown", "home", "end"]

FIELDS: tuple[Field, ...] = ("w", "b", "v")
HANDLE: tuple[Field, ...] = ("kink", "slope", "side", "v")  # what stands in their place while a unit is edited by its kink
PAGE = 10  # rows

_TO_HANDLE: dict[Field, Field] = {"w": "slope", "b": "kink"}
_FROM_HANDLE: dict[Field, Field] = {"kink": "b", "slope": "w", "side": "w"}


@dataclass(frozen=True)
class Selection:
    """A parameter: the row of its unit and its field; the output bias c has the row after the last unit."""

    row: int
    field: Field

    def __str__(self) -> str:
        return "the output bias c" if self.field == "c" else f"{self.field} of unit {self.row}"

    @property
    def short(self) -> str:
        """As in w1."""
        return "c" if self.field == "c" else f"{self.field}{self.row}"

    @property
    def on_handle(self) -> bool:
        """Whether it is a kink, a slope or a side."""
        return self.field in _FROM_HANDLE

    @property
    def parameter(self) -> "Selection":
        """The parameter of the network behind it: b for the kink, which moves by it, and w for slope and side."""
        return Selection(self.row, from_handle(self.field))


def to_handle(field: Field) -> Field:
    """The field of the handle that comes closest to one of w, b, v and c."""
    return _TO_HANDLE.get(field, field)


def from_handle(field: Field) -> Field:
    """The one of w, b, v and c that comes closest to a field of the handle."""
    return _FROM_HANDLE.get(field, field)


def existing(place: Selection, units: int, fields: tuple[Field, ...] = FIELDS) -> Selection:
    """The place, or where there is none such the one that stands for it: c for a unit that is gone, b for a kink, ..."""
    if place.field == "c" or place.row >= units:
        return Selection(units, "c")
    other = from_handle if fields == FIELDS else to_handle
    return place if place.field in fields else Selection(place.row, other(place.field))


def neighbour(place: Selection, move: Move, units: int, column: Field, fields: tuple[Field, ...] = FIELDS) -> Selection:
    """Where a move leads among the fields of each unit; "next" and "previous" go on to the next unit.

    `column` is the field to return to from c.
    """
    across = len(fields)
    if move in ("next", "previous"):
        here = across * units if place.field == "c" else across * place.row + fields.index(place.field)
        there = min(max(here + (1 if move == "next" else -1), 0), across * units)
        return Selection(units, "c") if there == across * units else Selection(there // across, fields[there % across])
    if move in ("left", "right"):
        if place.field == "c":
            return place
        beside = fields.index(place.field) + (1 if move == "right" else -1)
        return Selection(place.row, fields[min(max(beside, 0), across - 1)])
    rows = {"up": -1, "down": 1, "pageup": -PAGE, "pagedown": PAGE, "home": -units, "end": units}
    row = min(max(place.row + rows[move], 0), units)
    return Selection(units, "c") if row == units else Selection(row, column if place.field == "c" else place.field)
