"""Reading the points of a CSV file beside a scenario, or one line that says what is wrong with it and what to do."""

import codecs
import csv
import errno
import io
import os
from collections.abc import Iterator
from math import isfinite
from pathlib import Path

from relutui.lib.files import read_regular
from relutui.lib.number_text import read_number
from relutui.lib.safe_text import quote_value, shorten
from relutui.scenario.target import MAX_POINTS, DataError, Point

MAX_CSV_BYTES = 4_000_000
MAX_LINES, MAX_LINE = 2 * MAX_POINTS, 64_000  # lines of a file, and characters of a line
MAX_ROWS_TOLD = 3  # unreadable rows that the message describes one by one
MAX_CELL_SHOWN = 12  # characters shown of a cell, so that three fit on one line

_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "-", ".", "?"})


def read_csv(folder: Path, name: str) -> tuple[Point, ...]:
    """Read the columns x and y, by their names in the first line.  Raises DataError.

    The name comes from a scenario that anyone may have written, so only a regular file in the folder itself is opened.
    """
    lines = io.TextIOWrapper(io.BytesIO(_read_beside(folder, name)), "utf-8-sig", newline="")
    rows = csv.reader(_checked_lines(lines, name), strict=True, skipinitialspace=True)
    try:
        header = next(filled := filter(_is_filled, rows), None)
        if header is None:
            raise DataError(f"{quote_value(name)} is empty; expected a line x,y and below it a line for each point")
        x, y = _columns(header, f"{quote_value(name)} line {rows.line_num}")
        named = max(column for column, cell in enumerate(header, start=1) if cell.strip())
        # Blank cells under no name are cut off, in a row with no more cells than the header.
        cut = (row[:named] if len(row) <= len(header) and not _is_filled(row[named:]) else row for row in filled)
        return _points(((rows.line_num, row) for row in cut), named, x, y, name)
    except csv.Error as error:
        raise DataError(f"{quote_value(name)} line {rows.line_num}: {error}") from None


def _checked_lines(lines: Iterator[str], name: str) -> Iterator[str]:
    """Yield the lines, each checked for its length, since one row of a whole file's cells would take 15 times its memory."""
    for number, line in enumerate(lines, start=1):
        if len(line) > MAX_LINE or number > MAX_LINES:
            limit = f"{MAX_LINE} characters" if len(line) > MAX_LINE else f"{MAX_LINES} lines"
            raise DataError(f"{quote_value(name)} line {number}: expected at most {limit}")
        yield line


def _is_filled(row: list[str]) -> bool:
    return any(map(str.strip, row))


def _columns(header: list[str], place: str) -> tuple[int, int]:
    """The indices of the columns x and y, whose names may be in either case.  Raises DataError."""
    names = [cell.strip() for cell in header]
    lower = [cell.lower() for cell in names]
    if lower.count("x") == lower.count("y") == 1:
        return lower.index("x"), lower.index("y")
    got = quote_value(", ".join(names))
    if lower.count("x") > 1 or lower.count("y") > 1:
        raise DataError(f"{place}: expected one column x and one column y, got {got}")
    text = " ".join(names)
    for separator, word in _SEPARATORS.items():
        if separator in text:
            raise DataError(f"{place}: expected commas between the columns, got {word}; write x,y here and 0.5,2 below")
    if text.startswith("#"):
        raise DataError(f"{place}: expected the names of the columns, got {got}; leave out what begins with #")
    words = text.split()
    if len(names) == 1 < len(words) and (_are_numbers(words) or {"x", "y"} <= set(lower[0].split())):
        raise DataError(f"{place}: expected commas between the columns, got blanks; write x,y here and 0.5,2 below")
    if _are_numbers(names):
        raise DataError(f"{place}: expected the names of the columns, got numbers; put a line x,y above them")
    raise DataError(f"{place}: expected columns x and y, got {got}; give two columns these names")


def _are_numbers(cells: list[str]) -> bool:
    return all(read_number(cell) is not None for cell in cells)


