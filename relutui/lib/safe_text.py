"""Sanitizing text from files: nothing in it may control the terminal or reverse the reading direction."""

import unicodedata

MAX_QUOTED = 40  # characters of a value quoted in an error message
MAX_MARKS = 8  # combining marks on one character; no script uses more

# Control (C0 and C1), format (bidi, zero width), surrogates; line and paragraph separator.
_STEERING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def sanitize(text: str) -> str:
    """Remove characters that control a terminal and excess combining marks; keep newlines, and expand tabs to spaces."""
    return "\n".join(map(_sanitized_line, text.expandtabs(4).split("\n")))


def _sanitized_line(line: str) -> str:
    if line.isascii() and line.isprintable():
        return line
    kept, marks = [], 0
    for c in line:
        category = unicodedata.category(c)
        if category not in _STEERING:
            marks = marks + 1 if category in ("Mn", "Me") else 0
            if marks <= MAX_MARKS:
                kept.append(c)
    return "".join(kept)


def sanitize_line(text: str) -> str:
    """Sanitize a text and put it on one line, with single spaces."""
    return " ".join(sanitize(" ".join(text.split())).split())


def shorten(text: str) -> str:
    """Sanitize a text, put it on one line, and cut it to MAX_QUOTED characters."""
    line = sanitize_line(text[: 10 * MAX_QUOTED])
    return line if len(line) <= MAX_QUOTED else line[: MAX_QUOTED - 1] + "…"


def quote_value(value: object) -> str:
    """Format a TOML value for an error message, short and on one line."""
    if isinstance(value, str):
        return f'"{shorten(value)}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"an array of {len(value)}"
    if isinstance(value, dict):
        return "a table"
    try:
        return shorten(str(value))
    except ValueError:  # Python refuses to write out an integer of more than 4,300 digits
        return "a huge integer"


def did_you_mean(text: str, known: tuple[str, ...]) -> str:
    """ " (did you mean ...?)" with the nearest known word; empty if none is near."""
    from difflib import get_close_matches  # only errors need it

    near = get_close_matches(text[:MAX_QUOTED], known, n=1)
    return f" (did you mean {near[0]}?)" if near else ""
