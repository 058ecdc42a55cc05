"""The app: its theme, its first screen, and how it ends."""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, NoReturn

from rich.terminal_theme import TerminalTheme
from textual import events
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.filter import ANSIToTruecolor, LineFilter
from textual.screen import Screen
from textual.worker import WorkerFailed

from relutui.commands.command import Command
from relutui.lib.safe_text import sanitize_line
from relutui.model.trainer import Device, Trainer
from relutui.plot.plain import PLAIN
from relutui.scenario.csv_scenario import CsvQuestion
from relutui.session.introduction import introduce
from relutui.session.journal import Journal, RecoverableSession, find_recoverable
from relutui.session.progress_file import load_progress
from relutui.session.session import Opener, Session
from relutui.terminal.cell_diff import Difference, TerminalMirror
from relutui.terminal.driver import TerminalDriver
from relutui.terminal.input import GroundReported, InputDropped
from relutui.terminal.shutdown import HANGUP_STATUS, Shutdown
from relutui.terminal.textual_private import (
    MISSING,
    ChopsUpdate,
    LayoutUpdate,
    asking_screen,
    fail,
    filter_updates,
    handle_failures,
)
from relutui.ui.line_filter import TERMINAL_THEMES, PlainFilter, colour_filters, css_theme
from relutui.ui.screens.explore import Explore
from relutui.ui.screens.palette import CommandProvider, Palette
from relutui.ui.themes import DEFAULT, LIGHT_DEFAULT, PALETTES


