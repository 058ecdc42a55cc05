"""Build sentences: intervals, lines, enumerations, counts, and joining within a length limit."""

import math
from collections.abc import Iterable, Sequence

from relutui.lib.number_text import distinct_texts, format_number, loss_text
from relutui.session.own_units import x_texts
from relutui.session.session import Session

MAX_EXPLANATION_CHARS = 300  # characters
MAX_PART_CHARS = 284  # characters of an explanation in parts, which says besides how to read on
MAX_SENTENCES = 3  # of an explanation, or of a part of one
MAX_UNITS_NAMED = 3  # units; more are counted instead of numbered
MAX_KINK_ERROR = 1e-4  # relative error of a kink computed from w and b as printed; it is printed with four digits itself
MAX_ITEMS = 4  # places, slopes, pieces or stretches; more are counted instead of listed


def interval_text(session: Session, low: float, high: float, closed: tuple[bool, bool] = (True, True)) -> str:
    """Format an interval of x, as in [0, 1], or in (0, 1] if its low end is not `closed`."""
    left, right = "[" if closed[0] else "(", "]" if closed[1] else ")"
    return f"{left}{', '.join(x_texts(session, (low, high)))}{right}"


def loss_texts(*losses: float) -> list[str]:
    """Format losses, each with the digits that tell it from the next."""
    return distinct_texts(losses, loss_text)


def places_text(session: Session, values: Sequence[float]) -> str:
    """Enumerate x, as in x = 1 and x = 2."""
    return enumeration(f"x = {x}" for x in x_texts(session, values))


def line_text(session: Session, w: float, b: float) -> str:
    """Format the equation of z = w x + b, as in z = 1.00 x - 1.00, with ≈ if the printed w and b put its zero elsewhere."""
    slope, height = format_number(w), format_number(abs(b))
    x = "scaled x" if session.scale.changes else "x"
    line = f"{slope} {x}" if b == 0.0 else f"{slope} {x} {'-' if b < 0.0 else '+'} {height}"
    printed = -math.copysign(float(height), b) / float(slope)
    return f"z {'=' if math.isclose(printed, -b / w, rel_tol=MAX_KINK_ERROR) else '≈'} {line}"


def enumeration(items: Iterable[str]) -> str:
    """Join items, as in 0, 1 and 2."""
    *others, last = items
    return f"{', '.join(others)} and {last}" if others else last


def units_text(units: Sequence[int]) -> str:
    """Name units by number, or count them as "5 other units" beyond MAX_UNITS_NAMED."""
    if len(units) > MAX_UNITS_NAMED:
        return f"{len(units)} other units"
    return f"unit{'s' if len(units) > 1 else ''} {enumeration(map(str, units))}"


def count_text(count: int, noun: str) -> str:
    """Format a count, as in 1 unit, 2 units."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def join_sentences(*sentences: str) -> str:
    """Join the first MAX_SENTENCES non-empty sentences, the most important first, skipping those too long for one message."""
    text = ""
    for sentence in list(filter(None, sentences))[:MAX_SENTENCES]:
        candidate = f"{text} {sentence}".lstrip()
        if not text or len(candidate) <= MAX_EXPLANATION_CHARS:
            text = candidate
    return text


def in_parts(sentences: Iterable[str]) -> tuple[str, ...]:
    """Group the non-empty sentences, in their order, into texts short enough for one message each."""
    every, parts = list(filter(None, sentences)), list[list[str]]()
    if len(every) <= MAX_SENTENCES and len(whole := " ".join(every)) <= MAX_EXPLANATION_CHARS:
        return (whole,)
    for sentence in every:
        if parts and len(parts[-1]) < MAX_SENTENCES and len(" ".join((*parts[-1], sentence))) <= MAX_PART_CHARS:
            parts[-1].append(sentence)
        else:
            parts.append([sentence])
    return tuple(map(" ".join, parts))
