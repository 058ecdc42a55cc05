"""The app of the teacher, which shows a class while it works."""

import time
from collections.abc import Callable
from pathlib import Path

from relutui.session.class_folder import ClassFolder
from relutui.ui.screens.class_screen import ClassScreen
from relutui.ui.terminal_app import TerminalApp


class ClassApp(TerminalApp):
    """Shows the folder of a class; nothing is kept, so that it ends at once."""

    CSS_PATH = ["app.tcss", "overlays.tcss"]
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, folder: Path, theme: str | None = None, clock: Callable[[], float] = time.time) -> None:
        """theme: one of themes.NAMES; clock: the time in seconds since 1970."""
        super().__init__(theme)
        self._class_screen = ClassScreen(ClassFolder(folder), clock)

    def get_default_screen(self) -> ClassScreen:
        """Return the screen of the class."""
        return self._class_screen

    def action_help_quit(self) -> None:
        """Quit by ctrl+c too."""
        self.exit()
