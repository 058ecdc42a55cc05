"""Charts as rows of text: plotext draws the curves in braille; axes, marks and colours are added here."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from relutui.lib.arrays import Array
from relutui.plot import cells, no_data
from relutui.plot.axes import CELL_MIDDLE, MIN_PLOT_CELLS, X_AXIS_ROWS, Axes, Columns, columns, frame, plot_rows
from relutui.plot.braille import Canvas, Codes, Owners, beads, braille
from relutui.plot.clipping import clip, dash, dot, simplify
from relutui.plot.plain import BRAILLE, PLAIN, shade

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

    @property
    def mark(self) -> str:
        """What it is made of in the plain drawing; the sign by which a legend names the line becomes the same."""
        if self.dashed:
            return "'" if self.colour is None else "-"
        return "." if self.dotted else "~" if self.faint else "*"


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
    under: a cell that a line passes through keeps the line's colour.
    """

    x: Array
    y: Array
    colour: int | None = None
    size: tuple[int, int] = (2, 3)
    under: bool = False


Layer = Line | Marks | Beads


@dataclass(frozen=True)
class Arrow:
    """An arrow on the x axis, from x over `cells` cells, to the left if negative; with 0 cells only its foot is drawn."""

    x: float
    cells: int
    colour: int | None = None
    bold: bool = False


def draw(
    layers: Sequence[Layer],
    axes: Axes,
    width: int,
    height: int,
    vertical: float | None = None,
    shaded: Sequence[tuple[float, float]] = (),
    under: Sequence[Arrow] = (),
    data: tuple[float, float] | None = None,
) -> list[Strip]:
    """Draw a chart as `height` rows of `width` cells, later layers on top.

    Behind all are shades between two x each, which may be infinite, a hatch on either side of `data`, two x between which there
    are data, and a dotted line at x = vertical; arrows are on the x axis.
    """
    area = columns(axes, width)
    rows = plot_rows(axes, height)
    if width - area.left < MIN_PLOT_CELLS or rows < MIN_PLOT_CELLS:
        return [Strip.blank(width)] * height
    head = height - rows - X_AXIS_ROWS if axes.ticks else 0
    codes = frame(axes, area, rows, head).copy()
    owners = np.zeros((height, width), np.intp)
    if axes.ticks:
        _draw_arrows((codes[head + rows], owners[head + rows]), under, area, _FIRST + len(layers))
    canvas = codes[head : head + rows, area.left :], owners[head : head + rows, area.left :]
    for low, high in shaded:
        first, last = area.column(low) - area.left, area.column(high) - area.left
        canvas[0][:, max(0, first) : last + 1] = ord("░")
        canvas[1][:, max(0, first) : last + 1] = _BEHIND
    if data:
        ends = area.column(data[0]) - area.left, area.column(data[1]) - area.left
        no_data.hatch(canvas, *ends, _BEHIND)
    if vertical is not None and area.left <= (column := area.column(vertical)) < width:
        canvas[0][:, column - area.left] = ord("┊")
        canvas[1][:, column - area.left] = _BEHIND
    places = [_places(layer, axes, area.width, rows) for layer in layers]
    _draw_lines(canvas, layers, places)
    _draw_beads(canvas, layers, places)
    _draw_marks(canvas, layers, places)
    if data:
        no_data.label(canvas, *ends, _BEHIND)
    return _strips(codes, owners, (_styled(None), _styled(None, faint=True), *map(_style, layers), *map(_style, under)))


def _places(layer: Layer, axes: Axes, width: int, height: int) -> tuple[Array, Array]:
    """Return x and y of a layer in cells from the left and from the top of the canvas."""
    return _cells(layer.x, *axes.x, width), _cells(layer.y, axes.y[1], axes.y[0], height)


def _cells(values: ArrayLike, low: float, high: float, count: int) -> Array:
    """Return the positions of values on `count` cells: low is the middle of the first, high the middle of the last."""
    halves, start, end = np.asarray(values, np.float64) / 2.0, low / 2.0, high / 2.0  # high - low may be too large a number
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        share = (halves - start) / (end - start)
        if start == end:
            share[halves == start] = 0.5
        return share * (count - 1) + CELL_MIDDLE


