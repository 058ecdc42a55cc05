"""How a sentence is put together: places, stretches, lists of units, and what has room."""

from collections.abc import Iterable, Sequence

from relutui.lib.number_text import format_number, format_x

MAX_EXPLANATION_CHARS = 300  # characters of an explanation
MAX_SENTENCES = 3
MAX_UNITS_NAMED = 3  # units called by their number; more of them are counted
MAX_ITEMS = 4  # places, slopes, pieces or stretches that a sentence names one by one


def interval_text(low: float, high: float, domain: tuple[float, float]) -> str:
    """As in [0, 1]."""
    return f"[{format_x(low, domain)}, {format_x(high, domain)}]"


def line_text(w: float, b: float) -> str:
    """As in 1.00 x - 1.00."""
    return f"{format_number(w)} x" if b == 0.0 else f"{format_number(w)} x {'-' if b < 0.0 else '+'} {format_number(abs(b))}"


def enumeration(items: Iterable[str]) -> str:
    """As in 0, 1 and 2."""
    *others, last = items
    return f"{', '.join(others)} and {last}" if others else last


def units_text(units: Sequence[int]) -> str:
    """The units by their numbers, or how many other units they are."""
    if len(units) > MAX_UNITS_NAMED:
        return f"{len(units)} other units"
    return f"unit{'s' if len(units) > 1 else ''} {enumeration(map(str, units))}"


def count_text(count: int, noun: str) -> str:
    """As in 1 unit, 2 units."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def join_sentences(*sentences: str, max_chars: int = MAX_EXPLANATION_CHARS) -> str:
    """The sentences that are not empty and have room together, the first ones first."""
    text = ""
    for sentence in list(filter(None, sentences))[:MAX_SENTENCES]:
        candidate = f"{text} {sentence}".lstrip()
        if not text or len(candidate) <= max_chars:
            text = candidate
    return text
