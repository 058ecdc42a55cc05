"""The dialog that asks a learner for the name in a class."""

import asyncio
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from relutui.session.class_member import Member, NameRefused, join
from relutui.session.progress import Progress
from relutui.ui.widgets.path_input import PathInput

ABOUT = "Whoever teaches sees under this name, while you work, what you open, solve and answer, and when."


class NameDialog(ModalScreen[Member | None]):
    """Asks for a name until one can be taken in the class of a folder; None if the learner leaves."""

    BINDINGS = [Binding("escape", "dismiss", "Quit", show=False)]

    def __init__(self, folder: Path, progress: Progress, problem: str = "") -> None:
        super().__init__()
        self._folder, self._progress, self._problem = folder, progress, problem

    def compose(self) -> ComposeResult:
        """Yield the input for the name."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Your name in this class"
            yield PathInput(placeholder="your name", id="name")
            yield Static(Content(self._problem), classes="error", id="problem")
            yield Static(ABOUT)
            yield Static("enter begins   esc quits", classes="note")

    @on(Input.Submitted)
    async def take(self, event: Input.Submitted) -> None:
        """Join the class under the name, or say why not."""
        try:
            member = await asyncio.to_thread(join, self._folder, event.value, self._progress)
        except NameRefused as error:
            self._say(str(error))
        except OSError as error:
            self._say(f"your name cannot be kept ({error.strerror or error})")
        else:
            self.dismiss(member)

    def _say(self, words: str) -> None:
        self.query_one("#problem", Static).update(Content(words))
