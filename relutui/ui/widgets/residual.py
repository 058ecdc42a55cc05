"""The Residual view: the error against x, and its size on each piece under it."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from rich.text import Text
from textual.strip import Strip

from relutui.plot.axes import Axes, Columns, columns
from relutui.plot.chart import Line, Marks, draw
from relutui.readout.residual import ResidualReadout
from relutui.ui.widgets.strip_widget import longest_fit, strip_of

MIN_ROWS_WITH_TEXT = 8  # rows, below which the chart has them all
MIN_COLUMNS_PER_MARKER = 2  # columns a point, at least, where each has a marker of its own; more of them are joined


def residual(readout: ResidualReadout, width: int, height: int) -> Sequence[Strip]:
    """The size of the error, the error, and the MSE of each piece in line with it."""
    axes = Axes(readout.x_limits, readout.y_limits)
    layers: list[Line | Marks] = [Line(np.array(readout.x_limits), np.zeros(2), None, faint=True, dashed=True)]
    few = len(readout.error.x) * MIN_COLUMNS_PER_MARKER <= width
    layers.append(Marks(*readout.error, "●", 15) if few else Line(*readout.error, 15))
    if height < MIN_ROWS_WITH_TEXT:
        return draw(layers, axes, width, height, readout.probe)
    head = [strip_of(Text(line), width) for line in _head(readout, width)]
    foot = strip_of(_foot(readout, columns(axes, width), width), width)
    return [*head, *draw(layers, axes, width, height - len(head) - 1, readout.probe), foot]


def _head(readout: ResidualReadout, width: int) -> list[str]:
    """The size of the error over all points, and the best possible, in one line if it is long enough."""
    lines = [f"  {longest_fit(forms, width - 2)}" for forms in (readout.size, readout.best_possible) if forms]
    together = " ".join(lines)
    return [together] if len(together) <= width else lines


def _foot(readout: ResidualReadout, places: Columns, width: int) -> Text:
    """The MSE of each piece under its stretch of the x axis; where most have no room, the worst in words."""
    edges = [*places.columns([piece.low for piece in readout.pieces]), places.left + places.width]
    room = [end - start for start, end in pairwise(edges)]
    fits = [len(piece.mse) < space for piece, space in zip(readout.pieces, room)]
    if sum(fits) * 2 < len(fits):
        return Text(f"  {longest_fit(readout.worst, width - 2)}")
    text = Text("MSE".rjust(places.left - 1) + " ")
    for piece, space, written in zip(readout.pieces, room, fits):
        text.append(("│" + (piece.mse if written else "").center(space - 1)) if space else "")
    return text
