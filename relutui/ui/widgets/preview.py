"""A scenario before it is opened: a small drawing of its target, and what there is to know of it."""

import textwrap
from collections.abc import Iterator

import numpy as np
from rich.text import Text
from textual.strip import Strip

from relutui.lib.arrays import Array
from relutui.plot.axes import Axes
from relutui.plot.chart import Layer, Line, draw
from relutui.readout.colour import TARGET_COLOUR
from relutui.readout.curves import Curve
from relutui.readout.preview import PreviewReadout
from relutui.ui.widgets.fit import target

MAX_DRAWING_ROWS = 18  # rows of the drawing
Y_MARGIN_SHARE = 0.05  # of the range of y, above and below


def preview(readout: PreviewReadout | str, width: int, height: int) -> Iterator[Text | Strip]:
    """The drawing, then the summary and the facts; of a scenario that cannot be read, what is wrong with it."""
    if isinstance(readout, str):
        for problem in readout.splitlines():
            yield from _wrapped(f"✗ {problem}", width, "bold red")
        return
    below = [*_wrapped(readout.summary, width), Text(), *_wrapped(readout.facts, width, "dim")]
    yield from draw([_curve(readout, width)], _axes(readout, ticks=True), width, min(MAX_DRAWING_ROWS, height - len(below) - 1))
    yield Text()
    yield from below


def thumbnail(readout: PreviewReadout, width: int, height: int) -> list[str]:
    """The target in so many cells, without axes; as plain text."""
    return [strip.text for strip in draw([outline(readout)], _axes(readout, ticks=False), width, height)]


def outline(readout: PreviewReadout, colour: int | None = None, dotted: bool = False) -> Line:
    """The target as a line; points that are no curve as dots of one that is nowhere joined."""
    x, y = _apart(readout) if readout.scattered else (readout.x, readout.y)
    return Line(x, y, colour, dotted=dotted)


def _curve(readout: PreviewReadout, width: int) -> Layer:
    if readout.scattered or len(readout.x) < width // 3:
        return target(Curve(readout.x, readout.y), width)
    return Line(readout.x, readout.y, TARGET_COLOUR)


def _apart(readout: PreviewReadout) -> tuple[Array, Array]:
    """The points with a gap after each, which makes them dots of a line that is nowhere joined."""
    gaps = np.full_like(readout.x, np.nan)
    return np.column_stack([readout.x, gaps]).ravel(), np.column_stack([readout.y, gaps]).ravel()


def _axes(readout: PreviewReadout, ticks: bool) -> Axes:
    low, high = float(readout.y.min()), float(readout.y.max())
    room = Y_MARGIN_SHARE * (high - low)
    return Axes((float(readout.x[0]), float(readout.x[-1])), (low - room, high + room), ticks=ticks)


def _wrapped(text: str, width: int, style: str = "") -> Iterator[Text]:
    for line in textwrap.wrap(text, max(10, width - 2)):
        yield Text(f" {line}", style=style)
