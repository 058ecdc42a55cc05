"""The dialogs: each only returns what was decided, or nothing."""

import os
from pathlib import Path
from typing import NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from relutui import store
from relutui.scenario import ScenarioError, to_toml
from relutui.screens.line import Line
from relutui.screens.paths import expanded
from relutui.session import Session, as_scenario
from relutui.state import State
from relutui.text import scrub_line


class Written(NamedTuple):
    """The state that was written, and where to."""

    state: State
    path: str


class WriteDialog(ModalScreen[Written | None]):
    """Asks for a path, and writes there, as a scenario, the state that was present when it was opened.

    An existing file is only written over when the same path is entered a second time.
    """

    BINDINGS = [Binding("escape", "dismiss", "Cancel", show=False)]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._confirmed: Path | None = None

    def compose(self) -> ComposeResult:
        """A line for the path."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Write the present state as a scenario"
            yield Line(value=f"{self._session.scenario.name}-mine.toml", id="path", select_on_focus=False)
            yield Static(Content(""), classes="error", id="problem")
            yield Static("enter writes   esc does not", classes="note")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write, unless the file is there already and this is the first time it is named."""
        typed = expanded(event.value.strip())
        if os.path.basename(typed) in ("", ".", ".."):
            self._say(f'expected the name of a file, got "{event.value.strip()}"')
            return
        path = Path(typed if typed.endswith(".toml") else f"{typed}.toml")
        write = store.replace if path == self._confirmed else store.write_new
        try:
            write(path, to_toml(as_scenario(self._session, path.stem)))
        except FileExistsError:
            self._confirmed = path
            self._say(f"{path} exists; enter again writes over it")
        except ScenarioError as error:
            self._say(str(error))
        except (OSError, ValueError) as error:  # ValueError: a name that no file can have
            self._say(f"{path}: {getattr(error, 'strerror', None) or error}")
        else:
            self.dismiss(Written(self._session.state, scrub_line(str(path))))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Another path needs another confirmation."""
        self._confirmed = None

    def _say(self, problem: str) -> None:
        self.query_one("#problem", Static).update(Content(scrub_line(problem)))


class QuitDialog(ModalScreen[bool]):
    """Asks whether to leave a state that was not written."""

    def compose(self) -> ComposeResult:
        """The question."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Quit?"
            yield Static("The present state is not written (w writes it).")
            yield Static("q or enter quits   any other key stays here", classes="note")

    def on_key(self, event: events.Key) -> None:
        """Any key is an answer."""
        event.stop()
        self.dismiss(event.key in ("q", "enter"))
