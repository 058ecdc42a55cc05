"""A class of three, whose reports can be counted by hand."""

from pathlib import Path

from relutui.session.progress import Answer, Progress, Solved
from relutui.session.report import Report, report_text

NOW = 1_700_000_000
MIN = 60
TURNS, BIAS, NEVER = "units take turns, one piece each", "the bias lifts the unit and leaves its kink", "a unit is never off"
ONE, TWO = "from x = 1 to x = 2, where unit 2 takes over", "from x = 1 to the right, without end"

# Has done lab-half, where its questions are all that there is besides the exercise, and is at lab for 12 min.
ANN = Progress(
    solved={"one-unit": Solved(1, 0, NOW - 40 * MIN), "lab-half": Solved(4, 0, NOW - 13 * MIN)},
    opened={"one-unit": NOW - 45 * MIN, "lab-half": NOW - 30 * MIN, "lab": NOW - 12 * MIN},
    answers=(
        Answer("lab-half 1", ONE, False, TURNS, NOW - 20 * MIN),
        Answer("lab-half 1", TWO, True, "", NOW - 19 * MIN),
        Answer("lab 1", "x = 3", False, "the kink is at -b, whatever w is", NOW - 11 * MIN),
        Answer("lab 1", "x = 3", False, "the kink is at -b, whatever w is", NOW - 10 * MIN),
    ),
)
# Is at lab-half for 3 min.
BOB = Progress(
    solved={"one-unit": Solved(2, 0, NOW - 5 * MIN)},
    opened={"one-unit": NOW - 9 * MIN, "lab-half": NOW - 3 * MIN},
    answers=(
        Answer("lab-half 1", TWO, True, "", NOW - 2 * MIN),
        Answer("lab-half 2", "x = 1", False, BIAS, NOW - 1 * MIN),
    ),
)
# Is at lab-half for 7 min, without a name; one answer of a tour.
CY = Progress(
    opened={"lab-half": NOW - 7 * MIN},
    answers=(Answer("lab-half 1", ONE, False, TURNS, NOW - 6 * MIN), Answer("question 2", "0", True, "", NOW - 5 * MIN)),
)


def write_class(folder: Path) -> None:
    """Write the reports of the three into a folder."""
    for file, name, progress in (("ann", "Ann", ANN), ("bob", "Bob", BOB), ("cy", "", CY)):
        (folder / f"{file}.toml").write_text(report_text(Report(progress, name)))
