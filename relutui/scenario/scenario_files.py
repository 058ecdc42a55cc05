"""Writing a scenario, with its points in a CSV file beside it if they are too many for the scenario file."""

import errno
import os
from pathlib import Path
from typing import NamedTuple

from relutui.lib.files import File, create_atomically, replace_atomically, same_file
from relutui.lib.safe_text import sanitize_line
from relutui.scenario.csv_choice import NOTHING_CHOSEN
from relutui.scenario.csv_points import read_csv
from relutui.scenario.csv_text import MAX_CSV_BYTES, is_bare
from relutui.scenario.scenario import Scenario, ScenarioError
from relutui.scenario.target import DataError, Point, Target
from relutui.scenario.writer import CsvFile, to_toml


class Files(NamedTuple):
    """The text of a scenario file, the path of its CSV file, if any, and the text of that if it is still to be written."""

    scenario: str
    csv: Path | None = None
    points: str = ""


def files_of(scenario: Scenario, path: Path) -> Files:
    """What to write for a scenario at a path.  Raises ScenarioError if it is more than the files may hold.

    Points stay in the CSV file that they were read from, where that is beside the path.  Elsewhere they are listed, or, if they
    are too many, in a CSV file of their own, called like that one or like the scenario; one with other points is never touched.
    """
    source = scenario.target.csv
    if source and same_file(source.file.path.parent, path.parent) and has_points_of(source.file.path, scenario.target):
        return Files(to_toml(scenario, CsvFile(source.file.path.name, source.choice)), source.file.path)
    try:
        return Files(to_toml(scenario))
    except ScenarioError:
        if not scenario.target.points:
            raise
    csv = _csv_beside(scenario.target, path)
    exists = os.path.lexists(csv)
    choice = source.choice if exists and source and csv.name == source.file.path.name else NOTHING_CHOSEN
    return Files(to_toml(scenario, CsvFile(csv.name, choice)), csv, "" if exists else points_text(scenario.target.points))


def write(scenario: Scenario, path: Path, over: bool = False) -> str:
    """Write a scenario to a path, replacing a file only if `over`; return what the user should know besides, or nothing.

    Raises FileExistsError, OSError if it cannot be written, and ScenarioError like files_of.
    """
    if not over and os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    files = files_of(scenario, path)
    if files.csv and files.points:
        create_atomically(files.csv, files.points)
    try:
        (replace_atomically if over else create_atomically)(path, files.scenario)
    except BaseException:
        if files.csv and files.points:
            files.csv.unlink(missing_ok=True)
        raise
    count = len(scenario.target.points)
    points = "its one point is" if count == 1 else f"its {count:,} points are"
    return f"{points} in {files.csv.name} beside it" if files.csv else ""


def has_points_of(csv: Path, target: Target) -> bool:
    """Whether a CSV file, which may have changed or vanished, still has the points of a target."""
    known = target.csv.file.stamp if target.csv else None
    choice = target.csv.choice if target.csv and csv.name == target.csv.file.path.name else NOTHING_CHOSEN
    try:
        if csv.is_symlink() or not is_bare(csv.name):  # which no scenario may name
            return False
        return bool(known and File.at(csv).stamp == known) or read_csv(csv.parent, csv.name, choice).points == target.points
    except (DataError, OSError):
        return False


def csv_problem(target: Target) -> str:
    """What happened to the CSV file of a target, if it no longer has its points; else empty."""
    if target.csv is None or has_points_of(target.csv.file.path, target):
        return ""
    path = target.csv.file.path
    return f"{sanitize_line(path.name)} {'has changed' if os.path.lexists(path) else 'is gone'}"


def points_text(points: tuple[Point, ...]) -> str:
    """Write points as the text of a CSV file that read_csv reads back.  Raises ScenarioError if it is too large."""
    lines = (",".join(repr(number).removesuffix(".0") for number in point) for point in points)
    text = "\n".join(("x,y", *lines, ""))
    if len(text) > MAX_CSV_BYTES:
        raise ScenarioError(f"the {len(points):,} points would be more than the {MAX_CSV_BYTES // 1_000_000} MB of a CSV file")
    return text


def _csv_beside(target: Target, path: Path) -> Path:
    """The path of the CSV file beside a scenario that has the points or will have them.  Raises ScenarioError."""
    own = "".join("-" if c in ":\\" else c for c in path.stem)
    names = dict.fromkeys([target.csv.file.path.name] if target.csv and is_bare(target.csv.file.path.name) else [])
    names[f"{own}.csv"] = None
    for name in names:
        csv = path.with_name(name)
        if not os.path.lexists(csv) or has_points_of(csv, target):
            return csv
    taken = f"{' and '.join(names)} {'have' if len(names) > 1 else 'has'} others"
    count = len(target.points)
    raise ScenarioError(f"{path.name}: its {count:,} points need a CSV file beside it, and {taken}; choose another name")
