"""A page of the manual, shown over the help screen that opened it."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from relutui.docs.pages import read_page
from relutui.ui.screens.lesson import prose


class PageScreen(ModalScreen[None]):
    """Shows one page; its links do nothing, as every page is opened from the list that esc leads back to."""

    BINDINGS = [Binding("escape,q,enter", "dismiss", "Close", show=False)]

    def __init__(self, page: str) -> None:
        super().__init__()
        self._page = page

    def compose(self) -> ComposeResult:
        """Yield the page in a scrolling panel."""
        with VerticalScroll(classes="page") as panel:
            panel.border_title = f"Manual: {self._page}"
            panel.border_subtitle = "up, down scroll   esc leads back"
            yield prose(read_page(self._page))
