"""The app: its look, and its first screen."""

from typing import Any, cast

from rich.console import RenderableType
from rich.terminal_theme import TerminalTheme
from textual import events
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.binding import Binding
from textual.screen import Screen
from textual.theme import Theme

from relutui.difference import Difference, Shown
from relutui.screens.explore import Explore
from relutui.screens.palette import CommandProvider
from relutui.screens.terminal import take_turns_with_shell
from relutui.session import Opener, Session
from relutui.training import Trainer

THEME = Theme(
    name="relutui",
    dark=True,
    primary="#5fafd7",
    secondary="#87af87",
    accent="#d7af5f",
    foreground="#d0d0d0",
    background="#121212",
    surface="#1c1c1c",
    error="#ff5f5f",
    warning="#ffaf5f",
    success="#87d787",
)

# The terminal's sixteen colours, all light enough to stay readable when colour is taken away.
COLOURS = TerminalTheme(
    (18, 18, 18),
    (208, 208, 208),
    [
        *((38, 38, 38), (255, 135, 135), (135, 215, 95), (255, 175, 95)),
        *((135, 175, 255), (255, 135, 215), (95, 215, 215), (218, 218, 218)),
    ],
    [
        *((138, 138, 138), (255, 175, 175), (175, 255, 135), (255, 255, 135)),
        *((175, 215, 255), (255, 175, 255), (135, 255, 255), (255, 255, 255)),
    ],
)


class RelutuiApp(App[None]):
    """Explores one session at a time."""

    CSS_PATH = "app.tcss"
    TITLE = "relutui"
    COMMANDS = {CommandProvider}
    BINDINGS = [Binding("ctrl+l", "redraw", show=False)]

    def __init__(self, session: Session, trainer: Trainer, opener: Opener, *, ask: bool = False) -> None:
        super().__init__()
        self._trainer, self._ask = trainer, ask
        self._shown = Shown()
        self._explore = Explore(session, trainer, opener)
        self.register_theme(THEME)
        # Set without their watchers, which would have the style sheet parsed once more, a tenth of the time to the first frame.
        self.set_reactive(App.ansi_theme_dark, COLOURS)
        self.set_reactive(App.theme, THEME.name)
        self.stylesheet.set_variables(self.get_css_variables())
        self._refresh_truecolor_filter(COLOURS)

    def get_default_screen(self) -> Explore:
        """The first screen."""
        return self._explore

    def on_ready(self) -> None:
        """The list of scenarios is over the first screen when none was named; back from a shell, all is drawn anew."""
        if self._ask:
            self._explore.show("open")
        self.app_resume_signal.subscribe(self, lambda _: self.action_redraw())
        take_turns_with_shell(self)

    def on_resize(self, event: events.Resize) -> None:
        """What a terminal shows after a change of size is not known."""
        self.action_redraw()

    def action_redraw(self) -> None:
        """Draw everything anew, whatever the terminal shows; before the first drawing there is no need."""
        if self._shown.known:
            self._shown.forget()
            self.screen.refresh()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Send only what differs from what is shown: Textual has no public place between what it draws and what it sends."""
        if isinstance(renderable, LayoutUpdate | ChopsUpdate) and not self.is_headless:
            if self._shown.knows(renderable):
                renderable = cast(RenderableType, Difference(self._shown, renderable))
            else:
                screen.refresh()
        super()._display(screen, renderable)

    async def action_quit(self) -> None:
        """Textual's own ctrl+q: like the command, but twice for certain."""
        if self.screen is self._explore:
            self._explore.show("quit")
        else:
            self.exit()

    async def on_unmount(self) -> None:
        """Give the device back."""
        await self._trainer.close()
