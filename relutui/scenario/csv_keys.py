"""Reading the keys of a [target] that are about a CSV file: its name, its columns x and y, and what is missing."""

from functools import partial
from pathlib import Path
from typing import NamedTuple

from relutui.lib.files import File
from relutui.lib.safe_text import quote_value, sanitize_line
from relutui.scenario.csv_choice import Column, CsvChoice, CsvSource, Missing
from relutui.scenario.target import DataError, Point
from relutui.scenario.toml_table import Invalid, Table, invalid, number

KEYS = ("x", "y", "missing")  # besides csv

_finite = number()


class CsvPoints(NamedTuple):
    """The points of a CSV file, and where they come from."""

    points: tuple[Point, ...]
    source: CsvSource


def read_csv_keys(table: Table, folder: Path | None) -> CsvPoints | None:
    """The points of the CSV file that a [target] names in a folder; None if there is none, or after a problem."""
    failed = table.failed
    choice = read_choice(table)
    for key in KEYS:
        if table.has(key) and not table.has("csv"):
            table.report(f"{key}: only for csv")
    if table.failed != failed:  # what is wrong with the choice is enough to be told
        return table.read("csv", lambda _: None, None)
    return table.read("csv", partial(_csv, folder, choice), None)


def read_choice(table: Table) -> CsvChoice:
    """What is chosen of a CSV file."""
    return CsvChoice(table.read("x", _column, None), table.read("y", _column, None), table.read("missing", _missing, "refuse"))


def _csv(folder: Path | None, choice: CsvChoice, name: object) -> CsvPoints:
    if not isinstance(name, str):
        invalid("a file name", name)
    from relutui.scenario.csv_points import read_csv  # imported on demand: start-up time counts

    if folder is None:
        raise Invalid("a scenario that is not in a folder has no CSV file")
    file = File.at(folder.absolute() / Path(name).name)  # read_csv refuses any name but a bare one
    try:
        reading = read_csv(folder, name, choice)
    except DataError as error:
        raise Invalid(f"{quote_value(name)}: {error}") from None
    return CsvPoints(reading.points, CsvSource(file, choice, reading.said))


def _column(value: object) -> Column:
    """Check for the name of a column, or its number from 1."""
    if isinstance(value, str) and (name := sanitize_line(value)):
        return name
    if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    invalid("the name of a column, or its number from 1", value)


def _missing(value: object) -> Missing:
    """Check for "drop", or the number that stands for a missing one."""
    if value == "drop":
        return "drop"
    if isinstance(value, str):
        invalid('"drop", or the number that stands for a missing one', value)
    return _finite(value)
