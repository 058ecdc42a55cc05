"""The gallery: the scenarios that come with the program, in their teaching order, and a line for the path of any other."""

import os
from dataclasses import dataclass

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static

from relutui.readout.preview import PreviewReadout, read_preview
from relutui.scenario import ScenarioError, load, shipped
from relutui.screens.choices import Choices, Row
from relutui.session import Opener, Session
from relutui.widgets.panel import Panel
from relutui.widgets.preview import TARGET, preview, thumbnail

ROOMY = 30  # rows of the terminal from which each scenario has two
THUMBNAIL = 10  # columns of the small drawings in the list


@dataclass(frozen=True)
class Entry:
    """A scenario of the list; in `shown`, what is wrong with it if it cannot be read."""

    name: str
    title: str
    shown: PreviewReadout | str


class Gallery(Screen[Session | None]):
    """Asks for a scenario and returns the session in which `opener` begins it; the present one is marked at first."""

    BINDINGS = [
        Binding("escape", "dismiss", "Cancel", show=False),
        Binding("slash", "path", "Path", show=False),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-wide")]

    def __init__(self, opener: Opener, session: Session) -> None:
        super().__init__()
        self._opener, self._present, self._unsaved = opener, session.scenario.name, session.unsaved
        self._entries = [_entry(name) for name in shipped()]
        self._rows = 0

    def compose(self) -> ComposeResult:
        """The list, what is marked in it, and the line for a path."""
        with Horizontal():
            yield Choices(id="scenarios")
            yield Panel(preview, id="preview")
        yield Input(placeholder="or a path, such as mine.toml", id="path")
        yield Static(Content(""), classes="error", id="problem")
        leaves = "; the present state is not written" if self._unsaved else ""
        yield Static(f"enter opens{leaves}   / path   esc back", classes="note")

    def on_mount(self) -> None:
        """The list has the keys."""
        self.query_one("#scenarios").border_title = "Scenarios"
        self.query_one(Choices).focus()

    def on_resize(self, event: events.Resize) -> None:
        """Two rows for each scenario where there is room for that."""
        rows = 2 if event.size.height >= ROOMY else 1
        if rows == self._rows:
            return
        names = [entry.name for entry in self._entries]
        scenarios = self.query_one(Choices)
        marked = scenarios.highlighted if self._rows else names.index(self._present) if self._present in names else 0
        self._rows = rows
        scenarios.offer((_described(entry, rows) for entry in self._entries), marked or 0)

    def action_path(self) -> None:
        """Go to the line for a path."""
        self.query_one(Input).focus()

    @on(OptionList.OptionHighlighted)
    def show_marked(self, event: OptionList.OptionHighlighted) -> None:
        """Draw the one that is marked."""
        entry = self._entries[event.option_index]
        panel = self.query_one("#preview", Panel)
        panel.border_title = Content(entry.name)
        panel.update(entry.shown)

    @on(OptionList.OptionSelected)
    def open_marked(self, event: OptionList.OptionSelected) -> None:
        """Open one of the list."""
        self._open(self._entries[event.option_index].name)

    @on(Input.Submitted)
    def open_path(self, event: Input.Submitted) -> None:
        """Open what stands at a path, or has a name."""
        if path := event.value.strip():
            self._open(os.path.expanduser(path))

    def _open(self, name: str) -> None:
        try:
            self.dismiss(self._opener(name))
        except ScenarioError as error:
            problem = self.query_one("#problem", Static)
            problem.display = True
            problem.update(Content(str(error)))


def _entry(name: str) -> Entry:
    try:
        scenario = load(shipped()[name])
    except ScenarioError as error:
        return Entry(name, f"✗ {name}: cannot be read", str(error))
    return Entry(name, scenario.title, read_preview(scenario))


def _described(entry: Entry, rows: int) -> Row:
    """The title of a scenario; on two rows also a small drawing of its target, and its name."""
    title = Text(entry.title, no_wrap=True, overflow="ellipsis")
    if rows == 1:
        return Text(), title
    drawn = [] if isinstance(entry.shown, str) else thumbnail(entry.shown, THUMBNAIL, rows)
    return Text("\n".join(drawn), f"color({TARGET})"), title.append(f"\n{entry.name}", "dim")
