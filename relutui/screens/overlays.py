"""What lies over the main screen for a while, and what becomes of its answer.  Each is imported when it is asked for:
start-up counts.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from textual.app import App

from relutui.questions import Question
from relutui.scenario import find, load
from relutui.screens.guided import Guide
from relutui.screens.training_loop import TrainingLoop
from relutui.session import Opener, Session, open_session

if TYPE_CHECKING:
    from relutui.screens.dialogs import Written


class Host(Protocol):
    """The main screen."""

    session: Session
    training: TrainingLoop
    guide: Guide

    @property
    def app(self) -> App[object]:
        """The app."""


class Overlays:
    """Opens dialogs, help, lesson and gallery, or leaves."""

    def __init__(self, host: Host, opener: Opener) -> None:
        self._host, self._opener = host, opener

    def show(self, what: str) -> None:
        """Open one of them, or leave."""
        app, session = self._host.app, self._host.session
        match what:
            case "help":
                from relutui.screens.help import HelpScreen

                app.push_screen(HelpScreen(session), self._asked)
            case "lesson":
                from relutui.screens.lesson import LessonScreen

                app.push_screen(LessonScreen(session.scenario))
            case "palette":
                app.action_command_palette()
            case "open":
                from relutui.screens.gallery import Gallery

                app.push_screen(Gallery(self._opener, session), self._opened)
            case "write":
                from relutui.screens.dialogs import WriteDialog

                app.push_screen(WriteDialog(session), self._written)
            case "quit" if session.unsaved:
                from relutui.screens.dialogs import QuitDialog

                app.push_screen(QuitDialog(), lambda quit_now: app.exit() if quit_now else None)
            case "quit":
                app.exit()

    def _opened(self, session: Session | None) -> None:
        if session:
            now = self._host.session
            self._go_to(session, _kept(now) if now.unsaved else now.left)

    def _asked(self, question: Question | None) -> None:
        if question:
            now = self._host.session
            left = _kept(now) if now.unsaved and not now.toured else now.left
            self._go_to(replace(open_session(load(find(question.scenario))), toured=True), left)
            self._host.guide.start(question)

    def _go_to(self, session: Session, left: Session | None) -> None:
        self._host.training.cancel()
        now = self._host.session
        self._host.session = replace(session, layout=now.layout, device=now.device, advice=now.advice, left=left)

    def _written(self, written: "Written | None") -> None:
        if written:
            self._host.session = replace(self._host.session, saved=written.state).say(f"written: {written.path}")


def _kept(session: Session) -> Session:
    """The session as one comes back to it: at rest."""
    return replace(session, left=None, tour=None, typing=None, running=False, message=None)
