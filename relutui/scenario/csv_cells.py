"""The cells of a CSV file as numbers: decimal points or commas, missing cells, and times."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from math import isfinite

from relutui.lib.number_text import read_number

MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "-", ".", "?"})  # in any case

_DECIMAL_COMMA = re.compile(r"[-+\u2212\u2010-\u2013]?\d*,\d+(?:[eE][-+\u2212]?\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"[-+\u2212\u2010-\u2013]?[1-9]\d{0,2},\d{3}", re.ASCII)  # or three decimals
_TIME = re.compile(
    r"(\d{4})[-/](\d\d)(?:[-/](\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?(Z|[-+]\d\d:?\d\d)?)?)?", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = (("days", 86400.0), ("hours", 3600.0), ("minutes", 60.0), ("seconds", 1.0))
_MIN_WIDTH = 2.0  # of times, in the unit that they are given in


def is_missing(cell: str) -> bool:
    """Whether a cell holds nothing, or a word such as NA for it."""
    return cell.strip().lower() in MISSING


def is_value(cell: str) -> bool:
    """Whether a cell is a number, with a decimal point or comma, or a time."""
    return read_number(cell) is not None or bool(_DECIMAL_COMMA.fullmatch(cell.strip())) or is_time(cell)


def is_time(cell: str) -> bool:
    """Whether a cell is a month, a day or a time of a day, its year first, as in 2024-01-31 12:00:05."""
    return seconds_of(cell) is not None


def finite(cell: str, comma: bool) -> float | None:
    """The finite number in a cell, with a decimal comma or a point; None if it is none."""
    if comma:
        cell = cell.replace(",", "\0" if "." in cell else ".")
    number = read_number(cell)
    return number if number is not None and isfinite(number) else None


def has_decimal_commas(cells: Iterable[str]) -> bool:
    """Whether the commas in the cells are those of decimals.

    They are if one cannot separate thousands, as in 0,5 and 12,25, and no number has a point.
    """
    with_comma = [cell.strip() for cell in cells if "," in cell or "." in cell]
    sure = any(_DECIMAL_COMMA.fullmatch(cell) and not _THOUSANDS.fullmatch(cell) for cell in with_comma)
    return sure and not any("." in cell and read_number(cell) is not None for cell in with_comma)


def may_separate_thousands(cell: str) -> bool:
    """Whether the comma of a number may stand before its decimals or between thousands."""
    return bool(_THOUSANDS.fullmatch(cell.strip()))


def time_unit(width: float) -> tuple[str, float]:
    """The largest unit of time that a width in seconds holds twice, and its seconds."""
    return next((unit for unit in _UNITS if width >= _MIN_WIDTH * unit[1]), _UNITS[-1])


def seconds_of(cell: str) -> float | None:
    """The time in a cell, in seconds since 1970; None if it is none."""
    found = _TIME.fullmatch(cell.strip())
    if not found:
        return None
    year, month, day, clock, zone = found.groups()
    try:
        time = datetime.fromisoformat(f"{year}-{month}-{day or '01'}T{clock or '00:00'}{zone or '+00:00'}")
    except ValueError:  # such as a 13th month
        return None
    return (time - _EPOCH).total_seconds()


def time_text(seconds: float) -> str:
    """A time, from its seconds since 1970, without a clock that stands at midnight."""
    return str((_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=None)).removesuffix(" 00:00:00")
