"""The preview of a scenario: a small drawing of its target, and the facts about it."""

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
from relutui.readout.preview import PreviewReadout, Unread
from relutui.ui.widgets.fit import target

MAX_DRAWING_ROWS = 18
Y_MARGIN_SHARE = 0.05  # of the y-range, above and below the target


def preview(readout: PreviewReadout | Unread | str, width: int, height: int) -> Iterator[Text | Strip]:
    """Draw the target, the summary and the facts, or say why a scenario cannot be read, or is not yet."""
    if isinstance(readout, str):
        for problem in readout.splitlines():
            yield from _wrapped(f"✗ {problem}", width, "bold red")
        return
    if isinstance(readout, Unread):
        yield from _wrapped(readout.words, width)
        return
    below = [*_wrapped(readout.summary, width), Text(), *_wrapped(readout.facts, width, "dim")]
    yield from draw([_curve(readout, width)], _axes(readout, ticks=True), width, min(MAX_DRAWING_ROWS, height - len(below) - 1))
    yield Text()
    yield from below


def thumbnail(readout: PreviewReadout, width: int, height: int) -> list[str]:
    """Return the target as plain text rows of this size, without axes."""
    return [strip.text for strip in draw([outline(readout)], _axes(readout, ticks=False), width, height)]


def outline(readout: PreviewReadout, colour: int | None = None, dotted: bool = False) -> Line:
    """Return the target as a line, or as unconnected dots if its points are not a curve."""
    x, y = _apart(readout) if readout.scattered else (readout.x, readout.y)
    return Line(x, y, colour, dotted=dotted)


def _curve(readout: PreviewReadout, width: int) -> Layer:
    if readout.scattered or len(readout.x) < width // 3:
        return target(Curve(readout.x, readout.y), width)
    return Line(readout.x, readout.y, TARGET_COLOUR)


def _apart(readout: PreviewReadout) -> tuple[Array, Array]:
    """Return the points with a NaN after each, which makes a line of them unconnected dots."""
    gaps = np.full_like(readout.x, np.nan)
    return np.column_stack([readout.x, gaps]).ravel(), np.column_stack([readout.y, gaps]).ravel()


def _axes(readout: PreviewReadout, ticks: bool) -> Axes:
    low, high = float(readout.y.min()), float(readout.y.max())
    room = Y_MARGIN_SHARE * (high - low)
    x, y = readout.scale
    return Axes((float(readout.x[0]), float(readout.x[-1])), (low - room, high + room), ticks=ticks, x_units=x, y_units=y)


def _wrapped(text: str, width: int, style: str = "") -> Iterator[Text]:
    for line in textwrap.wrap(text, max(10, width - 2)):
        yield Text(f" {line}", style=style)
