"""The gallery: the scenarios that come with the program, in their teaching order, and a line for the path of any other."""

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
from relutui.scenario import TEACHING_ORDER, ScenarioError, load, shipped
from relutui.screens.choices import Choices, Row
from relutui.screens.line import Line
from relutui.screens.paths import expanded
from relutui.session import Opener, Session
from relutui.widgets.panel import Panel
from relutui.widgets.preview import preview, thumbnail

ROOMY = 30  # rows of the terminal from which each scenario has two
THUMBNAIL = 10  # columns of the small drawings in the list
LONGEST = max(map(len, TEACHING_ORDER))  # name


@dataclass(frozen=True)
class Entry:
    """A scenario of the list, without a name the one to go back to; in `shown`, what is wrong with it if it cannot be read."""

    name: str
    title: str
    shown: PreviewReadout | str


class Gallery(Screen[Session | None]):
    """Asks for a scenario and returns the session in which `opener` begins it; the present one is marked at first."""

    BINDINGS = [
        Binding("escape,q", "dismiss", "Cancel", show=False),
        Binding("slash", "path", "Path", show=False),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-wide")]

    def __init__(self, opener: Opener, session: Session) -> None:
        super().__init__()
        self._opener, self._present, self._left = opener, session.scenario.name, session.left
        self._entries = [_entry(name, path) for name, path in shipped().items()]
        if self._left:
            scenario = self._left.scenario
            self._entries.insert(0, Entry("", f"back to {scenario.name}, as you left it", read_preview(scenario)))
        self._rows = 0

    def compose(self) -> ComposeResult:
        """The list, what is marked in it, and the line for a path."""
        with Horizontal():
            yield Choices(id="scenarios")
            yield Panel(preview, id="preview")
        yield Line(placeholder="or a path, such as mine.toml", id="path")
        yield Static(Content(""), classes="error", id="problem")
        yield Static("enter opens   / path   esc back", classes="note")

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
        """Open one of the list, or go back to what was left."""
        if name := self._entries[event.option_index].name:
            self._open(name)
        else:
            self.dismiss(self._left)

    @on(Input.Submitted)
    def open_path(self, event: Input.Submitted) -> None:
        """Open what stands at a path, or has a name."""
        if path := event.value.strip():
            self._open(expanded(path))

    def _open(self, name: str) -> None:
        try:
            self.dismiss(self._opener(name))
        except ScenarioError as error:
            problem = self.query_one("#problem", Static)
            problem.display = True
            problem.update(Content(str(error)))


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
        named = f"{entry.name:<{LONGEST}} {entry.title}" if entry.name else entry.title
        return Text(), Text(named, no_wrap=True, overflow="ellipsis")
    drawn = [] if isinstance(entry.shown, str) else thumbnail(entry.shown, THUMBNAIL, rows)
    return Text("\n".join(drawn), f"color({TARGET_COLOUR})"), title.append(f"\n{entry.name}", "dim")
