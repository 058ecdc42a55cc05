"""Reading the sections of a scenario file, each from its table and with the defaults of the format.

After a problem, which the table collects, a section still returns a value, so that the rest of the file is checked too.
"""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np

from relutui.model.dataset import Dataset
from relutui.model.initialization import SCHEMES
from relutui.model.network import ACTIVATIONS, SLOPES_AT_KINK, UNIT_ACTIVATIONS, Activation, Loss, Network, Parameters
from relutui.model.scale import KINDS, MIN_WIDTH, Kind, Scale
from relutui.model.scale import Units as ScaleUnits
from relutui.model.training import OPTIMIZERS, Locks, Optimizer, TrainingSettings
from relutui.scenario.csv_keys import read_csv_keys
from relutui.scenario.expression import MAX_LENGTH, ExpressionError
from relutui.scenario.scenario import (
    MAX_LAYER_UNITS,
    MAX_LAYERS,
    MAX_SCALE,
    MAX_UNITS,
    MAX_WEIGHT_DECAY,
    Exercise,
    Init,
    Interval,
    Units,
    scaled_domain,
)
from relutui.scenario.target import DATA_LIMIT, MAX_POINTS, DataError, Point, Target
from relutui.scenario.toml_table import Invalid, Table, array_of, boolean, integer, invalid, number, one_of, single_line

MAX_SEED = 2**63 - 1
LOSSES: tuple[Loss, ...] = ("mse", "sse")

LEAST_WIDTH = 5e-10  # of a domain, relative to its larger end, so that a domain may be 1e9 widths from 0
PARAMETER_LIMIT = 1e39  # size of a parameter: above 3.4e38, where the float32 that training may leave ends


_RELU: tuple[Activation, ...] = ("relu",)
_finite = number()
parameter = number(f"of at most {PARAMETER_LIMIT:g} either way", lambda value: abs(value) <= PARAMETER_LIMIT)
_positive = number("above 0", lambda value: value > 0.0)
_scale = number(f"from 0 to {MAX_SCALE:g}", lambda value: 0.0 <= value <= MAX_SCALE)
_weight_decay = number(f"from 0 to {MAX_WEIGHT_DECAY:g}", lambda value: 0.0 <= value <= MAX_WEIGHT_DECAY)
_seed = integer(0, MAX_SEED)


def read_target(table: Table, folder: Path | None) -> tuple[Target, Dataset] | None:
    """The target and its evaluated data, with a CSV file in the folder read as points; None after a problem."""
    given = [key for key in ("knots", "points", "expression", "csv") if table.has(key)]
    if len(given) != 1:
        table.report(f"expected exactly one of knots, points, expression and csv, got {' and '.join(given) or 'none'}")
    knots = table.read("knots", _knots, ())
    listed, read = table.read("points", _points, ()), read_csv_keys(table, folder)
    points = listed + (read.points if read else ())
    expression = table.read("expression", single_line(MAX_LENGTH, least=1), "")
    domain = table.read("domain", interval, span(knots or points))
    samples = table.read("samples", integer(2, MAX_POINTS), 100)
    noise = table.read("noise", number(f"from 0 to {DATA_LIMIT:g}", lambda value: 0.0 <= value <= DATA_LIMIT), 0.0)
    noise_seed = table.read("noise_seed", _seed, 0)
    scale: Kind = table.read("scale", one_of(KINDS), "none")
    scale_x, scale_y = (table.read(key, _scale_units, None) for key in ("scale_x", "scale_y"))
    table.close()
    if table.has("scale_x") != table.has("scale_y") or (table.has("scale_x") and scale == "none"):
        table.report('scale_x and scale_y: expected both or none of them, beside scale = "standard" or "unit"')
    low, high = span(knots or points)
    if points and table.has("samples"):
        table.report("samples: not for points and csv")
    if expression and not table.has("domain"):
        table.report("domain: missing; an expression needs it")
    if knots and not low <= domain[0] < domain[1] <= high:
        table.report(f"domain: expected a part of the knots' [{low:g}, {high:g}]")
    if problem := points_problem(points):
        table.report(f"{given[0]}: {problem}")
    if points and table.has("domain") and not (domain[0] <= min(points)[0] and max(points)[0] <= domain[1]):
        table.report("domain: expected to hold every point")
    if table.failed:
        return None
    target = Target(domain, knots, points, expression, samples, noise, noise_seed, read and read.source, scale)
    if scale_x and scale_y:
        target = replace(target, scale_units=Scale(scale_x, scale_y))
    try:
        dataset = target.dataset()
        if problem := _scale_problem(target, dataset):
            table.report(f"scale_x and scale_y: {problem}")
            return None
        return target, dataset
    except (DataError, ExpressionError) as error:
        table.report(f"{given[0]}: {error}")
        return None


