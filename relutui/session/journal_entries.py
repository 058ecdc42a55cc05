"""A session as JSON and back, for the recovery journal: all that editing, undo, rewind and training go on from.

The parameters along the way, which the trail shows, are left out, and so are distant entries of undo and redo.
"""

import math
from array import array
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from relutui.lib.files import File, Stamp
from relutui.lib.history import History
from relutui.lib.identity_cache import cached_by_identity
from relutui.lib.safe_text import sanitize_line
from relutui.model.network import Parameters
from relutui.model.shapes import Sizes
from relutui.model.training import Checkpoint, OptimizerState, Sample
from relutui.model.values import number_of_values, parameters_of, values_of
from relutui.scenario.csv_choice import NOTHING_CHOSEN, CsvChoice, CsvSource
from relutui.scenario.library import load
from relutui.scenario.reader import parse
from relutui.scenario.scenario import Init, Scenario, ScenarioError, draw_units, scaled_domain
from relutui.scenario.scenario_files import points_text
from relutui.scenario.target import Target
from relutui.scenario.writer import to_toml
from relutui.session.document import BestSoFar
from relutui.session.edits import fit_limits
from relutui.session.session import Session, open_session
from relutui.session.state import Mark, PendingKink, State, loss_of

MAX_UNDO_ENTRIES = 100  # entries of undo, and as many of redo
MAX_NUMBERS = 10_000  # in the states of undo, and as many in those of redo: parameters, moments and losses
_NO_TARGET = Target((0.0, 1.0), knots=((0.0, 0.0), (1.0, 0.0)), samples=2)  # a placeholder where only the network is written

Losses = tuple[Sample, ...]


def entry_of(session: Session) -> dict[str, Any]:
    """Return a session as values that json.dumps takes; session_of is the inverse."""
    scenario, states = session.scenario, session.states
    past = _nearest_states(states.present, reversed(states.past))[::-1]
    future = _nearest_states(states.present, states.future)
    losses: list[Losses] = []
    text, points = _scenario_texts(scenario)
    return {
        "name": scenario.name,
        "file": scenario.file and _file(scenario.file),
        "files": [_file(file) for file in session.document.files],
        "scenario": text,
        "points": points,
        "csv": scenario.target.csv and _csv_source(scenario.target.csv),
        "past": [_record(scenario, state, losses) for state in past],
        "present": _record(scenario, states.present, losses),
        "future": [_record(scenario, state, losses) for state in future],
        "new": session.document.new,
        "saved": _record(scenario, session.document.saved, losses),
        "losses": [[(sample.step, sample.loss) for sample in samples] for samples in losses],
    }


def session_of(entry: dict[str, Any]) -> Session:
    """Return the session of an entry.  Raises ScenarioError, or for values of a wrong type or length any of Python's errors."""
    name, file = sanitize_line(entry["name"]), File.of(*entry["file"]) if entry["file"] else None
    files = tuple(File.of(*item) for item in entry["files"])
    if entry["scenario"] is not None:
        scenario = _with_points(replace(parse(entry["scenario"], name, None), file=file), entry["points"], entry["csv"])
    else:
        scenario = load(Path(entry["file"][0]))
    losses = [
        tuple(Sample(int(step), _finite(loss), array("f")) for step, loss in item)  # without parameters: the trail begins here
        for item in entry["losses"]
    ]
    past, future = ([_state(record, losses) for record in entry[way]] for way in ("past", "future"))
    present, saved = _state(entry["present"], losses), _state(entry["saved"], losses)
    layers = len(scenario.start.sizes)
    if any(len(state.parameters.sizes) != layers for state in (*past, present, *future, saved)):
        raise ValueError(f"expected states of {layers} hidden layer{'s' * (layers > 1)}, as the scenario has")
    first, *rest = *past, present
    best = BestSoFar(first.network, first.parameters, loss_of(first, scenario.dataset))
    session = open_session(scenario).with_document(states=History(first), saved=saved, best=best, files=files)
    session = session.with_document(new=bool(entry.get("new")))
    for state in rest:  # session.with_states() finds the best of them, and when the exercise was solved
        session = session.with_states(History(state))
    session = session.with_states(History(present, tuple(past), tuple(future)))
    return fit_limits(session)


def _file(file: File) -> tuple[str, Stamp | None]:
    return str(file.path), file.stamp


def _csv_source(csv: CsvSource) -> tuple[str, Stamp | None, CsvChoice, str]:
    return *_file(csv.file), csv.choice, csv.said


def _csv_source_of(path: str, stamp: list[int] | None, choice: Iterable[Any] = NOTHING_CHOSEN, said: str = "") -> CsvSource:
    """Rebuild the source of points; an entry of an earlier version has no more than path and stamp."""
    x, y, missing = choice
    if not all(column is None or isinstance(column, str | int) for column in (x, y)):
        raise TypeError("expected columns by name or number")
    missing = missing if missing in ("refuse", "drop") else _finite(missing)
    return CsvSource(File.of(path, stamp), CsvChoice(x, y, missing), sanitize_line(said))


