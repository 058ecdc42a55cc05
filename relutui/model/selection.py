"""The selected parameter, and where a move of the selection leads."""

from dataclasses import dataclass
from typing import Literal

from relutui.model.shapes import ParametersLike, Sizes
from relutui.model.training import Locks
from relutui.model.values import blocks

Field = str  # w, b, v, c, kink, slope or side; in a layer after the first w0, w1, ..., from the units of the layer before
Move = Literal["up", "down", "left", "right", "next", "previous", "pageup", "pagedown", "home", "end"]

FIELDS: tuple[Field, ...] = ("w", "b", "v")
HANDLE: tuple[Field, ...] = ("kink", "slope", "side", "v")  # instead of FIELDS, while units are edited by their kinks
PAGE = 10  # rows that pageup and pagedown move by

_TO_HANDLE: dict[Field, Field] = {"w": "slope", "b": "kink"}
_FROM_HANDLE: dict[Field, Field] = {"kink": "b", "slope": "w", "side": "w"}


@dataclass(frozen=True)
class Selection:
    """A parameter, by the row of its unit and its field; the output bias c is in the row after the last unit.

    layer: the number of its hidden layer, from 1, where there are several; 0 where there is one alone.
    """

    row: int
    field: Field
    layer: int = 0

    def __str__(self) -> str:
        return "the output bias c" if self.field == "c" else f"{self.field} of {unit_text(self.row, self.layer)}"

    @property
    def short(self) -> str:
        """The name of the parameter with its row, such as w1; of several layers as in w1 of 2:0, which is unit 0 of layer 2."""
        if self.field == "c":
            return "c"
        return f"{self.field} of {self.layer}:{self.row}" if self.layer else f"{self.field}{self.row}"

    @property
    def input(self) -> int:
        """The unit of the layer before, or 0 for x, that a weight is for."""
        return int(self.field[1:] or 0)

    @property
    def on_handle(self) -> bool:
        """Whether it is a kink, a slope or a side instead of a parameter."""
        return self.field in _FROM_HANDLE

    @property
    def parameter(self) -> "Selection":
        """The network's own parameter that it stands for: b for a kink, w for a slope or a side."""
        return Selection(self.row, from_handle(self.field), self.layer)


def unit_text(row: int, layer: int) -> str:
    """The name of a unit, as in unit 3, or unit 3 of layer 2 where there are several; layer as in a Selection."""
    return f"unit {row} of layer {layer}" if layer else f"unit {row}"


def fields_of(sizes: Sizes, layer: int) -> tuple[Field, ...]:
    """The fields of a unit of a layer, as in a Selection, of hidden layers of so many units."""
    weights = ("w",) if layer < 2 else tuple(f"w{unit}" for unit in range(sizes[layer - 2]))
    return (*weights, "b", "v") if layer in (0, len(sizes)) else (*weights, "b")


def units_of(sizes: Sizes, layer: int) -> int:
    """The number of units of a layer, as in a Selection."""
    return sizes[max(0, layer - 1)]


def value_at(parts: ParametersLike, place: Selection) -> float:
    """The parameter at a place that is none of a handle, or the lock of it, as 0 or 1."""
    if place.field == "c":
        return float(parts.c)
    if place.field == "v":
        return float(parts.v[place.row])
    if place.layer < 2:
        return float((parts.b if place.field == "b" else parts.w)[place.row])
    layer = parts.deeper[place.layer - 2]
    return float(layer.b[place.row] if place.field == "b" else layer.w[place.row, place.input])


def index_of(place: Selection, sizes: Sizes) -> int:
    """The index in the values of a network, as in values.py, of the parameter at a place that is none of a handle."""
    if place.field == "c":
        return 0
    block = blocks(sizes)[max(0, place.layer - 1)]
    column = {"b": block.inputs, "v": block.inputs + 1}.get(place.field)
    return block.start + place.row * block.columns + (place.input if column is None else column)


def to_handle(field: Field) -> Field:
    """The field of HANDLE in place of w, b, v or c."""
    return _TO_HANDLE.get(field, field)


def from_handle(field: Field) -> Field:
    """The one of w, b, v and c in place of a field of HANDLE."""
    return _FROM_HANDLE.get(field, field)


def existing(place: Selection, units: int, fields: tuple[Field, ...] = FIELDS) -> Selection:
    """The nearest selection that exists: `place` itself, c for a unit that is gone, or the corresponding one of `fields`."""
    if place.field == "c" or place.row >= units:
        return Selection(units, "c", place.layer)
    other = to_handle(place.field) if fields == HANDLE else from_handle(place.field)
    return place if place.field in fields else Selection(place.row, other if other in fields else fields[0], place.layer)


def neighbour(place: Selection, move: Move, units: int, column: Field, fields: tuple[Field, ...] = FIELDS) -> Selection:
    """The selection after a move; "left" and "right" stay in a unit, "next" and "previous" continue to the neighbouring one.

    column: the field to return to from c.
    """
    across, layer = len(fields), place.layer
    column = column if column in fields else fields[0]
    if move in ("next", "previous"):
        index = across * units if place.field == "c" else across * place.row + fields.index(place.field)
        target = min(max(index + (1 if move == "next" else -1), 0), across * units)
        if target == across * units:
            return Selection(units, "c", layer)
        return Selection(target // across, fields[target % across], layer)
    if move in ("left", "right"):
        if place.field == "c":
            return place
        beside = fields.index(place.field) + (1 if move == "right" else -1)
        return Selection(place.row, fields[min(max(beside, 0), across - 1)], layer)
    rows = {"up": -1, "down": 1, "pageup": -PAGE, "pagedown": PAGE, "home": -units, "end": units}
    row = min(max(place.row + rows[move], 0), units)
    if row == units:
        return Selection(units, "c", layer)
    return Selection(row, column if place.field == "c" else place.field, layer)


def first_free(locks: Locks) -> Selection:
    """The first parameter that is not locked, c being the last; the first of all if every one is locked."""
    sizes = locks.sizes
    for layer in range(1, len(sizes) + 1) if len(sizes) > 1 else (0,):
        for row in range(units_of(sizes, layer)):
            for field in fields_of(sizes, layer):
                if not value_at(locks, place := Selection(row, field, layer)):
                    return place
    first = int(len(sizes) > 1)
    return Selection(0, "w", first) if locks.c else Selection(units_of(sizes, first), "c", first)