def _draw_lines(canvas: Canvas, layers: Sequence[Layer], places: Sequence[tuple[Array, Array]]) -> None:
    codes, owners = canvas
    height, width = codes.shape
    paths = []
    for number, (layer, (x, y)) in enumerate(zip(layers, places), _FIRST):
        if isinstance(layer, Line):
            path = simplify(clip(x, y, width, height))
            path = dash(path) if layer.dashed else dot(path) if layer.dotted else path
            if len(path.joined) and PLAIN.get():
                cells.trace(canvas, number, layer.mark, path)
            elif len(path.joined):
                paths.append((number, path))
    if paths:
        drawn, by = braille(paths, width, height)
        covered = by > 0
        codes[covered], owners[covered] = drawn[covered], by[covered]


def _draw_beads(canvas: Canvas, layers: Sequence[Layer], places: Sequence[tuple[Array, Array]]) -> None:
    for number, (layer, (x, y)) in enumerate(zip(layers, places), _FIRST):
        if isinstance(layer, Beads) and PLAIN.get():
            cells.points(canvas, number, x, y, _FIRST if layer.under else number)
        elif isinstance(layer, Beads):
            beads(canvas, number, x, y, layer.size, layer.under)


def _draw_marks(canvas: Canvas, layers: Sequence[Layer], places: Sequence[tuple[Array, Array]]) -> None:
    codes, owners = canvas
    height, width = codes.shape
    for number, (layer, (x, y)) in enumerate(zip(layers, places), _FIRST):
        if isinstance(layer, Marks):
            for place, character in enumerate(layer.marker, -(len(layer.marker) // 2)):
                drawn = shade(character) if PLAIN.get() and character in BRAILLE else character
                across = x + place
                inside = (across >= 0.0) & (across < width) & (y >= 0.0) & (y < height)
                column, row = across[inside].astype(np.intp), y[inside].astype(np.intp)
                on_top = owners[row, column] < number
                codes[row[on_top], column[on_top]] = ord(drawn)
                owners[row[on_top], column[on_top]] = number


def _draw_arrows(axis: tuple[Codes, Owners], arrows: Sequence[Arrow], area: Columns, first: int) -> None:
    """Draw arrows on the row of the x axis, later ones on top, cut at the ends of the plot area; its ticks stay to be seen."""
    codes, owners = axis
    ticks = codes == ord("┬")
    last = area.left + area.width - 1
    for number, arrow in enumerate(arrows, first):
        foot = area.column(arrow.x)
        if area.left <= foot <= last:
            head = min(max(foot + arrow.cells, area.left), last)
            covered = slice(min(foot, head), max(foot, head) + 1)
            shaft, crossed = ("=", "+") if PLAIN.get() else ("━", "┯")
            codes[covered], owners[covered] = np.where(ticks[covered], ord(crossed), ord(shaft)), number
            codes[foot] = ord("┿" if ticks[foot] and not PLAIN.get() else "┷")
            if arrow.cells:
                codes[head] = ord("►" if arrow.cells > 0 else "◄")


def _style(layer: Layer | Arrow) -> Style:
    bold = isinstance(layer, Marks | Arrow) and layer.bold
    return _styled(layer.colour, bold, isinstance(layer, Line | Marks) and layer.faint)


@cache
def _styled(colour: int | None, bold: bool = False, faint: bool = False) -> Style:
    """Return a style, the same object for the same look: comparing and combining styles is then cheap."""
    return Style(color=None if colour is None else Color.from_ansi(colour), bold=bold or None, dim=faint or None)


def _strips(codes: Codes, owners: Owners, styles: tuple[Style, ...]) -> list[Strip]:
    """Return the rows as strips."""
    width = codes.shape[1]
    text, by = codes.tobytes().decode("utf-32-le"), owners.astype(np.uint16).tobytes().decode("utf-16-le")
    return [_strip(text[start : start + width], by[start : start + width], styles) for start in range(0, len(text), width)]


@lru_cache(128)
def _strip(text: str, owners: str, styles: tuple[Style, ...]) -> Strip:
    """Return a row with a segment for each run of a style; equal rows are the same object, as most stay from chart to chart."""
    bounds = [0, *(place for place, (a, b) in enumerate(pairwise(owners), 1) if a != b), len(text)]
    return Strip([Segment(text[start:end], styles[ord(owners[start])]) for start, end in pairwise(bounds)], len(text))
