"""The progress line and the grid of small charts of the Seeds screen."""

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

MIN_CELL_SIZE = (16, 5)  # columns, rows
MAX_GRID = (4, 5)  # cells across and down, to bound the time of a drawing
LABEL_ROWS = 2  # of a cell


def progress(readout: ProgressReadout, width: int, height: int) -> Iterator[Text]:
    """Draw what is trained on the left and the progress on the right; the left gives way where there is no room for both."""
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
    """Return how many cells fit across and down."""
    columns, rows = (min(room // least, most) for room, least, most in zip((width, height), MIN_CELL_SIZE, MAX_GRID))
    return max(1, columns), max(1, rows)


def move_in_grid(index: int, move: Move, count: int, shape: tuple[int, int]) -> int:
    """Return the cell, of `count`, that a move from cell `index` leads to; up and down are a row, a page is all of `shape`."""
    columns, rows = shape
    last_row = (count - 1) // columns
    match move:
        case "up":
            return index - columns if index >= columns else index
        case "down":
            return min(index + columns, count - 1) if index // columns < last_row else index
        case "home":
            return 0
        case "end":
            return count - 1
    step = {"left": -1, "right": 1, "pageup": -columns * rows, "pagedown": columns * rows}[move]
    return min(max(0, index + step), count - 1)


def grid(readout: GridReadout, width: int, height: int) -> Iterator[Strip]:
    """Draw the cells row by row, as large as the space allows."""
    columns, rows = grid_shape(width, height)
    wide, high = width // columns, height // rows
    shown = readout.cells[: columns * rows]
    for first in range(0, len(shown), columns):
        drawn = [_cell(readout, cell, wide, high) for cell in shown[first : first + columns]]
        yield from (Strip.join(strips) for strips in zip_longest(*drawn))


def _cell(readout: GridReadout, cell: Cell, width: int, height: int) -> list[Strip]:
    """Draw seed, loss and outcome, and under them the prediction over the dotted target; the last column stays free."""
    style = "bold reverse" if cell.marked else "bold"
    name = Text(f"{'▸' if cell.marked else ' '}{cell.seed}", style=style).append(f"  {cell.loss}")
    x: Array = readout.x
    axes = Axes((float(x[0]), float(x[-1])), readout.y_limits, ticks=False)
    curves = draw(
        [outline(readout.target, TARGET_COLOUR, dotted=True), Line(x, cell.y, 15)], axes, width - 1, height - LABEL_ROWS
    )
    labels = [strip_of(line, width) for line in (name, Text(f" {cell.outcome}"))]
    return [*labels, *(strip.extend_cell_length(width) for strip in curves)]
