"""Textual's command palette, and the commands in it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from textual import on
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.message import Message
from textual.widgets import Input, OptionList

from relutui.commands import COMMANDS, Command, key_text
from relutui.terminal.textual_private import allow_late_search
from relutui.ui import themes
from relutui.ui.screens.explore import Explore

THEME_HELP = "colours until you quit; relutui.toml and --theme keep them"
_NAMED = [command for command in COMMANDS if command.help]


@allow_late_search
class Palette(CommandPalette):
    """Textual's palette, ignoring keys typed ahead once it is closed: Textual 8.2 would fail or run a command twice."""

    @on(Input.Changed)
    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def leave_alone(self, event: Message) -> None:
        """Ignore what reaches a palette that is closed."""
        if self not in self.app.screen_stack:
            event.prevent_default()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Refuse to move in a list that is not there (yet, or any more) or has no room for a row: Textual 8.2 fails then."""
        if action not in ("command_list", "cursor_down"):
            return super().check_action(action, parameters)
        commands = self.query(CommandList)
        return bool(commands) and (action == "cursor_down" or bool(commands.first().scrollable_content_region))


class CommandProvider(Provider):
    """Finds commands by their label and help text."""

    async def discover(self) -> Hits:
        """Yield every command, while nothing is typed."""
        for command in _NAMED:
            yield DiscoveryHit(_text(command), self._run(command), help=command.help)
        for name in themes.NAMES:
            yield DiscoveryHit(f"Theme: {name}", self._choose(name), help=THEME_HELP)

    async def search(self, query: str) -> Hits:
        """Yield the commands that match the query."""
        matcher = self.matcher(query)
        for command in _NAMED:
            score = matcher.match(f"{command.label} {command.help}")
            if score > 0:
                yield Hit(score, _text(command), self._run(command), help=command.help)
        for name in themes.NAMES:
            if (score := matcher.match(f"Theme: {name} {THEME_HELP}")) > 0:
                yield Hit(score, f"Theme: {name}", self._choose(name), help=THEME_HELP)

    def _run(self, command: Command) -> Callable[[], None]:
        screen = self.screen
        assert isinstance(screen, Explore)
        return partial(screen.carry_out, command)

    def _choose(self, name: str) -> Callable[[], None]:
        app: Any = self.app  # which knows its screens, not they it
        return partial(app.choose_theme, name)


def _text(command: Command) -> str:
    return f"{command.label}  ({key_text(command)})".replace("[", r"\[")
