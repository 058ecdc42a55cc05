"""The Sizes view: small charts side by side, and a table of their errors in line under them."""

from collections.abc import Iterator

from rich.text import Text
from textual.strip import Strip

from relutui.plot.axes import Axes
from relutui.plot.chart import Line, draw
from relutui.readout.sizes import Size, SizesReadout
from relutui.ui.widgets.fit import target
from relutui.ui.widgets.strip_widget import strip_of

LABEL_COLUMNS = 14  # left of the charts, for the labels of the rows
MIN_COLUMNS = 10  # of a chart, with the one that keeps it from the next
MIN_CHART_ROWS = 2
BEAD_SPACING = 2  # columns


def sizes(readout: SizesReadout, width: int, height: int) -> Iterator[Strip]:
    """Draw as many networks as fit, the present one among them, or only the table where there is no room for charts."""
    room = max(1, (width - LABEL_COLUMNS) // MIN_COLUMNS)
    shown = readout.sizes if room >= len(readout.sizes) else (*readout.sizes[: room - 1], readout.sizes[-1])
    columns = max(1, (width - LABEL_COLUMNS) // len(shown))
    rows = [
        ("", [size.name for size in shown]),
        ("max error", [size.largest for size in shown]),
        ("  best curve", [size.best_largest for size in shown]),
        ("MSE", [size.mse for size in shown]),
        ("  best curve", [size.best_mse for size in shown]),
    ]
    if not any(size.best_mse for size in shown):
        rows = [row for row in rows if row[0] != "  best curve"]
    (_, names), *errors = rows
    yield strip_of(_row("units", names, columns), width)
    if height - len(rows) >= MIN_CHART_ROWS:
        drawn = [_chart(readout, size, columns - 1, height - len(rows)) for size in shown]
        for line in zip(*drawn):
            yield Strip.join([Strip.blank(LABEL_COLUMNS), *(part for strip in line for part in (strip, Strip.blank(1)))])
    for label, cells in errors:
        yield strip_of(_row(label, cells, columns), width)


def _chart(readout: SizesReadout, size: Size, width: int, height: int) -> list[Strip]:
    axes = Axes(readout.x_limits, readout.y_limits, ticks=False)
    return draw([Line(*size.curve, 15), target(readout.data, width, BEAD_SPACING)], axes, width, height)


def _row(label: str, cells: list[str], columns: int) -> Text:
    """Return a row of the table, each cell as far left as its chart, or … where it does not fit."""
    fitting = (cell if len(cell) < columns else "…" for cell in cells)
    line = f" {label:<{LABEL_COLUMNS - 1}}" + "".join(cell.ljust(columns) for cell in fitting)
    return Text(line, style="bold" if label == "units" else "")
