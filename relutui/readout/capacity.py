"""The contents of the capacity screen: the loss against the number of units, as a chart and a table."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from relutui.explain.best import exact_loss_bound, lowest_loss_visited
from relutui.explain.phrasing import count_text
from relutui.lib.number_text import format_3_digits, share_text
from relutui.model.hand_made import evenly_spaced
from relutui.model.network import Network
from relutui.session.own_units import loss_name
from relutui.study.capacity import Capacity

MAX_WANTED = 3  # losses for which the number of units is told
MARGIN_SHARE = 0.08  # of the range of log10 loss, above and below
MIN_MARGIN_DECADES = 0.2  # decades of the loss, above and below

Values = tuple[float | None, ...]
Row = tuple[str, tuple[str, ...]]


class CapacityReadout(NamedTuple):
    """The log10 of the losses for each number of units, None where unknown, and the rows of a table.

    limits: of the logarithms; an exact fit is drawn at the lower one.  rows: a label and a cell for each number of units.
    """

    possible: Values
    best: Values
    median: Values
    limits: tuple[float, float]
    rows: tuple[Row, ...]


class HeadingReadout(NamedTuple):
    """The top line: the sweep on the left, its progress on the right."""

    left: str
    right: str


def read_capacity(capacity: Capacity) -> CapacityReadout:
    """Compute the chart and table from the results so far."""
    present = capacity.session.state.parameters.units
    results = {result.cell.units: result for result in capacity.results}
    trained = [results.get(units) for units in capacity.numbers]
    possible = _known(capacity, capacity.possible)
    best = tuple(None if result is None else _finite_loss(capacity, result.best) for result in trained)
    median = tuple(None if result is None else _finite_loss(capacity, result.quantile(0.5)) for result in trained)
    solved = tuple("" if result is None else share_text(result.success) for result in trained)
    limits = _limits([*possible, *best, *median])
    rows: list[Row] = [("units", tuple(f"‹{units}›" if units == present else str(units) for units in capacity.numbers))]
    if capacity.bounded:
        rows.append(("━ n kinks", tuple(map(_text, possible))))
    if any(bound != fit for bound, fit in zip(capacity.possible, capacity.best_fits)):
        rows.append(("  fit found", tuple(map(_text, _known(capacity, capacity.best_fits)))))
    if capacity.networks:
        rows.append(("  by units", tuple(map(_text, _by_units(capacity)))))
    if capacity.bounded:
        rows.append(("  by hand", tuple(map(_text, _by_hand(capacity)))))
    rows += [
        (f"● best of {len(capacity.sweep.seeds)}", tuple(map(_text, best))),
        ("○ median", tuple(map(_text, median))),
        (f"  below {format_3_digits(capacity.sweep.below)}", solved),
    ]
    log_possible, log_best, log_median = (_log_losses(losses, limits) for losses in (possible, best, median))
    return CapacityReadout(log_possible, log_best, log_median, limits, tuple(rows))


def read_heading(capacity: Capacity, share_done: float | None) -> HeadingReadout:
    """Describe the sweep and its progress; share_done: of the present training, from 0 to 1, None if nothing is training."""
    sweep, settings = capacity.sweep, capacity.sweep.settings
    rate = "auto" if settings.automatic_rate else f"{settings.learning_rate:g}"  # of each number of units its own
    left = f"{sweep.scenario.name}   {settings.optimizer} {rate}, {sweep.steps:,} steps"
    trained = len(capacity.results)
    if trained == len(sweep.units):
        right = "done"
    elif share_done is None:
        right = "stopped"
    elif len(capacity.possible) <= capacity.kinks:
        right = f"the best with {count_text(len(capacity.possible), 'kink')}"
    else:
        right = f"{len(sweep.seeds)} starts of {count_text(sweep.units[trained], 'unit')}   {share_done:.0%}"
    return HeadingReadout(left, right)


def read_remark(capacity: Capacity) -> str:
    """Explain what the figures mean, and why some are missing."""
    sentences, none_better = list[str](), "none can beat ━, the best curve with n kinks."
    if enough := _units_needed(capacity):
        sentences.append(enough)
    if capacity.networks:
        sentences.append(f"'by units': the best found with n units; {none_better}")
    elif capacity.bounded:
        sentences.append(none_better.capitalize())
    if capacity.bounded:
        if any(bound != fit for bound, fit in zip(capacity.possible, capacity.best_fits)):
            sentences.append("Where ━ is below 'fit found', the best fit lies between them.")
        sentences.append("'by hand': n pieces, kinks evenly apart.")
    else:
        sentences.append("The best possible is known only for units with a kink and no output activation.")
    if capacity.results:
        sentences.append(f"●: the best trained start, ○: the median; 'below': the share under {_bound_text(capacity)}.")
    if len(capacity.sweep.units) < len(capacity.numbers):
        units = count_text(capacity.sweep.units[0], "unit")
        sentences.append(f"This scenario lists its units, so only {units} were trained, with the present locks.")
    return " ".join(sentences)


def _bound_text(capacity: Capacity) -> str:
    """What the loss is below which a start counts as solved."""
    if capacity.sweep.scenario.exercise:
        return "the loss that solves it"
    return "that loss" if capacity.sweep.settings.stop_below is None else "the loss where training stops"


def _units_needed(capacity: Capacity) -> str:
    """Say how many units are enough for some losses, by the networks found; empty until each number of units was tried."""
    found = _by_units(capacity) if len(capacity.best_networks) > max(capacity.numbers) else ()
    losses = [loss for loss in found if loss]
    if not losses or min(losses) == max(losses):
        return ""
    powers = (10.0**power for power in range(math.floor(math.log10(max(losses))), math.floor(math.log10(min(losses))), -1))
    below = (capacity.sweep.below,) if min(losses) < capacity.sweep.below < max(losses) else ()
    each = []
    for wanted in sorted({*powers, *below}, reverse=True)[-MAX_WANTED:]:
        units = next(units for units, loss in zip(capacity.numbers, found) if loss is not None and loss < wanted)
        each.append(f"below {format_3_digits(wanted)}: {count_text(units, 'unit')}")
    return f"Enough for {loss_name(capacity.session, capacity.sweep.settings.loss)} {', '.join(each)}." if each else ""


def _known(capacity: Capacity, errors: tuple[float, ...]) -> Values:
    """The losses for each number of units, of MSEs for 0, 1, 2, ...; None where unknown."""
    known = dict(enumerate(errors)) if capacity.bounded else {}
    return tuple(
        _finite_loss(capacity, known[units] * capacity.points) if units in known else None for units in capacity.numbers
    )


def _by_hand(capacity: Capacity) -> Values:
    """The losses of networks made by hand, which meet the target at kinks at even distances."""
    session, kind = capacity.session, capacity.sweep.settings.loss
    dataset = session.dataset
    each = (evenly_spaced(dataset, session.domain, units) for units in capacity.numbers)
    return tuple(_finite_loss(capacity, Network().loss(p, dataset.x, dataset.y, kind)) for p in each)


def _by_units(capacity: Capacity) -> Values:
    """The lowest losses found of networks of up to so many units, by descent, by one of the starts, or in the session."""
    session = capacity.session
    seen = [(session.state.parameters.units, _finite_loss(capacity, lowest_loss_visited(session)))]
    seen += [(result.cell.units, _finite_loss(capacity, result.best)) for result in capacity.results]
    seen += [(units, _finite_loss(capacity, mse * capacity.points)) for units, mse in enumerate(capacity.best_networks)]
    several = ([loss for number, loss in seen if number <= units and loss is not None] for units in capacity.numbers)
    return tuple(min(losses, default=None) for losses in several)


def _finite_loss(capacity: Capacity, loss: float) -> float | None:
    """The loss, as 0 if it counts as exact; None if it is not finite."""
    exact = exact_loss_bound(capacity.session.dataset, capacity.sweep.settings.loss)
    return (0.0 if loss < exact else loss) if math.isfinite(loss) else None


def _text(loss: float | None) -> str:
    return "" if loss is None else format_3_digits(loss)


def _limits(losses: Iterable[float | None]) -> tuple[float, float]:
    """The limits of the log10 of the non-zero losses, with a margin."""
    logs = [math.log10(loss) for loss in losses if loss] or [0.0]
    room = max(MARGIN_SHARE * (max(logs) - min(logs)), MIN_MARGIN_DECADES)
    return min(logs) - room, max(logs) + room


def _log_losses(losses: Values, limits: tuple[float, float]) -> Values:
    return tuple(loss if loss is None else math.log10(loss) if loss else limits[0] for loss in losses)
