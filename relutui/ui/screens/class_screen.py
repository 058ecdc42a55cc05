"""The screen of a class, for the teacher: who is where, what was answered, and which misconceptions that shows."""

import asyncio
import os
import time
from collections.abc import Callable
from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Input

from relutui.commands.moving import MOVES
from relutui.lib.safe_text import sanitize_line
from relutui.model.selection import Move
from relutui.readout.class_details import ClassDetails, read_class_details, read_class_heading
from relutui.readout.class_table import CLASS_VIEWS, ClassTable, ClassView, Order, read_class_table
from relutui.readout.status import FooterReadout
from relutui.session.class_folder import ClassFiles, ClassFolder
from relutui.ui.controllers.background_task import raise_failure
from relutui.ui.widgets.class_table import (
    ClassTablePanel,
    MarkedTable,
    ScrolledDetails,
    class_details,
    details_lines,
    heading,
    last_first,
    moved,
)
from relutui.ui.widgets.footer import Footer
from relutui.ui.widgets.panel import Panel
from relutui.ui.widgets.path_input import PathInput

LOOK_S = 1.0  # between two looks at the folder
REST = 10  # times as long as the last look took, if that is longer
SLICE_S = 0.2  # of reading, after which what is read is shown
LABELS = {"learners": "Learners", "places": "Places", "questions": "Questions", "misconceptions": "Misconceptions"}


