"""A scenario: what to learn, with which network, from which start; read from TOML and written back."""

import json
import stat
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from relutui.data import Target
from relutui.lib.files import File, read_regular, same_file
from relutui.lib.safe_text import did_you_mean, quote_value, sanitize_line
from relutui.model.dataset import Dataset
from relutui.model.network import Network, Parameters
from relutui.model.training import Locks, TrainingSettings
from relutui.sections import (
    MAX_UNITS,
    Exercise,
    Init,
    draw_units,
    read_exercise,
    read_init,
    read_network,
    read_settings,
    read_target,
    read_units,
)
from relutui.validation import MAX_BYTES, Invalid, Table, line, prose, read_toml

__all__ = [
    "MAX_UNITS",
    "TEACHING_ORDER",
    "Exercise",
    "Init",
    "Scenario",
    "ScenarioError",
    "find",
    "is_shipped",
    "load",
    "parse",
    "shipped",
    "to_toml",
]

# What an activation is; the exercise and its variations; how sums bend; ever more units; the published networks; training.
TEACHING_ORDER = (
    "activations",
    "lab",
    "lab-half",
    "lab-mistake",
    "lab-two-units",
    "lab-two-units-free",
    "lab-zero-start",
    "lab-free",
    "four-relus",
    "hat",
    "shifted-1",
    "shifted-2",
    "shifted-weighted",
    "shifted-100",
    "dosage-relu",
    "dosage-output-bias",
    "dosage-softplus",
    "parabola",
    "sine",
    "step",
    "sawtooth",
    "measured",
)