def _points(rows: Iterator[tuple[int, list[str]]], columns: int, x: int, y: int, name: str) -> tuple[Point, ...]:
    """Convert rows, each with the number of its line, to points.  Raises DataError."""
    points: list[Point] = []
    told: list[str] = []
    bad, advice = 0, ""
    for line, row in rows:
        point = _point(row, columns, x, y)
        if point is not None:
            points.append(point)
        else:
            bad += 1
            if bad <= MAX_ROWS_TOLD:
                told.append(f"line {line}: {_fault(row, columns, x, y)}")
                advice = advice or _advice(row, columns, x, y)
        if len(points) + bad > MAX_POINTS:
            raise DataError(f"{quote_value(name)} line {line}: expected at most {MAX_POINTS} points")
    if bad:
        count = f": {bad} rows cannot be read:" if bad > 1 else ""
        raise DataError(f"{quote_value(name)}{count} {'; '.join(told)}{'; ...' if bad > MAX_ROWS_TOLD else ''}{advice}")
    if not points:
        raise DataError(f"{quote_value(name)}: expected at least one point below the names of the columns")
    return tuple(points)


def _point(row: list[str], columns: int, x: int, y: int) -> Point | None:
    if not max(x, y) < len(row) <= columns:
        return None
    point_x, point_y = _finite(row[x]), _finite(row[y])
    return None if point_x is None or point_y is None else (point_x, point_y)


def _finite(cell: str) -> float | None:
    number = read_number(cell)
    return number if number is not None and isfinite(number) else None


def _fault(row: list[str], columns: int, x: int, y: int) -> str:
    """What is wrong with a row that is no point."""
    if not max(x, y) < len(row) <= columns:
        return f"expected {columns} cells, got {len(row)}"
    field, cell = ("x", row[x]) if _finite(row[x]) is None else ("y", row[y])
    return f"expected a finite {field}, got {_quoted(cell)}"


def _advice(row: list[str], columns: int, x: int, y: int) -> str:
    """What to do about a row that is no point; empty if unknown."""
    if len(row) > columns and all(map(_is_whole, row)):
        return "; perhaps decimal commas: write 0.5 for 0,5"
    if len(row) > columns:
        return "; each comma begins a cell, unless the cell stands in quotes"
    if row[0].lstrip().startswith("#"):
        return "; leave out what begins with #"
    if len(row) == 1 and (separator := next((word for mark, word in _SEPARATORS.items() if mark in row[0]), None)):
        return f"; commas separate cells, not {separator}"
    if len(row) <= max(x, y) or any(row[column].strip().lower() in _MISSING for column in (x, y)):
        return "; leave out rows without a number"
    return "; a number has no comma: write 0.5 for 0,5" if any("," in row[column] for column in (x, y)) else ""


def _is_whole(cell: str) -> bool:
    return cell.strip().lstrip("+-").isdecimal()


def _quoted(cell: str) -> str:
    text = shorten(cell)
    return f'"{text}"' if len(text) <= MAX_CELL_SHOWN else f'"{text[: MAX_CELL_SHOWN - 1]}…"'


def _read_beside(folder: Path, name: str) -> bytes:
    if name in ("", ".", "..") or any(c in name for c in "/\\:\0"):
        raise DataError(f"expected a bare file name beside the scenario, got {quote_value(name)}")
    try:
        content = read_regular(folder / name, MAX_CSV_BYTES + 1, getattr(os, "O_NOFOLLOW", 0))
    except OSError as error:
        reason = "a link is not followed" if error.errno == errno.ELOOP else (error.strerror or str(error)).lower()
        raise DataError(f"{quote_value(name)}: {reason}") from None
    except UnicodeEncodeError:
        raise DataError(f"{quote_value(name)}: no file can have this name where the locale is not UTF-8") from None
    if len(content) > MAX_CSV_BYTES:
        raise DataError(f"{quote_value(name)} is larger than {MAX_CSV_BYTES // 1_000_000} MB")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in content[:1000]:
        raise DataError(f"{quote_value(name)} is UTF-16, or no text; save it as UTF-8")
    try:
        content.decode()
    except UnicodeDecodeError as error:
        raise DataError(f"{quote_value(name)} is not UTF-8 at byte {error.start}; save it as UTF-8") from None
    return content
