"""The cells of a CSV file as numbers: decimal points or commas, missing cells, and times."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Literal

from relutui.lib.number_text import read_number

MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "-", ".", "?", "***"})  # in any case

Commas = Literal["", "decimals", "thousands"]  # what commas in numbers stand before or between; "" where they mean nothing

_DECIMAL = re.compile(r"[-+\u2212\u2010-\u2013]?\d*,\d+(?:[eE][-+\u2212]?\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"[-+\u2212\u2010-\u2013]?[1-9]\d{0,2},\d{3}", re.ASCII)  # or three decimals
_GROUPED = re.compile(r"[-+\u2212\u2010-\u2013]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?", re.ASCII)
_TIME = re.compile(
    r"(\d{4})[-/](\d\d)(?:[-/](\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?(Z|UTC|[-+]\d\d:?\d\d)?)?)?", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = (("days", 86400.0), ("hours", 3600.0), ("minutes", 60.0), ("seconds", 1.0))
_MIN_WIDTH = 2.0  # of times, in the unit that they are given in


def is_missing(cell: str) -> bool:
    """Whether a cell holds nothing, or a word such as NA for it."""
    return cell.strip().lower() in MISSING


def is_value(cell: str) -> bool:
    """Whether a cell is a number, whatever its commas are, or a time."""
    text = cell.strip()
    return read_number(cell) is not None or bool(_DECIMAL.fullmatch(text) or _GROUPED.fullmatch(text)) or is_time(cell)


def is_time(cell: str) -> bool:
    """Whether a cell is a month, a day or a time of a day, its year first, as in 2024-01-31 12:00:05."""
    return seconds_of(cell) is not None


def commas_of(cells: Iterable[str]) -> Commas:
    """What the commas in the cells are, if one of them shows it.

    They stand before decimals if one cannot stand between thousands, as in 0,5 and 12,25, and no number has a point; between
    thousands if each could, and one cannot stand before decimals, as in 1,234,567 and 1,234.5.
    """
    cells = [cell.strip() for cell in cells if "," in cell or "." in cell]
    with_comma = [cell for cell in cells if "," in cell]
    if all(map(_THOUSANDS.fullmatch, with_comma)):  # or there is none
        return ""
    if all(map(_GROUPED.fullmatch, with_comma)):
        return "thousands"
    sure = any(_DECIMAL.fullmatch(cell) and not _THOUSANDS.fullmatch(cell) for cell in with_comma)
    return "decimals" if sure and not any("." in cell and read_number(cell) is not None for cell in cells) else ""


def plain(text: str, commas: Commas) -> str:
    """A text of numbers with points before their decimals and nothing between thousands."""
    return text.replace(",", "." if commas == "decimals" else "") if commas else text


def finite(cell: str, commas: Commas) -> float | None:
    """The finite number in a cell, whose commas are of some kind; None if it is none."""
    if commas == "decimals" and "," in cell and "." in cell:
        return None
    number = read_number(plain(cell, commas))
    return number if number is not None and isfinite(number) else None


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
        time = datetime.fromisoformat(
            f"{year}-{month}-{day or '01'}T{clock or '00:00'}{'+00:00' if zone in (None, 'UTC') else zone}"
        )
    except ValueError:  # such as a 13th month
        return None
    return (time - _EPOCH).total_seconds()


def time_text(seconds: float) -> str:
    """A time, from its seconds since 1970, without a clock that stands at midnight."""
    return str((_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=None)).removesuffix(" 00:00:00")
