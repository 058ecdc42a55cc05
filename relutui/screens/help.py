"""The keys, from the list of commands, and the words."""

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from relutui.commands import key_table
from relutui.explain import GLOSSARY
from relutui.session import Session


class HelpScreen(ModalScreen[None]):
    """What every key does, what the words mean, and what training runs on."""

    BINDINGS = [Binding("escape,q,question_mark,enter", "dismiss", "Close", show=False)]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._device = f"{session.device}; {session.advice}" if session.advice else session.device

    def compose(self) -> ComposeResult:
        """Two tables in a panel that scrolls."""
        with VerticalScroll(classes="dialog") as dialog:
            dialog.border_title = "Keys and words"
            dialog.border_subtitle = "up, down scroll   esc closes"
            yield Static(_two_columns(key_table()))
            yield Static("")
            yield Static(_two_columns(list(GLOSSARY.items())))
            yield Static(f"\nTraining runs on: {self._device}", markup=False)


def _two_columns(rows: list[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", max_width=24)
    table.add_column()
    for row in rows:
        table.add_row(*map(Text, row))
    return table
