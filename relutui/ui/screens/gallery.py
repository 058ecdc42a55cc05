"""The gallery: the course in chapters, what is not written, files of one's own, and an input that searches and takes a path."""

from collections.abc import Callable
from pathlib import Path

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static

from relutui.lib.face import IN_BROWSER
from relutui.readout.colour import TARGET_COLOUR
from relutui.readout.gallery import Entry, GalleryReadout, matching, read_gallery
from relutui.readout.preview import PreviewReadout
from relutui.scenario.csv_scenario import CsvQuestion
from relutui.scenario.scenario import ScenarioError
from relutui.session.other_sessions import refusal
from relutui.session.session import Opener, Session
from relutui.terminal.textual_private import ask_for_file
from relutui.ui.widgets.marked_list import Heading, MarkedList, Row
from relutui.ui.widgets.panel import Panel
from relutui.ui.widgets.path_input import PathInput, expanded
from relutui.ui.widgets.preview import preview, thumbnail

TWO_ROWS_MIN_HEIGHT = 30  # terminal rows from which each scenario takes two
THUMBNAIL_COLUMNS = 10
MARK_COLUMNS = len("next")
KEYS = "enter opens   / searches, or takes a path   esc back"
KEYS_IN_BROWSER = "enter opens   / searches   u opens a file of yours   esc back"
KEYS_OF_UNWRITTEN = "not written: enter reopens it   d discards it   / search   esc back"
KEYS_OF_SEARCH = "enter opens the marked one, or the file of a path   up, down   esc back"
KEYS_OF_SEARCH_IN_BROWSER = "enter opens the marked one, or a share string   up, down   esc back"
NOTHING_FOUND = "no scenario has these words; enter takes them for a path"
NOTHING_FOUND_IN_BROWSER = "no scenario has these words"