def read_network(table: Table) -> tuple[Network, float, bool]:
    """The network, its output bias, and whether the bias is locked; with a hidden layer for each activation that is given."""
    activations = table.read("activation", _activations, _RELU)
    network = Network(
        activations[0],
        table.read("output_activation", one_of(ACTIVATIONS), "identity"),
        read_slope_at_kink(table),
        activations[1:],
    )
    bias, locked = table.read("output_bias", parameter, 0.0), table.read("lock_output_bias", boolean, False)
    table.close()
    return network, bias, locked


def read_slope_at_kink(table: Table) -> float:
    """The slope at the kink, relu'(0)."""
    return table.read("slope_at_kink", one_of(SLOPES_AT_KINK), 0.0)


def _activations(value: object) -> tuple[Activation, ...]:
    """Check for an activation, or for an array of those of each hidden layer."""
    one = one_of(UNIT_ACTIVATIONS)
    names = array_of(one)(value) if isinstance(value, list) else (one(value),)
    if not 1 <= len(names) <= MAX_LAYERS:
        raise Invalid(f"expected 1 to {MAX_LAYERS}, one for each hidden layer, got {len(names)}")
    return names


def read_units(tables: list[Table], bias: float, bias_locked: bool) -> tuple[Parameters, Locks]:
    """The listed units and their locks."""
    values: list[list[float]] = []
    locked: list[tuple[str, ...]] = []
    for table in tables:
        values.append([table.require(key, parameter, 0.0) for key in ("w", "b", "v")])
        locked.append(table.read("lock", array_of(one_of(("w", "b", "v"))), ()))
        table.close()
    w, b, v = np.array(values).T
    lock_w, lock_b, lock_v = (np.array([key in keys for keys in locked]) for key in ("w", "b", "v"))
    return Parameters(w, b, v, bias), Locks(lock_w, lock_b, lock_v, bias_locked)


def read_init(table: Table) -> Init:
    """The [init] section: how random starts are drawn."""
    init = Init(
        table.read("scheme", one_of(SCHEMES), "normal"),
        table.read("scale", _scale, 1.0),
        table.read("scale_w", _scale, None),
        table.read("scale_b", _scale, None),
        table.read("scale_v", _scale, None),
        table.read("seed", _seed, 0),
        table.read("units", units, None),
    )
    table.close()
    return init


def units(value: object) -> Units:
    """Check for a number of units, or for an array of those of each hidden layer."""
    if not isinstance(value, list):
        return integer(1, MAX_UNITS)(value)
    sizes = array_of(integer(1, MAX_LAYER_UNITS if len(value) > 1 else MAX_UNITS))(value)
    if not 1 <= len(sizes) <= MAX_LAYERS:
        raise Invalid(f"expected 1 to {MAX_LAYERS} hidden layers, got {len(sizes)}")
    return sizes if len(sizes) > 1 else sizes[0]


def read_settings(table: Table) -> TrainingSettings:
    """The [training] section."""
    optimizer: Optimizer = table.read("optimizer", one_of(OPTIMIZERS), "sgd")
    batch = table.read("batch", _batch, None)
    rate = table.read("learning_rate", _rate, TrainingSettings().learning_rate)
    settings = TrainingSettings(
        optimizer,
        TrainingSettings().learning_rate if rate == "auto" else rate,
        table.read("momentum", number("of 0 or more, below 1", lambda value: 0.0 <= value < 1.0), 0.9),
        table.read("loss", one_of(LOSSES), "mse"),
        table.read("steps", integer(1, 100_000), 1),
        table.read("stop_below", _positive, None),
        table.read("weight_decay", _weight_decay, 0.0),
        rate == "auto",
        None if batch == "all" else batch,
        table.read("batch_seed", _seed, 0),
    )
    table.close()
    return settings


def read_exercise(table: Table) -> Exercise:
    """The [exercise] section."""
    exercise = Exercise(
        table.read("solved_below", _positive, 1e-3),
        table.read("step", _positive, 0.1),
        table.read("range", interval, (-4.0, 4.0)),
        table.read("hints", array_of(single_line(300, least=1)), ()),
        table.read("why", single_line(200), ""),
    )
    table.close()
    return exercise


