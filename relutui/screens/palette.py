"""The commands in Textual's command palette."""

from collections.abc import Callable
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from relutui.commands import COMMANDS, Command, key_text
from relutui.screens.explore import Explore

_NAMED = [command for command in COMMANDS if command.help]


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
