"""What lies over the main screen for a while, and what becomes of its answer.  Each is imported when it is asked for:
start-up counts.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, Protocol

from textual.app import App

from relutui.model.trainer import DeviceReport, Trainer
from relutui.readout.unwritten import recovery_message
from relutui.scenario.library import find, load
from relutui.scenario.scenario_files import astray
from relutui.session import visits
from relutui.session.journal import RecoverableSession
from relutui.session.session import Opener, Session, open_session
from relutui.session.tours import Question
from relutui.session.view_state import Message
from relutui.ui.controllers.autosave import Autosave
from relutui.ui.controllers.device_manager import DeviceManager
from relutui.ui.controllers.host import Host
from relutui.ui.controllers.tour_player import TourPlayer
from relutui.ui.controllers.training_loop import TrainingLoop

if TYPE_CHECKING:
    from relutui.study.random_starts import RandomStarts
    from relutui.ui.screens.devices import DevicesDialog
    from relutui.ui.screens.dialogs import Written
    from relutui.ui.screens.seeds import SeedsScreen


class MainScreen(Host, Protocol):
    """What the navigator needs of the main screen."""

    training: TrainingLoop
    preparation: DeviceManager
    guide: TourPlayer
    keeper: Autosave | None

    @property
    def app(self) -> App[object]:
        """The app."""


class Navigator:
    """Opens dialogs, help, lesson and gallery, or leaves."""

    def __init__(self, host: MainScreen, trainer: Trainer, opener: Opener) -> None:
        self._host, self._trainer, self._opener = host, trainer, opener
        self._starts: RandomStarts | None = None  # those last trained
        self._ran = False  # whether training was running when a screen needed the trainer
        self._said: Message | None = None  # and what was said then
        self._devices: dict[str, DeviceReport] = {}  # those last found

    def show(self, what: str) -> None:
        """Open one of them, or leave."""
        app, session = self._host.app, self._host.session
        match what:
            case "help":
                from relutui.ui.screens.help import HelpScreen

                app.push_screen(HelpScreen(session), self._asked)
            case "lesson":
                from relutui.ui.screens.lesson import LessonScreen

                app.push_screen(LessonScreen(session.scenario))
            case "palette":
                app.action_command_palette()
            case "open":
                from relutui.ui.screens.gallery import Gallery

                app.push_screen(Gallery(self._opener, session, self._throw_away), self._opened)
            case "write":
                from relutui.ui.screens.dialogs import WriteDialog

                app.push_screen(WriteDialog(session), self._written)
            case "seeds":
                from relutui.ui.screens.seeds import SeedsScreen

                seeds = SeedsScreen(self._at_rest(), self._trainer, before=self._starts)
                app.push_screen(seeds, lambda session: self._back_from_seeds(seeds, session))
            case "devices":
                from relutui.ui.screens.devices import DevicesDialog

                devices = DevicesDialog(self._trainer, lambda: self._host.session.device, self._devices)
                app.push_screen(devices, lambda device: self._back_from_devices(devices, device))
            case "capacity":
                from relutui.ui.screens.capacity import CapacityScreen

                app.push_screen(CapacityScreen(self._at_rest(), self._trainer), self._back)
            case "one fewer" | "one more":
                from relutui.ui.screens.refitting import RefittingScreen

                app.push_screen(RefittingScreen(self._at_rest(), self._trainer, what), self._back)
            case "quit":
                self._ask_to_quit()

    def recover(self, orphan: RecoverableSession, waiting: int) -> None:
        """Go on where another session was cut off; what it had kept goes once that is kept here, the others wait."""
        self._host.training.cancel()
        session = visits.recovered(self._host.session, orphan.sessions)
        lost = {csv: None for one in orphan.sessions if (csv := astray(one.scenario.target))}
        of_csv = [f"{csv}: the points are kept as they were" for csv in lost]
        self._host.session = session.say("; ".join([recovery_message(orphan.sessions, waiting), *of_csv]))
        assert self._host.keeper
        try:
            self._host.keeper.adopt(self._host.session)
        except OSError as error:
            orphan.release()
            self._host.session = self._host.session.say(f"recovered, but not kept again: {error.strerror}", error=True)
        else:
            orphan.remove()

    def _ask_to_quit(self, said: str = "") -> None:
        """Leave, unless something is not written, or there is something to say."""
        unwritten = self._host.session.unwritten
        if unwritten or said:
            from relutui.ui.screens.dialogs import QuitDialog

            self._host.app.push_screen(QuitDialog(self._host.session, said), self._decided)
        else:
            self._quit()

    def _decided(self, decided: "Literal['quit'] | Session | None") -> None:
        """Leave without what was not written, or write one and ask again."""
        match decided:
            case "quit":
                self._quit()
            case Session() as session:
                from relutui.ui.screens.dialogs import WriteDialog

                self._host.app.push_screen(WriteDialog(session), lambda written: self._asked_again(session, written))

    def _quit(self) -> None:
        """Leave; what keys typed ahead still do is not kept either."""
        try:
            if self._host.keeper:
                self._host.keeper.drop()
        except OSError as error:
            self._host.app.exit(f"{error.filename}: cannot be removed: {error.strerror}", return_code=1)
        else:
            self._host.app.exit()

    def _asked_again(self, session: Session, written: "Written | None") -> None:
        if written:
            self._host.session = visits.written(self._host.session, session, written.state, written.file)
        self._ask_to_quit(written.said if written else "")

    def _at_rest(self) -> Session:
        """The session, not running for a while: the trainer is needed for something else."""
        self._ran, self._said = self._host.session.running, self._host.session.message
        self._host.training.cancel()
        self._host.session = replace(self._host.session, running=False)
        return self._host.session

    def _back(self, session: Session | None) -> None:
        """Go on with the session that a screen gives back; running, if it was and its state is still the same.

        What was said meanwhile, such as that the device failed, nobody has seen yet.
        """
        now = self._host.session
        session = session or now
        goes_on = self._ran and session.state is now.state
        said = session.message if now.message is self._said else now.message
        self._host.session = replace(
            session, layout=now.layout, device=now.device, advice=now.advice, running=goes_on, message=said
        )

    def _back_from_seeds(self, screen: "SeedsScreen", session: Session | None) -> None:
        """Keep the starts: one may want to open another of them."""
        self._starts = screen.starts
        self._back(session)

    def _back_from_devices(self, screen: "DevicesDialog", device: str | None) -> None:
        """Keep what was found, to be shown at once the next time, and train on the device that was chosen."""
        self._devices = screen.reports
        if device:
            self._host.preparation.switch(device)

    def _opened(self, session: Session | None) -> None:
        if session:
            self._host.training.cancel()
            self._host.session = visits.opened(self._host.session, session)

    def _throw_away(self, kept: Session) -> None:
        self._host.session = visits.without(self._host.session, kept)

    def _asked(self, question: Question | None) -> None:
        if question is None:
            return
        if why := visits.refusal(self._host.session):
            self._host.session = self._host.session.say(why, error=True)
            return
        self._host.training.cancel()
        self._host.session = visits.toured(self._host.session, open_session(load(find(question.scenario))))
        self._host.guide.start(question)

    def _written(self, written: "Written | None") -> None:
        if written:
            now = self._host.session
            self._host.session = visits.written(now, now, written.state, written.file).say(written.said)
