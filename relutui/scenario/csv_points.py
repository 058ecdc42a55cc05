"""Reading the points of a CSV file, or one line that says what is wrong with it and what to do."""

import csv
import re
from collections.abc import Callable
from math import isfinite
from pathlib import Path
from typing import NamedTuple, cast

from relutui.scenario.csv_cells import Commas, commas_of, finite, is_missing, is_time, plain, seconds_of, time_text, time_unit
from relutui.scenario.csv_choice import NOTHING_CHOSEN, CsvChoice, Missing
from relutui.scenario.csv_faults import MAX_ROWS_TOLD, Fault, bad_cell, refuse, too_many_cells
from relutui.scenario.csv_layout import Layout, find_layout
from relutui.scenario.csv_text import Lines, encoding_of, read_beside
from relutui.scenario.target import MAX_POINTS, DataError, Point

_PLAIN = re.compile(r"[0-9.eE+ \-]*+")  # of which float() takes nothing but numbers

_COMMAS = {"decimals": "decimal commas", "thousands": "commas between thousands"}

_Numbers = tuple[list[float | None], list[float | None]]  # of x and y; None where a cell is none


class CsvReading(NamedTuple):
    """What was read: the points; the names of the columns x and y, or their numbers; and how it was read, in a line."""

    points: tuple[Point, ...]
    choice: CsvChoice
    said: str


class _Cells(NamedTuple):
    """The cells of the columns x and y and the line of each, and by their places the rows with too many cells.

    Only the first of those have their faults told.
    """

    x: list[str]
    y: list[str]
    lines: list[int]
    too_many: dict[int, Fault | None]


def read_csv(folder: Path, name: str, choice: CsvChoice = NOTHING_CHOSEN) -> CsvReading:
    """Read a CSV file beside a scenario, like read_points."""
    return read_points(read_beside(folder, name), choice)


def read_points(content: bytes, choice: CsvChoice = NOTHING_CHOSEN) -> CsvReading:
    """Read the points of the content of a CSV file.  Raises DataError, which may be ColumnsUnknown or MissingCells."""
    encoding = encoding_of(content)
    layout = find_layout(Lines(content, encoding))
    x, y = layout.chosen(choice)
    lines = Lines(content, encoding)
    try:
        cells = _collected(lines, layout, x, y)
    except csv.Error as error:
        unclosed = "unexpected end" in str(error) or "field larger" in str(error)
        raise DataError(f"line {lines.number}: {'a quote is never closed' if unclosed else error}") from None
    if not cells.x:
        raise DataError("expected at least one point below the names of the columns")
    points, notes = _points(cells, (layout.place(x), layout.place(y)), choice.missing)
    said = layout.describe(x, y, ["UTF-16"] * encoding.startswith("utf-16") + notes)
    return CsvReading(points, CsvChoice(layout.known_as(x), layout.known_as(y), choice.missing), said)


def _collected(lines: Lines, layout: Layout, x: int, y: int) -> _Cells:
    """Take the cells of x and y from the rows; one that a row does not reach is empty.  Raises DataError and csv.Error."""
    cells = _Cells([], [], [], {})
    columns, width, least = len(layout.columns), layout.width, max(x, y)
    for row in layout.rows(lines):
        if len(row) > columns and (len(row) > width or any(map(str.strip, row[columns:]))):
            told = len(cells.too_many) < MAX_ROWS_TOLD
            cells.too_many[len(cells.x)] = too_many_cells(row, columns, layout.separator) if told else None
        reaches = len(row) > least
        cells.x.append(row[x] if reaches or x < len(row) else "")
        cells.y.append(row[y] if reaches or y < len(row) else "")
        cells.lines.append(lines.number)
        if len(cells.x) > MAX_POINTS:
            raise DataError(f"line {lines.number}: expected at most {MAX_POINTS} points")
    return cells


def _points(cells: _Cells, places: tuple[str, str], missing: Missing) -> tuple[tuple[Point, ...], list[str]]:
    """Convert the cells to points, and return with them what to say about it.  Raises DataError."""
    for place, column in zip(places, (cells.x, cells.y)):
        if all(map(is_missing, column)):  # leaving rows out would leave none
            rows = "its only row" if len(column) == 1 else f"any of its {len(column):,} rows"
            raise DataError(f"{place} has no number in {rows}")
    timed = is_time(next((cell for cell in cells.x if not is_missing(cell)), ""))
    commas = commas_of(cells.y if timed else [*cells.x, *cells.y])
    numbers = list(map(seconds_of, cells.x)) if timed else _numbers(cells.x, commas), _numbers(cells.y, commas)
    notes = [_COMMAS[commas]] if commas else []
    if cells.too_many or missing != "refuse" or any(None in column for column in numbers):
        kept = [place for place in range(len(cells.x)) if not _lacks(cells, numbers, place, missing)]
        _check(cells, numbers, kept, lambda axis, cell: bad_cell(places[axis], cell, commas, timed and axis == 0))
        if dropped := len(cells.x) - len(kept):
            notes.append(f"{dropped:,} {'row' if dropped == 1 else 'rows'} without a number left out")
        numbers = [numbers[0][place] for place in kept], [numbers[1][place] for place in kept]
    x, y = (cast(list[float], column) for column in numbers)
    if timed:
        x, said = _since_first(x)
        notes.append(said)
    return tuple(zip(x, y)), notes


def _lacks(cells: _Cells, numbers: _Numbers, place: int, missing: Missing) -> bool:
    """Whether a row is to be left out: a cell of it is missing, or has the number that stands for that."""
    if missing == "refuse" or place in cells.too_many:
        return False
    return any(
        is_missing(column[place]) if number is None else number == missing
        for column, number in ((cells.x, numbers[0][place]), (cells.y, numbers[1][place]))
    )


def _check(cells: _Cells, numbers: _Numbers, kept: list[int], fault_of: Callable[[int, str], Fault]) -> None:
    """Raise DataError if any of the kept rows is no point, or if none is kept; fault_of: of a cell of x (0) or y (1)."""
    told: list[tuple[int, Fault]] = []
    count, only_missing = 0, True
    for place in kept:
        bad = [(axis, column[place]) for axis, column in enumerate((cells.x, cells.y)) if numbers[axis][place] is None]
        if not bad and place not in cells.too_many:
            continue
        count += 1
        only_missing = only_missing and place not in cells.too_many and all(is_missing(cell) for _, cell in bad)
        if len(told) < MAX_ROWS_TOLD:
            told.append((cells.lines[place], cells.too_many.get(place) or fault_of(*bad[0])))
    if count:
        refuse(told, count, only_missing)
    if not kept:
        raise DataError(f"none of its {len(cells.x)} rows has both numbers")


def _numbers(cells: list[str], commas: Commas) -> list[float | None]:
    """The numbers in the cells; None where there is none."""
    joined = "".join(cells)
    if commas == "thousands" or (commas and "." not in joined):
        cells, joined = [plain(cell, commas) for cell in cells], plain(joined, commas)
    if _PLAIN.fullmatch(joined):  # then float() refuses what is no number
        try:
            numbers = list(map(float, cells))
        except ValueError:
            pass
        else:
            if all(map(isfinite, numbers)):
                return list(numbers)
    return [finite(cell, commas) for cell in cells]


def _since_first(seconds: list[float]) -> tuple[list[float], str]:
    """Times as numbers from the first one on, in the unit that suits their width, and that said."""
    first = min(seconds)
    unit, length = time_unit(max(seconds) - first)
    return [(each - first) / length for each in seconds], f"x in {unit} since {time_text(first)}"
