"""The screens that lie over the main one for a while: how each is made, and the session that its answer leads to.

Each is imported only when it is asked for, because start-up time counts.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from textual.app import App
from textual.screen import Screen

from relutui.model.trainer import Trainer
from relutui.readout.status import device_text, read_tour
from relutui.readout.unwritten import recovery_message
from relutui.scenario.library import find, load
from relutui.scenario.scenario_files import csv_problem
from relutui.session import asking, other_sessions
from relutui.session.journal import RecoverableSession
from relutui.session.probe_edits import move_probe
from relutui.session.session import Opener, Session, open_session
from relutui.session.tours import Question, Tour
from relutui.session.view_state import Message
from relutui.ui.controllers.autosave import Autosave
from relutui.ui.controllers.device_manager import DeviceManager
from relutui.ui.controllers.host import Host
from relutui.ui.controllers.tour_player import TourPlayer
from relutui.ui.controllers.training_loop import TrainingLoop
from relutui.ui.widgets.tour import TourBar

if TYPE_CHECKING:
    from relutui.ui.screens.dialogs import Written


class MainScreen(Host, Protocol):
    """What the navigator needs of the main screen."""

    training: TrainingLoop
    device_manager: DeviceManager
    tour_player: TourPlayer
    autosave: Autosave | None

    @property
    def app(self) -> App[object]:
        """The app."""


@dataclass(frozen=True)
class Overlay:
    """A screen over the main one.

    factory: makes the screen.
    apply: the session that follows from the present one and the screen's answer; not asked if the answer is None.
    effect: what else an answer brings about, once the session is in place.
    trains: the screen needs the trainer for itself, so training pauses while it is open.
    result: what the screen has found out, shown at once when it is opened again.
    """

    factory: "Callable[[Navigator], Screen[Any]]"
    apply: Callable[[Session, Any], Session] = lambda session, _: session
    effect: Callable[[MainScreen, Any], None] | None = None
    trains: bool = False
    result: Callable[[Any], object] | None = None


class Navigator:
    """Opens the screens that lie over the main one, follows their answers, and quits."""

    def __init__(self, host: MainScreen, trainer: Trainer, opener: Opener) -> None:
        self.host, self.trainer, self.opener = host, trainer, opener
        self.results: dict[str, Any] = {}  # by the name of the overlay, as of its last closing

    def show(self, what: str) -> None:
        """Open the overlay of this name or the palette, or quit."""
        match what:
            case "quit":
                self._ask_to_quit()
            case "palette":
                self.host.app.action_command_palette()
            case _:
                self.open(what, OVERLAYS[what])

    def go_on(self) -> None:
        """Open the scenario of the course that follows the present one, which is kept if it is unwritten."""
        session, name = self.host.session, other_sessions.next_offered(self.host.session)
        assert name
        if reason := other_sessions.refusal(session):
            self.host.session = session.say(reason, error=True)
        else:
            self._replace(other_sessions.switch_to(session, self.opener(name)))

    def open(self, what: str, overlay: Overlay) -> None:
        """Open an overlay, and follow its answer once it is closed."""
        pause = self._pause() if overlay.trains else None
        screen = overlay.factory(self)

        def close(answer: object) -> None:
            if overlay.result:
                self.results[what] = overlay.result(screen)
            before = self.host.session
            after = before if answer is None else overlay.apply(before, answer)
            self._replace(pause.resumed(before, after) if pause else after)
            if answer is not None and overlay.effect:
                overlay.effect(self.host, answer)

        self.host.app.push_screen(screen, close)
        if (tour := self.host.session.tour) and (readout := read_tour(self.host.session)):
            screen.mount(TourBar(readout._replace(caption=tour.step.caption)))

    def start_tour(self, question: Question) -> None:
        """Begin the tour of a question, as from the help screen."""
        self.host.session = _with_tour(self.host.session, question)
        if self.host.session.tour == Tour(question):  # else it was refused
            _start_tour(self.host, question)

    def open_glossary(self, word: str) -> None:
        """Open the help screen at a word."""
        from relutui.ui.screens.help import HelpScreen

        self.open("help", replace(OVERLAYS["help"], factory=lambda navigator: HelpScreen(navigator.host.session, word)))

    def _pause(self) -> "Pause":
        """Stop training until the trainer is free again."""
        pause = Pause(self.host.session.running, self.host.session.view.message)
        self.host.training.cancel()
        self.host.session = replace(self.host.session, running=False)
        return pause

    def _replace(self, session: Session) -> None:
        """Replace the session; steps requested for another state are dropped."""
        if session.state is not self.host.session.state:
            self.host.training.cancel()
        if session is not self.host.session:
            self.host.session = session

    def throw_away(self, kept: Session) -> None:
        """Drop a session that was kept unwritten."""
        self.host.session = other_sessions.drop_session(self.host.session, kept)

    def recover(self, recovered: RecoverableSession, waiting: int) -> None:
        """Go on with a session that was cut off, and remove its journal once this one holds it; `waiting` others are left."""
        self.host.training.cancel()
        session = other_sessions.open_recovered(self.host.session, recovered.sessions)
        lost = {csv: None for one in recovered.sessions if (csv := csv_problem(one.scenario.target))}
        of_csv = [f"{csv}: the points are kept as they were" for csv in lost]
        self.host.session = session.say("; ".join([recovery_message(recovered.sessions, waiting), *of_csv]))
        assert self.host.autosave
        try:
            self.host.autosave.adopt(self.host.session)
        except OSError as error:
            recovered.release()
            self.host.session = self.host.session.say(f"recovered, but not kept again: {error.strerror}", error=True)
        else:
            recovered.remove()

    def _ask_to_quit(self, said: str = "") -> None:
        """Quit, or ask first if there is unwritten work to ask about or a message to show."""
        if said or other_sessions.asked_on_quitting(self.host.session):
            from relutui.ui.screens.dialogs import QuitDialog

            self.host.app.push_screen(QuitDialog(self.host.session, said), self._decided)
        else:
            self._quit()

    def _decided(self, decided: "Literal['quit'] | Session | None") -> None:
        """Quit without the unwritten work, or write one session and ask again."""
        match decided:
            case "quit":
                self._quit()
            case Session() as session:
                from relutui.ui.screens.dialogs import WriteDialog

                self.host.app.push_screen(WriteDialog(session), lambda written: self._asked_again(session, written))

    def _quit(self) -> None:
        """Delete the journal and quit; the effect of keys typed ahead is dropped too."""
        try:
            if self.host.autosave:
                self.host.autosave.drop()
        except OSError as error:
            self.host.app.exit(f"{error.filename}: cannot be removed: {error.strerror}", return_code=1)
        else:
            self.host.app.exit()

    def _asked_again(self, session: Session, written: "Written | None") -> None:
        if written:
            self.host.session = other_sessions.record_written(self.host.session, session, written.state, written.file)
        self._ask_to_quit(written.said if written else "")


class Pause(NamedTuple):
    """Whether training ran, and its message, before a screen took the trainer."""

    running: bool
    message: Message | None

    def resumed(self, now: Session, session: Session) -> Session:
        """Return the session that a screen gives back, fit to replace the present one; it runs again if its state is the same.

        A message that came while the screen was open, such as that the device failed, has not been seen yet and stays.
        """
        running = self.running and session.state is now.state
        message = session.view.message if now.view.message is self.message else now.view.message
        session = session.with_view(layout=now.view.layout, message=message)
        return replace(session, device=now.device, progress=now.progress, running=running)


def _help(navigator: Navigator) -> Screen[Any]:
    from relutui.ui.screens.help import HelpScreen

    return HelpScreen(navigator.host.session)


def _lesson(navigator: Navigator) -> Screen[Any]:
    from relutui.ui.screens.lesson import LessonScreen

    return LessonScreen(navigator.host.session.scenario)


def _gallery(navigator: Navigator) -> Screen[Any]:
    from relutui.ui.screens.gallery import Gallery

    return Gallery(navigator.opener, navigator.host.session, navigator.throw_away)


def _write_dialog(navigator: Navigator) -> Screen[Any]:
    from relutui.ui.screens.dialogs import WriteDialog

    return WriteDialog(navigator.host.session)


def _probe_dialog(navigator: Navigator) -> Screen[Any]:
    from relutui.ui.screens.probe import ProbeDialog

    return ProbeDialog(navigator.host.session)


def _pieces(navigator: Navigator) -> Screen[Any]:
    from relutui.ui.screens.pieces import PiecesScreen

    return PiecesScreen(navigator.host.session)


def _equation(navigator: Navigator) -> Screen[Any]:
    from relutui.ui.screens.equation import EquationScreen

    return EquationScreen(navigator.host.session)


def _seeds(navigator: Navigator) -> Screen[Any]:
    from relutui.ui.screens.seeds import SeedsScreen

    return SeedsScreen(navigator.host.session, navigator.trainer, before=navigator.results.get("seeds"))


def _devices(navigator: Navigator) -> Screen[Any]:
    from relutui.ui.screens.devices import DevicesDialog

    return DevicesDialog(
        navigator.trainer, lambda: device_text(navigator.host.session.device), navigator.results.get("devices", {})
    )


def _capacity(navigator: Navigator) -> Screen[Any]:
    from relutui.ui.screens.capacity import CapacityScreen

    return CapacityScreen(navigator.host.session, navigator.trainer)


def _one_fewer(navigator: Navigator) -> Screen[Any]:
    from relutui.ui.screens.refitting import RefittingScreen

    return RefittingScreen(navigator.host.session, navigator.trainer, "one fewer")


def _one_more(navigator: Navigator) -> Screen[Any]:
    from relutui.ui.screens.refitting import RefittingScreen

    return RefittingScreen(navigator.host.session, navigator.trainer, "one more")


def _with_tour(session: Session, question: Question) -> Session:
    """Return the session at the beginning of a question's tour, or the refusal to leave the present one."""
    if reason := other_sessions.refusal(session):
        return session.say(reason, error=True)
    return replace(other_sessions.open_tour(session, open_session(load(find(question.scenario)))), tour=Tour(question))


def _start_tour(host: MainScreen, question: Question) -> None:
    host.tour_player.start()


def _with_file(session: Session, written: "Written") -> Session:
    return other_sessions.record_written(session, session, written.state, written.file).say(written.said)


def _given_back(_: Session, session: Session) -> Session:
    return session


OVERLAYS = {
    "help": Overlay(_help, _with_tour, _start_tour),
    "lesson": Overlay(_lesson, lambda session, _: asking.open_ask(session)),
    "open": Overlay(_gallery, other_sessions.switch_to),
    "write": Overlay(_write_dialog, _with_file),
    "probe": Overlay(_probe_dialog, move_probe),
    "pieces": Overlay(_pieces),
    "equation": Overlay(_equation),
    "seeds": Overlay(_seeds, _given_back, trains=True, result=lambda screen: screen.starts),
    "devices": Overlay(
        _devices, effect=lambda host, device: host.device_manager.switch(device), result=lambda screen: screen.reports
    ),
    "capacity": Overlay(_capacity, _given_back, trains=True),
    "one fewer": Overlay(_one_fewer, _given_back, trains=True),
    "one more": Overlay(_one_more, _given_back, trains=True),
}
