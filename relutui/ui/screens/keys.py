"""The command of each key, by the name under which Textual reports the key."""

from relutui.commands import COMMANDS, by_id
from relutui.lib.number_text import MINUS_SIGNS
from relutui.terminal.key_names import key_name

BY_KEY = {key_name(key) if len(key) == 1 else key: command for command in COMMANDS for key in command.keys} | {
    key_name(sign): by_id("nudge-down") for sign in MINUS_SIGNS
}
