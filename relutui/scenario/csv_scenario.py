"""A CSV file opened by itself, as a scenario that trains: its points, and a handful of units, their kinks spread over them."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from relutui.lib.files import File
from relutui.lib.safe_text import sanitize_line
from relutui.model.network import Network
from relutui.model.scale import fitting_scale
from relutui.model.training import TrainingSettings
from relutui.scenario.csv_choice import NOTHING_CHOSEN, CsvChoice, CsvSource
from relutui.scenario.scenario import Init, Scenario, ScenarioError, draw_units, scaled_domain
from relutui.scenario.sections import points_problem, span
from relutui.scenario.target import DataError, Target

if TYPE_CHECKING:
    from relutui.scenario.csv_layout import ColumnSample

SUFFIXES = (".csv", ".tsv", ".txt", ".dat")  # of the files that are read so, in any case
UNITS = 5  # kinks for a curve with a few bends, and few enough to be told apart
SETTINGS = TrainingSettings("adam", 0.01)  # which of those tried on data of many kinds ended lowest
MAX_TITLE = 100  # characters


class CsvQuestion(ScenarioError):
    """A CSV file could be opened if one more thing were known.

    path: of the file; choice: what is known; columns: those among which x and y are to be chosen, if that is the question;
    missing: else the number of rows that lack a number.
    """

    def __init__(self, problem: str, path: Path, choice: CsvChoice, columns: "tuple[ColumnSample, ...]", missing: int) -> None:
        super().__init__(problem)
        self.path, self.choice, self.columns, self.missing = path, choice, columns, missing


def is_csv(path: Path) -> bool:
    """Whether a path has the suffix of a file that is read as CSV."""
    return path.suffix.lower() in SUFFIXES


def load_csv(path: Path, choice: CsvChoice = NOTHING_CHOSEN) -> Scenario:
    """Load a CSV file as a scenario.  Raises ScenarioError, which is a CsvQuestion where an answer would help."""
    # Imported on demand: start-up time counts.
    from relutui.scenario.csv_faults import MissingCells
    from relutui.scenario.csv_layout import ColumnsUnknown
    from relutui.scenario.csv_points import read_points
    from relutui.scenario.csv_text import read_content

    name = sanitize_line(path.name)
    source = File.at(path.absolute())
    try:
        reading = read_points(read_content(path), choice)
        if problem := points_problem(reading.points):
            raise DataError(problem)
        origin = CsvSource(source, reading.choice, reading.said)
        target = Target(span(reading.points), points=reading.points, csv=origin)
        target = replace(target, scale=fitting_scale(*target.values()))
        dataset = target.dataset()
    except ColumnsUnknown as error:
        raise CsvQuestion(f"{name}: {error}", path, choice, error.columns, 0) from None
    except MissingCells as error:
        raise CsvQuestion(f"{name}: {error}", path, choice, (), error.count) from None
    except DataError as error:
        raise ScenarioError(f"{name}: {error}") from None
    stem, init = sanitize_line(path.stem), Init(units=UNITS, scheme="kinks")
    start, locks = draw_units(init, UNITS, dataset.x, 0.0, False)
    domain = scaled_domain(target, dataset)
    return Scenario(
        *(stem, stem[:MAX_TITLE], "", "", target, dataset, domain, Network(), start, locks, init, SETTINGS),
        exercise=None,
        file=source,
    )
