"""Text that came from files, made safe to show: nothing in it may steer a terminal or turn the reading direction."""

import unicodedata

MAX_QUOTED = 40  # characters of a value that an error message quotes
MAX_MARKS = 8  # combining marks on one character; no script puts more there

# Control (C0 and C1), format (bidi, zero width), surrogates; line and paragraph separator.
_STEERING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def sanitize(text: str) -> str:
    """The text without characters that steer a terminal, nor floods of marks; newlines stay, tabs become spaces."""
    kept, marks = [], 0
    for c in text.expandtabs(4):
        category = unicodedata.category(c)
        if c == "\n" or category not in _STEERING:
            marks = marks + 1 if category in ("Mn", "Me") else 0
            if marks <= MAX_MARKS:
                kept.append(c)
    return "".join(kept)


def sanitize_line(text: str) -> str:
    """The text on one line, scrubbed, with single spaces."""
    return " ".join(sanitize(" ".join(text.split())).split())


def shorten(text: str) -> str:
    """The text scrubbed, and cut where it is longer than MAX_QUOTED."""
    line = sanitize_line(text[: 10 * MAX_QUOTED])
    return line if len(line) <= MAX_QUOTED else line[: MAX_QUOTED - 1] + "…"


def quote_value(value: object) -> str:
    """A value of a TOML file as an error message quotes it: short, on one line."""
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
    """ " (did you mean ...?)" with the nearest of the known words, or nothing if none is near."""
    from difflib import get_close_matches  # only errors need it

    near = get_close_matches(text[:MAX_QUOTED], known, n=1)
    return f" (did you mean {near[0]}?)" if near else ""
