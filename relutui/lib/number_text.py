"""Formatting numbers for the screen, short but never so short that they mislead; and reading typed ones."""

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from typing import Literal

LIMIT = 1e30  # size of a number that is typed or follows from one; float32 ends at 3.4e38
MAX_MORE_TO_DIFFER = 9  # digits beyond the usual ones that are tried to tell numbers apart
MAX_MORE_TO_ADD_UP = 4  # digits beyond the usual ones that are tried to make a sum add up as printed
DIGITS = 10  # decimals to which a nudge is rounded, so that ten steps of 0.1 are exactly 1

Write = Callable[[float, int], str]  # a number, and how many digits more than usual, to its text

# Characters that word processors and typesetters use as a minus, U+2212 first; in front of a number they mean nothing else.
MINUS_SIGNS = "\u2212\u2010\u2011\u2012\u2013"
_PLAIN_MINUS = str.maketrans(MINUS_SIGNS, "-" * len(MINUS_SIGNS))


def plain_minus(text: str) -> str:
    """Replace every other minus sign by -."""
    return text.translate(_PLAIN_MINUS)


def read_number(text: str) -> float | None:
    """Parse a text as one number, with blanks around it allowed; None if it is none, inf if it is too large for a float.

    Unlike float(), it rejects 1_5, digits of other scripts, inf and nan.
    """
    plain = text if text.isascii() else plain_minus(text.strip())
    if not plain.isascii() or "_" in plain or "n" in plain or "N" in plain:
        return None
    try:
        return float(plain)
    except ValueError:
        return None


def format_number(value: float, more: int = 0) -> str:
    """Format a number, mostly in up to 7 characters: two decimals, more if it is small, a power of ten if large or tiny.

    more: digits beyond these.
    """
    size = abs(value)
    if 999.995 <= size < 9999.95:
        return f"{value:.{1 + more}f}"
    if size >= 9999.95 or 0.0 < size < 0.0005:
        digits = more + (1 if size < 1e100 else 0)
        return f"{value:.{digits}e}".replace("e+0", "e+").replace("e-0", "e-")
    if 0.0 < size < 0.095 and round(size, 2) != size:
        return f"{value:.{3 + more}f}"
    return f"{value + 0.0:.{2 + more}f}"  # + 0.0: no -0.00


def format_3_digits(value: float) -> str:
    """Format a number to three significant digits, as in -0.0123 and 1.2e-5; only an exact 0 becomes 0."""
    return f"{value + 0.0:.3g}".replace("e+0", "e+").replace("e-0", "e-")  # + 0.0: no -0


@lru_cache(4096)
def slope_text(value: float, more: int = 0) -> str:
    """Format a slope with its sign and without trailing zeros; more: digits beyond the usual ones.

    Kept, because of the slopes of a hundred units nearly all stay from drawing to drawing.
    """
    text = format_number(value, more)
    text = text if "e" in text else text.rstrip("0").rstrip(".")
    return text if text.startswith("-") or text == "0" else f"+{text}"


def format_unsigned(value: float, more: int = 0) -> str:
    """Format a number like a slope, but without a plus sign."""
    return slope_text(value, more).removeprefix("+")


def format_x(x: float, domain: tuple[float, float], more: int = 0) -> str:
    """Format an x for a sentence, without trailing zeros; more: digits beyond the usual ones.

    It has four digits, or five with a decimal, or far from 0 as many as thousandths of the domain need to differ.
    """
    farthest, thousandth = max(map(abs, domain)), (domain[1] - domain[0]) / 1000
    digits = 5 if 1e3 <= abs(x) < 1e4 else 4
    if thousandth and 0.0 < abs(x) < math.inf:
        digits = max(digits, min(_power(x), _power(farthest)) - _power(thousandth) + 1)
    digits += more
    return f"{float(f'{x:.{digits}g}') + 0.0:.{max(15, digits)}g}"  # + 0.0: no -0


def _power(value: float) -> int:
    """The power of ten of the first digit of a number."""
    return math.floor(math.log10(abs(value)))


