"""A grid: what a sweep varies, and a cell for each combination of the values."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any, Literal, NamedTuple, get_args

from relutui.study.sweep_results import Cell

Name = Literal["units", "learning_rate", "optimizer", "momentum", "weight_decay", "scale"]
NAMES: tuple[Name, ...] = get_args(Name)
Value = int | float | str


class Varied(NamedTuple):
    """What is varied, by its name, and the values that it takes."""

    name: Name
    values: tuple[Value, ...]


def value_of(cell: Cell, name: Name) -> Value:
    """The value that a cell has of what is varied."""
    value: Value = getattr(cell if name in ("units", "scale") else cell.settings, name)
    return value


def cells_of(cell: Cell, grid: Sequence[Varied]) -> tuple[Cell, ...]:
    """The cell with each combination of the values, those of the last of the grid changing first."""
    names = [varied.name for varied in grid]
    return tuple(_with_values(cell, dict(zip(names, values))) for values in product(*(varied.values for varied in grid)))


def _with_values(cell: Cell, values: dict[Name, Any]) -> Cell:
    own = {name: value for name, value in values.items() if name in ("units", "scale")}
    settings = {name: value for name, value in values.items() if name not in own}
    return replace(cell, **own, settings=replace(cell.settings, **settings))
