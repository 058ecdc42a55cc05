"""Formatting numbers for the screen, short but never so short that they mislead; and reading typed ones."""

import math

LIMIT = 1e30  # size of a number that is typed or follows from one; float32 ends at 3.4e38
DIGITS = 10  # decimals to which a nudge is rounded, so that ten steps of 0.1 are exactly 1

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


def format_number(value: float) -> str:
    """Format a number, mostly in up to 7 characters: two decimals, more if it is small, a power of ten if large or tiny."""
    size = abs(value)
    if 999.995 <= size < 9999.95:
        return f"{value:.1f}"
    if size >= 9999.95 or 0.0 < size < 0.0005:
        digits = 1 if size < 1e100 else 0
        return f"{value:.{digits}e}".replace("e+0", "e+").replace("e-0", "e-")
    if 0.0 < size < 0.095 and round(size, 2) != size:
        return f"{value:.3f}"
    return f"{value + 0.0:.2f}"  # + 0.0: no -0.00


def format_3_digits(value: float) -> str:
    """Format a number to three significant digits, as in -0.0123 and 1.2e-5; only an exact 0 becomes 0."""
    return f"{value + 0.0:.3g}".replace("e+0", "e+").replace("e-0", "e-")  # + 0.0: no -0


def slope_text(value: float) -> str:
    """Format a slope with its sign and without trailing zeros."""
    text = format_number(value)
    text = text if "e" in text else text.rstrip("0").rstrip(".")
    return text if text.startswith("-") or text == "0" else f"+{text}"


def format_unsigned(value: float) -> str:
    """Format a number like a slope, but without a plus sign."""
    return slope_text(value).removeprefix("+")


def format_x(x: float, domain: tuple[float, float]) -> str:
    """Format an x for a sentence, without trailing zeros.

    It has four digits, or far from 0 as many as thousandths of the domain need to differ.
    """
    farthest, thousandth = max(map(abs, domain)), (domain[1] - domain[0]) / 1000
    digits = 4
    if thousandth and 0.0 < abs(x) < math.inf:
        digits = max(digits, min(_power(x), _power(farthest)) - _power(thousandth) + 1)
    if digits == 4:
        return f"{x + 0.0:.4g}"  # + 0.0: no -0
    return f"{float(f'{x:.{digits}g}'):.15g}"


def _power(value: float) -> int:
    """The power of ten of the first digit of a number."""
    return math.floor(math.log10(abs(value)))


def loss_text(value: float) -> str:
    """Format a loss, with four decimals or a power of ten."""
    return f"{value:.4f}" if 1e-3 <= value < 1e4 or value == 0.0 else f"{value:.1e}"


def finite(value: float) -> float | None:
    """The number, or None for inf and nan, which JSON and CSV readers may not know."""
    return value if math.isfinite(value) else None


def time_left(seconds: float | None) -> str:
    """Format the remaining time, as in "12 s left"; empty if it is unknown."""
    return "" if seconds is None else f"{seconds:.0f} s left"
