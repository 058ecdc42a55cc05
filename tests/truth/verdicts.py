"""Whether what is printed is so."""

import math
import re


class Untrue(Exception):
    """A sentence or a number is not so; the argument says what is."""


def claim(holds: object, truth: str) -> None:
    """Raise Untrue unless it holds."""
    if not holds:
        raise Untrue(truth)


def parsed(text: str) -> float:
    """The number that a text shows."""
    return float(text.replace(",", ""))


def last_digit(text: str) -> float:
    """The size of one in the last digit that is printed: 0.01 for 1.25, 10 for 1.2e+2."""
    found = re.fullmatch(r"[+-]?[\d,]+(?:\.(\d+))?(?:e([+-]?\d+))?", text)
    return float(f"1e{int(found[2] or 0) - len(found[1] or '')}") if found else 0.0


def agrees(text: str, true: float, unit: float | None = None, slack: float = 0.0) -> bool:
    """Whether the printed number is the true one, rounded at its last digit; only what is 0 may be printed as 0.

    unit: the size of one in the last digit before trailing zeros were left out; slack: the rounding error of `true`.
    """
    shown = parsed(text)
    if math.isnan(true) or math.isinf(true) or math.isinf(shown):
        return shown == true
    if shown == 0.0:
        return abs(true) <= slack
    return abs(shown - true) <= 0.500001 * (last_digit(text) if unit is None else unit) + slack + 1e-12 * abs(true)


def number(text: str, true: float, what: str, slack: float = 0.0) -> None:
    """Claim that a printed number is the true one."""
    claim(agrees(text, true, None, slack), f"{what} is {true!r}, not {text}")


def slope(text: str, true: float, what: str, slack: float = 0.0) -> None:
    """Claim that a printed slope, whose trailing zeros are left out, is the true one: to a hundredth, from 1,000 on a tenth."""
    unit = None if "e" in text or len(text.partition(".")[2]) > 2 else 0.01 if abs(parsed(text)) < 1000.0 else 0.1
    claim(agrees(text, true, unit, slack), f"{what} is {true!r}, not {text}")


def is_place(text: str, true: float, low: float, high: float) -> bool:
    """Whether a printed x is the true one: to four digits, and in the domain [low, high] to a thousandth of it."""
    width = high - low
    unit = 10.0 ** (math.floor(math.log10(abs(true))) - 3) if 0.0 < abs(true) < math.inf else 0.0
    inside = abs(true) <= max(abs(low), abs(high))
    return agrees(text, true, min(unit, 1e-3 * width) if inside else unit, 1e-12 * (abs(true) + width))


def place(text: str, true: float, low: float, high: float, what: str) -> None:
    """Claim that a printed x is the true one, as `is_place` judges."""
    claim(is_place(text, true, low, high), f"{what} is {true!r}, not {text}")
