"""The gallery: sessions kept unwritten, the shipped scenarios by the course, and an input for the path of any other."""

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
from relutui.scenario.course import ORDER
from relutui.scenario.library import load, shipped
from relutui.scenario.scenario import ScenarioError
from relutui.session.other_sessions import refusal
from relutui.session.session import Opener, Session
from relutui.ui.widgets.marked_list import MarkedList, Row
from relutui.ui.widgets.panel import Panel
from relutui.ui.widgets.path_input import PathInput, expanded
from relutui.ui.widgets.preview import preview, thumbnail

TWO_ROWS_MIN_HEIGHT = 30  # terminal rows from which each scenario takes two
THUMBNAIL_COLUMNS = 10
NAME_COLUMNS = max(map(len, ORDER))
KEYS = "enter opens   / path   esc back"
KEYS_OF_UNWRITTEN = "not written: enter reopens it   d discards it   / path   esc back"


@dataclass(frozen=True)
class Entry:
    """A scenario of the list, or a kept session; `shown` is its preview, or the error if it cannot be read."""

    name: str
    title: str
    shown: PreviewReadout | str
    kept: Session | None = None


class Gallery(Screen[Session | None]):
    """Asks for a scenario and returns the session that `opener` begins with it, or a kept session.

    The present scenario is marked first; `throw_away` is called with a kept session that the user drops.
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
        self._entries = [_kept_entry(kept) for kept in session.other_sessions]
        self._entries += [_entry(name, path) for name, path in shipped().items()]
        self._rows = 0
        self._confirmed: Session | None = None

    def compose(self) -> ComposeResult:
        """Yield the list, the preview, and the input for a path."""
        with Horizontal():
            yield MarkedList(id="scenarios")
            yield Panel(preview, id="preview")
        yield PathInput(placeholder="or a path, such as mine.toml", id="path")
        yield Static(Content(""), classes="error", id="problem")
        yield Static(KEYS, classes="note", id="note")

    def on_mount(self) -> None:
        """Focus the list."""
        self.query_one("#scenarios").border_title = "Scenarios"
        self.query_one(MarkedList).focus()

    def on_resize(self, event: events.Resize) -> None:
        """Give each scenario two rows where there is room."""
        rows = 2 if event.size.height >= TWO_ROWS_MIN_HEIGHT else 1
        if rows == self._rows:
            return
        names = ["" if entry.kept else entry.name for entry in self._entries]
        marked = self.query_one(MarkedList).highlighted if self._rows else None
        self._rows = rows
        self._offer(marked if marked is not None else names.index(self._present) if self._present in names else 0)

    def action_path(self) -> None:
        """Focus the input for a path."""
        self.query_one(Input).focus()

    def action_throw_away(self) -> None:
        """Throw away the marked kept session on the second press."""
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
        """Show the marked entry in the preview."""
        entry = self._entries[event.option_index]
        panel = self.query_one("#preview", Panel)
        panel.border_title = Content(entry.name)
        panel.update(entry.shown)
        self.query_one("#note", Static).update(KEYS_OF_UNWRITTEN if entry.kept else KEYS)
        if self._confirmed:  # another entry needs a new confirmation
            self._confirmed = None
            self._say("")

    @on(OptionList.OptionSelected)
    def open_marked(self, event: OptionList.OptionSelected) -> None:
        """Open the marked scenario, or return the marked kept session."""
        entry = self._entries[event.option_index]
        if entry.kept:
            self.dismiss(entry.kept)
        else:
            self._open(entry.name)

    @on(Input.Submitted)
    def open_path(self, event: Input.Submitted) -> None:
        """Open the scenario at a path or of a name."""
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
    """Return the name and title of an entry, and on two rows a thumbnail of its target."""
    title = Text(entry.title, no_wrap=True, overflow="ellipsis")
    if rows == 1:
        named = entry.title if entry.kept else f"{entry.name:<{NAME_COLUMNS}} {entry.title}"
        return Text(), Text(named, no_wrap=True, overflow="ellipsis")
    drawn = [] if isinstance(entry.shown, str) else thumbnail(entry.shown, THUMBNAIL_COLUMNS, rows)
    return Text("\n".join(drawn), f"color({TARGET_COLOUR})"), title.append(
        f"\n{'not written' if entry.kept else entry.name}", "dim"
    )
