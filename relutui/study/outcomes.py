"""The outcome of training for each network of a batch."""

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array, quiet
from relutui.model.batch import Batch, hidden_layers
from relutui.model.network import same_bound
from relutui.model.pieces import SAME_KINK, kinks_of
from relutui.model.training import Problem
from relutui.model.unit_states import adds_next_to_nothing
from relutui.model.values import views_of

Outcome = Literal["solved", "dead units", "parked", "twins", "stands still", "still falling", "diverged", "untrained"]

EVERY_OUTCOME: tuple[Outcome, ...] = get_args(Outcome)
OUTCOMES = EVERY_OUTCOME[:-1]  # of training; the last is of a network that is not solved at its start and has taken no step

Codes = NDArray[np.uint8]  # of outcomes: 1 for the first of EVERY_OUTCOME and so on, 0 for one that is not known

MIN_FALL = 0.01  # of the earlier loss: where the loss fell by more since, it is still falling
FLOAT32_ROUNDING = 2.0**-24  # relative error of a float32: an exact fit may be off by it, and a fall of such a loss is noise

VALUES_AT_ONCE = 2**21  # of z of a layer, at all points, of networks that are looked at together

_Mask = NDArray[np.bool_]


def earlier_step(steps: int) -> int:
    """The step whose losses show whether those after `steps` steps still fall: nine tenths of `steps`, rounded down."""
    return 9 * steps // 10


def outcomes(batch: Batch, problem: Problem, below: float) -> tuple[Outcome | None, ...]:
    """The outcome of each network, by its code; None where it is not known."""
    return outcomes_of(outcome_codes(batch, problem, below))


def outcomes_of(codes: Codes) -> tuple[Outcome | None, ...]:
    """The outcomes that codes stand for."""
    names = (None, *EVERY_OUTCOME)
    return tuple(names[code] for code in codes.tolist())


@quiet
def outcome_codes(batch: Batch, problem: Problem, below: float) -> Codes:
    """The code of each network's outcome, of shape (networks,); a network is solved if its loss is below `below`.

    A loss still falls if it fell since nine tenths of the steps; where the losses at that step are unknown, so is the outcome
    of a network that is neither solved nor diverged.  A network at rest has dead units, or else parked ones, or else twins, if
    a unit that training can move is one by the definitions of pieces.diagnose, with the data's x-range as the domain.
    """
    each: dict[Outcome, _Mask] = {"diverged": batch.diverged, "solved": batch.losses < below}
    earlier = batch.losses_at(earlier_step(batch.step))
    if earlier is None:
        return _first_that_holds(each, 0)
    each["still falling"] = (batch.losses < (1.0 - MIN_FALL) * earlier) & (earlier > _rounding(problem))
    each["dead units"], each["parked"], each["twins"] = _idle(batch, problem)
    return _first_that_holds(each, code_of("stands still"))


def start_codes(batch: Batch, below: float) -> Codes:
    """The code of each network's outcome if it is not trained at all, of shape (networks,)."""
    return _first_that_holds({"diverged": batch.diverged, "solved": batch.losses < below}, code_of("untrained"))


def code_of(outcome: Outcome) -> int:
    """The code of an outcome."""
    return 1 + EVERY_OUTCOME.index(outcome)


def _first_that_holds(conditions: dict[Outcome, _Mask], otherwise: int) -> Codes:
    return np.select(list(conditions.values()), [np.uint8(code_of(name)) for name in conditions], np.uint8(otherwise))


def _rounding(problem: Problem) -> float:
    """The largest loss of an exact fit whose predictions are rounded to float32."""
    y = problem.dataset.y
    return same_bound(float(np.abs(y).max() * FLOAT32_ROUNDING) ** 2, "mse", problem.settings.loss, len(y))


def _idle(batch: Batch, problem: Problem) -> tuple[_Mask, _Mask, _Mask]:
    """Whether each network has dead units, parked units and twins: three bool arrays of shape (networks,)."""
    if problem.network.deeper:
        none = np.zeros(len(batch), np.bool_)
        return _dead_in_layers(batch, problem), none, none
    if not problem.network.kinked:
        none = np.zeros(len(batch), np.bool_)
        return none, none, none
    x, free = problem.dataset.x, problem.locks.movable
    w, b, v = (batch.values[:, k::3] for k in (1, 2, 3))
    at_ends = w * x.min() + b, w * x.max() + b  # z is straight, so it is largest and smallest there
    least, most = np.minimum(*at_ends), np.maximum(*at_ends)
    width = float(np.ptp(x))
    twins = _twins(w, b, SAME_KINK * width) & (least <= 0.0)
    dead, parked = most <= 0.0, adds_next_to_nothing(most, w, v, width, problem.dataset.y_size)
    each = (dead, parked & ~dead) if problem.network.activation == "relu" else (np.zeros_like(dead),) * 2
    return (each[0] & free).any(axis=1), (each[1] & free).any(axis=1), (twins & free).any(axis=1)


def _dead_in_layers(batch: Batch, problem: Problem) -> _Mask:
    """Whether each network has a relu unit in any hidden layer whose z is at no point above 0, and which training can move.

    It can if a weight or the bias of the unit is free, or of any in a layer before it.
    """
    x, locks, dead = problem.dataset.x, problem.locks.layers, np.zeros(len(batch), np.bool_)
    size = max(1, VALUES_AT_ONCE // (max(batch.sizes) * len(x)))
    for part in (slice(first, first + size) for first in range(0, len(batch), size)):
        before = False
        layers = hidden_layers(problem.network, views_of(batch.values[part], batch.sizes), x)
        for name, lock, (z, _) in zip(problem.network.layer_activations, locks, layers):
            free = ~(lock.w.all(axis=1) & lock.b)
            if name == "relu":
                dead[part] |= ((z <= 0.0).all(axis=2) & (free | before)).any(axis=1)
            before = before or bool(free.any())
    return dead


def _twins(w: Array, b: Array, near: float) -> _Mask:
    """Whether each unit shares its kink and side with another unit of its network; of shape (networks, units)."""
    at, sign = kinks_of(w, b), np.sign(w)
    order = np.lexsort((at, sign))  # by side, then by kink, so that the nearest unit of the same side is adjacent
    at, sign = (np.take_along_axis(values, order, axis=1) for values in (at, sign))
    same = (np.diff(at) <= near) & (sign[:, 1:] == sign[:, :-1]) & (sign[:, 1:] != 0.0)
    twin = np.pad(same, ((0, 0), (1, 0))) | np.pad(same, ((0, 0), (0, 1)))
    placed = np.empty(w.shape, np.bool_)
    np.put_along_axis(placed, order, twin, axis=1)
    return placed
