"""pyte's terminal, and a screen as Textual draws it there."""

import pyte
from rich.console import Console
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

CUT = 5  # columns, of the left part of each row: an update comes in parts


class Terminal:
    """A terminal without automatic line wrap, as Textual sets it."""

    def __init__(self, width: int, height: int) -> None:
        self.screen = pyte.Screen(width, height)
        self._stream = pyte.Stream(self.screen)
        self.feed("\x1b[?7l")

    def feed(self, sequence: str) -> None:
        self._stream.feed(sequence)

    @property
    def cells(self) -> list[list[pyte.screens.Char]]:
        """The cells, without what makes no difference to a blank."""
        rows = [[self.screen.buffer[y][x] for x in range(self.screen.columns)] for y in range(self.screen.lines)]
        return [[_seen(cell) for cell in row] for row in rows]


def _seen(cell: pyte.screens.Char) -> pyte.screens.Char:
    drawn_in_front = cell.reverse or cell.underscore or cell.strikethrough
    return cell._replace(fg="default", bold=False, italics=False) if cell.data == " " and not drawn_in_front else cell


def whole(rows: list[Strip]) -> LayoutUpdate:
    return LayoutUpdate([row.divide([CUT, row.cell_length]) for row in rows], Region(0, 0, rows[0].cell_length, len(rows)))


def drawn(rows: list[Strip], console: Console) -> Terminal:
    """A terminal on which Textual has drawn a screen."""
    for style in (segment.style for row in rows for segment in row if segment.style):
        style._ansi = None  # Rich keeps what a style was first sent as, to whatever console
    terminal = Terminal(rows[0].cell_length, len(rows))
    terminal.feed(whole(rows).render_segments(console).replace("\n", "\r\n"))
    return terminal