class ClassScreen(Screen[None]):
    """Shows the reports of a folder, and those that change as they change."""

    BINDINGS = [
        *(Binding(move, f"move('{move}')", show=False) for move in MOVES if move not in ("left", "right")),
        Binding("tab,right", "turn(1)", show=False),
        Binding("shift+tab,left", "turn(-1)", show=False),
        Binding("s", "sort", show=False),
        Binding("slash", "search", show=False),
        Binding("enter", "open", show=False),
        Binding("question_mark", "explain", show=False),
        Binding("escape", "back", show=False),
        Binding("q", "app.quit", show=False),
    ]
    AUTO_FOCUS = ""  # the input is for words only once they are asked for
    VERTICAL_BREAKPOINTS = [(0, "-tiny"), (16, "-low"), (30, "-high")]

    def __init__(self, folder: ClassFolder, clock: Callable[[], float]) -> None:
        super().__init__()
        self._folder, self._clock = folder, clock
        self._found, self._read_at, self._problem = ClassFiles(), 0.0, ""
        self._view: ClassView = "learners"
        self._order: Order = "name"
        self._marked = dict.fromkeys(CLASS_VIEWS, "")  # what the marked row of each view is about
        self._scrolled: int | None = None  # the first line of the details, while they fill the screen
        self._watching: asyncio.Task[None] | None = None
        self._search = PathInput(placeholder="words to search for", id="search")
        self._readouts: dict[str, object] = {}  # of the panels, as last handed over
        self._panels: dict[str, Panel[Any]] = {
            "heading": Panel(heading, id="heading"),
            "table": ClassTablePanel(id="table"),
            "details": Panel(class_details, id="details"),
            "keys": Footer(id="keys"),
        }

    def compose(self) -> ComposeResult:
        """Yield the heading, the table, the details below it, the search and the keys."""
        panels = self._panels
        yield panels["heading"]
        yield panels["table"]
        yield panels["details"]
        yield self._search
        yield panels["keys"]

    def on_mount(self) -> None:
        """Look at the folder from now on."""
        self._watching = asyncio.create_task(self._watch())
        self._watching.add_done_callback(raise_failure)

    def on_unmount(self) -> None:
        """Look no more."""
        if self._watching:
            self._watching.cancel()

    def on_resize(self, event: events.Resize) -> None:
        """Redraw, as another number of rows may fit."""
        self.call_after_refresh(self.draw)

    async def _watch(self) -> None:
        while True:
            started = time.monotonic()
            try:
                found, self._problem = await asyncio.to_thread(self._folder.read, SLICE_S), ""
            except OSError as error:
                found, self._problem = self._found, sanitize_line(f"cannot be read: {error.strerror}")
            if found is not self._found:
                self._found, self._read_at = found, self._clock()
            self.draw()
            took = time.monotonic() - started
            await asyncio.sleep(0 if found.unread else max(LOOK_S, REST * took))

    def action_move(self, to: Move) -> None:
        """Move the mark, or scroll the details while they fill the screen."""
        table, (width, height) = self._table(), self._panels["table" if self._scrolled is None else "details"].size
        if self._scrolled is None:
            self._mark(table, moved(self._place(table), to, len(table.rows), height))
        else:
            most = last_first(len(details_lines(self._details(table), width)), height)
            self._scrolled = moved(self._scrolled, to, most + 1, height)
        self.draw()

    def action_turn(self, by: int) -> None:
        """Go to the next view, or to the one before."""
        place = CLASS_VIEWS.index(self._view) + by
        self._view = CLASS_VIEWS[place % len(CLASS_VIEWS)]
        self._scroll(None)

    def action_sort(self) -> None:
        """Order the learners by place instead of by name, or back."""
        self._order = "place" if self._order == "name" else "name"
        self.draw()

    def action_open(self) -> None:
        """Have the details fill the screen, or leave them."""
        self._scroll(0 if self._scrolled is None else None)

    def action_search(self) -> None:
        """Ask for words."""
        self._search.display = True
        self._search.focus()
        self._scroll(None)

    def action_explain(self) -> None:
        """Open the page of the manual about a class."""
        from relutui.ui.screens.page import PageScreen

        self.app.push_screen(PageScreen("class"))

    def action_back(self) -> None:
        """Leave the details, or else the search."""
        if self._scrolled is None and self._search.display:
            self._search.value = ""
            self._search.display = False
            self.set_focus(None)
        self._scroll(None)

    @on(Input.Changed)
    def list_matches(self) -> None:
        """List what has the words typed so far."""
        self.draw()

    @on(Input.Submitted)
    def keep_words(self) -> None:
        """Leave the input with its words, or without any."""
        if not self._search.value:
            self.action_back()
        self.set_focus(None)
        self.draw()

    @on(ClassTablePanel.Clicked)
    def mark_clicked(self, event: ClassTablePanel.Clicked) -> None:
        """Mark the row that was clicked."""
        self._mark(self._table(), event.row)
        self.draw()

    @on(ClassTablePanel.Turned)
    def follow_wheel(self, event: ClassTablePanel.Turned) -> None:
        """Move the mark with the wheel."""
        self.action_move("down" if event.by > 0 else "up")

    def draw(self) -> None:
        """Hand every panel its readout, unless the screen is being removed: its panels may be gone."""
        if not self.display:
            return
        table = self._table()
        details = self._details(table)
        folder = sanitize_line(os.path.basename(os.path.abspath(self._folder.path)))
        self._panels["table"].label(table.title, "")
        self._panels["details"].label(details.title, "")
        self._show("heading", read_class_heading(self._found, folder, self._read_at, self._problem))
        self._show("table", MarkedTable(table, self._place(table)))
        self._show("details", ScrolledDetails(details, self._scrolled or 0))
        self._show("keys", FooterReadout(self._keys(), (("q", "Quit"),)))

    def _show(self, panel: str, readout: object) -> None:
        """Hand a panel its readout, unless it has an equal one."""
        if self._readouts.get(panel) != readout:
            self._readouts[panel] = readout
            self._panels[panel].update(readout)

    def _keys(self) -> tuple[tuple[str, str], ...]:
        following = CLASS_VIEWS[(CLASS_VIEWS.index(self._view) + 1) % len(CLASS_VIEWS)]
        if self._search.has_focus:
            return ("enter", "Keep the words"), ("esc", "All"), ("up, down", "Move")
        if self._scrolled is not None:
            return ("up, down", "Scroll"), ("esc", "Back"), ("tab", LABELS[following])
        order = "By name" if self._order == "place" else "By place"
        sort = (("s", order),) if self._view == "learners" else ()
        back = (("esc", "All"),) if self._search.display else ()
        return ("tab", LABELS[following]), ("enter", "More"), *sort, ("/", "Search"), *back, ("?", "Help")

    def _table(self) -> ClassTable:
        words = self._search.value if self._search.display else ""
        return read_class_table(self._found, self._view, self._order, words, self._clock())

    def _place(self, table: ClassTable) -> int:
        """Return the place of the marked row, the first if what it was about is gone."""
        about = self._marked[self._view]
        return next((place for place, row in enumerate(table.rows) if row.about == about), 0)

    def _mark(self, table: ClassTable, place: int) -> None:
        self._marked[self._view] = table.rows[place].about if place < len(table.rows) else ""

    def _details(self, table: ClassTable) -> ClassDetails:
        if not table.rows:
            return ClassDetails("", ())
        return read_class_details(self._found, self._view, table.rows[self._place(table)].about, self._clock())

    def _scroll(self, first: int | None) -> None:
        self._scrolled = first
        self.set_class(first is not None, "-opened")
        self.call_after_refresh(self.draw)