def _nearest_states(present: State, states: Iterable[State]) -> list[State]:
    """Return the states that fit the limits, the one nearest to the present state first."""
    nearest: list[State] = []
    previous, numbers = present, 0
    for state in states:
        rows = 3 + (state.origin is not None)  # the parameters and two moments
        numbers += rows * number_of_values(state.parameters.sizes)
        if state.checkpoint.history is not previous.checkpoint.history:
            numbers += len(state.checkpoint.history)
        if len(nearest) == MAX_UNDO_ENTRIES or numbers > MAX_NUMBERS:
            break
        nearest.append(state)
        previous = state
    return nearest


@cached_by_identity(2)
def _scenario_texts(scenario: Scenario) -> tuple[str | None, str | None]:
    """Return the scenario as TOML, and None or, if its points are too many for that, the points as CSV.

    The TOML then lists one of the points.  Both are None if even that is more than a file may hold.
    """
    try:
        return to_toml(scenario), None
    except ScenarioError:
        if not scenario.target.points:
            return None, None
    few = replace(scenario, target=replace(scenario.target, points=scenario.target.points[:1]))
    try:
        return to_toml(few), points_text(scenario.target.points)
    except ScenarioError:
        return None, None


def _with_points(scenario: Scenario, points: str | None, csv: list[Any] | None) -> Scenario:
    """Return the scenario with all its points, and the CSV file that they came from."""
    target = replace(scenario.target, csv=_csv_source_of(*csv) if csv else None)
    if points is None:
        return replace(scenario, target=target)
    _, *lines = points.splitlines()
    target = replace(target, points=tuple((_finite(x), _finite(y)) for x, y in (line.split(",") for line in lines)))
    scenario, dataset = replace(scenario, target=target), target.dataset()
    start, init = scenario.start, scenario.init
    if init.units:  # which may depend on the points
        start, _ = draw_units(init, init.units, dataset.x, start.c, scenario.locks.c, scenario.network)
    return replace(scenario, dataset=dataset, domain=scaled_domain(target, dataset), start=start)


def _record(scenario: Scenario, state: State, losses: list[Losses]) -> dict[str, Any]:
    """Return a state as JSON; states with the same losses share one entry of `losses`."""
    checkpoint = state.checkpoint
    place = next((place for place, known in enumerate(losses) if known is checkpoint.history), len(losses))
    if place == len(losses):
        losses.append(checkpoint.history)
    return {
        "network": _network(scenario, state),
        "step": checkpoint.step,
        "losses": place,
        "first": values_of(checkpoint.optimizer.first).tolist(),
        "second": values_of(checkpoint.optimizer.second).tolist(),
        "covered": checkpoint.optimizer.steps,
        "rate": state.settings.learning_rate,  # which may be automatic, and that of another start
        "seed": state.seed,
        "edits": state.edits,
        "change": state.change,
        "waiting": [(pending.row, pending.kink, pending.side) for pending in state.pending_kinks],
        "marks": [(mark.step, mark.change) for mark in state.marks],
        "origin": None if state.origin is None else values_of(state.origin).tolist(),
    }


def _network(scenario: Scenario, state: State) -> str:
    """Return network, parameters, locks and settings of a state as a scenario's TOML, so that its reader checks them."""
    return to_toml(
        replace(
            scenario,
            title="state",
            summary="",
            intro="",
            lesson="",
            target=_NO_TARGET,
            network=state.network,
            start=state.parameters,
            locks=state.locks,
            init=Init(),
            settings=state.settings,
            exercise=None,
            asks=(),
        )
    )


def _state(record: dict[str, Any], losses: list[Losses]) -> State:
    scenario = parse(record["network"], "state", None)
    sizes = scenario.start.sizes
    memory = OptimizerState(_parameters(record["first"], sizes), _parameters(record["second"], sizes), int(record["covered"]))
    return State(
        scenario.network,
        Checkpoint(scenario.start, memory, int(record["step"]), losses[record["losses"]]),
        scenario.locks,
        replace(scenario.settings, learning_rate=_finite(record.get("rate", scenario.settings.learning_rate))),
        None if record["seed"] is None else int(record["seed"]),
        int(record["edits"]),
        sanitize_line(record["change"]),
        tuple(
            PendingKink(int(row), None if kink is None else _finite(kink), _finite(side))
            for row, kink, side in record["waiting"]
        ),
        tuple(Mark(int(step), sanitize_line(change)) for step, change in record["marks"]),
        None if record["origin"] is None else _parameters(record["origin"], sizes),
    )


def _parameters(values: list[float], sizes: Sizes) -> Parameters:
    """Return the parameters of values in the order of values.py.  Raises ValueError if not finite or of another length."""
    row = np.array(values, np.float64)
    if row.shape != (number_of_values(sizes),) or not np.isfinite(row).all():
        raise ValueError("expected the numbers of as many units")
    return parameters_of(row, sizes)


def _finite(value: object) -> float:
    number = float(value)  # type: ignore[arg-type]
    if not math.isfinite(number):
        raise ValueError(f"expected a finite number, got {number}")
    return number
