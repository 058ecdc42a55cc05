"""Charts as shapes on a page, for files: what chart.py draws as rows of text.  svg.py and png.py write them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array
from relutui.plot.axes import Axes
from relutui.plot.chart import Layer, Line, Marks
from relutui.plot.clipping import clip
from relutui.plot.ticks import Scale, Tick, log_ticks, ticks_in

WIDTH, HEIGHT = 720, 300  # of a plot area with its margins, in pixels
LEFT, RIGHT, TOP, BOTTOM = 80, 20, 34, 56  # margins of a plot area
HEAD, ROW = 30, 20  # of the title, and of a line of the legend
FONT_SIZE = 13
INK, PALE, PAPER = "#222222", "#dddddd", "#ffffff"
_LABEL_CHARS, _X_LABELS, _Y_LABELS = 9, 9, 6  # characters of a label, and labels of an axis, at most
_COLOURS = (INK, "#c1272d", "#2e8b3d", "#b07d00", "#1f5fbf", "#a0369b", "#00838f", "#555555")  # on white, of 0 to 7
_DASHED, _DOTTED = (6.0, 4.0), (2.0, 4.0)
_RADII = {"●": 4.0, "·": 1.5}
_DIAMOND = ((0.0, -6.0), (6.0, 0.0), (0.0, 6.0), (-6.0, 0.0))

Place = tuple[float, float]  # across and down, in pixels


class Polyline(NamedTuple):
    """A line through places; dashes: lengths of dash and gap."""

    places: Sequence[Place]
    colour: str
    dashes: tuple[float, float] | None = None


class Polygon(NamedTuple):
    """A closed line, filled."""

    places: Sequence[Place]
    colour: str


class Circle(NamedTuple):
    """A circle with its edge in a colour, and filled with one."""

    place: Place
    radius: float
    colour: str
    fill: str


class Text(NamedTuple):
    """A text on a base line that begins, has its middle or ends at a place."""

    place: Place
    text: str
    anchor: str  # "start", "middle" or "end"
    colour: str = INK


Shape = Polyline | Polygon | Circle | Text


class Group(NamedTuple):
    """Shapes whose places count from so many pixels down."""

    down: float
    shapes: tuple[Shape, ...]


class Picture(NamedTuple):
    """Shapes on a page of paper, later ones on top."""

    width: int
    height: int
    groups: tuple[Group, ...]


class Panel(NamedTuple):
    """A chart with a title and the name of its x."""

    title: str
    layers: Sequence[Layer]
    axes: Axes
    x_name: str


def compose(title: str, panels: Sequence[Panel], legend: Sequence[str]) -> Picture:
    """Lay out a title, panels, one under the other, and a legend below, a row for each of its lines.

    Of layers, lines and marks are known; colours of 8 and more are those of 0 to 7, as they lie on white.
    """
    end = HEAD + HEIGHT * len(panels)
    words = [Text((WIDTH / 2, HEAD - 8), title, "middle")]
    words += [Text((LEFT, end + ROW * (row + 1)), line, "start") for row, line in enumerate(legend)]
    charts = [Group(HEAD + HEIGHT * number, tuple(_chart(panel))) for number, panel in enumerate(panels)]
    return Picture(WIDTH, end + ROW * (len(legend) + 1), (Group(0, tuple(words)), *charts))


def _chart(panel: Panel) -> list[Shape]:
    axes, right, floor = panel.axes, WIDTH - RIGHT, HEIGHT - BOTTOM
    (low, high), (bottom, top) = axes.x, axes.y
    shapes: list[Shape] = [Text((LEFT, TOP - 12), panel.title, "start")]
    x_scale = Scale([*axes.x_ticks]) if axes.x_ticks else ticks_in(axes.x_units, low, high, _X_LABELS, _LABEL_CHARS, axes.whole)
    for at, label in _labelled(x_scale):
        x = _place(at, low, high, LEFT, right)
        shapes += [Polyline([(x, floor), (x, floor + 5)], INK), Text((x, floor + 20), label, "middle")]
    y_scale = (
        log_ticks(bottom, top, _Y_LABELS, _LABEL_CHARS)
        if axes.log_y
        else ticks_in(axes.y_units, bottom, top, _Y_LABELS, _LABEL_CHARS)
    )
    for at, label in _labelled(y_scale):
        y = _place(at, bottom, top, floor, TOP)
        shapes += [Polyline([(LEFT, y), (right, y)], PALE), Text((LEFT - 8, y + 4), label, "end")]
    shapes.append(Polyline([(LEFT, TOP), (LEFT, floor), (right, floor)], INK))
    shapes.append(Text(((LEFT + right) / 2, floor + 42), panel.x_name, "middle"))
    for layer in panel.layers:
        colour = _COLOURS[(layer.colour or 0) % len(_COLOURS)]
        across = np.array([_place(each, low, high, 0.0, right - LEFT) for each in layer.x.tolist()])
        down = np.array([_place(each, bottom, top, floor - TOP, 0.0) for each in layer.y.tolist()])
        if isinstance(layer, Line):
            dashes = _DOTTED if layer.dotted else _DASHED if layer.dashed else None
            shapes += [Polyline(run, colour, dashes) for run in _runs(across, down)]
        elif isinstance(layer, Marks):
            shapes += _marks(across, down, layer.marker, colour)
    return shapes


def _labelled(scale: Scale) -> list[Tick]:
    """The ticks; of labels that are differences, the first is the base itself."""
    if not scale.base:
        return scale.ticks
    (first, _), *others = scale.ticks
    return [(first, scale.base), *((at, f"+{label}") for at, label in others)]


def _runs(x: Array, y: Array) -> Iterator[list[Place]]:
    """The parts of a line that lie in the plot area, whose corner x and y count from."""
    path = clip(x, y, WIDTH - RIGHT - LEFT + 1, HEIGHT - BOTTOM - TOP + 1)  # with its far edges, which clip leaves out
    places = (path.points + np.array([LEFT, TOP])).tolist()
    starts = [number for number, joined in enumerate(path.joined) if not joined]
    for start, end in zip(starts, [*starts[1:], len(places)]):
        yield [(across, down) for across, down in places[start:end]]


def _marks(x: Array, y: Array, marker: str, colour: str) -> Iterator[Shape]:
    """The marks of the places that lie in the plot area: a dot, a diamond, or letters in a circle."""
    inside = (x >= 0.0) & (x <= WIDTH - RIGHT - LEFT) & (y >= 0.0) & (y <= HEIGHT - BOTTOM - TOP)
    for across, down in np.column_stack([x + LEFT, y + TOP])[inside].tolist():
        if marker == "◆":
            yield Polygon([(across + right, down + below) for right, below in _DIAMOND], colour)
        elif marker in _RADII:
            yield Circle((across, down), _RADII[marker], colour, colour)
        else:
            yield Circle((across, down), 7.5, colour, PAPER)
            yield Text((across, down + 4.5), marker, "middle", colour)


def _place(value: float, low: float, high: float, start: float, end: float) -> float:
    """The pixel of a value between low and high, which lie at start and end."""
    return start + (end - start) * ((value - low) / (high - low) if low < high else 0.5)
