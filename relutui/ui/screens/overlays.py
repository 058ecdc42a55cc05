"""The screens that lie over the main one for a while: how each is made, and the session that its answer leads to.

Each is imported only when it is asked for, because start-up time counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from textual.app import App
from textual.screen import Screen

from relutui.commands.command import Command
from relutui.readout.status import device_text
from relutui.scenario.library import find, load
from relutui.session import asking, other_sessions
from relutui.session.probe_edits import move_probe
from relutui.session.session import Session, open_session
from relutui.session.tours import Question, Tour
from relutui.terminal.textual_private import screen_text
from relutui.ui.controllers.autosave import Autosave
from relutui.ui.controllers.device_manager import DeviceManager
from relutui.ui.controllers.host import Host
from relutui.ui.controllers.tour_player import TourPlayer
from relutui.ui.controllers.training_loop import TrainingLoop

if TYPE_CHECKING:
    from relutui.ui.screens.dialogs import Written
    from relutui.ui.screens.navigation import Navigator


class MainScreen(Host, Protocol):
    """What the navigator needs of the main screen."""

    own_keys: Mapping[str, Command]
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


def _help(navigator: "Navigator") -> Screen[Any]:
    from relutui.ui.screens.help import HelpScreen

    return HelpScreen(navigator.host.session, navigator.host.own_keys)


def _lesson(navigator: "Navigator") -> Screen[Any]:
    from relutui.ui.screens.lesson import LessonScreen

    return LessonScreen(navigator.host.session.scenario)


def _gallery(navigator: "Navigator") -> Screen[Any]:
    from relutui.ui.screens.gallery import Gallery

    return Gallery(navigator.opener, navigator.host.session, navigator.throw_away)


def _write_dialog(navigator: "Navigator") -> Screen[Any]:
    from relutui.ui.screens.dialogs import WriteDialog

    return WriteDialog(navigator.host.session)


def _export_dialog(navigator: "Navigator") -> Screen[Any]:
    from relutui.ui.screens.export import ExportDialog

    screen = navigator.host.app.screen
    return ExportDialog(navigator.host.session, lambda: screen_text(screen))


def _probe_dialog(navigator: "Navigator") -> Screen[Any]:
    from relutui.ui.screens.probe import ProbeDialog

    return ProbeDialog(navigator.host.session)


def _pieces(navigator: "Navigator") -> Screen[Any]:
    from relutui.ui.screens.pieces import PiecesScreen

    return PiecesScreen(navigator.host.session)


def _equation(navigator: "Navigator") -> Screen[Any]:
    from relutui.ui.screens.equation import EquationScreen

    return EquationScreen(navigator.host.session)


def _share(navigator: "Navigator") -> Screen[Any]:
    from relutui.ui.screens.share import ShareScreen

    return ShareScreen(navigator.host.session)


def _seeds(navigator: "Navigator") -> Screen[Any]:
    from relutui.ui.screens.seeds import SeedsScreen

    return SeedsScreen(navigator.host.session, navigator.trainer, before=navigator.results.get("seeds"))


def _devices(navigator: "Navigator") -> Screen[Any]:
    from relutui.ui.screens.devices import DevicesDialog

    return DevicesDialog(
        navigator.trainer, lambda: device_text(navigator.host.session.device), navigator.results.get("devices", {})
    )


def _capacity(navigator: "Navigator") -> Screen[Any]:
    from relutui.ui.screens.capacity import CapacityScreen

    return CapacityScreen(navigator.host.session, navigator.trainer)


def _one_fewer(navigator: "Navigator") -> Screen[Any]:
    from relutui.ui.screens.refitting import RefittingScreen

    return RefittingScreen(navigator.host.session, navigator.trainer, "one fewer")


def _one_more(navigator: "Navigator") -> Screen[Any]:
    from relutui.ui.screens.refitting import RefittingScreen

    return RefittingScreen(navigator.host.session, navigator.trainer, "one more")


def with_tour(session: Session, question: Question) -> Session:
    """Return the session at the beginning of a question's tour, or the refusal to leave the present one."""
    if reason := other_sessions.refusal(session):
        return session.say(reason, error=True)
    return replace(other_sessions.open_tour(session, open_session(load(find(question.scenario)))), tour=Tour(question))


def _with_file(session: Session, written: "Written") -> Session:
    return other_sessions.record_written(session, session, written.state, written.file).say(written.said)


def _given_back(_: Session, session: Session) -> Session:
    return session


OVERLAYS = {
    "help": Overlay(_help, with_tour, lambda host, _: host.tour_player.start()),
    "lesson": Overlay(_lesson, lambda session, _: asking.open_ask(session)),
    "open": Overlay(_gallery, other_sessions.switch_to),
    "write": Overlay(_write_dialog, _with_file),
    "export": Overlay(_export_dialog, lambda session, said: session.say(said)),
    "probe": Overlay(_probe_dialog, move_probe),
    "pieces": Overlay(_pieces),
    "equation": Overlay(_equation),
    "share": Overlay(_share),
    "seeds": Overlay(_seeds, _given_back, trains=True, result=lambda screen: screen.starts),
    "devices": Overlay(
        _devices, effect=lambda host, device: host.device_manager.switch(device), result=lambda screen: screen.reports
    ),
    "capacity": Overlay(_capacity, _given_back, trains=True),
    "one fewer": Overlay(_one_fewer, _given_back, trains=True),
    "one more": Overlay(_one_more, _given_back, trains=True),
}
