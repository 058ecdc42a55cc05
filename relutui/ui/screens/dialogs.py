"""The dialogs for writing and quitting: each only returns the decision, or None."""

from pathlib import Path
from typing import Literal, NamedTuple

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from relutui.commands.moving import MOVES
from relutui.lib import files
from relutui.lib.safe_text import sanitize_line
from relutui.readout.unwritten import work_done
from relutui.scenario.scenario_files import write
from relutui.session.other_sessions import asked_on_quitting
from relutui.session.session import Session, as_scenario
from relutui.session.state import State
from relutui.ui.screens.file_dialog import FileDialog
from relutui.ui.widgets.marked_list import MarkedList, Row


class Written(NamedTuple):
    """The state that was written, its file, and the message about it."""

    state: State
    file: files.File
    said: str


class WriteDialog(FileDialog[Written]):
    """Asks for a path and writes the session there as a scenario."""

    def __init__(self, session: Session) -> None:
        name = session.scenario.name
        super().__init__(f"Write {name} as a scenario", f"{name}-mine.toml", session.document.files)
        self._session = session

    def path_of(self, typed: str) -> Path:
        """Return the path, which ends in .toml even if what was typed does not."""
        return Path(typed if typed.endswith(".toml") else f"{typed}.toml")

    def write(self, path: Path, over: bool) -> Written:
        """Write the scenario."""
        more = write(as_scenario(self._session, path.stem), path, over)
        said = sanitize_line(f"{self.done('written', path)}{more and '; '}{more}")
        return Written(self._session.state, files.File.at(path.absolute()), said)


class QuitDialog(ModalScreen[Literal["quit"] | Session | None]):
    """Lists the unwritten sessions and asks whether to quit without them; returns "quit" or the session to write first.

    Exercises of the course that were left solved are counted in one line.

    said: what has just been written, and where.
    """

    def __init__(self, session: Session, said: str = "") -> None:
        super().__init__()
        self._unwritten, self._said = asked_on_quitting(session), said
        self._solved = len(session.unwritten_sessions) - len(self._unwritten)

    def compose(self) -> ComposeResult:
        """Yield the list of unwritten sessions and the keys."""
        count = len(self._unwritten)
        it, marked = ("it", "it") if count == 1 else ("all of it", "the marked one")
        keys = f"q again quits and discards {it}   w writes {marked}\n" if count else "q or enter quits   "
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Quit?"
            if self._said:
                yield Static(Content(self._said), id="said")
            if self._unwritten:
                yield Static("Not written:")
                yield MarkedList(map(_row, self._unwritten))
                yield Static("What is solved or answered is kept; only the numbers you set would be lost.", classes="note")
            if self._solved:
                exercises = "exercises, which stay" if self._solved > 1 else "exercise, which stays"
                yield Static(f"Besides {self._solved} solved {exercises} ticked.", classes="note")
            yield Static(f"{keys}esc cancels", classes="note")

    def on_mount(self) -> None:
        """Mark the first session."""
        for choices in self.query(MarkedList):
            choices.highlighted = 0

    def on_key(self, event: events.Key) -> None:
        """Take any key as an answer, except those that move the mark."""
        if event.key in MOVES and len(self._unwritten) > 1:
            return
        event.stop()
        if event.key == "w" and self._unwritten:
            self.dismiss(self._unwritten[self.query_one(MarkedList).highlighted or 0])
        else:
            quits = event.key == "q" or (event.key == "enter" and not self._unwritten)
            self.dismiss("quit" if quits else None)


def _row(session: Session) -> Row:
    return Text(), Text(f"{session.scenario.name}: {work_done(session)}")


class Notice(ModalScreen[None]):
    """Shows one line until the next key, which it passes on to the screen below."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words

    def compose(self) -> ComposeResult:
        """Yield the line."""
        yield Static(Content(self._words), id="words")

    def on_key(self, event: events.Key) -> None:
        """Close, and pass the key on."""
        event.stop()
        self.dismiss()
        self.app.post_message(events.Key(event.key, event.character))
