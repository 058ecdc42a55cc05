"""Finding and loading scenarios: the shipped ones, in the order of the course, and files."""

import stat
from dataclasses import replace
from pathlib import Path

from relutui.lib.files import File, read_regular, same_file
from relutui.lib.safe_text import did_you_mean, quote_value, sanitize_line
from relutui.scenario.course import ORDER
from relutui.scenario.csv_choice import NOTHING_CHOSEN, CsvChoice
from relutui.scenario.csv_scenario import is_csv, load_csv
from relutui.scenario.reader import parse
from relutui.scenario.scenario import Scenario, ScenarioError
from relutui.scenario.share_string import is_share_string, read_share_string
from relutui.scenario.toml_table import MAX_BYTES, MAX_BYTES_WITH_ROWS

MAX_OWN_FILES = 20  # of the present folder, in the gallery
MAX_FILES_READ = 200  # to find them
LISTED_SUFFIXES = (".csv", ".tsv")  # of CSV files there; .txt and .dat are mostly something else


def shipped() -> dict[str, Path]:
    """The shipped scenarios by name, in the order of the course, any others after them.

    In an editable install their folder is beside the package.
    """
    package = Path(__file__).parents[1]
    inside = package / "scenarios"
    folder = inside if inside.is_dir() else package.parent / "scenarios"
    own = {path.stem: path for path in sorted(folder.glob("*.toml"))}
    return {name: own[name] for name in ORDER if name in own} | own


def is_shipped(path: Path) -> bool:
    """Whether a path leads to a shipped scenario, by links too."""
    return any(same_file(path, own) for own in shipped().values())


def own_files(folder: Path) -> list[Path]:
    """Return the scenario and CSV files of a folder that do not ship with the program, at most MAX_OWN_FILES, by name."""
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".toml", *LISTED_SUFFIXES))[:MAX_FILES_READ]
    except OSError:
        return []
    return [path for path in files if is_csv(path) or (_has_target(path) and not is_shipped(path))][:MAX_OWN_FILES]


def _has_target(path: Path) -> bool:
    """Return whether a file has the table that every scenario needs, and other TOML files seldom have."""
    try:
        return b"[target]" in read_regular(path, MAX_BYTES)
    except (OSError, ValueError):
        return False


ONLY_OF_DATA = "columns and rows are chosen of a file of data alone"


def find(name_or_path: str) -> Path:
    """Find a shipped scenario by name, or a file by path.  Raises ScenarioError with the nearest name."""
    own = shipped()
    if name_or_path in own:
        return own[name_or_path]
    path = Path(name_or_path)
    try:
        if stat.S_ISREG(path.stat().st_mode):  # because is_file() hides errors, from Python 3.14 on all of them
            return path
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a name that no file can have
        pass
    except OSError as error:
        raise ScenarioError(f"{quote_value(name_or_path)}: {error.strerror}") from None
    raise ScenarioError(f"no scenario and no file is called {quote_value(name_or_path)}{did_you_mean(path.stem, tuple(own))}")


def load_named(name: str, choice: CsvChoice = NOTHING_CHOSEN) -> Scenario:
    """Load a shipped scenario by its name, a file by its path, or a share string.  Raises ScenarioError."""
    if not is_share_string(name):
        return load(find(name), choice)
    if choice != NOTHING_CHOSEN:
        raise ScenarioError(f"share string: a scenario, which has its points; {ONLY_OF_DATA}")
    return read_share_string(name)


def load(path: Path, choice: CsvChoice = NOTHING_CHOSEN) -> Scenario:
    """Load a scenario file, or a CSV file with what is chosen of it.  Raises ScenarioError, also if it cannot be read."""
    file = sanitize_line(path.name or str(path))
    if is_csv(path):
        return load_csv(path, choice)
    if path.suffix != ".toml":
        raise ScenarioError(f"{file}: expected a file name that ends in .toml, .csv, .tsv, .txt or .dat")
    if choice != NOTHING_CHOSEN:
        raise ScenarioError(f"{file}: a scenario, which has x, y and missing under [target]; {ONLY_OF_DATA}")
    source = File.at(path.absolute())
    try:
        content = read_regular(path, MAX_BYTES_WITH_ROWS + 1)
    except FileNotFoundError:
        raise ScenarioError(f"{file}: no such file") from None
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise ScenarioError(f"{file}: {(getattr(error, 'strerror', None) or str(error)).lower()}") from None
    return replace(parse(content, path.stem, path.parent), file=source)
