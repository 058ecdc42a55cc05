"""Textual's names of keys."""

import unicodedata

from textual.keys import ASCII_KEY_NAMES, KEY_NAME_REPLACEMENTS, KEY_TO_UNICODE_NAME, REPLACED_KEYS, Keys

MODIFIERS = {"ctrl", "shift", "alt"}


def key_name(character: str) -> str:
    """Return the name of the key that types a character: "plus" for "+", "a" for "a"."""
    if character.isalnum():
        name = character
    else:
        default = ASCII_KEY_NAMES.get(character, character)
        name = unicodedata.name(character, default).lower().replace("-", "_").replace(" ", "_")
    return KEY_NAME_REPLACEMENTS.get(name, name)


def key_event(key: str) -> tuple[str, str | None]:
    """Return the name and the character with which Textual reports a key that is written as a character or by its name."""
    return (key_name(key), key) if len(key) == 1 else (key, None)


def is_key(name: str) -> bool:
    """Return whether Textual knows a key of this name: a character, its name, or one such as ctrl+up."""
    *modifiers, base = [name] if len(name) == 1 else name.split("+")
    named = {*(key.value for key in Keys), *KEY_TO_UNICODE_NAME, *REPLACED_KEYS}
    return MODIFIERS.issuperset(modifiers) and (len(base) == 1 or base in named)
