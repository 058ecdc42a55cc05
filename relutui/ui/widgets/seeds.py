"""The line on top of the Seeds screen, and the grid of small curves."""

from collections.abc import Iterator
from itertools import zip_longest

from rich.text import Text
from textual.strip import Strip

from relutui.lib.arrays import Array
from relutui.model.selection import Move
from relutui.plot.axes import Axes
from relutui.plot.chart import Line, draw
from relutui.readout.colour import TARGET_COLOUR
from relutui.readout.seeds import Cell, GridReadout, ProgressReadout
from relutui.ui.widgets.preview import outline
from relutui.ui.widgets.strip_widget import longest_fit, strip_of

MIN_CELL_SIZE = (16, 5)  # columns and rows of a cell
MAX_GRID = (4, 5)  # cells side by side, and above each other: what it takes to draw them is bounded
LABEL_ROWS = 2  # rows of a cell


def progress(readout: ProgressReadout, width: int, height: int) -> Iterator[Text]:
    """What is trained on the left, how far it is on the right; what fits, the steps first."""
    right = "   ".join(filter(None, (readout.steps, readout.left)))
    room = width - len(right) - 4
    left = longest_fit(
        (
            f"{readout.name}   {readout.starts}   {readout.training}",
            f"{readout.name}   {readout.starts}",
            readout.starts,
            "",
        ),
        room,
    )
    yield Text(f" {left}{' ' * max(0, room - len(left))}  {right}")


def grid_shape(width: int, height: int) -> tuple[int, int]:
    """How many cells there is room for: side by side, and above each other."""
    columns, rows = (min(room // least, most) for room, least, most in zip((width, height), MIN_CELL_SIZE, MAX_GRID))
    return max(1, columns), max(1, rows)


def move_in_grid(at: int, to: Move, count: int, shape: tuple[int, int]) -> int:
    """Where a move leads from cell `at` of `count`: up and down by a row, where there is one, a page up and down by a page."""
    columns, rows = shape
    last_row = (count - 1) // columns
    match to:
        case "up":
            return at - columns if at >= columns else at
        case "down":
            return min(at + columns, count - 1) if at // columns < last_row else at
        case "home":
            return 0
        case "end":
            return count - 1
    by = {"left": -1, "right": 1, "pageup": -columns * rows, "pagedown": columns * rows}[to]
    return min(max(0, at + by), count - 1)


def grid(readout: GridReadout, width: int, height: int) -> Iterator[Strip]:
    """The cells, row by row, as large as the room allows."""
    columns, rows = grid_shape(width, height)
    wide, high = width // columns, height // rows
    shown = readout.cells[: columns * rows]
    for first in range(0, len(shown), columns):
        drawn = [_cell(readout, cell, wide, high) for cell in shown[first : first + columns]]
        yield from (Strip.join(strips) for strips in zip_longest(*drawn))


def _cell(readout: GridReadout, cell: Cell, width: int, height: int) -> list[Strip]:
    """Seed and loss, the outcome, and under them the prediction over the dotted target; the last column stays free."""
    style = "bold reverse" if cell.marked else "bold"
    name = Text(f"{'▸' if cell.marked else ' '}{cell.seed}", style=style).append(f"  {cell.loss}")
    x: Array = readout.x
    axes = Axes((float(x[0]), float(x[-1])), readout.y_limits, ticks=False)
    curves = draw(
        [outline(readout.target, TARGET_COLOUR, dotted=True), Line(x, cell.y, 15)], axes, width - 1, height - LABEL_ROWS
    )
    labels = [strip_of(line, width) for line in (name, Text(f" {cell.outcome}"))]
    return [*labels, *(strip.extend_cell_length(width) for strip in curves)]