def _rate(value: object) -> float | Literal["auto"]:
    if isinstance(value, str):
        return "auto" if value == "auto" else invalid('a number above 0 or "auto"', value)
    return _positive(value)


def _batch(value: object) -> int | Literal["all"]:
    if isinstance(value, str):
        return "all" if value == "all" else invalid(f'a whole number from 1 to {MAX_POINTS:,} or "all"', value)
    return integer(1, MAX_POINTS)(value)


def interval(value: object) -> Interval:
    """Two numbers, far enough apart for a chart to be drawn between them."""
    numbers = array_of(_finite)(value)
    if len(numbers) != 2 or not numbers[0] < numbers[1]:
        got = ", ".join(f"{item:.15g}" for item in numbers[:3])
        raise Invalid(f"expected [low, high] with low below high, got [{got}{', ...' * (len(numbers) > 3)}]")
    low, high = numbers
    if max(map(abs, numbers)) > DATA_LIMIT:
        raise Invalid(f"expected [low, high] within {DATA_LIMIT:g} either way, got [{low:g}, {high:g}]")
    if problem := _too_narrow(low, high):
        raise Invalid(problem)
    return low, high


def _scale_units(value: object) -> ScaleUnits:
    numbers = array_of(_finite)(value)
    if len(numbers) != 2:
        raise Invalid(f"expected [shift, width], got an array of {len(numbers)}")
    shift, width = numbers
    if not (abs(shift) <= DATA_LIMIT and MIN_WIDTH <= width <= 2.0 * DATA_LIMIT):
        expected = f"a shift within {DATA_LIMIT:g} either way, and a width above 0 and up to {2.0 * DATA_LIMIT:g}"
        raise Invalid(f"expected [shift, width], {expected}, got [{shift:g}, {width:g}]")
    return ScaleUnits(shift, width)


def _scale_problem(target: Target, dataset: Dataset) -> str:
    """The complaint about given numbers of a scale by which the points are too large or too close; empty if they are not."""
    if target.scale_units is None:
        return ""
    try:
        interval([*scaled_domain(target, dataset)])
    except Invalid as error:
        return f"of the domain, scaled: {error}"
    largest = max(float(np.abs(values).max()) for values in (dataset.x, dataset.y))
    return f"expected scaled numbers of at most {DATA_LIMIT:g}, got {largest:g}" if largest > DATA_LIMIT else ""


def points_problem(points: tuple[Point, ...]) -> str:
    """What is wrong with the x of points that are too close for a chart; empty if they are not."""
    low, high = (min(points)[0], max(points)[0]) if points else (0.0, 0.0)
    problem = _too_narrow(low, high) if low < high else ""
    return problem and f"their x: {problem}; take x less {points[0][0]!r}"


def _too_narrow(low: float, high: float) -> str:
    """The complaint about an interval too narrow for a chart to separate its points; empty if it is wide enough."""
    if high - low >= (least := _least_width(low, high)):
        return ""
    return f"[{low!r}, {high!r}] is too narrow: {high - low:.2g} wide, expected at least {least:.2g} there"


def _least_width(low: float, high: float) -> float:
    return LEAST_WIDTH * max(1.0, abs(low), abs(high))


def span(points: tuple[Point, ...]) -> Interval:
    """Return the interval that the x of the points cover, widened if they are all the same."""
    if not points:
        return 0.0, 1.0
    low, high = min(points)[0], max(points)[0]
    if high - low >= _least_width(low, high):
        return low, high
    margin = max(1.0, abs(low)) / 2
    return low - margin, high + margin


def _point(value: object) -> Point:
    if not isinstance(value, list) or len(value) != 2:
        invalid("[x, y]", value)
    x, y = (_finite(item) for item in value)
    return x, y


def _points(value: object) -> tuple[Point, ...]:
    points = array_of(_point)(value)
    if not points:
        raise Invalid("expected at least one point")
    return points


def _knots(value: object) -> tuple[Point, ...]:
    knots = array_of(_point)(value)
    if len(knots) < 2:
        raise Invalid(f"expected at least 2 knots, got {len(knots)}")
    for position, (here, there) in enumerate(pairwise(knots), start=2):
        if not here[0] < there[0]:
            raise Invalid(f"item {position}: expected x above {here[0]:.15g}, got {there[0]:.15g}")
    if problem := _too_narrow(knots[0][0], knots[-1][0]):
        raise Invalid(f"their x: {problem}")
    return knots
