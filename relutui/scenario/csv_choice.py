"""What is chosen of a CSV file: its columns x and y, and what becomes of rows without a number."""

from typing import Literal, NamedTuple

from relutui.lib.files import File

Column = str | int  # the name of a column, or its number from 1
Missing = Literal["refuse", "drop"] | float


class CsvChoice(NamedTuple):
    """The columns x and y, None to find them, and what becomes of rows without a number in them.

    missing: "drop" leaves out rows with an empty or NA cell; a number those too that have it, which then stands for NA.
    """

    x: Column | None = None
    y: Column | None = None
    missing: Missing = "refuse"


NOTHING_CHOSEN = CsvChoice()


class CsvSource(NamedTuple):
    """The CSV file that points were read from, as it was then; what was chosen of it; and how it was read, in a line."""

    file: File
    choice: CsvChoice = NOTHING_CHOSEN
    said: str = ""
