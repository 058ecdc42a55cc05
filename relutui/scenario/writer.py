"""Writing a scenario as TOML that reads back equal."""

import json
from dataclasses import asdict, replace
from typing import Any, NamedTuple

from relutui.model.network import Parameters
from relutui.model.training import Locks, TrainingSettings
from relutui.scenario.ask import Ask
from relutui.scenario.ask_tables import ask_values
from relutui.scenario.csv_choice import NOTHING_CHOSEN, CsvChoice
from relutui.scenario.scenario import Scenario, ScenarioError
from relutui.scenario.sections import span
from relutui.scenario.target import Target
from relutui.scenario.toml_table import MAX_BYTES, limit_of


class CsvFile(NamedTuple):
    """A CSV file beside a scenario, and what is chosen of it."""

    name: str
    choice: CsvChoice = NOTHING_CHOSEN

    def values(self) -> dict[str, Any]:
        """The keys of a [target] that name it."""
        missing = None if self.choice.missing == "refuse" else self.choice.missing
        return {"csv": self.name, "x": self.choice.x, "y": self.choice.y, "missing": missing}


def problem_toml(scenario: Scenario) -> str:
    """Write what training depends on, the same on every machine: no words, and the points as trained on instead of the target.

    It may be larger than a file, and is read back by parse without a limit.
    """
    points = tuple(zip(scenario.dataset.x.tolist(), scenario.dataset.y.tolist()))
    target = Target(scenario.domain, points=points)
    bare = replace(scenario, title="-", summary="", intro="", lesson="", target=target, exercise=None, asks=(), view="fit")
    return _toml(bare, None)


def to_toml(scenario: Scenario, csv: CsvFile | None = None) -> str:
    """Write a scenario as the text that parse reads back.  Raises ScenarioError if a file may not be that large.

    csv: the file beside it that has the points, if they are not listed.
    """
    s = scenario
    too_large = ScenarioError(
        f"{s.name}.toml: would be larger than {MAX_BYTES // 1000} kB: {s.start.units} units, {len(s.target.points)} points"
    )
    if csv is None and len(s.target.points) * len("[0.0, 0.0], ") > MAX_BYTES:  # known before writing them all
        raise too_large
    text = _toml(s, csv)
    if len(content := text.encode()) > limit_of(content):
        raise too_large
    return text


def _toml(s: Scenario, csv: CsvFile | None) -> str:
    blocks = [
        toml_section(None, {"title": s.title, "summary": s.summary, "view": None if s.view == "fit" else s.view})
        + _prose("intro", s.intro)
        + _prose("lesson", s.lesson),
        toml_section("[target]", _target(s, csv)),
        *(_layered(s) if s.network.deeper and not s.init.units else _one_layer_or_drawn(s)),
        toml_section("[init]", asdict(s.init)),
        toml_section("[training]", _training(s.settings)),
        toml_section("[exercise]", asdict(s.exercise)) if s.exercise else "",
        *(_ask(ask, 0 if s.start.deeper else s.start.units) for ask in s.asks),
    ]
    return "\n".join(filter(None, blocks))


def _target(s: Scenario, csv: CsvFile | None) -> dict[str, Any]:
    """The keys of [target]; the numbers of a scale stand beside listed units, which mean something in these alone."""
    target, scaled = s.target, s.target.scale != "none" and bool(s.target.scale_units or not s.init.units)
    given = csv.values() if csv else {key: getattr(target, key) for key in ("knots", "points", "expression")}
    values = given | {
        "domain": None if csv and target.domain == span(target.points) else target.domain,  # which grows with the file
        "samples": None if target.points else target.samples,
        "noise": target.noise,
        "noise_seed": target.noise_seed,
        "scale": "" if target.scale == "none" else target.scale,
        "scale_x": s.dataset.scale.x if scaled else None,
        "scale_y": s.dataset.scale.y if scaled else None,
    }
    return {key: value for key, value in values.items() if value not in ((), "")}


def _training(settings: TrainingSettings) -> dict[str, Any]:
    values = asdict(settings)
    if values.pop("automatic_rate"):
        values["learning_rate"] = "auto"
    return values


def _layered(s: Scenario) -> list[str]:
    from relutui.scenario.layer_tables import layers_text  # which most scenarios do not need

    return [toml_section("[network]", {"slope_at_kink": s.network.slope_at_kink}), *layers_text(s.network, s.start, s.locks)]


def _one_layer_or_drawn(s: Scenario) -> list[str]:
    """The [network] table, and the units if they are listed; activations are an array only where the layers have several."""
    names = s.network.layer_activations
    values = {
        "activation": names[0] if len(set(names)) == 1 else names,
        "output_activation": s.network.output_activation,
        "slope_at_kink": s.network.slope_at_kink,
        "output_bias": 0.0 if s.init.units and not s.locks.c else s.start.c,
        "lock_output_bias": s.locks.c,
    }
    return [toml_section("[network]", values), *([] if s.init.units else _units(s.start, s.locks))]


def _units(start: Parameters, locks: Locks) -> list[str]:
    rows = zip(start.w.tolist(), start.b.tolist(), start.v.tolist(), locks.w, locks.b, locks.v)
    return [
        toml_section("[[unit]]", {"w": w, "b": b, "v": v, "lock": [key for key, on in zip("wbv", locked) if on]})
        for w, b, v, *locked in rows
    ]


def _ask(ask: Ask, units: int) -> str:
    """Return the tables of a question, without what it supposes of units that have been removed."""
    values, inner = ask_values(ask._replace(supposed=tuple(supposed for supposed in ask.supposed if supposed.unit < units)))
    return "".join([toml_section("[[ask]]", values), *(toml_section(f"[[ask.{name}]]", table) for name, table in inner)])


def toml_section(header: str | None, values: dict[str, Any]) -> str:
    """A section without the keys whose value is None; JSON writes strings, numbers, booleans and arrays as TOML does."""
    lines = [header] if header else []
    for key, value in values.items():
        if value is not None:
            lines.append(f"{key} = {json.dumps(value, ensure_ascii=False, allow_nan=False)}")
    return "\n".join(lines) + "\n"


def _prose(key: str, text: str) -> str:
    if not text:
        return ""
    body = "\n".join(json.dumps(row, ensure_ascii=False)[1:-1] for row in text.split("\n"))
    return f'{key} = """\n{body}"""\n'
