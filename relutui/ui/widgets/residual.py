"""The Residual view: the error against x, with the MSE of each piece under it."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from rich.text import Text
from textual.strip import Strip

from relutui.plot.axes import Axes, Columns, columns
from relutui.plot.chart import Line, Marks, draw
from relutui.readout.residual import ResidualReadout
from relutui.ui.widgets.strip_widget import longest_fit, strip_of

MIN_ROWS_WITH_TEXT = 8  # from which two or more rows are spared for text
MIN_COLUMNS_PER_MARKER = 2  # for each point to have a marker; denser points are a line


def residual_axes(readout: ResidualReadout) -> Axes:
    """Return the axes of the chart, in the data's own units, of which y is a difference."""
    return Axes(readout.x_limits, readout.y_limits, x_units=readout.scale.x, y_units=(0.0, readout.scale.y.width))


def residual(readout: ResidualReadout, width: int, height: int) -> Sequence[Strip]:
    """Draw the error, above it its size over all points, and under it the MSE of each piece in line with the chart."""
    axes = residual_axes(readout)
    layers: list[Line | Marks] = [Line(np.array(readout.x_limits), np.zeros(2), None, faint=True, dashed=True)]
    few = len(readout.error.x) * MIN_COLUMNS_PER_MARKER <= width
    layers.append(Marks(*readout.error, "●", 15) if few else Line(*readout.error, 15))
    if height < MIN_ROWS_WITH_TEXT:
        return draw(layers, axes, width, height, readout.probe)
    head = [strip_of(Text(line), width) for line in _head(readout, width)[: height - MIN_ROWS_WITH_TEXT + 2]]
    foot = strip_of(_foot(readout, columns(axes, width), width), width)
    return [*head, *draw(layers, axes, width, height - len(head) - 1, readout.probe), foot]


def _head(readout: ResidualReadout, width: int) -> list[str]:
    """Return the size of the error over all points and the best possible ones, in one line if they fit."""
    texts = readout.size, readout.best_of_points, readout.best_of_curve
    lines = [f"  {longest_fit(forms, width - 2)}" for forms in texts if forms]
    together = " ".join(lines)
    return [together] if len(together) <= width else lines


def _foot(readout: ResidualReadout, places: Columns, width: int) -> Text:
    """Return the MSE of each piece under its stretch of the x axis, or the worst in words where most have no room."""
    edges = [*places.columns([piece.low for piece in readout.pieces]), places.left + places.width]
    room = [end - start for start, end in pairwise(edges)]
    fits = [len(piece.mse) < space for piece, space in zip(readout.pieces, room)]
    if sum(fits) * 2 < len(fits):
        return Text(f"  {longest_fit(readout.worst, width - 2)}")
    text = Text("MSE".rjust(places.left - 1) + " ")
    for piece, space, written in zip(readout.pieces, room, fits):
        text.append(("│" + (piece.mse if written else "").center(space - 1)) if space else "")
    return text
