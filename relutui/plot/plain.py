"""The plain drawing, in ASCII alone: which character stands for which, and whether it is wanted."""

import unicodedata
from contextvars import ContextVar
from functools import cache, lru_cache

from rich.cells import get_character_cell_size

PLAIN = ContextVar("PLAIN", default=False)  # set by whoever runs the app, for all that it draws

# A character of the drawing for each other one, in the same cell. Those of a chart are told apart without colour.
_SAME_CELL = {
    **{"●": "o", "⠿": "o", "━": "*", "┅": "-", "┄": "'", "┈": ".", "╶": "~"},  # target, prediction, dashed, dotted, faint
    **{"◆": "#", "◇": "%", "□": "&", "◉": "@", "⊕": "@", "○": "O", "•": "*", "✕": "X"},  # kinks and other points
    **{"┊": ":", "░": ",", "╱": "/", "┷": "^", "◄": "<", "►": ">", "▼": "v"},  # probe, off, no data, pushes, an edit
    **{"·": ".", "▒": "+", "▓": "%", "█": "#"},  # from off to on
    **dict.fromkeys("▏▎▍▌", "-") | dict.fromkeys("▋▊▉", "="),  # the ends of bars
    **dict.fromkeys("▁▂▃▄", "_") | dict.fromkeys("▅▆▇", "="),
    **{"▸": ">", "▶": ">", "‹": "<", "›": ">", "✓": "*", "✗": "!", "…": "$"},
    **{"ŷ": "Y", "Σ": "S", "∂": "d", "Δ": "D", "×": "*", "≈": "~", "−": "-", "→": ">", "←": "<", "↑": "^", "↓": "v"},
    **{"λ": "l", "θ": "t", "φ": "p", "µ": "u", "€": "E"},  # in what is to be read
    **{"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "≤": "<", "≥": ">", "±": "~", "°": "o"},
}
# What says more and is taken where a blank further on, or right before an arrow, can be spared for it.
_LONGER = {"→": "->", "←": "<-", "↑": "up", "↓": "dn", "²": "^2", "⁴": "^4", "±": "+-", "≤": "<=", "≥": ">="}
_SHADES = " .:--==++"  # by the dots of a braille cell
BRAILLE = frozenset(map(chr, range(0x2800, 0x2900)))


@lru_cache(1024)
def ascii_row(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the parts of a row of the screen in ASCII; the row has as many cells as before."""
    characters = "".join(texts)
    forms = [ascii_character(character) for character in characters]
    for place, character in enumerate(characters):
        if character in _LONGER and (spared := _spared(forms, place, character in "→←")) is not None:
            forms[place], forms[spared] = _LONGER[character], ""
    parts, start = [], 0
    for text in texts:
        parts.append("".join(forms[start : start + len(text)]))
        start += len(text)
    return tuple(parts)


@cache
def ascii_character(character: str) -> str:
    """Return what stands for a character, in as many cells; what is not known is a question mark."""
    if character.isascii():
        return character
    if character in _SAME_CELL:
        return _SAME_CELL[character]
    if character in BRAILLE:
        return shade(character)
    name = unicodedata.name(character, "")
    if name.startswith("BOX DRAWINGS"):
        return "+" if "AND" in name or "ARC" in name else "|" if "VERTICAL" in name else "-"
    if "BLOCK" in name or "QUADRANT" in name:
        return "#"
    letters = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return letters if len(letters) == 1 else "?" * get_character_cell_size(character)


def shade(character: str) -> str:
    """Return a shade for a braille character, the darker the more dots it has."""
    return _SHADES[(ord(character) & 0xFF).bit_count()]


def _spared(forms: list[str], place: int, is_arrow: bool) -> int | None:
    """Return which blank can go: one of the next two in a row or at the end; else one right before an arrow."""
    blanks = [index for index in range(place + 1, len(forms)) if forms[index] == " "]
    for index in blanks:
        following = next((form for form in forms[index + 1 :] if form), " ")
        if following == " ":
            return index
    return place - 1 if is_arrow and place and forms[place - 1] == " " else None
