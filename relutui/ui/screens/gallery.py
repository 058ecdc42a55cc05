"""The gallery: what was left unwritten, the scenarios that come with the program, in their teaching order, and a line for the
path of any other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static

from relutui.readout.colour import TARGET_COLOUR
from relutui.readout.preview import PreviewReadout, read_preview
from relutui.readout.unwritten import work_done
from relutui.scenario.library import TEACHING_ORDER, load, shipped
from relutui.scenario.scenario import ScenarioError
from relutui.session.session import Opener, Session
from relutui.session.visits import refusal
from relutui.ui.widgets.marked_list import MarkedList, Row
from relutui.ui.widgets.panel import Panel
from relutui.ui.widgets.path_input import PathInput, expanded
from relutui.ui.widgets.preview import preview, thumbnail

TWO_ROWS_MIN_HEIGHT = 30  # rows of the terminal from which each scenario has two
THUMBNAIL_COLUMNS = 10  # columns of the small drawings in the list
NAME_COLUMNS = max(map(len, TEACHING_ORDER))  # name
KEYS = "enter opens   / path   esc back"
KEYS_OF_UNWRITTEN = "not written: enter reopens it   d discards it   / path   esc back"


@dataclass(frozen=True)
class Entry:
    """A scenario of the list, or a session that was left; in `shown`, what is wrong with it if it cannot be read."""

    name: str
    title: str
    shown: PreviewReadout | str
    kept: Session | None = None


class Gallery(Screen[Session | None]):
    """Asks for a scenario and returns the session in which `opener` begins it, or one that was left; the present one is marked
    at first.  `throw_away` is called with one that was left and that nobody wants.
    """

    BINDINGS = [
        Binding("escape,q", "dismiss", "Cancel", show=False),
        Binding("slash", "path", "Path", show=False),
        Binding("d", "throw_away", "Discard", show=False),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-wide")]

    def __init__(self, opener: Opener, session: Session, throw_away: Callable[[Session], None]) -> None:
        super().__init__()
        self._opener, self._throw_away = opener, throw_away
        self._present, self._refusal = session.scenario.name, refusal(session)
        self._entries = [_kept_entry(kept) for kept in session.others]
        self._entries += [_entry(name, path) for name, path in shipped().items()]
        self._rows = 0
        self._confirmed: Session | None = None

    def compose(self) -> ComposeResult:
        """The list, what is marked in it, and the line for a path."""
        with Horizontal():
            yield MarkedList(id="scenarios")
            yield Panel(preview, id="preview")
        yield PathInput(placeholder="or a path, such as mine.toml", id="path")
        yield Static(Content(""), classes="error", id="problem")
        yield Static(KEYS, classes="note", id="note")

    def on_mount(self) -> None:
        """The list has the keys."""
        self.query_one("#scenarios").border_title = "Scenarios"
        self.query_one(MarkedList).focus()

    def on_resize(self, event: events.Resize) -> None:
        """Two rows for each scenario where there is room for that."""
        rows = 2 if event.size.height >= TWO_ROWS_MIN_HEIGHT else 1
        if rows == self._rows:
            return
        names = ["" if entry.kept else entry.name for entry in self._entries]
        marked = self.query_one(MarkedList).highlighted if self._rows else None
        self._rows = rows
        self._offer(marked if marked is not None else names.index(self._present) if self._present in names else 0)

    def action_path(self) -> None:
        """Go to the line for a path."""
        self.query_one(Input).focus()

    def action_throw_away(self) -> None:
        """Throw away one that was left, once that is confirmed."""
        marked = self.query_one(MarkedList).highlighted or 0
        kept = self._entries[marked].kept
        if kept and self._confirmed is kept:
            self._throw_away(kept)
            del self._entries[marked]
            self._refusal = ""
            self._offer(marked)
        elif kept:
            self._confirmed = kept
            self._say("d again discards it for good")

    @on(OptionList.OptionHighlighted)
    def show_marked(self, event: OptionList.OptionHighlighted) -> None:
        """Draw the one that is marked."""
        entry = self._entries[event.option_index]
        panel = self.query_one("#preview", Panel)
        panel.border_title = Content(entry.name)
        panel.update(entry.shown)
        self.query_one("#note", Static).update(KEYS_OF_UNWRITTEN if entry.kept else KEYS)
        if self._confirmed:  # another one needs another confirmation
            self._confirmed = None
            self._say("")

    @on(OptionList.OptionSelected)
    def open_marked(self, event: OptionList.OptionSelected) -> None:
        """Open one of the list, or go back to one that was left."""
        entry = self._entries[event.option_index]
        if entry.kept:
            self.dismiss(entry.kept)
        else:
            self._open(entry.name)

    @on(Input.Submitted)
    def open_path(self, event: Input.Submitted) -> None:
        """Open what stands at a path, or has a name."""
        if path := event.value.strip():
            self._open(expanded(path))

    def _open(self, name: str) -> None:
        if self._refusal:
            self._say(self._refusal)
            return
        try:
            self.dismiss(self._opener(name))
        except ScenarioError as error:
            self._say(str(error))

    def _offer(self, marked: int) -> None:
        self.query_one(MarkedList).offer((_described(entry, self._rows) for entry in self._entries), marked)

    def _say(self, words: str) -> None:
        problem = self.query_one("#problem", Static)
        problem.display = bool(words)
        problem.update(Content(words))


def _kept_entry(session: Session) -> Entry:
    scenario = session.scenario
    return Entry(scenario.name, f"● {scenario.name}: {work_done(session)}", read_preview(scenario), session)


def _entry(name: str, path: Path) -> Entry:
    try:
        scenario = load(path)
    except ScenarioError as error:
        return Entry(name, "✗ unreadable", str(error))
    return Entry(name, scenario.title, read_preview(scenario))


def _described(entry: Entry, rows: int) -> Row:
    """Name and title of a scenario; on two rows also a small drawing of its target."""
    title = Text(entry.title, no_wrap=True, overflow="ellipsis")
    if rows == 1:
        named = entry.title if entry.kept else f"{entry.name:<{NAME_COLUMNS}} {entry.title}"
        return Text(), Text(named, no_wrap=True, overflow="ellipsis")
    drawn = [] if isinstance(entry.shown, str) else thumbnail(entry.shown, THUMBNAIL_COLUMNS, rows)
    return Text("\n".join(drawn), f"color({TARGET_COLOUR})"), title.append(
        f"\n{'not written' if entry.kept else entry.name}", "dim"
    )
