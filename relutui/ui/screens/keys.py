"""Which command a key is for, by the key's name as Textual reports it."""

from textual.keys import _character_to_key

from relutui.commands import COMMANDS, by_id
from relutui.lib.number_text import MINUS_SIGNS

BY_KEY = {_character_to_key(key) if len(key) == 1 else key: command for command in COMMANDS for key in command.keys} | {
    _character_to_key(sign): by_id("nudge-down") for sign in MINUS_SIGNS
}
