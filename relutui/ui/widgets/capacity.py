"""The losses against the number of units, as a chart with a table of the numbers under it."""

from collections.abc import Iterator

import numpy as np
from rich.text import Text
from textual.strip import Strip

from relutui.lib.arrays import Array
from relutui.plot.axes import Axes, Columns, columns
from relutui.plot.chart import Line, Marks, draw
from relutui.readout.capacity import CapacityReadout, HeadingReadout, Row, Values
from relutui.ui.widgets.strip_widget import longest_fit

LABEL_COLUMNS = 8  # left of the chart, for the labels of the rows
MIN_CHART_ROWS = 6  # with the two of the x axis
X_AXIS_ROWS = 2  # the axis and its labels
STROKE_SHARE, MAX_STROKE_COLUMNS = 0.25, 4  # to either side: of the distance between two numbers of units, and at most


def heading(readout: HeadingReadout, width: int, height: int) -> Iterator[Text]:
    """Draw what is measured, if there is room for it, and the progress."""
    left = longest_fit((readout.left, ""), width - len(readout.right) - 4)
    yield Text(f" {left}{readout.right:>{max(0, width - len(left) - 2)}}")


def capacity(readout: CapacityReadout, width: int, height: int) -> Iterator[Strip | Text]:
    """Draw the chart with the table in line under it, or only the table where there is no room for both."""
    count, rows = len(readout.best), height - len(readout.rows) - 1
    axes = Axes((-0.5, count - 0.5), readout.limits, log_y=True)
    places = columns(axes, width - LABEL_COLUMNS)
    centres = [LABEL_COLUMNS + column for column in places.columns(range(count))]
    if rows >= MIN_CHART_ROWS - X_AXIS_ROWS:
        stroke = min(STROKE_SHARE, MAX_STROKE_COLUMNS * count / places.width)
        chart = draw(_layers(readout, stroke), axes, width - LABEL_COLUMNS, rows + X_AXIS_ROWS)[:rows]
        yield from (Strip.join([Strip.blank(LABEL_COLUMNS), strip]) for strip in chart)
        yield _axis(places, centres, width)
    for row in readout.rows:
        yield _row(row, centres, width)


def _layers(readout: CapacityReadout, stroke: float) -> list[Line | Marks]:
    """Return a stroke for each best loss with n kinks, as fine as braille, and the markers; the median is beside the others."""
    x, y = _points(readout.possible)
    ends = np.stack([x - stroke, x + stroke, np.full(len(x), np.nan)], axis=1).ravel()
    median_x, median = _points(readout.median)
    return [
        Line(ends, np.repeat(y, 3), 15),
        Marks(median_x + stroke, median, "○", 6),
        Marks(*_points(readout.best), "●", 3, bold=True),
    ]


def _points(values: Values) -> tuple[Array, Array]:
    points = [(float(place), value) for place, value in enumerate(values) if value is not None]
    x, y = np.array(points, np.float64).reshape(-1, 2).T
    return x, y


def _axis(places: Columns, centres: list[int], width: int) -> Text:
    """Return the x axis, with a tick at each number of units."""
    line = list(" " * (LABEL_COLUMNS + places.left - 1) + "└" + "─" * places.width)
    for centre in centres:
        line[centre] = "┬"
    return Text("".join(line)[:width])


def _row(row: Row, centres: list[int], width: int) -> Text:
    """Return a row of the table: the label, and each cell that has room, centred under its number of units."""
    label, cells = row
    line = f"{label:<{LABEL_COLUMNS}}"
    for centre, cell in zip(centres, cells):
        start = centre - len(cell) // 2
        if start > len(line.rstrip()) and start + len(cell) <= width:
            line = f"{line.rstrip():<{start}}{cell}"
    return Text(line, style="bold" if label == "units" else "")
