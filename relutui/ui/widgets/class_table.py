"""The screen of a class: its heading, the table with a marked row, and what is said of that row."""

from collections.abc import Iterator
from typing import NamedTuple

from rich.text import Text
from textual import events
from textual.message import Message

from relutui.model.selection import Move
from relutui.readout.class_details import ClassDetails, ClassHeading, Detail
from relutui.readout.class_table import ClassRow, ClassTable, Column
from relutui.ui.widgets.panel import Panel
from relutui.ui.widgets.strip_widget import count_of_hidden, fit_cells, longest_fit, wrap_cells

GAP = 1  # cells between columns
MIN_TEXT_COLUMNS = 10  # of a wrapped paragraph, and of a column that takes what is left


class MarkedTable(NamedTuple):
    """A table and the place of its marked row; 0 if it has none."""

    table: ClassTable
    marked: int


class ScrolledDetails(NamedTuple):
    """What is said of a row, from this line on."""

    details: ClassDetails
    first: int = 0


def heading(readout: ClassHeading, width: int, height: int) -> Iterator[Text]:
    """Draw the folder and the number of learners on the left, and on the right since when it stands so, or what is wrong."""
    right = readout.problem or readout.read
    left = longest_fit((f"{readout.folder}   {readout.learners}", readout.learners), width - len(right) - 4)
    line = Text(f" {fit_cells(left, max(1, width - len(right) - 3))} ", "bold")
    yield line.append(right, "bold red" if readout.problem else "")


def page_of(marked: int, rows: int, height: int) -> range:
    """Return which rows are shown below the headings: whole pages, so that few rows change as the mark moves."""
    room = max(1, height - 1)
    first = max(0, min(marked // room * room, rows - room))
    return range(first, min(rows, first + room))


def moved(marked: int, move: Move, rows: int, height: int) -> int:
    """Return the row that a move leads to."""
    page = max(1, height - 1)
    by = {"up": -1, "down": 1, "pageup": -page, "pagedown": page, "home": -rows, "end": rows}.get(move, 0)
    return max(0, min(marked + by, rows - 1))


def class_table(readout: MarkedTable, width: int, height: int) -> Iterator[Text]:
    """Draw the headings, and the page of rows with the marked one."""
    table = readout.table
    columns = _fitting(table.columns, width - 1)
    widths = _widths(columns, width - 1)
    headings = _joined(tuple(column.heading for column in columns), columns, widths)
    yield Text(f" {headings}", "bold")
    if not table.rows:
        yield Text(f" {table.empty}")
    for number in page_of(readout.marked, len(table.rows), height):
        is_marked = number == readout.marked
        line = _row(table.rows[number], columns, widths, width - 1)
        yield Text(f"{'▸' if is_marked else ' '}{line.plain}", "reverse" if is_marked else line.style)


def _row(row: ClassRow, columns: tuple[Column, ...], widths: list[int], width: int) -> Text:
    if row.problem:
        return Text(fit_cells(f"{row.cells[0]}: {row.problem}", width), "bold red")
    return Text(_joined(row.cells, columns, widths))


def _joined(cells: tuple[str, ...], columns: tuple[Column, ...], widths: list[int]) -> str:
    texts = (
        cell.rjust(width) if column.is_number and len(cell) <= width else fit_cells(cell, width)
        for cell, column, width in zip(cells, columns, widths)
    )
    return (" " * GAP).join(texts)


def _fitting(columns: tuple[Column, ...], width: int) -> tuple[Column, ...]:
    """Return the columns that there is room for, without the last ones."""
    needed = sum(GAP + (column.width or MIN_TEXT_COLUMNS) for column in columns) - GAP
    return columns if needed <= width or len(columns) == 1 else _fitting(columns[:-1], width)


def _widths(columns: tuple[Column, ...], width: int) -> list[int]:
    """Return the cells of each column; the one without a width takes what is left."""
    left = width - GAP * (len(columns) - 1) - sum(column.width for column in columns)
    return [column.width or max(1, left) for column in columns]


def details_lines(details: ClassDetails, width: int) -> list[str]:
    """Return the paragraphs wrapped, each beside what stands in front of it."""
    return [line for paragraph in details.paragraphs for line in _wrapped(paragraph, width)]


def _wrapped(paragraph: Detail, width: int) -> list[str]:
    front = f" {paragraph.front} " if paragraph.front else " "
    room = max(MIN_TEXT_COLUMNS, width - len(front) - 1)
    lines = wrap_cells(paragraph.text, room) or [""]
    return [f"{front if number == 0 else ' ' * len(front)}{line}" for number, line in enumerate(lines)]


def class_details(readout: ScrolledDetails, width: int, height: int) -> Iterator[Text]:
    """Draw the lines that there is room for, and how many are left out."""
    lines = details_lines(readout.details, width)
    first = min(readout.first, last_first(len(lines), height))
    is_cut = len(lines) > height
    room = height - is_cut
    for line in lines[first : first + room]:
        yield Text(line)
    if is_cut:
        yield count_of_hidden(first, len(lines) - first - room)


def last_first(lines: int, height: int) -> int:
    """Return the first line shown when all are scrolled through; the last row then says how many are above."""
    return max(0, lines - height + 1) if lines > height else 0


class ClassTablePanel(Panel[MarkedTable]):
    """Draws the table, and says which row is clicked and where the wheel turns."""

    class Clicked(Message):
        """A row was clicked, by its place in the table."""

        def __init__(self, row: int) -> None:
            super().__init__()
            self.row = row

    class Turned(Message):
        """The wheel was turned: by a row down, or up (-1)."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def __init__(self, *, id: str) -> None:
        super().__init__(class_table, id=id)

    def on_click(self, event: events.Click) -> None:
        """Tell the row that was clicked."""
        inside = event.get_content_offset(self)
        if self._readout and inside and inside.y:
            page = page_of(self._readout.marked, len(self._readout.table.rows), self.size.height)
            if inside.y - 1 < len(page):
                self.post_message(self.Clicked(page[inside.y - 1]))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Tell that the wheel was turned up."""
        self.post_message(self.Turned(-1))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Tell that the wheel was turned down."""
        self.post_message(self.Turned(1))
