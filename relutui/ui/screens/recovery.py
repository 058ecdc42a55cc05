"""The dialog that offers to go on with sessions that were cut off."""

import time
from collections.abc import Callable
from dataclasses import replace

from rich.text import Text
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from relutui.lib.number_text import format_number
from relutui.readout.unwritten import work_done
from relutui.session.journal import RecoverableSession
from relutui.session.own_units import loss_name
from relutui.session.session import Session
from relutui.ui.widgets.marked_list import MarkedList, Row

KEYS = "d discards it   esc asks later"


class RecoveryDialog(ModalScreen[tuple[RecoverableSession, int] | None]):
    """Lists the sessions left behind; returns the chosen one's journal, that session first, and the number of those that wait.

    Sessions of other journals wait for the next start, unless they are thrown away here.
    named: what opens whatever is chosen, if anything; reopens: whether a chosen session is opened in its place, and not kept
    beside it; problem: which journal could not be read, if any.
    """

    def __init__(
        self, recoverable: list[RecoverableSession], named: str, reopens: Callable[[Session], bool], problem: str
    ) -> None:
        super().__init__()
        self._recoverable, self._named, self._reopens, self._problem = recoverable, named, reopens, problem
        self._confirmed: Session | None = None

    @property
    def _places(self) -> list[tuple[RecoverableSession, Session]]:
        return [(journal, session) for journal in self._recoverable for session in journal.sessions]

    def compose(self) -> ComposeResult:
        """Yield the list and the keys."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Not written when relutui ended"
            yield MarkedList(id="recoverable")
            yield Static(Content(self._problem), classes="error", id="problem")
            yield Static(classes="note", id="keys")

    def on_mount(self) -> None:
        """Mark the newest."""
        self._offer(0)

    @on(OptionList.OptionSelected)
    def go_on(self, event: OptionList.OptionSelected) -> None:
        """Return the marked session, and release the journals of the others."""
        chosen, session = self._places[event.option_index]
        for journal in self._recoverable:
            if journal is not chosen:
                journal.release()
        came_along = (session, *(one for one in chosen.sessions if one is not session))
        self.dismiss((replace(chosen, sessions=came_along), len(self._places) - len(came_along)))

    def on_key(self, event: events.Key) -> None:
        """Throw a session away on the second d, or leave all for the next start on esc."""
        marked = self.query_one(MarkedList).highlighted or 0
        journal, session = self._places[marked]
        if event.key == "d" and self._confirmed is session:
            self._throw_away(journal, session)
            self._offer(min(marked, len(self._places) - 1))
        elif event.key == "d":
            self._confirmed = session
            self._say("d again discards it for good")
        elif event.key == "escape":
            event.stop()  # or it would also reach the screen that opens next, such as the gallery
            event.prevent_default()
            for journal in self._recoverable:
                journal.release()
            self.dismiss(None)

    def _throw_away(self, journal: RecoverableSession, session: Session) -> None:
        try:
            rest = journal.remove_session(session)
        except OSError as error:
            self._say(f"{journal.path}: {error.strerror}")
        else:
            place = self._recoverable.index(journal)
            self._recoverable[place : place + 1] = [rest] if rest else []

    @on(OptionList.OptionHighlighted)
    def another(self, event: OptionList.OptionHighlighted) -> None:
        """Say what enter does with the session that is marked now, and ask for a new confirmation."""
        _, session = self._places[event.option_index]
        enter = "enter reopens it" if self._reopens(session) else f"enter keeps it (o), {self._named} opens"
        self.query_one("#keys", Static).update(Content(f"{enter}   {KEYS}"))
        if self._confirmed:
            self._confirmed = None
            self._say("")

    def _offer(self, marked: int) -> None:
        if self._recoverable:
            self.query_one(MarkedList).offer((_row(*place) for place in self._places), marked)
        else:
            self.dismiss(None)

    def _say(self, words: str) -> None:
        self.query_one("#problem", Static).update(Content(words))


def _row(journal: RecoverableSession, session: Session) -> Row:
    """Return a session's title, name, date, the session it was kept beside, and the work done in it."""
    title = Text(session.scenario.title, no_wrap=True, overflow="ellipsis")
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(journal.time_s))
    beside = "" if session is journal.session else f", beside {journal.session.scenario.name}"
    about = f"{work_done(session)}, {loss_name(session)} {format_number(session.loss)}"
    return Text(), title.append(f"\n{session.scenario.name}, {when}{beside}: {about}", "dim")
