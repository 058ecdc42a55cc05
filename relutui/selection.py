"""The selected parameter, and the way from one to the next."""

from dataclasses import dataclass
from typing import Literal

Field = Literal["w", "b", "v", "c"]
Move = Literal["up", "down", "left", "right", "next", "previous", "pageup", "pagedown", "home", "end"]

FIELDS: tuple[Field, ...] = ("w", "b", "v")
PAGE = 10  # rows


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


def neighbour(place: Selection, move: Move, units: int, column: Field) -> Selection:
    """Where a move leads; "next" and "previous" go on to the next unit; `column` is the one to return to from c."""
    if move in ("next", "previous"):
        here = 3 * units if place.field == "c" else 3 * place.row + FIELDS.index(place.field)
        there = min(max(here + (1 if move == "next" else -1), 0), 3 * units)
        return Selection(units, "c") if there == 3 * units else Selection(there // 3, FIELDS[there % 3])
    if move in ("left", "right"):
        if place.field == "c":
            return place
        beside = FIELDS.index(place.field) + (1 if move == "right" else -1)
        return Selection(place.row, FIELDS[min(max(beside, 0), 2)])
    rows = {"up": -1, "down": 1, "pageup": -PAGE, "pagedown": PAGE, "home": -units, "end": units}
    row = min(max(place.row + rows[move], 0), units)
    return Selection(units, "c") if row == units else Selection(row, column if place.field == "c" else place.field)
