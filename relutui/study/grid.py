"""A grid: what a sweep varies, and a cell for each combination of the values."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any, Literal, NamedTuple, get_args

from relutui.model.shapes import Sizes
from relutui.study.sweep_results import Cell

Name = Literal["units", "learning_rate", "optimizer", "momentum", "weight_decay", "batch", "scheme", "scale"]
NAMES: tuple[Name, ...] = get_args(Name)
Value = int | float | str
_OF_INIT: tuple[Name, ...] = ("scheme", "scale")  # the others, but for units, are settings of training


class Varied(NamedTuple):
    """What is varied, by its name, and the values that it takes."""

    name: Name
    values: tuple[Value, ...]


def value_of(cell: Cell, name: Name) -> Value:
    """The value that a cell has of what is varied."""
    if name == "units":
        return value_of_sizes(cell.sizes)
    of = cell.init if name in _OF_INIT else cell.settings
    value: Value | None = getattr(of, name)
    return "all" if value is None else value  # of the points of a step


def cells_of(cell: Cell, grid: Sequence[Varied]) -> tuple[Cell, ...]:
    """The cell with each combination of the values, those of the last of the grid changing first."""
    names = [varied.name for varied in grid]
    return tuple(_with_values(cell, dict(zip(names, values))) for values in product(*(varied.values for varied in grid)))


def _with_values(cell: Cell, values: dict[Name, Any]) -> Cell:
    init = {name: value for name, value in values.items() if name in _OF_INIT}
    settings: dict[str, Any] = {name: value for name, value in values.items() if name not in ("units", *init)}
    if "learning_rate" in settings:
        settings["automatic_rate"] = False
    if settings.get("batch") == "all":
        settings["batch"] = None
    sizes = sizes_of_value(values["units"]) if "units" in values else cell.sizes
    layers = sizes if len(sizes) > 1 else ()
    return Cell(sum(sizes), replace(cell.settings, **settings), replace(cell.init, **init), layers)


def value_of_sizes(sizes: Sizes) -> Value:
    """The value of `units` of hidden layers of so many units."""
    return sizes[0] if len(sizes) == 1 else "x".join(map(str, sizes))


def sizes_of_value(units: Value) -> Sizes:
    """The units of each hidden layer of a value of `units`: 8, or "8x8" for two."""
    return tuple(map(int, units.split("x"))) if isinstance(units, str) else (int(units),)
