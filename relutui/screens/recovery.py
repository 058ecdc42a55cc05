"""The offer to go on where an earlier session was cut off."""

import time

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from relutui.journal import Orphan
from relutui.numbers import number
from relutui.screens.choices import Choices, Row

NOTE = "enter goes on with it   d throws it away   esc asks again later"


class RecoveryDialog(ModalScreen[Orphan | None]):
    """Lists the journals left behind; returns the one to go on with.  The others are left for later, or thrown away."""

    def __init__(self, orphans: list[Orphan]) -> None:
        super().__init__()
        self._orphans = orphans
        self._confirmed: Orphan | None = None

    def compose(self) -> ComposeResult:
        """The list, and what can be done with each."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Not written when relutui ended"
            yield Choices(id="orphans")
            yield Static(Content(""), classes="error", id="problem")
            yield Static(NOTE, classes="note")

    def on_mount(self) -> None:
        """The newest is marked."""
        self._offer(0)

    @on(OptionList.OptionSelected)
    def go_on(self, event: OptionList.OptionSelected) -> None:
        """Go on with the marked one."""
        chosen = self._orphans[event.option_index]
        for orphan in self._orphans:
            if orphan is not chosen:
                orphan.release()
        self.dismiss(chosen)

    def on_key(self, event: events.Key) -> None:
        """Throw one away once that is confirmed, or leave them all."""
        choices = self.query_one(Choices)
        marked = self._orphans[choices.highlighted or 0]
        if event.key == "d" and self._confirmed is marked:
            marked.remove()
            self._orphans.remove(marked)
            self._offer(min(choices.highlighted or 0, len(self._orphans) - 1))
        elif event.key == "d":
            self._confirmed = marked
            self._say("d again throws it away for good")
        elif event.key == "escape":
            for orphan in self._orphans:
                orphan.release()
            self.dismiss(None)

    @on(OptionList.OptionHighlighted)
    def another(self) -> None:
        """Another one needs another confirmation."""
        self._confirmed = None
        self._say("")

    def _offer(self, marked: int) -> None:
        if self._orphans:
            self.query_one(Choices).offer(map(_row, self._orphans), marked)
        else:
            self.dismiss(None)

    def _say(self, words: str) -> None:
        self.query_one("#problem", Static).update(Content(words))


def _row(orphan: Orphan) -> Row:
    """What it is and when it was written."""
    session = orphan.session
    about = f"step {session.state.checkpoint.step:,}, {session.state.settings.loss.upper()} {number(session.loss)}"
    title = Text(session.scenario.title, no_wrap=True, overflow="ellipsis")
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(orphan.when))
    return Text(), title.append(f"\n{session.scenario.name}, {when}: {about}", "dim")
