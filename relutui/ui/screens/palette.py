"""Textual's command palette, and the commands in it."""

from collections.abc import Callable
from functools import partial

from textual import on, work
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.css.query import NoMatches
from textual.message import Message
from textual.widgets import Input, OptionList

from relutui.commands import COMMANDS, Command, key_text
from relutui.ui.screens.explore import Explore

_NAMED = [command for command in COMMANDS if command.help]


class Palette(CommandPalette):
    """Textual 8.2's would search on for keys typed ahead when it is gone already, and fail, or carry a command out again."""

    @on(Input.Changed)
    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def leave_alone(self, event: Message) -> None:
        """Of a palette that is gone nothing is asked."""
        if self not in self.app.screen_stack:
            event.prevent_default()

    def _action_command_list(self, action: str) -> None:
        """In a list without room for a single row there is nowhere to go: Textual 8.2's fails there."""
        if self.query_one(CommandList).scrollable_content_region:
            super()._action_command_list(action)

    @work(exclusive=True, group=CommandPalette._GATHER_COMMANDS_GROUP)
    async def _gather_commands(self, search_value: str) -> None:
        """Nor does a search that was asked for before fail when it begins only then."""
        search = CommandPalette._gather_commands.__wrapped__  # type: ignore[attr-defined]
        try:
            await search(self, search_value)
        except NoMatches:
            if self in self.app.screen_stack:
                raise


class CommandProvider(Provider):
    """Finds commands by their label and help."""

    async def discover(self) -> Hits:
        """Every command, while nothing is typed."""
        for command in _NAMED:
            yield DiscoveryHit(_text(command), self._run(command), help=command.help)

    async def search(self, query: str) -> Hits:
        """The commands that match what is typed."""
        matcher = self.matcher(query)
        for command in _NAMED:
            score = matcher.match(f"{command.label} {command.help}")
            if score > 0:
                yield Hit(score, _text(command), self._run(command), help=command.help)

    def _run(self, command: Command) -> Callable[[], None]:
        screen = self.screen
        assert isinstance(screen, Explore)
        return partial(screen.carry_out, command)


def _text(command: Command) -> str:
    return f"{command.label}  ({key_text(command)})".replace("[", r"\[")
