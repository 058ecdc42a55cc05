"""The app: its look, and its first screen."""

from textual.app import App
from textual.theme import Theme

from relutui.screens.explore import Explore
from relutui.screens.palette import CommandProvider
from relutui.session import Session
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


class RelutuiApp(App[None]):
    """Explores one session at a time."""

    CSS_PATH = "app.tcss"
    TITLE = "relutui"
    COMMANDS = {CommandProvider}

    def __init__(self, session: Session, trainer: Trainer, *, ask: bool = False) -> None:
        super().__init__()
        self._session, self._trainer, self._ask = session, trainer, ask

    def on_mount(self) -> None:
        """The first screen, with the list of scenarios over it when none was named."""
        self.register_theme(THEME)
        self.theme = THEME.name
        explore = Explore(self._session, self._trainer)
        self.push_screen(explore)
        if self._ask:
            self.call_after_refresh(explore.show, "open")

    async def on_unmount(self) -> None:
        """Give the device back."""
        await self._trainer.close()
