"""Whether what is printed is so."""

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import ArrayLike

from tests.truth.oracle import UNSCALED, Units

_units = [UNSCALED]  # those of the case that is judged now, last


@contextmanager
def judged_in(units: Units) -> Iterator[None]:
    """Within it a case is in scaled units, and what is said of places, slopes and heights in the data's own."""
    _units.append(units)
    try:
        yield
    finally:
        _units.pop()


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
    times = own_slope(1.0)
    unit = None if "e" in text or len(text.partition(".")[2]) > 2 else 0.01 if abs(parsed(text)) < 1000.0 else 0.1
    claim(agrees(text, times * true, unit, times * slack), f"{what} is {times * true!r}, not {text}")


def height(text: str, true: float, what: str, slack: float = 0.0) -> None:
    """Claim that a printed difference of y is the true one."""
    number(text, _units[-1].y[1] * true, what, _units[-1].y[1] * slack)


def distance(text: str, true: float, what: str, slack: float = 0.0) -> None:
    """Claim that a printed difference of x is the true one."""
    number(text, _units[-1].x[1] * true, what, _units[-1].x[1] * slack)


def own_x(x: float) -> float:
    """An x in the data's own units."""
    shift, width = _units[-1].x
    return shift + width * x


def own_y(y: float) -> float:
    """A y in the data's own units."""
    shift, width = _units[-1].y
    return shift + width * y


def own_slope(slope: float) -> float:
    """A slope in the data's own units."""
    return slope * _units[-1].y[1] / _units[-1].x[1]


def at_x(text: str) -> float:
    """The place that a printed x shows, in scaled units."""
    shift, width = _units[-1].x
    return (parsed(text) - shift) / width


def is_place(text: str, true: float, low: float, high: float) -> bool:
    """Whether a printed x is the true one: to four digits, and in the domain [low, high] to a thousandth of it."""
    true, low, high = map(own_x, (true, low, high))
    width = high - low
    unit = 10.0 ** (math.floor(math.log10(abs(true))) - 3) if 0.0 < abs(true) < math.inf else 0.0
    inside = abs(true) <= max(abs(low), abs(high))
    return agrees(text, true, min(unit, 1e-3 * width) if inside else unit, 1e-12 * (abs(true) + width))


def place(text: str, true: float, low: float, high: float, what: str) -> None:
    """Claim that a printed x is the true one, as `is_place` judges."""
    claim(is_place(text, true, low, high), f"{what} is {own_x(true)!r}, not {text}")


def same(shown: ArrayLike, true: ArrayLike, slack: ArrayLike, what: str) -> None:
    """Claim that numbers on a chart are the true ones, but for the slack."""
    shown, true = np.asarray(shown, np.float64), np.asarray(true, np.float64)
    close = (np.abs(shown - true) <= slack + 1e-9 * np.abs(true)) | (shown == true) | ~np.isfinite(true)
    claim(close.all(), f"{what} is {true[~close][:1]}, not {shown[~close][:1]}")
