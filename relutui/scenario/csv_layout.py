"""How a CSV file is laid out: what separates its columns, what they are called, and which of them are x and y.

The rules are our own, and stand in the manual's page `data`. Of what others have, csv.Sniffer and clevercsv 0.8 take the comma
of `0 2,02` for the separator, and csv.Sniffer finds none in aligned columns or below a comment. duckdb 2.0 parts `0,5;1,25` at
its commas, and takes 0.2 s and 44 MB to import; pandas takes 1.5 s and 80 MB, polars 0.5 s and 50 MB.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from relutui.lib.safe_text import quote_value, sanitize_line, shorten
from relutui.scenario.csv_cells import is_missing, is_value
from relutui.scenario.csv_choice import Column, CsvChoice
from relutui.scenario.csv_text import Lines
from relutui.scenario.target import DataError

SAMPLE_LINES, SAMPLE_CHARACTERS = 100, 64_000  # from the top of a file, by which its layout is judged
MAX_TOLD, MAX_NAME_TOLD = 8, 12  # columns that a message lists, and characters of the name of each
SHOWN_VALUES = 3  # of each column, for one to choose by

BLANK = " "
_SEPARATORS = {"\t": "tabs", ";": ";", "|": "|", ",": ",", BLANK: "blanks"}
_STRONG = ("\t", ";", "|")  # which seldom stand in text
_NAMED_SEPARATOR = re.compile(r"sep=([\t;|, ])\s*", re.IGNORECASE)


class ColumnSample(NamedTuple):
    """A column: its name, empty if it has none, and its first values."""

    name: str
    values: tuple[str, ...]


class ColumnsUnknown(DataError):
    """The columns of x and y are not known; columns: those there are."""

    def __init__(self, message: str, columns: tuple[ColumnSample, ...]) -> None:
        super().__init__(message)
        self.columns = columns


class Layout(NamedTuple):
    """How a file is laid out.

    separator: a character, BLANK for any run of blanks; width: the most cells of a row, of which those after the columns are
    blank; has_names: whether its first row names the columns; skipped: whether the line before that only names the separator.
    """

    separator: str
    columns: tuple[ColumnSample, ...]
    width: int
    has_names: bool
    skipped: bool

    def rows(self, lines: Lines) -> Iterator[list[str]]:
        """The rows with points in them, the names left out.  Raises csv.Error, and DataError like the lines."""
        rows = filter(_is_filled, _split(lines, self.separator, self.skipped))
        if self.has_names:
            next(rows, None)
        return rows

    def chosen(self, choice: CsvChoice) -> tuple[int, int]:
        """The indices of the columns x and y: those chosen, or called so, or else the only two.  Raises DataError."""
        x = self._called("x") if choice.x is None else self._index(choice.x)
        y = self._called("y") if choice.y is None else self._index(choice.y)
        if len(self.columns) == 2:
            x, y = _other(y, 0) if x is None else x, _other(x, 1) if y is None else y
        if x is None or y is None:
            raise ColumnsUnknown(f"{self.told()}; --x and --y, or x and y in [target], say which are meant", self.columns)
        if x == y:
            raise DataError(f"x and y are both column {x + 1}")
        return x, y

    def told(self) -> str:
        """The columns in a line: how many there are, and the number and name of each."""
        named = [f"{number} {_short(column.name)}".strip() for number, column in enumerate(self.columns, 1)]
        more = f", ... {len(named)}" if len(named) > MAX_TOLD else ""
        return f"{len(named)} columns: {', '.join(named[:MAX_TOLD])}{more}"

    def describe(self, x: int, y: int, notes: Iterable[str]) -> str:
        """What was found, in a line with what else there is to say of it."""
        names = [_short(column.name) for column in self.columns]
        if len(names) == 2 and x < y:
            told = f"2 columns: {', '.join(names)}" if all(names) else "2 columns without names"
        else:
            told = f"{len(names)} columns, x is {names[x] or self.place(x)}, y is {names[y] or self.place(y)}"
        return "; ".join([told, *notes, f"separated by {_SEPARATORS[self.separator]}"])

    def place(self, index: int) -> str:
        """What a message calls a column."""
        return f"column {_short(self.columns[index].name) or index + 1}"

    def known_as(self, index: int) -> Column:
        """The name of a column that no other has, or else its number."""
        name = self.columns[index].name
        alone = [column.name.lower() for column in self.columns].count(name.lower()) == 1
        return name if name and alone and shorten(name) == name and not name.isdecimal() else index + 1

    def _called(self, name: str) -> int | None:
        return _only([index for index, column in enumerate(self.columns) if column.name.lower() == name])

    def _index(self, column: Column) -> int:
        """The index of a column by its name, in either case where that is clear, or its number from 1.  Raises DataError."""
        if isinstance(column, str):
            name = sanitize_line(column)
            for same in (str, str.lower):
                found = [index for index, known in enumerate(self.columns) if same(known.name) == same(name)]
                if len(found) == 1 and name:
                    return found[0]
            if found and name:
                raise DataError(f"{len(found)} columns are called {quote_value(name)}; give the number of one")
            if not name.isdecimal():
                raise DataError(f"no column is called {quote_value(name)}; {self.told()}")
            column = int(name[:9])
        if not 1 <= column <= len(self.columns):
            raise DataError(f"there is no column {column}; {self.told()}")
        return column - 1


def find_layout(lines: Lines) -> Layout:
    """Find the layout of a file by its first lines.  Raises DataError."""
    sample = list(_first_lines(lines))
    named = _NAMED_SEPARATOR.fullmatch(sample[0]) if sample else None
    rows = _sample(sample[1:], named[1]) if named else []
    separator = named[1] if named else ""
    if not named:
        separator, rows = max(
            ((each, _sample(sample, each)) for each in _SEPARATORS),
            key=lambda found: _rank(*found),
        )
    if not rows:
        raise DataError("empty; expected a row for each point, with two numbers")
    has_names = not any(map(is_value, rows[0]))
    below = rows[1:] if has_names else rows
    width = len(rows[0]) if has_names else Counter(map(len, rows)).most_common(1)[0][0]
    count = _filled_width(rows[0]) if has_names else max(_filled_width(row) for row in rows if len(row) == width)
    if count < 2 and any("\n" in cell or "\r" in cell for cell in rows[0]):
        raise DataError("a quote in its first row is never closed")
    if count < 2:
        got = quote_value(" ".join(rows[0]))
        expected = "expected columns separated by , ; | tabs or blanks"
        raise DataError(f"{expected}, got {got}; begin a line that is no row with #")
    names = map(sanitize_line, rows[0]) if has_names else [""] * count
    values = ([shorten(row[index]) for row in below[:SHOWN_VALUES] if index < len(row)] for index in range(count))
    columns = (ColumnSample(name, tuple(of_it)) for name, of_it in zip(names, values))
    return Layout(separator, tuple(columns), width, has_names, bool(named))


def _first_lines(lines: Lines) -> Iterator[str]:
    characters = count = 0
    for line in lines:
        if line.strip():
            yield line
            characters += len(line)
            count += 1
            if count >= SAMPLE_LINES or characters >= SAMPLE_CHARACTERS:
                return


def _sample(lines: list[str], separator: str) -> list[list[str]]:
    """The rows of the first lines; a quoted cell that goes on beyond them is cut off there."""
    rows = []
    try:
        for row in _split(iter(lines), separator, strict=False):
            if _is_filled(row):
                rows.append([cell.strip() for cell in row])
    except csv.Error:  # a cell that is too long, told when the rows are read
        pass
    return rows


def _split(lines: Iterator[str], separator: str, skip: bool = False, strict: bool = True) -> Iterator[list[str]]:
    """Split lines into rows of cells, which may stand in quotes."""
    if skip:
        next((line for line in lines if line.strip()), None)
    if separator == BLANK:
        return csv.reader((" ".join(line.split()) + "\n" for line in lines), delimiter=BLANK, strict=strict)
    return csv.reader(lines, delimiter=separator, strict=strict, skipinitialspace=True)


def _rank(separator: str, rows: list[list[str]]) -> tuple[int, float]:
    """How well a separator fits: it parts half of the rows, and then as many cells as can be are values.

    One of the strong ones is better than the others if it parts the first row, too, and any cell is a value.
    """
    below = rows[1:] or rows
    parted = sum(len(row) > 1 for row in below)
    if not rows or 2 * parted < len(below):
        return 0, 0.0
    cells = [cell for row in below for cell in row if not is_missing(cell)]
    share = sum(map(is_value, cells)) / len(cells) if cells else 0.0
    if separator in _STRONG:
        return (2, 0.0) if len(rows[0]) > 1 and share else (0, 0.0)
    return 1, share


def _is_filled(row: list[str]) -> bool:
    return any(map(str.strip, row))


def _filled_width(row: Iterable[str]) -> int:
    return max((number for number, cell in enumerate(row, 1) if cell.strip()), default=0)


def _short(name: str) -> str:
    return name if len(name) <= MAX_NAME_TOLD else f"{name[: MAX_NAME_TOLD - 1]}…"


def _only(found: list[int]) -> int | None:
    return found[0] if len(found) == 1 else None


def _other(taken: int | None, default: int) -> int:
    return default if taken is None else 1 - taken
