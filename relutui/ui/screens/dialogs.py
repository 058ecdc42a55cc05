"""The dialogs for writing and quitting: each only returns the decision, or None."""

import os
from pathlib import Path
from typing import Literal, NamedTuple

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from relutui.commands.moving import MOVES
from relutui.lib import files
from relutui.lib.safe_text import sanitize_line
from relutui.readout.unwritten import work_done
from relutui.scenario.library import is_shipped
from relutui.scenario.scenario import ScenarioError
from relutui.scenario.scenario_files import write
from relutui.session.other_sessions import asked_on_quitting
from relutui.session.session import Session, as_scenario
from relutui.session.state import State
from relutui.ui.widgets.marked_list import MarkedList, Row
from relutui.ui.widgets.path_input import PathInput, expanded


class Written(NamedTuple):
    """The state that was written, its file, and the message about it."""

    state: State
    file: files.File
    said: str


class WriteDialog(ModalScreen[Written | None]):
    """Asks for a path and writes the session there as a scenario.

    An existing file is only overwritten if the same path is entered twice and the file has not changed in between; a file that
    is read-only or comes with the program is never overwritten.
    """

    BINDINGS = [Binding("escape", "dismiss", "Cancel", show=False)]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._confirmed: files.File | None = None

    def compose(self) -> ComposeResult:
        """Yield the input for the path."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(f"Write {self._session.scenario.name} as a scenario")
            yield PathInput(value=f"{self._session.scenario.name}-mine.toml", id="path", select_on_focus=False)
            yield Static(Content(""), classes="error", id="problem")
            yield Static("enter writes   esc cancels", classes="note")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write the scenario, or ask for confirmation if the file exists."""
        typed = expanded(event.value.strip())
        if os.path.basename(typed) in ("", ".", ".."):
            self._say(f'expected the name of a file, got "{event.value.strip()}"')
            return
        path = Path(typed if typed.endswith(".toml") else f"{typed}.toml")
        try:
            more = write(as_scenario(self._session, path.stem), path, self._may_replace(path))
        except FileExistsError:
            self._ask(path)
        except ScenarioError as error:
            self._say(str(error))
        except (OSError, ValueError) as error:  # ValueError: a name that no file can have
            self._say(f"{path}: {getattr(error, 'strerror', None) or error}")
        else:
            said = sanitize_line(f"written: {path}{more and '; '}{more}")
            self.dismiss(Written(self._session.state, files.File.at(path.absolute()), said))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Ask for a new confirmation once the path is changed."""
        self._confirmed = None

    def _may_replace(self, path: Path) -> bool:
        """Return whether overwriting the file, as it now is, was confirmed and is allowed."""
        return files.File.at(path) == self._confirmed and not _refusal(path)

    def _ask(self, path: Path) -> None:
        """Ask whether to overwrite the file, or say why that is not allowed."""
        if refusal := _refusal(path):
            self._say(f"{path} {refusal}: choose another name")
            return
        known = [file for file in (self._confirmed, *self._session.document.files) if file and files.same_file(file.path, path)]
        self._confirmed = files.File.at(path)
        what = "has changed since" if known and known[0].changed else "exists"
        self._say(f"{path} {what}; enter again overwrites it")

    def _say(self, problem: str) -> None:
        self.query_one("#problem", Static).update(Content(sanitize_line(problem)))


def _refusal(path: Path) -> str:
    """Return why a file may not be overwritten, or "" if it may."""
    return "comes with relutui and cannot be changed" if is_shipped(path) else files.protected(path)


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