def loss_text(value: float, more: int = 0) -> str:
    """Format a loss, with four decimals or a power of ten; more: digits beyond these."""
    return f"{value:.{4 + more}f}" if 1e-3 <= value < 1e4 or value == 0.0 else f"{value:.{1 + more}e}"


def share_text(share: float) -> str:
    """Format a share in per cent; 0% and 100% only if it is exactly that."""
    return "<1%" if 0.0 < share <= 0.005 else ">99%" if 0.995 <= share < 1.0 else f"{share:.0%}"


def distinct_texts(values: Sequence[float], write: Write) -> list[str]:
    """Format numbers with as few digits more as tell each from the next, if MAX_MORE_TO_DIFFER do."""
    return _with_digits(lambda more: [write(value, more) for value in values], lambda texts: _all_distinct(values, texts))


def loss_below_text(loss: float, bound: float) -> str:
    """Format a loss that is below a bound with as many digits as it takes to read so."""
    return _with_digits(lambda more: [loss_text(loss, more)], lambda texts: float(texts[0]) < bound)[0]


def texts_that_add_up(parts: Sequence[float], total: float, write: Write) -> list[str]:
    """Format the parts, and their total last, with as few digits more as make them add up as printed.

    If MAX_MORE_TO_ADD_UP do not, the total is marked by ≈.
    """

    def adds_up(texts: list[str]) -> bool:
        *addends, result = map(Decimal, texts)
        return all(number.is_finite() for number in addends) and sum(addends, Decimal()) == result

    texts = _with_digits(lambda more: [write(value, more) for value in (*parts, total)], adds_up, MAX_MORE_TO_ADD_UP)
    return texts if adds_up(texts) else [*texts[:-1], f"≈ {texts[-1]}"]


def sign_of_equality(result: str, *products: tuple[str, ...]) -> Literal["=", "≈"]:
    """The sign between a sum of products and its result, all as printed: = if it is the exact result, rounded as printed.

    No sum of numbers that are not all finite is wrong.
    """
    printed = Decimal(result)
    factors = [[Decimal(text) for text in product] for product in products]
    if not all(number.is_finite() for number in (printed, *chain(*factors))):
        return "="
    exact = sum((math.prod(numbers, start=Decimal(1)) for numbers in factors), Decimal())
    return "=" if abs(exact - printed) * 2 <= Decimal(1).scaleb(int(printed.as_tuple().exponent)) else "≈"


def sign_of_quotient(result: str, dividend: tuple[str, str], divisor: str) -> Literal["=", "≈"]:
    """The sign between a difference divided by a number and its result, as `sign_of_equality` is that of a sum."""
    numbers = [Decimal(text) for text in (result, *dividend, divisor)]
    if not all(number.is_finite() for number in numbers):
        return "="
    printed, first, second, by = numbers
    last = Decimal(1).scaleb(int(printed.as_tuple().exponent))
    return "=" if abs(first - second - printed * by) * 2 <= abs(by) * last else "≈"


def _with_digits(
    written: Callable[[int], list[str]], holds: Callable[[list[str]], bool], most: int = MAX_MORE_TO_DIFFER
) -> list[str]:
    """The texts with as few digits more as make them hold; with none more if `most` do not."""
    each = (written(more) for more in range(most + 1))
    return next(filter(holds, each), written(0))


def _all_distinct(values: Sequence[float], texts: Sequence[str]) -> bool:
    return all(a != b or x == y for x, y, a, b in zip(values, values[1:], texts, texts[1:]))


def finite(value: float) -> float | None:
    """The number, or None for inf and nan, which JSON and CSV readers may not know."""
    return value if math.isfinite(value) else None


def time_left(seconds: float | None) -> str:
    """Format the remaining time, as in "12 s left"; empty if it is unknown."""
    return "" if seconds is None else f"{seconds:.0f} s left"


def duration_text(seconds: float) -> str:
    """Format how long something takes, in whole minutes, hours or days; "<1 min" also stands for what is below 0."""
    minutes = int(seconds // 60)
    if minutes < 1:
        return "<1 min"
    if minutes < 100:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{min(hours // 24, 9999)} days"