class Gallery(Screen[Session | None]):
    """Asks for a scenario and returns the session that `opener` begins with it, or a kept session.

    What is to be done next is marked first; `throw_away` is called with a kept session that the user drops.
    """

    BINDINGS = [
        Binding("escape,q", "leave", "Cancel", show=False),
        Binding("slash", "search", "Search", show=False),
        Binding("d", "throw_away", "Discard", show=False),
        Binding("u", "upload", "Upload", show=False),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-wide")]

    def __init__(
        self,
        opener: Opener,
        session: Session,
        throw_away: Callable[[Session], None],
        question: CsvQuestion | None = None,
        opened: str = "",
    ) -> None:
        """question: of a CSV file, to be asked at once; opened: the path of a file, to be opened at once."""
        super().__init__()
        self._question, self._opened = question, opened
        self._opener, self._throw_away = opener, throw_away
        self._refusal = refusal(session)
        self._readout = read_gallery(session, Path.cwd)
        self._shown: list[Entry | str] = []  # the entries and headings of the list, by the index of their option
        self._rows = 0
        self._confirmed: Session | None = None

    def compose(self) -> ComposeResult:
        """Yield the list, the preview, and the input for a search or a path."""
        with Horizontal():
            yield MarkedList(id="scenarios")
            yield Panel(preview, id="preview")
        other = "a share string" if IN_BROWSER.get() else "a path, such as mine.toml or data.csv"
        yield PathInput(placeholder=f"words to search for, or {other}", id="path")
        yield Static(Content(""), classes="error", id="problem")
        yield Static(KEYS_IN_BROWSER if IN_BROWSER.get() else KEYS, classes="note", id="note")

    def on_mount(self) -> None:
        """Focus the list."""
        listed = self.query_one(MarkedList)
        listed.border_title, listed.border_subtitle = "Scenarios", self._readout.done
        listed.focus()
        if self._question:
            self._ask(self._question)
        if self._opened:
            self.open(self._opened)

    def on_resize(self, event: events.Resize) -> None:
        """Give each scenario two rows where there is room."""
        rows = 2 if event.size.height >= TWO_ROWS_MIN_HEIGHT else 1
        if rows == self._rows:
            return
        marked = self._marked() if self._rows else self._readout.marked
        self._rows = rows
        self._offer(self._readout, marked)

    def on_key(self, event: events.Key) -> None:
        """Move the mark from the input too."""
        listed = self.query_one(MarkedList)
        if event.key in ("up", "down") and self.query_one(Input).has_focus:
            event.stop()
            (listed.action_cursor_up if event.key == "up" else listed.action_cursor_down)()

    def action_leave(self) -> None:
        """Leave the search, or else the gallery."""
        search = self.query_one(Input)
        if search.has_focus:
            search.value = ""
            self._say("")
            self.query_one(MarkedList).focus()
        else:
            self.dismiss(None)

    def action_search(self) -> None:
        """Focus the input."""
        self.query_one(Input).focus()

    def action_upload(self) -> None:
        """In a browser, have it ask for a file, which it hands in."""
        if IN_BROWSER.get():
            ask_for_file(self.app)

    def action_throw_away(self) -> None:
        """Throw away the marked kept session on the second press."""
        entry = self._marked()
        kept = entry.kept if entry else None
        if entry and kept and self._confirmed is kept:
            self._throw_away(kept)
            self._readout = self._readout.without(entry)
            self._refusal = ""
            self._offer(self._readout, None, self.query_one(MarkedList).highlighted or 0)
        elif kept:
            self._confirmed = kept
            self._say("d again discards it for good")

    @on(Input.Changed)
    def search(self, event: Input.Changed) -> None:
        """List what matches the words typed so far."""
        if event.value == event.input.value:  # else more has been typed meanwhile
            found = matching(self._readout, event.value)
            self._say("" if found.sections else NOTHING_FOUND_IN_BROWSER if IN_BROWSER.get() else NOTHING_FOUND)
            self._offer(found, found.marked or self._marked())

    @on(OptionList.OptionHighlighted)
    def show_marked(self, event: OptionList.OptionHighlighted) -> None:
        """Show the marked entry in the preview."""
        if event.option_index >= len(self._shown):  # it is of a list that the search has replaced meanwhile
            return
        entry = self._shown[event.option_index]
        if isinstance(entry, str):
            return
        panel = self.query_one("#preview", Panel)
        panel.border_title = Content(entry.name)
        panel.update(entry.shown)
        searching = self.query_one(Input).has_focus
        usual, of_search = (KEYS_IN_BROWSER, KEYS_OF_SEARCH_IN_BROWSER) if IN_BROWSER.get() else (KEYS, KEYS_OF_SEARCH)
        self.query_one("#note", Static).update(of_search if searching else KEYS_OF_UNWRITTEN if entry.kept else usual)
        if self._confirmed:  # another entry needs a new confirmation
            self._confirmed = None
            self._say("")

    @on(OptionList.OptionSelected)
    def open_marked(self, event: OptionList.OptionSelected) -> None:
        """Open the marked scenario, or return the marked kept session."""
        entry = self._shown[event.option_index]
        if isinstance(entry, Entry):
            self._enter(entry)

    @on(Input.Submitted)
    def open_found(self, event: Input.Submitted) -> None:
        """Open the marked match, or the file of a path."""
        words = event.value.strip()
        found = matching(self._readout, words)
        if words and found is not self._readout and (entry := self._marked()):
            self._enter(entry)
        elif words:
            self.open(words if IN_BROWSER.get() else expanded(words))

    def _enter(self, entry: Entry) -> None:
        if entry.kept:
            self.dismiss(entry.kept)
        else:
            self.open(entry.opens)

    def open(self, name: str) -> None:
        """Return the session that begins with a scenario, or say why it cannot."""
        if self._refusal:
            self._say(self._refusal)
            return
        try:
            self.dismiss(self._opener(name))
        except CsvQuestion as question:
            self._ask(question)
        except ScenarioError as error:
            self._say(str(error))

    def _ask(self, question: CsvQuestion) -> None:
        """Ask what is not known of a CSV file, and return the session that this leads to."""
        from relutui.ui.screens.csv_dialog import CsvDialog

        def answered(session: Session | None) -> None:
            if session:
                self.dismiss(session)

        self.app.push_screen(CsvDialog(self._opener, question), answered)

    def _marked(self) -> Entry | None:
        """Return the marked entry; None if there is none."""
        place = self.query_one(MarkedList).highlighted
        entry = self._shown[place] if place is not None and place < len(self._shown) else None
        return entry if isinstance(entry, Entry) else None

    def _offer(self, readout: GalleryReadout, marked: Entry | None, place: int = 0) -> None:
        """List the entries under their headings, and mark one, or else the one nearest to a place in the list."""
        self._shown = []
        for section in readout.sections:
            self._shown += (section.heading, *section.entries)
        rows = [Text(f" {row}", "bold") if isinstance(row, str) else _described(row, self._rows) for row in self._shown]
        places = [number for number, row in enumerate(self._shown) if isinstance(row, Entry)]
        if marked in self._shown:
            place = self._shown.index(marked)
        nearest = min(places, key=lambda number: (abs(number - place), -number), default=None)
        self.query_one(MarkedList).offer(rows, nearest)

    def _say(self, words: str) -> None:
        problem = self.query_one("#problem", Static)
        problem.display = bool(words)
        problem.update(Content(words))


def _described(entry: Entry, rows: int) -> Row | Heading:
    """Return the mark, name and title of an entry, and on two rows a thumbnail of its target."""
    title = Text(entry.title, no_wrap=True, overflow="ellipsis")
    if rows == 1:  # the name, which the commands take, comes first: what has no room is cut
        named = title if entry.kept else Text.assemble(f"{entry.name}  ", title, no_wrap=True, overflow="ellipsis")
        return Text(f"{entry.mark:<{MARK_COLUMNS}}"), named
    drawn = thumbnail(entry.shown, THUMBNAIL_COLUMNS, rows) if isinstance(entry.shown, PreviewReadout) else []
    marked = [f"{entry.mark:<{MARK_COLUMNS}}", " " * MARK_COLUMNS]
    pictured = [f"{mark} {row}" for mark, row in zip(marked, drawn or ["", ""])]
    return Text("\n".join(pictured), f"color({TARGET_COLOUR})"), title.append(
        f"\n{'not written' if entry.kept else entry.name}", "dim"
    )
