"""What is wrong with rows of a CSV file that are no points: the first few in one line, how many there are, and what to do."""

import re
from typing import NamedTuple, NoReturn

from relutui.lib.safe_text import shorten
from relutui.scenario.csv_cells import Commas, is_missing, may_separate_thousands
from relutui.scenario.target import DataError

MAX_ROWS_TOLD = 3  # unreadable rows that the message describes one by one
MAX_CELL_SHOWN = 12  # characters shown of a cell, so that three fit on one line

_DAY_FIRST = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b.*", re.ASCII | re.DOTALL)
_POINTS_BETWEEN_THOUSANDS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d+", re.ASCII)
_DIGITS_AND_SIGNS = re.compile(r"[\d.,+-]+", re.ASCII)


class MissingCells(DataError):
    """Rows have cells that are empty or NA, and nothing else is wrong; count: of the rows."""

    def __init__(self, message: str, count: int) -> None:
        super().__init__(message)
        self.count = count


class Fault(NamedTuple):
    """What is wrong with a row; place: the column of a cell, or empty; advice: what to do, empty if that is unknown."""

    place: str
    expected: str
    got: str
    advice: str


def too_many_cells(row: list[str], columns: int, separator: str) -> Fault:
    """The fault of a row with more cells than there are columns."""
    if separator == "," and all(map(_is_whole, filter(str.strip, row))):
        advice = "perhaps decimal commas: write 0.5 for 0,5, or ; between the columns"
    else:
        advice = "a cell with a separator in it stands in quotes"
    return Fault("", f"{columns} cells", str(len(row)), advice)


def bad_cell(column: str, cell: str, commas: Commas, timed: bool) -> Fault:
    """The fault of a cell that is no number, the commas of all numbers being of some kind, or no time."""
    expected = "a time such as 2024-01-31 12:00" if timed else "a number"
    return Fault(column, expected, _quoted(cell), _advice(cell.strip(), commas))


def refuse(told: list[tuple[int, Fault]], count: int, missing: bool) -> NoReturn:
    """Raise the DataError of so many rows, the first of which are told with their lines; missing: whether all lack a cell."""
    rows, previous = [], None
    for line, fault in told:
        place = f"line {line}{fault.place and f', {fault.place}'}"
        same = fault.place and (fault.place, fault.expected) == previous
        rows.append(f"{place}: {fault.got}" if same else f"{place}: expected {fault.expected}, got {fault.got}")
        previous = fault.place, fault.expected
    head = f"{count} rows cannot be read: " if count > 1 else ""
    advice = next((fault.advice for _, fault in told if fault.advice), "")
    message = f"{head}{'; '.join(rows)}{'; ...' * (count > len(told))}{advice and f'; {advice}'}"
    raise MissingCells(message, count) if missing else DataError(message)


def _advice(cell: str, commas: Commas) -> str:
    if is_missing(cell):
        return '--drop-missing, or missing = "drop" in [target], leaves such rows out'
    if _DAY_FIRST.fullmatch(cell):
        return "the year of a date comes first: 2024-01-31"
    if may_separate_thousands(cell):
        return f"it may be {cell.replace(',', '')} or {cell.replace(',', '.')}: write one of them"
    if commas == "decimals" and "." in cell:
        return "decimals stand behind a comma here, nothing between thousands"
    if _POINTS_BETWEEN_THOUSANDS.fullmatch(cell):
        return f"nothing stands between thousands: write {shorten(cell).replace('.', '').replace(',', '.')}"
    if "," in cell and _DIGITS_AND_SIGNS.fullmatch(cell):
        return "a number has a decimal point, and nothing between thousands"
    return ""


def _is_whole(cell: str) -> bool:
    return cell.strip().lstrip("+-").isdecimal()


def _quoted(cell: str) -> str:
    text = shorten(cell)
    return f'"{text}"' if len(text) <= MAX_CELL_SHOWN else f'"{text[: MAX_CELL_SHOWN - 1]}…"'
