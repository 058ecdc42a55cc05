"""An app that sends only what differs: of Textual's updates, and of rows that its widgets have drawn by themselves."""

import asyncio
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from textual import constants
from textual.app import App
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from relutui.terminal.cell_diff import Difference, TerminalMirror
from relutui.terminal.driver import TerminalDriver
from relutui.terminal.textual_private import MISSING, ChopsUpdate, CompositorUpdate, LayoutUpdate, display, filter_updates


class RowDrawingApp(App[str]):
    """Knows what the terminal shows, and sends the cells that are to change."""

    def __init__(self) -> None:
        # Textual takes the driver that TEXTUAL_DRIVER names where none is given.
        super().__init__(driver_class=None if MISSING or constants.DRIVER else TerminalDriver)
        filter_updates(self, self._changed_cells)
        self._shown = TerminalMirror()
        self._redrawn: dict[Widget, set[int]] = {}  # the rows to be sent, counted from the border of their widget

    def draw_rows(self, widget: Widget, rows: Iterable[int]) -> bool:
        """Send rows of a widget once all that changes with them is drawn; return False where Textual has to draw them.

        Textual's compositor would look at every widget near them, a fifth of the time of an edit. It is left out where the
        terminal's contents are known and no screen lies over the widget's.
        """
        if self.is_headless or MISSING or not self._shown.known or widget.screen is not self.screen:
            return False
        if not self._redrawn:
            asyncio.get_running_loop().call_soon(self._send_rows)
        self._redrawn.setdefault(widget, set()).update(rows)
        return True

    def _send_rows(self) -> None:
        redrawn, self._redrawn = self._redrawn, {}
        attached = {widget: rows for widget, rows in redrawn.items() if widget.is_attached}
        update = _Rows(self._shown)
        for widget, rows in attached.items():
            region = widget.region
            if region.size != widget.outer_size:  # it is hidden, or laid out anew and then drawn by Textual
                continue
            if widget.screen.find_widget(widget).visible_region != region:
                widget.refresh()
                continue
            drawn = widget.render_lines(Region(0, 0, *region.size))
            update.rows += [(region.x, region.y + y, drawn[y]) for y in rows if y < len(drawn)]
        if self._shown.known and all(widget.screen is self.screen for widget in attached):
            display(self, self.screen, update)
        if not update.is_sent:  # a screen has opened meanwhile, or Textual sends nothing at the moment
            for widget in attached:
                widget.refresh()

    def action_redraw(self) -> None:
        """Redraw everything, whatever the terminal shows; before the first update there is no need."""
        if self._shown.known:
            self._shown.forget()
            self.screen.refresh()

    def _changed_cells(self, screen: Screen[Any], update: object) -> object:
        """Return the part of an update that differs from what the terminal shows; all of it while that is not known."""
        if isinstance(update, LayoutUpdate | ChopsUpdate) and not self.is_headless:
            if self._shown.knows(update):
                return Difference(self._shown, update)
            screen.refresh()
        return update


class _Rows(CompositorUpdate):
    """Strips by their first column and row, of which only the changed cells are sent."""

    def __init__(self, shown: TerminalMirror) -> None:
        self._shown = shown
        self.rows: list[tuple[int, int, Strip]] = []
        self.is_sent = False

    def render_segments(self, console: Console) -> str:
        """Return what is to be sent; Textual calls this."""
        self.is_sent = True
        return self._shown.draw(self.rows, console)
