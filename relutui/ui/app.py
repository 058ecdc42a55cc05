"""The app: its first screen, what lies over it at start, and what it closes at the end."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.binding import Binding

from relutui.commands.command import Command
from relutui.model.trainer import Device, Trainer
from relutui.scenario.csv_scenario import CsvQuestion
from relutui.session.introduction import introduce
from relutui.session.journal import Journal, RecoverableSession, find_recoverable
from relutui.session.other_sessions import goes_on_from
from relutui.session.progress_file import load_progress
from relutui.session.session import Opener, Session
from relutui.terminal.input import FileUploaded, InputDropped
from relutui.terminal.textual_private import MISSING
from relutui.ui.screens.explore import Explore
from relutui.ui.terminal_app import TerminalApp

if TYPE_CHECKING:
    from textual.command import Provider

    from relutui.session.class_member import Member

OVERLAYS = str(Path(__file__).with_name("overlays.tcss").absolute())  # the style sheet of the screens over the first one


def _command_provider() -> "type[Provider]":
    from relutui.ui.screens.palette import CommandProvider  # imported on demand: start-up time counts

    return CommandProvider


class RelutuiApp(TerminalApp):
    """Explores one session at a time."""

    CSS_PATH = "app.tcss"
    COMMANDS = {_command_provider}
    BINDINGS = [  # over every screen
        # Of a tour, over a screen that one of its keys has opened.
        *(Binding(key, f"tour('{key}')", show=False, priority=True) for key in ("space", "backspace", "escape", "Q")),
        # Textual's own comes before all keys typed ahead of it, which would be typed into the palette.
        Binding("ctrl+p", "command_palette", show=False),
    ]

    def __init__(
        self,
        session: Session,
        trainer: Trainer,
        opener: Opener,
        journal: Journal | None = None,
        *,
        ask: bool | CsvQuestion = False,
        theme: str | None = None,
        own_keys: Mapping[str, Command] | None = None,
        class_folder: Path | None = None,
    ) -> None:
        """ask: whether to open the gallery at start, or what to ask there of a CSV file; own_keys: with their commands.

        theme: one of themes.NAMES; class_folder: of the class in which the learner hands in reports, under a name to ask for.
        """
        super().__init__(theme)
        self._trainer, self._journal, self._ask, self._class_folder = trainer, journal, ask, class_folder
        self._problems: list[str] = []  # to be said once the screen is there
        if journal:
            session = introduce(replace(session, progress=load_progress(self._problems.append)))
        self._explore = Explore(session, trainer, opener, journal, own_keys)

    def get_default_screen(self) -> Explore:
        """Return the first screen."""
        return self._explore

    def on_ready(self) -> None:
        """Ask for the name in a class, if there is one, then offer recoverable sessions or scenarios."""
        if self._ask and self._explore.progress_keeper:
            self._explore.progress_keeper.pass_over(self._explore.session.scenario)
        self._explore.ready.set()
        if MISSING:
            self._problems.append(f"Textual has no {MISSING[0]}: it draws by itself, and sends more bytes")
        if self._class_folder:
            self._join(self._class_folder)
        else:
            self._offer_recovery()

    def _join(self, folder: Path) -> None:
        from relutui.session.class_member import known_member
        from relutui.ui.screens.name_dialog import NameDialog

        progress, problem = self._explore.session.progress, ""
        try:
            if member := known_member(folder, progress):
                self._joined(member)
                return
        except OSError as error:
            problem = f"the folder of the class cannot be read ({error.strerror or error})"
        self.push_screen(NameDialog(folder, progress, problem), self._joined)

    def _joined(self, member: "Member | None") -> None:
        if member is None:
            self.exit()
            return
        if self._explore.progress_keeper:
            self._explore.progress_keeper.hand_in_as(member)
        self._offer_recovery()
        from relutui.ui.screens.dialogs import Notice

        self.push_screen(Notice(f"In this class you are {member.name}"))  # who sits at another's machine is to see it

    def _offer_recovery(self) -> None:
        problems = self._problems
        if self._journal and (left := find_recoverable(problems.append)):
            from relutui.ui.screens.recovery import RecoveryDialog

            self.push_screen(RecoveryDialog(left, self._named, self._reopens, _first_of(problems)), self._recovered)
        else:
            if problems:
                self._explore.session = self._explore.session.say(_first_of(problems), error=True)
            self._recovered(None)

    def _recovered(self, found: tuple[RecoverableSession, int] | None) -> None:
        if found:
            recovered, waiting = found
            self._explore.navigator.recover(recovered, waiting, beside=not self._reopens(recovered.session))
        if isinstance(self._ask, CsvQuestion):
            self._explore.navigator.ask_of_csv(self._ask)
        elif self._ask and not found:
            self._explore.navigator.show("open")

    @property
    def _named(self) -> str:
        """The name of what was named at start, which opens whatever is recovered; empty if nothing was."""
        if isinstance(self._ask, CsvQuestion):
            return self._ask.path.name
        return "" if self._ask else self._explore.session.scenario.name

    def _reopens(self, recovered: Session) -> bool:
        """Return whether a recovered session is opened rather than kept beside what was named."""
        return self._ask is True or (not self._ask and goes_on_from(recovered, self._explore.session))

    def report_fallback(self, device: Device, reason: str) -> None:
        """Have the session say that training goes on on another device, and why."""
        self._explore.device_manager.report_fallback(device, reason)

    def push_screen(self, *arguments: Any, **options: Any) -> Any:
        """Open a screen over the others; with the first one its style sheet is parsed, because start-up time counts."""
        if not self.stylesheet.has_source(OVERLAYS):
            self.stylesheet.read(OVERLAYS)
            self.stylesheet.parse()
        return super().push_screen(*arguments, **options)

    def keep_last(self) -> None:
        """Keep the sessions that are not written."""
        if self._explore.autosave:
            self._explore.autosave.keep_last()

    def on_file_uploaded(self, event: FileUploaded) -> None:
        """Open what the browser has uploaded; whatever lies over the main screen is closed."""
        self._explore.uncover()
        self._explore.navigator.open_file(str(event.path))

    def on_input_dropped(self, event: InputDropped) -> None:
        """Say that some of what was typed or pasted is lost."""
        said = f"{event.count:,} typed or pasted characters were dropped: too many at once"
        self._explore.session = self._explore.session.say(said, error=True)

    def action_command_palette(self) -> None:
        """Open our palette, over the main screen only: its commands are that screen's."""
        from relutui.ui.screens.palette import Palette

        if self.screen is self._explore:
            self.push_screen(Palette(id="--command-palette"))

    def action_help_quit(self) -> None:
        """Say how to quit, on whatever screen ctrl+c is pressed."""
        from relutui.ui.screens.dialogs import Notice, QuitDialog

        if self.screen is self._explore:
            self._explore.tour_player.end()
            session = self._explore.session
            self._explore.session = session.say("esc leaves the cell, then q quits" if session.view.typing else "q quits")
        elif not isinstance(self.screen, Notice):
            quitting = isinstance(self.screen, QuitDialog)
            self.push_screen(Notice("q quits" if quitting else "esc leads back, then q quits"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave the keys of a tour to a screen that no tour has opened."""
        return action != "tour" or (self.screen is not self._explore and self._explore.session.tour is not None)

    def action_tour(self, key: str) -> None:
        """Hand a key of a tour to it from a screen that it has opened."""
        if not (key == "Q" and self._explore.ask_of_tour()):
            self._explore.tour_player.take(key)

    async def action_quit(self) -> None:
        """Quit as the command does; over another screen, without a question."""
        if self.screen is self._explore:
            self._explore.navigator.show("quit")
        else:
            self.exit()

    async def on_unmount(self) -> None:
        """Close the device and the journal."""
        await self._trainer.close()
        if self._explore.progress_keeper:
            await self._explore.progress_keeper.finish()
        if self._journal:
            with suppress(OSError):
                self.keep_last()
            self._journal.close()


def _first_of(problems: list[str]) -> str:
    """Return the first problem, and how many more there are."""
    more = f"; and {len(problems) - 1} more" if len(problems) > 1 else ""
    return f"{problems[0]}{more}" if problems else ""
