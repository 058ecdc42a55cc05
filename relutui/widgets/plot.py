"""Charts as rows of text: the curves are plotext's braille, the axes, marks and colours are put around them here."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from relutui.network import Array
from relutui.widgets.braille import Canvas, Codes, Owners, beads, braille
from relutui.widgets.clip import clip, dashes, dotted, thin
from relutui.widgets.ticks import log_ticks, ticks

_LABEL = 5  # cells of a y label; with the axis the margin is one more, whatever the values, so that the chart never jumps
_X_LABEL = 8
_X_SPACING = 10  # columns from one x label to the next, at least
_FOOT = 2  # rows of the x axis and its labels
_LEAST = 2  # columns, and rows, below which there is no chart
_MIDDLE = 0.5 + 1e-9  # of a cell; just past it, as a line along the border of two dots is rounded to either, with gaps
_BEHIND, _FIRST = 1, 2  # whose a cell is: 0 the axes', then the shade's and probe's, then the layers' from the first on


@dataclass(frozen=True, eq=False)
class Line:
    """A line through (x, y), of shape (points,); a point that is not finite breaks it. colour: ANSI, 0 to 15."""

    x: Array
    y: Array
    colour: int | None = None
    dashed: bool = False
    faint: bool = False
    dotted: bool = False


@dataclass(frozen=True, eq=False)
class Marks:
    """A marker, mostly one cell wide, with its middle at each (x, y), of shape (points,). colour: ANSI, 0 to 15."""

    x: Array
    y: Array
    marker: str
    colour: int | None = None
    bold: bool = False
    faint: bool = False


@dataclass(frozen=True, eq=False)
class Beads:
    """A spot of `size` dots of braille, across and down, around each (x, y), of shape (points,); lines show through them.

    Their place is as fine as that of a line, so that one through their middles looks as if it went through them.
    """

    x: Array
    y: Array
    colour: int | None = None
    size: tuple[int, int] = (2, 3)


Layer = Line | Marks | Beads


@dataclass(frozen=True)
class Arrow:
    """An arrow on the x axis: from x so many cells to the right, to the left where below 0; of 0 cells it is only a foot."""

    x: float
    cells: int
    colour: int | None = None
    bold: bool = False


@dataclass(frozen=True)
class Axes:
    """The limits, finite, (low, high); with log_y those of y, and all y, are log10. Without ticks there is no margin."""

    x: tuple[float, float]
    y: tuple[float, float]
    log_y: bool = False
    ticks: bool = True

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
        """The column of the chart that x falls on; one beside the plot area if it falls on none."""
        place = _cell(x, self.low, self.high, self.width)
        return self.left + (math.floor(min(max(place, -1.0), self.width)) if place == place else -1)

    def columns(self, x: Iterable[float]) -> list[int]:
        """The columns that several x fall on."""
        return [self.column(each) for each in x]


def columns(axes: Axes, width: int) -> Columns:
    """Where the plot area lies in a chart of this width, so that other panels can stand in line with it."""
    left = _LABEL + 1 if axes.ticks else 0
    return Columns(left, max(_LEAST, width - left), *axes.x)


def plot_rows(axes: Axes, height: int) -> int:
    """The rows of the plot area in a chart of this height; y is high in the middle of the first, low in that of the last."""
    return height - _FOOT if axes.ticks else height


def draw(
    layers: Sequence[Layer],
    axes: Axes,
    width: int,
    height: int,
    vertical: float | None = None,
    shaded: tuple[float, float] | None = None,
    under: Sequence[Arrow] = (),
) -> list[Strip]:
    """The chart as `height` rows of `width` cells, later layers on top; behind all, a shade between two x, which may be
    infinite, and a dotted line at x = vertical; arrows under it, on the x axis, if there is one.
    """
    area = columns(axes, width)
    rows = plot_rows(axes, height)
    if width - area.left < _LEAST or rows < _LEAST:
        return [Strip.blank(width)] * height
    codes = _empty(axes, area, rows, height).copy()
    owners = np.zeros((height, width), np.intp)
    if axes.ticks:
        _draw_arrows((codes[rows], owners[rows]), under, area, _FIRST + len(layers))
    canvas = codes[:rows, area.left :], owners[:rows, area.left :]
    if shaded:
        first, last = area.column(shaded[0]) - area.left, area.column(shaded[1]) - area.left
        canvas[0][:, max(0, first) : last + 1] = ord("░")
        canvas[1][:, max(0, first) : last + 1] = _BEHIND
    if vertical is not None and area.left <= (column := area.column(vertical)) < width:
        canvas[0][:, column - area.left] = ord("┊")
        canvas[1][:, column - area.left] = _BEHIND
    places = [_places(layer, axes, area.width, rows) for layer in layers]
    _draw_lines(canvas, layers, places)
    _draw_beads(canvas, layers, places)
    _draw_marks(canvas, layers, places)
    return _strips(codes, owners, (_styled(None), _styled(None, faint=True), *map(_style, layers), *map(_style, under)))


def _places(layer: Layer, axes: Axes, width: int, height: int) -> tuple[Array, Array]:
    """x and y of a layer in cells from the left and from the top of the canvas."""
    return _cells(layer.x, *axes.x, width), _cells(layer.y, axes.y[1], axes.y[0], height)


def _cells(values: ArrayLike, low: float, high: float, count: int) -> Array:
    """Where values lie on `count` cells: low in the middle of the first, high in the middle of the last."""
    halves, start, end = np.asarray(values, np.float64) / 2.0, low / 2.0, high / 2.0  # high - low may be too large a number
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        share = (halves - start) / (end - start)
        if start == end:
            share[halves == start] = 0.5
        return share * (count - 1) + _MIDDLE


def _cell(value: float, low: float, high: float, count: int) -> float:
    """Where a single value lies, like those of _cells."""
    start, end = low / 2.0, high / 2.0
    if start == end:
        return 0.5 * (count - 1) + _MIDDLE if value / 2.0 == start else math.copysign(math.inf, value / 2.0 - start)
    return (value / 2.0 - start) / (end - start) * (count - 1) + _MIDDLE


def _draw_lines(canvas: Canvas, layers: Sequence[Layer], places: Sequence[tuple[Array, Array]]) -> None:
    codes, owners = canvas
    height, width = codes.shape
    paths = []
    for number, (layer, (x, y)) in enumerate(zip(layers, places), _FIRST):
        if isinstance(layer, Line):
            path = thin(clip(x, y, width, height))
            path = dashes(path) if layer.dashed else dotted(path) if layer.dotted else path
            if len(path.joined):
                paths.append((number, path))
    if paths:
        drawn, by = braille(paths, width, height)
        covered = by > 0
        codes[covered], owners[covered] = drawn[covered], by[covered]


def _draw_beads(canvas: Canvas, layers: Sequence[Layer], places: Sequence[tuple[Array, Array]]) -> None:
    for number, (layer, (x, y)) in enumerate(zip(layers, places), _FIRST):
        if isinstance(layer, Beads):
            beads(canvas, number, x, y, layer.size)


def _draw_marks(canvas: Canvas, layers: Sequence[Layer], places: Sequence[tuple[Array, Array]]) -> None:
    codes, owners = canvas
    height, width = codes.shape
    for number, (layer, (x, y)) in enumerate(zip(layers, places), _FIRST):
        if isinstance(layer, Marks):
            for place, character in enumerate(layer.marker, -(len(layer.marker) // 2)):
                at = x + place
                inside = (at >= 0.0) & (at < width) & (y >= 0.0) & (y < height)
                column, row = at[inside].astype(np.intp), y[inside].astype(np.intp)
                on_top = owners[row, column] < number
                codes[row[on_top], column[on_top]] = ord(character)
                owners[row[on_top], column[on_top]] = number


def _draw_arrows(axis: tuple[Codes, Owners], arrows: Sequence[Arrow], area: Columns, first: int) -> None:
    """The arrows on the row of the x axis, later ones on top, cut where the plot area ends."""
    codes, owners = axis
    last = area.left + area.width - 1
    for number, arrow in enumerate(arrows, first):
        foot = area.column(arrow.x)
        if area.left <= foot <= last:
            head = min(max(foot + arrow.cells, area.left), last)
            covered = slice(min(foot, head), max(foot, head) + 1)
            codes[covered], owners[covered] = ord("━"), number
            codes[foot] = ord("┷")
            if arrow.cells:
                codes[head] = ord("►" if arrow.cells > 0 else "◄")


@lru_cache(16)
def _empty(axes: Axes, area: Columns, rows: int, height: int) -> Codes:
    """The chart without anything in it: the y axis, its labels on the left of it; the x axis, its labels under it."""
    codes = np.full((height, area.left + area.width), ord(" "), np.uint32)
    if not axes.ticks:
        return codes
    low, high = axes.y
    most = (rows - 1) // max(2, rows // 8) + 1
    codes[:rows, area.left - 1] = ord("│")
    for at, label in (log_ticks if axes.log_y else ticks)(low, high, most, _LABEL):
        row = int(_cell(at, high, low, rows))
        _write(codes, row, 0, f"{label:>{_LABEL}}┤")
    _write(codes, rows, area.left - 1, "└" + "─" * area.width)
    free = 0
    for at, label in ticks(area.low, area.high, (area.width - 1) // _X_SPACING + 1, _X_LABEL):
        column = area.column(at)
        codes[rows, column] = ord("┬")
        start = min(column - len(label) // 2, codes.shape[1] - len(label))
        if start >= free:
            _write(codes, rows + 1, start, label)
            free = start + len(label) + 1
    return codes


def _write(codes: Codes, row: int, column: int, text: str) -> None:
    codes[row, column : column + len(text)] = [ord(character) for character in text]


def _style(layer: Layer | Arrow) -> Style:
    bold = isinstance(layer, Marks | Arrow) and layer.bold
    return _styled(layer.colour, bold, isinstance(layer, Line | Marks) and layer.faint)


@cache
def _styled(colour: int | None, bold: bool = False, faint: bool = False) -> Style:
    """The same object for the same look: what is drawn again is compared by its styles, and asked for how they combine."""
    return Style(color=None if colour is None else Color.from_ansi(colour), bold=bold or None, dim=faint or None)


def _strips(codes: Codes, owners: Owners, styles: tuple[Style, ...]) -> list[Strip]:
    """The rows as strips."""
    width = codes.shape[1]
    text, by = codes.tobytes().decode("utf-32-le"), owners.astype(np.uint16).tobytes().decode("utf-16-le")
    return [_strip(text[start : start + width], by[start : start + width], styles) for start in range(0, len(text), width)]


@lru_cache(128)
def _strip(text: str, owners: str, styles: tuple[Style, ...]) -> Strip:
    """A row, of a segment for each stretch in one style; the same object for the same row, as most are from chart to chart."""
    bounds = [0, *(place for place, (a, b) in enumerate(pairwise(owners), 1) if a != b), len(text)]
    return Strip([Segment(text[start:end], styles[ord(owners[start])]) for start, end in pairwise(bounds)], len(text))