class RelutuiApp(App[str]):
    """Explores one session at a time; its result is a line to print once the terminal is restored."""

    CSS_PATH = "app.tcss"
    TITLE = "relutui"
    ALLOW_SELECT = False  # by the mouse, which moves kinks here; with shift most terminals select by themselves
    COMMANDS = {CommandProvider}
    BINDINGS = [  # over every screen
        Binding("ctrl+l", "redraw", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", show=False, priority=True),
        Binding("ctrl+c", "help_quit", show=False, priority=True),
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
    ) -> None:
        """ask: whether to open the gallery at start, or what to ask there of a CSV file; own_keys: with their commands.

        theme: one of themes.NAMES.
        """
        super().__init__(driver_class=None if MISSING else TerminalDriver)
        filter_updates(self, self._changed_cells)
        handle_failures(self, self._report_failure)
        self._trainer, self._journal, self._ask = trainer, journal, ask
        self._shown = TerminalMirror()
        self._problems: list[str] = []  # to be said once the screen is there
        if journal:
            session = introduce(replace(session, progress=load_progress(self._problems.append)))
        self._explore = Explore(session, trainer, opener, journal, own_keys)
        self._emergency_exit = Shutdown(self, self._keep_last)
        for name in PALETTES:
            self.register_theme(css_theme(name))
        # Set without their watchers, which would have the style sheet parsed once more, a tenth of the time to the first frame.
        self.set_reactive(App.theme, theme or DEFAULT)
        self.wants_ground = theme is None  # of the terminal, whose driver asks for it
        self.stylesheet.set_variables(self.get_css_variables())

    @property
    def ansi_theme(self) -> TerminalTheme:
        """The theme's colours of the numbers 0 to 15."""
        return TERMINAL_THEMES[self.theme]

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what every row of every widget is passed through: Textual's filters, with ours for colours."""
        others = [each for each in super().get_line_filters() if not isinstance(each, ANSIToTruecolor)]
        has_sixteen = self.console.color_system == "standard" and not self.is_headless
        colours = colour_filters(self.theme, others, has_sixteen=has_sixteen, is_grey=self.no_color)
        return [PlainFilter(), *colours] if PLAIN.get() else colours

    def get_default_screen(self) -> Explore:
        """Return the first screen."""
        return self._explore

    def on_ready(self) -> None:
        """Offer recoverable sessions, then the scenarios if none was named; redraw whenever the app resumes."""
        asyncio.get_running_loop().set_exception_handler(self._failed)
        if self._ask and self._explore.progress_keeper:
            self._explore.progress_keeper.pass_over(self._explore.session.scenario)
        self._explore.ready.set()
        problems = self._problems
        if MISSING:
            problems.append(f"Textual has no {MISSING[0]}: it draws by itself, and sends more bytes")
        if self._journal and (left := find_recoverable(problems.append)):
            from relutui.ui.screens.recovery import RecoveryDialog

            self.push_screen(RecoveryDialog(left, _first_of(problems)), self._recovered)
        else:
            if problems:
                self._explore.session = self._explore.session.say(_first_of(problems), error=True)
            self._recovered(None)
        self.app_resume_signal.subscribe(self, lambda _: self.action_redraw())

    def _recovered(self, found: tuple[RecoverableSession, int] | None) -> None:
        if found:
            self._explore.navigator.recover(*found)
        elif isinstance(self._ask, CsvQuestion):
            self._explore.navigator.ask_of_csv(self._ask)
        elif self._ask:
            self._explore.navigator.show("open")

    def report_fallback(self, device: Device, reason: str) -> None:
        """Have the session say that training goes on on another device, and why."""
        self._explore.device_manager.report_fallback(device, reason)

    def hang_up(self) -> None:
        """End the process because the terminal is gone; may be called from any thread."""
        self._emergency_exit.exit(HANGUP_STATUS)

    def _keep_last(self) -> None:
        if self._explore.autosave:
            self._explore.autosave.keep_last()

    def _failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if isinstance(error := context.get("exception"), Exception):
            fail(self, error)

    def _report_failure(self, error: Exception) -> None:
        """Leave before Textual prints a traceback in colours and loses what was not written."""
        if not self.is_headless:
            self._emergency_exit.fail(error.error if isinstance(error, WorkerFailed) else error)

    async def on_event(self, event: events.Event) -> None:
        """Hold a key until the screen that it is for is composed, and drop input after the key that quits.

        Textual 8.2 runs a key's action on a screen that has no widgets yet, and asks for a screen that is gone by then.
        """
        while isinstance(event, events.Key) and self.return_code is None and not self.screen.is_mounted:
            await asyncio.sleep(0.001)
        if not (self.return_code is not None and isinstance(event, events.InputEvent)):
            await super().on_event(event)

    def on_input_dropped(self, event: InputDropped) -> None:
        """Say that some of what was typed or pasted is lost."""
        said = f"{event.count:,} typed or pasted characters were dropped: too many at once"
        self._explore.session = self._explore.session.say(said, error=True)

    def choose_theme(self, name: str) -> None:
        """Change the colours, whatever the terminal may still answer."""
        self.wants_ground = False
        self.theme = name

    def on_ground_reported(self, event: GroundReported) -> None:
        """Take the light theme on a light terminal; nothing but a first answer counts."""
        if self.wants_ground:
            self.choose_theme(LIGHT_DEFAULT if event.is_light else DEFAULT)

    def on_resize(self, event: events.Resize) -> None:
        """Redraw: after a change of size the terminal's contents are not known."""
        self.action_redraw()

    def action_redraw(self) -> None:
        """Redraw everything, whatever the terminal shows; before the first update there is no need."""
        if self._shown.known:
            self._shown.forget()
            self.screen.refresh()

    def _changed_cells(self, screen: Screen[Any], update: object) -> object:
        """Return the part of an update that differs from what the terminal shows; all of it while that is not known."""
        if isinstance(update, LayoutUpdate | ChopsUpdate) and not self.is_headless:
            if self._shown.knows(update):
                return Difference(self._shown, update)
            screen.refresh()
        return update

    def run_to_the_end(self) -> NoReturn:
        """Run, then `os._exit`: a hung compiler thread would block normal interpreter shutdown."""
        self._emergency_exit.prepare()
        if said := self.run():
            print(sanitize_line(said), file=sys.stderr, flush=True)
        os._exit(self.return_code or 0)

    def action_command_palette(self) -> None:
        """Open our palette, over the main screen only: its commands are that screen's."""
        if self.screen is self._explore:
            self.push_screen(Palette(id="--command-palette"))

    def push_screen(self, *arguments: Any, **options: Any) -> Any:
        """Open a screen over the others, unless the app is about to end.

        Keys typed ahead still arrive then, and Textual 8.2 fails as it removes a screen that is not mounted yet.
        """
        if self.return_code is None:
            return super().push_screen(*arguments, **options)
        return AwaitComplete()

    def pop_screen(self) -> AwaitComplete:
        """Close the topmost screen, unless the screen that asks is closed already.

        In Textual 8.2 a screen dismissed twice, by a key typed ahead, closes the screen below or ends the app.
        """
        asking = asking_screen()
        if asking is not None and asking not in self.screen_stack:
            return AwaitComplete()
        return super().pop_screen()

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
                self._keep_last()
            self._journal.close()


def _first_of(problems: list[str]) -> str:
    """Return the first problem, and how many more there are."""
    more = f"; and {len(problems) - 1} more" if len(problems) > 1 else ""
    return f"{problems[0]}{more}" if problems else ""
