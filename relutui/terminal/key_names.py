"""Textual's names of keys."""

import unicodedata

from textual.keys import ASCII_KEY_NAMES, KEY_NAME_REPLACEMENTS


def key_name(character: str) -> str:
    """Return the name of the key that types a character: "plus" for "+", "a" for "a"."""
    if character.isalnum():
        name = character
    else:
        default = ASCII_KEY_NAMES.get(character, character)
        name = unicodedata.name(character, default).lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)
