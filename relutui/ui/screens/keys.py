"""The command of each key, by the name under which Textual reports the key."""

from collections.abc import Iterable

from relutui.commands import COMMANDS, HOLD_COMMANDS, Command
from relutui.lib.number_text import MINUS_SIGNS
from relutui.terminal.key_names import key_name


def _by_key(commands: Iterable[Command]) -> dict[str, Command]:
    """Return the commands by their keys; what looks like a minus counts as one."""
    by_key = {key_name(key) if len(key) == 1 else key: command for command in commands for key in command.keys}
    minus = by_key[key_name("-")]
    return by_key | {key_name(sign): minus for sign in MINUS_SIGNS}


BY_KEY = _by_key(COMMANDS)
HOLD_BY_KEY = _by_key(HOLD_COMMANDS)
