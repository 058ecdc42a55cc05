"""What the capacity screen shows: the loss against the number of units, as a chart and in numbers."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from relutui.explain.best import exact_below
from relutui.explain.phrasing import counted
from relutui.lib.number_text import format_3_digits
from relutui.readout.residual import best_of_parabola
from relutui.study.capacity import Capacity

ROOM = 0.08  # of the height, above and below what is drawn
LEAST_ROOM = 0.2  # decades

Values = tuple[float | None, ...]
Row = tuple[str, tuple[str, ...]]


class CapacityReadout(NamedTuple):
    """log10 of the losses for each number of units, None where not known; and rows of text, each a label and a cell a number.

    limits: of the logarithms; what is exact lies at the lower one.
    """

    possible: Values
    best: Values
    median: Values
    limits: tuple[float, float]
    rows: tuple[Row, ...]


class HeadingReadout(NamedTuple):
    """The line on top: what is measured on the left, how far that is on the right."""

    left: str
    right: str


def read_capacity(capacity: Capacity) -> CapacityReadout:
    """What is known so far."""
    present = capacity.session.state.parameters.units
    results = {result.units: result for result in capacity.results}
    found = [results.get(units) for units in capacity.numbers]
    possible = tuple(_possible(capacity, units) for units in capacity.numbers)
    of_parabola = _of_parabola(capacity)
    best = tuple(None if result is None else _known(capacity, result.best) for result in found)
    median = tuple(None if result is None else _known(capacity, result.quantile(0.5)) for result in found)
    solved = tuple("" if result is None else f"{result.success:.0%}" for result in found)
    limits = _limits([*possible, *best, *median])
    rows: list[Row] = [("units", tuple(f"‹{units}›" if units == present else str(units) for units in capacity.numbers))]
    if capacity.bounded:
        rows.append(("━ possible", tuple(map(_text, possible))))
    if of_parabola:
        rows.append(("  of x²", tuple(map(_text, of_parabola))))
    rows += [
        (f"● best of {len(capacity.sweep.seeds)}", tuple(map(_text, best))),
        ("○ median", tuple(map(_text, median))),
        (f"  below {format_3_digits(capacity.sweep.below)}", solved),
    ]
    return CapacityReadout(_logs(possible, limits), _logs(best, limits), _logs(median, limits), limits, tuple(rows))


def read_heading(capacity: Capacity, done: float | None) -> HeadingReadout:
    """What is trained, and what is being done: the share of the training, None where all is at rest."""
    sweep, settings = capacity.sweep, capacity.sweep.settings
    left = f"{sweep.scenario.name}   {settings.optimizer} {settings.learning_rate:g}, {sweep.steps:,} steps"
    trained = len(capacity.results)
    if trained == len(sweep.units):
        right = "done"
    elif done is None:
        right = "stopped"
    elif len(capacity.possible) <= capacity.kinks:
        right = f"the best with {counted(len(capacity.possible), 'kink')}"
    else:
        right = f"{len(sweep.seeds)} starts of {counted(sweep.units[trained], 'unit')}   {done:.0%}"
    return HeadingReadout(left, right)


def read_remark(capacity: Capacity) -> str:
    """What the numbers mean, and why some are missing."""
    said = []
    if capacity.bounded:
        said.append("n units have at most n kinks, so they cannot do better than ━.")
        said.append("Not all of their n+1 slopes are free: the best may lie above it.")
    else:
        said.append("What is possible is known only of units with a kink, and without an output activation.")
    if _of_parabola(capacity):
        said.append("Of a parabola ax² it is a²L⁴/(180(n+1)⁴): n+1 pieces of one length.")
    if len(capacity.sweep.units) < len(capacity.numbers):
        units = counted(capacity.sweep.units[0], "unit")
        said.append(f"This scenario lists its units, so only {units} were trained, with the present locks.")
    return " ".join(said)


def _possible(capacity: Capacity, units: int) -> float | None:
    """The lowest loss with as many kinks."""
    if not capacity.bounded or units >= len(capacity.possible):
        return None
    return _known(capacity, capacity.possible[units] * capacity.points)


def _of_parabola(capacity: Capacity) -> Values:
    """The same by the formula for a parabola, if the target is one; nothing if not."""
    if not capacity.bounded:
        return ()
    known = [best_of_parabola(capacity.session.dataset, units + 1) for units in capacity.numbers]
    return tuple(errors[1] * capacity.points if errors else None for errors in known) if any(known) else ()


def _known(capacity: Capacity, loss: float) -> float | None:
    """The loss, 0 where it is as good as that; None where it is not finite."""
    exact = exact_below(capacity.session.dataset, capacity.sweep.settings.loss)
    return (0.0 if loss < exact else loss) if math.isfinite(loss) else None


def _text(loss: float | None) -> str:
    return "" if loss is None else format_3_digits(loss)


def _limits(losses: Iterable[float | None]) -> tuple[float, float]:
    """The limits of the logarithms of the losses that are not exact, with some room."""
    logs = [math.log10(loss) for loss in losses if loss] or [0.0]
    room = max(ROOM * (max(logs) - min(logs)), LEAST_ROOM)
    return min(logs) - room, max(logs) + room


def _logs(losses: Values, limits: tuple[float, float]) -> Values:
    return tuple(loss if loss is None else math.log10(loss) if loss else limits[0] for loss in losses)
