"""Navigation between the main screen and those that lie over it, and the way out of the program."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from relutui.model.trainer import Trainer
from relutui.readout.status import read_tour
from relutui.scenario.csv_scenario import CsvQuestion
from relutui.session import other_sessions
from relutui.session.journal import RecoverableSession
from relutui.session.session import Opener, Session
from relutui.session.tours import Question, Tour
from relutui.session.view_state import Message

if TYPE_CHECKING:
    from relutui.ui.screens.dialogs import Written
    from relutui.ui.screens.overlays import MainScreen, Overlay


class Navigator:
    """Opens the screens that lie over the main one, follows their answers, and quits."""

    def __init__(self, host: "MainScreen", trainer: Trainer, opener: Opener) -> None:
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
                from relutui.ui.screens.overlays import OVERLAYS  # imported on demand: start-up time counts

                self.open(what, OVERLAYS[what])

    def go_on(self) -> None:
        """Open the scenario of the course that follows the present one, which is kept if it is unwritten."""
        session, name = self.host.session, other_sessions.next_offered(self.host.session)
        assert name
        if reason := other_sessions.refusal(session):
            self.host.session = session.say(reason, error=True)
        else:
            self._replace(other_sessions.switch_to(session, self.opener(name)))

    def open(self, what: str, overlay: "Overlay") -> None:
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
            from relutui.ui.widgets.tour import TourBar

            screen.mount(TourBar(readout._replace(caption=tour.step.caption)))

    def start_tour(self, question: Question) -> None:
        """Begin the tour of a question, as from the help screen."""
        from relutui.ui.screens.overlays import with_tour

        self.host.session = with_tour(self.host.session, question)
        if self.host.session.tour == Tour(question):  # else it was refused
            self.host.tour_player.start()

    def open_glossary(self, word: str) -> None:
        """Open the help screen at a word."""
        from relutui.ui.screens.help import HelpScreen
        from relutui.ui.screens.overlays import OVERLAYS

        screen = HelpScreen(self.host.session, self.host.own_keys, word)
        self.open("help", replace(OVERLAYS["help"], factory=lambda _: screen))

    def ask_of_csv(self, question: CsvQuestion) -> None:
        """Open the gallery, and over it ask what is not known of a CSV file."""
        from relutui.ui.screens.gallery import Gallery
        from relutui.ui.screens.overlays import OVERLAYS

        def gallery(navigator: "Navigator") -> Gallery:
            return Gallery(navigator.opener, navigator.host.session, navigator.throw_away, question)

        self.open("open", replace(OVERLAYS["open"], factory=gallery))

    def open_file(self, path: str) -> None:
        """Open the gallery, and a file from there."""
        from relutui.ui.screens.gallery import Gallery
        from relutui.ui.screens.overlays import OVERLAYS

        def gallery(navigator: "Navigator") -> Gallery:
            return Gallery(navigator.opener, navigator.host.session, navigator.throw_away, opened=path)

        self.open("open", replace(OVERLAYS["open"], factory=gallery))

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

    def recover(self, recovered: RecoverableSession, waiting: int, *, beside: bool) -> None:
        """Go on with a session that was cut off, and remove its journal once this one holds it; `waiting` others are left.

        beside: keep it beside the present one instead, which stays.
        """
        from relutui.readout.unwritten import recovery_message
        from relutui.scenario.scenario_files import csv_problem

        present, (first, *others) = self.host.session, recovered.sessions
        if beside:
            session = other_sessions.keep_recovered(present, recovered.sessions)
            said = recovery_message(None, recovered.sessions, waiting)
        else:
            self.host.training.cancel()
            session = other_sessions.open_recovered(present, recovered.sessions)
            said = recovery_message(first, others, waiting)
        lost = {csv: None for one in recovered.sessions if (csv := csv_problem(one.scenario.target))}
        of_csv = [f"{csv}: the points are kept as they were" for csv in lost]
        message = present.view.message if beside else None
        self.host.session = session.say("\n".join(["; ".join([said, *of_csv]), *([message.text] if message else [])]))
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
