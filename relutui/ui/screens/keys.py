"""The command of each key, by the name under which Textual reports the key."""

from collections.abc import Iterable
from functools import cache

from relutui.commands.command import Command
from relutui.commands.contents import COMMANDS
from relutui.lib.number_text import MINUS_SIGNS
from relutui.session.view_state import ViewState
from relutui.terminal.key_names import key_name


def _by_key(commands: Iterable[Command]) -> dict[str, Command]:
    """Return the commands by their keys; what looks like a minus counts as one."""
    by_key = {key_name(key) if len(key) == 1 else key: command for command in commands for key in command.keys}
    minus = by_key.get(key_name("-"))
    return by_key | ({key_name(sign): minus for sign in MINUS_SIGNS} if minus else {})


BY_KEY = _by_key(COMMANDS)
_ALSO_IN_DRAWING = ("help", "palette", "quit", "full", "lesson")


@cache
def _in_hold() -> dict[str, Command]:
    from relutui.commands.modes import HOLD_COMMANDS  # imported on demand: start-up time counts

    return _by_key(HOLD_COMMANDS)


@cache
def _in_drawing() -> dict[str, Command]:
    from relutui.commands.modes import DRAWING_COMMANDS

    return _by_key(DRAWING_COMMANDS)


def command_of_mode(view: ViewState, key: str) -> Command | None:
    """Return the command that a key has only while the chart is in hand, or a target drawn; None if it is as always."""
    if view.hold:
        return _in_hold().get(key)
    if view.drawing is None:
        return None
    from relutui.commands.modes import NOT_IN_DRAWING

    usual = BY_KEY.get(key)
    return None if usual and usual.id in _ALSO_IN_DRAWING else _in_drawing().get(key, NOT_IN_DRAWING)
