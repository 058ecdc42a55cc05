"""The axes of a chart: the place of the plot area, and the ticks and labels around it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from relutui.plot.braille import Codes
from relutui.plot.ticks import Scale, Tick, log_ticks, ticks_in

_Y_LABEL_CELLS = 5  # with the axis the margin is one more, whatever the values, so that the chart never jumps
_X_LABEL_CELLS = 8
_X_SPACING_CELLS = 10  # columns from one x label to the next, at least
X_AXIS_ROWS = 2  # the x axis and its labels
MIN_PLOT_CELLS = 2  # columns and rows below which there is no chart
CELL_MIDDLE = (
    0.5 + 1e-9
)  # of a cell; just past it, since a line along the border of two dots would be rounded to either, with gaps


@dataclass(frozen=True)
class Axes:
    """The limits of a chart, finite, as (low, high); with log_y all y are log10. Without ticks there is no margin.

    whole: x has a meaning at whole numbers only; x_ticks: in the place of round numbers; x_units, y_units: what is written
    beside a place, as the first plus the second times the place.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    log_y: bool = False
    ticks: bool = True
    whole: bool = False
    x_ticks: tuple[Tick, ...] = ()
    x_units: tuple[float, float] = (0.0, 1.0)
    y_units: tuple[float, float] = (0.0, 1.0)

    def __post_init__(self) -> None:
        for low, high in (self.x, self.y):
            if not -math.inf < low <= high < math.inf:
                raise ValueError(f"limits must be finite and in order: {self.x}, {self.y}")


class Columns(NamedTuple):
    """The columns of the plot area; low and high are the x in the middle of the first and the last of them."""

    left: int
    width: int
    low: float
    high: float

    @lru_cache(1024)  # noqa: B019 - of plain numbers
    def column(self, x: float) -> int:
        """Return the column of the chart that x falls on; one just outside the plot area if x lies outside."""
        place = cell(x, self.low, self.high, self.width)
        return self.left + (math.floor(min(max(place, -1.0), self.width)) if place == place else -1)

    def columns(self, x: Iterable[float]) -> list[int]:
        """Return the column of each x."""
        return [self.column(each) for each in x]


def columns(axes: Axes, width: int) -> Columns:
    """Return the columns of the plot area in a chart of this width; other panels align with them."""
    left = _Y_LABEL_CELLS + 1 if axes.ticks else 0
    return Columns(left, max(MIN_PLOT_CELLS, width - left), *axes.x)


def plot_rows(axes: Axes, height: int) -> int:
    """Return the rows of the plot area in a chart of this height; y is high mid-way in the first and low in the last."""
    if not axes.ticks:
        return height
    return height - X_AXIS_ROWS - bool(_y_scale(axes, height - X_AXIS_ROWS).base)


@lru_cache(64)
def _y_scale(axes: Axes, rows: int) -> Scale:
    """Return the ticks of the y axis; a base takes a row of its own above the plot area."""
    most = (rows - 1) // max(2, rows // 8) + 1
    if rows < MIN_PLOT_CELLS:
        return Scale([])
    return log_ticks(*axes.y, most, _Y_LABEL_CELLS) if axes.log_y else ticks_in(axes.y_units, *axes.y, most, _Y_LABEL_CELLS)


def cell(value: float, low: float, high: float, count: int) -> float:
    """Return the position of a value in cells, as chart._cells does for arrays."""
    start, end = low / 2.0, high / 2.0
    if start == end:
        return 0.5 * (count - 1) + CELL_MIDDLE if value / 2.0 == start else math.copysign(math.inf, value / 2.0 - start)
    return (value / 2.0 - start) / (end - start) * (count - 1) + CELL_MIDDLE


def x_at(area: Columns, column: int) -> float:
    """Return the x in the middle of a column of the chart; of one beside the plot area, that of its edge."""
    share = min(max(column - area.left, 0), area.width - 1) / (area.width - 1)
    return area.low * (1.0 - share) + area.high * share


def y_at(axes: Axes, row: int, height: int) -> float:
    """Return the y in the middle of a row of a chart of this height; of one beside the plot area, that of its edge."""
    (low, high), rows = axes.y, plot_rows(axes, height)
    share = min(max(row - _head(axes, height), 0), rows - 1) / max(1, rows - 1)
    return high * (1.0 - share) + low * share


def row_of(axes: Axes, y: float, height: int) -> int:
    """Return the row of a chart of this height that y falls on; one just outside the plot area if y lies outside."""
    rows = plot_rows(axes, height)
    place = cell(y, axes.y[1], axes.y[0], rows)
    return _head(axes, height) + (math.floor(min(max(place, -1.0), rows)) if place == place else -1)


def _head(axes: Axes, height: int) -> int:
    """Return the rows above the plot area."""
    return height - plot_rows(axes, height) - X_AXIS_ROWS if axes.ticks else 0


@lru_cache(16)
def frame(axes: Axes, area: Columns, rows: int, head: int) -> Codes:
    """Return an empty chart: the y axis with labels on its left, the x axis with labels below."""
    width = area.left + area.width
    codes = np.full((head + rows + (X_AXIS_ROWS if axes.ticks else 0), width), ord(" "), np.uint32)
    if not axes.ticks:
        return codes
    low, high = axes.y
    scale = _y_scale(axes, rows)
    if head and scale.base:
        _write(codes, 0, 0, f" {scale.base} +"[:width])
    plot = codes[head : head + rows]
    plot[:, area.left - 1] = ord("│")
    for at, label in scale.ticks:
        _write(plot, int(cell(at, high, low, rows)), 0, f"{label:>{_Y_LABEL_CELLS}}┤")
    _write(codes, head + rows, area.left - 1, "└" + "─" * area.width)
    _write_x_labels(codes[head + rows :], area, axes)
    return codes


def _write_x_labels(codes: Codes, area: Columns, axes: Axes) -> None:
    """Write the ticks of the x axis and their labels below; of labels that are differences, the first is the base itself."""
    most = (area.width - 1) // _X_SPACING_CELLS + 1
    scale = (
        Scale([*axes.x_ticks])
        if axes.x_ticks
        else ticks_in(axes.x_units, area.low, area.high, most, _X_LABEL_CELLS, axes.whole)
    )
    places = area.columns(at for at, _ in scale.ticks)
    labels = [label for _, label in scale.ticks]
    codes[0, places] = ord("┬")
    if scale.base:
        labels = [scale.base, *(f"+{label}" for label in labels[1:])]
    starts = [min(column - len(label) // 2, codes.shape[1] - len(label)) for column, label in zip(places, labels)]
    if scale.base:
        starts[1] = max(starts[1], len(scale.base) + 1)
        starts[0] = min(starts[0], starts[1] - len(scale.base) - 1)
    free = 0
    for start, label in zip(starts, labels):
        if start >= free and start + len(label) <= codes.shape[1]:
            _write(codes, 1, start, label)
            free = start + len(label) + 1


def _write(codes: Codes, row: int, column: int, text: str) -> None:
    codes[row, column : column + len(text)] = [ord(character) for character in text]
