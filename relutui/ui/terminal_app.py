"""What every app of the program has in common: how it draws, its colours, and how it ends."""

import asyncio
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from rich.terminal_theme import TerminalTheme
from textual import events
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.filter import ANSIToTruecolor, LineFilter
from textual.worker import WorkerFailed

from relutui.lib.safe_text import sanitize_line
from relutui.plot.plain import PLAIN
from relutui.terminal.input import GroundReported
from relutui.terminal.row_drawing import RowDrawingApp
from relutui.terminal.shutdown import HANGUP_STATUS, Shutdown
from relutui.terminal.textual_private import asking_screen, fail, handle_failures
from relutui.ui.line_filter import TERMINAL_THEMES, PlainFilter, colour_filters, css_theme
from relutui.ui.themes import DEFAULT, LIGHT_DEFAULT, PALETTES


class TerminalApp(RowDrawingApp):
    """Draws in the colours of a theme; its result is a line to print once the terminal is restored."""

    TITLE = "relutui"
    ALLOW_SELECT = False  # by the mouse, which moves kinks here; with shift most terminals select by themselves
    BINDINGS = [  # over every screen
        Binding("ctrl+l", "redraw", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", show=False, priority=True),
        Binding("ctrl+c", "help_quit", show=False, priority=True),
    ]

    def __init__(self, theme: str | None) -> None:
        """theme: one of themes.NAMES, or None for what suits the ground of the terminal."""
        super().__init__()
        handle_failures(self, self._report_failure)
        self._emergency_exit = Shutdown(self, self.keep_last)
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

    def keep_last(self) -> None:
        """Keep what would be lost with the process; there is nothing unless an app has something to keep."""

    def on_ready(self) -> None:
        """Hear of what fails outside the app's tasks, and redraw whenever the app resumes."""
        asyncio.get_running_loop().set_exception_handler(self._failed)
        self.app_resume_signal.subscribe(self, lambda _: self.action_redraw())

    def hang_up(self) -> None:
        """End the process because the terminal is gone; may be called from any thread."""
        self._emergency_exit.exit(HANGUP_STATUS)

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

    def run_to_the_end(self) -> NoReturn:
        """Run, then `os._exit`: a hung compiler thread would block normal interpreter shutdown."""
        self._emergency_exit.prepare()
        if said := self.run():
            print(sanitize_line(said), file=sys.stderr, flush=True)
        os._exit(self.return_code or 0)

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
