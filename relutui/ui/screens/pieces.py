"""The list of all straight pieces of the curve, to scroll through."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from relutui.readout.pieces_list import PiecesReadout, read_pieces
from relutui.session.session import Session

HEADINGS = ("piece", "from x", "to x", "slope", "bend there")


class PiecesScreen(ModalScreen[None]):
    """Shows the ends and slopes of all pieces, with two digits more than a sentence has."""

    BINDINGS = [Binding("escape,q,K,enter", "dismiss", "Close", show=False)]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._pieces = read_pieces(session)

    def compose(self) -> ComposeResult:
        """Yield the table in a scrolling panel."""
        with VerticalScroll(classes="dialog") as panel:
            panel.border_title = Content(f"Pieces of {self._pieces.curve}")
            panel.border_subtitle = "up, down scroll   esc closes"
            yield Static(Content("\n".join(_lines(self._pieces))))


def _lines(pieces: PiecesReadout) -> list[str]:
    """Return the headings and a line for each piece, in columns."""
    table = [HEADINGS, *((str(number), *row) for number, row in enumerate(pieces.rows, 1))]
    widths = [max(map(len, column)) for column in zip(*table)]
    return ["  ".join(text.rjust(width) for text, width in zip(row, widths)).rstrip() for row in table]