class ScenarioError(Exception):
    """A scenario cannot be had: problems are all that is wrong, each one line with its file and place."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Scenario:
    """What a file says; name is the file's stem, dataset the evaluated target.

    init.units lasts only as long as start is what init draws: after that the units are listed.  file is the one it was loaded
    from, as it was then.
    """

    name: str
    title: str
    summary: str
    lesson: str
    target: Target
    dataset: Dataset
    domain: tuple[float, float]
    network: Network
    start: Parameters
    locks: Locks
    init: Init
    settings: TrainingSettings
    exercise: Exercise | None
    file: File | None = field(default=None, compare=False)

    @property
    def source(self) -> Path | None:
        """Where the file is."""
        return self.file.path if self.file else None

    def __post_init__(self) -> None:
        units = self.init.units
        if units and (self.start, self.locks) != draw_units(self.init, units, self.start.c, self.locks.c):
            object.__setattr__(self, "init", replace(self.init, units=None))


def shipped() -> dict[str, Path]:
    """The scenarios that come with the package, by name, in the order in which one would teach them, others after those.

    An editable install has them beside the package.
    """
    package = Path(__file__).parent
    inside = package / "scenarios"
    folder = inside if inside.is_dir() else package.parent / "scenarios"
    found = {path.stem: path for path in sorted(folder.glob("*.toml"))}
    return {name: found[name] for name in TEACHING_ORDER if name in found} | found


def is_shipped(path: Path) -> bool:
    """Whether a path leads to one of the scenarios that come with the package."""
    return any(same_file(path, own) for own in shipped().values())


def find(name_or_path: str) -> Path:
    """The file of a shipped scenario, or the file at a path.  Raises ScenarioError with the nearest name."""
    own = shipped()
    if name_or_path in own:
        return own[name_or_path]
    path = Path(name_or_path)
    try:
        if stat.S_ISREG(path.stat().st_mode):  # is_file() keeps errors to itself, all of them from Python 3.14 on
            return path
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a name that no file can have
        pass
    except OSError as error:
        raise ScenarioError(f"{quote_value(name_or_path)}: {error.strerror}") from None
    raise ScenarioError(f"no scenario and no file is called {quote_value(name_or_path)}{did_you_mean(path.stem, tuple(own))}")


def load(path: Path) -> Scenario:
    """The scenario in a file.  Raises ScenarioError, also for a file that cannot be read."""
    file = sanitize_line(path.name or str(path))
    if path.suffix.lower() == ".csv":
        raise ScenarioError(
            f"{file}: expected a scenario, a file name that ends in .toml; write one beside it, with a title, "
            f"[target] csv = {json.dumps(file, ensure_ascii=False)}, whose columns are called x and y, and [init] units = 3"
        )
    if path.suffix != ".toml":
        raise ScenarioError(f"{file}: expected a file name that ends in .toml")
    as_it_is = File.at(path.absolute())
    try:
        content = read_regular(path, MAX_BYTES + 1)
    except FileNotFoundError:
        raise ScenarioError(f"{file}: no such file") from None
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise ScenarioError(f"{file}: {(getattr(error, 'strerror', None) or str(error)).lower()}") from None
    return replace(parse(content, path.stem, path.parent), file=as_it_is)


def parse(text: str | bytes, name: str, folder: Path | None) -> Scenario:
    """The scenario in the text of the file `name`.toml; the folder may hold a CSV file.  Raises ScenarioError."""
    name = sanitize_line(name)
    problems: list[str] = []
    try:
        root = Table(read_toml(text), f"{name}.toml: ", problems)
    except Invalid as error:
        raise ScenarioError(*(f"{name}.toml: {message}" for message in error.args)) from None
    title = root.require("title", line(100, least=1), "")
    summary = root.read("summary", line(200), "")
    lesson = root.read("lesson", prose, "")
    data = read_target(root.table("target"), folder)
    network, bias, bias_locked = read_network(root.table("network"))
    units, init = root.tables("unit"), read_init(root.table("init"))
    if bool(units) == bool(init.units):
        root.report(f"expected either [[unit]] or [init] units, got {'both' if units else 'neither'}")
    if len(units) > MAX_UNITS:
        root.report(f"unit: expected at most {MAX_UNITS}, got {len(units)}")
    if not units and bias and not bias_locked:
        root.report("network: output_bias: expected 0 or a locked one, as [init] starts a free one at 0")
    if units:
        start, locks = read_units(units, bias, bias_locked)
    else:
        start, locks = draw_units(init, init.units or 1, bias, bias_locked)
    settings = read_settings(root.table("training"))
    exercise = read_exercise(root.table("exercise")) if root.has("exercise") else None
    root.close()
    if problems or data is None:
        raise ScenarioError(*problems)
    target, dataset = data
    return Scenario(
        name, title, summary, lesson, target, dataset, target.domain, network, start, locks, init, settings, exercise
    )


def to_toml(scenario: Scenario, csv: str | None = None) -> str:
    """The text of a file from which parse reads the scenario back.  Raises ScenarioError if it is more than a file may hold.

    csv: the name of the file beside it that has the points, which are not listed then.
    """
    s, c = scenario, scenario.start.c
    too_large = ScenarioError(
        f"{s.name}.toml: would be larger than {MAX_BYTES // 1000} kB: {s.start.units} units, {len(s.target.points)} points"
    )
    if csv is None and len(s.target.points) * len("[0.0, 0.0], ") > MAX_BYTES:  # no need to write them all to know
        raise too_large
    blocks = [
        _lines(None, {"title": s.title, "summary": s.summary}) + _lesson(s.lesson),
        _lines("[target]", _target(s.target, csv)),
        _lines("[network]", asdict(s.network) | {"output_bias": c, "lock_output_bias": s.locks.c}),
        *([] if s.init.units else _units(s.start, s.locks)),
        _lines("[init]", asdict(s.init)),
        _lines("[training]", asdict(s.settings)),
        _lines("[exercise]", asdict(s.exercise)) if s.exercise else "",
    ]
    text = "\n".join(filter(None, blocks))
    if len(text.encode()) > MAX_BYTES:
        raise too_large
    return text


def _target(target: Target, csv: str | None) -> dict[str, Any]:
    given = {"csv": csv} if csv else {key: getattr(target, key) for key in ("knots", "points", "expression")}
    values = given | {
        "domain": target.domain,
        "samples": None if target.points else target.samples,
        "noise": target.noise,
        "noise_seed": target.noise_seed,
    }
    return {key: value for key, value in values.items() if value not in ((), "")}


def _units(start: Parameters, locks: Locks) -> list[str]:
    rows = zip(start.w.tolist(), start.b.tolist(), start.v.tolist(), locks.w, locks.b, locks.v)
    return [
        _lines("[[unit]]", {"w": w, "b": b, "v": v, "lock": [key for key, on in zip("wbv", locked) if on]})
        for w, b, v, *locked in rows
    ]


def _lines(header: str | None, values: dict[str, Any]) -> str:
    """A section; None is a key left out.  Strings, numbers, true, false and arrays of JSON are those of TOML."""
    lines = [header] if header else []
    for key, value in values.items():
        if value is not None:
            lines.append(f"{key} = {json.dumps(value, ensure_ascii=False, allow_nan=False)}")
    return "\n".join(lines) + "\n"


def _lesson(lesson: str) -> str:
    if not lesson:
        return ""
    body = "\n".join(json.dumps(row, ensure_ascii=False)[1:-1] for row in lesson.split("\n"))
    return f'lesson = """\n{body}"""\n'
