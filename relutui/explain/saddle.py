"""Tell a saddle, from which some small change of the free parameters lowers the loss, from a minimum."""

import math
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from relutui.explain.phrasing import count_text, enumeration, loss_texts
from relutui.explain.stuck_reason import StuckReason
from relutui.lib.arrays import Array
from relutui.lib.number_text import format_3_digits
from relutui.model.batch import Batch
from relutui.model.curvature import hessian
from relutui.model.gradient import gradient
from relutui.model.values import values_of
from relutui.session.own_units import loss_name
from relutui.session.session import Session

MAX_WORK = 5_000_000  # points times parameters squared, or times units times losses; more would take over 0.05 s
MIN_CURVATURE_SHARE = 1e-6  # of the largest curvature, below which a negative one is rounding; of the loss, for a flat one
MIN_FALL_SHARE = 1e-3  # of the loss; the way down must lead so far
STEPS_DOWN = np.geomspace(1e-3, 1.0, 13)  # lengths tried, in units of the size of the parameters that are moved
MAX_NAMED = 3  # parameters named, if these alone lower the loss by MIN_NAMED_SHARE of the fall
MIN_NAMED_SHARE = 0.5
MIN_MOVE_SHARE = 0.05  # of the largest move; a parameter that moves less is not named
LEAVING_SHARE = 1e-7  # of the gradient; the part along the way down that counts as a push
LEAVING_FALL = 1e-2  # of the loss; the saddle is left once it has fallen by so much
MIN_LEAVING_SHARE = 0.8  # of that fall; if less is found where the curvature promises it, the curvature tells no steps
LOOKS_AHEAD = 7  # places on the way down at which the slope is compared with what the curvature promises
MAX_LEAVING_STEPS = 100_000  # later on, what float32 rounds off decides


class Descent(NamedTuple):
    """The way down: its curvature, 0 if that tells nothing; a unit vector; the best length tried, and the loss there."""

    curvature: float
    direction: Array
    length: float
    loss: float


def on_saddle(session: Session, steps_tried: int = 0) -> StuckReason | None:
    """Say that the present state is a saddle, where it leads down, and whether training gets off it; None if it is not one.

    steps_tried: of the same run, which left the loss where it is.
    """
    descent = way_down(session)
    if descent is None:
        return None
    change, units, loss = _change(session, descent)
    kind, (before, after) = loss_name(session), loss_texts(session.loss, loss)
    flat = descent.curvature == 0.0 and changes_tried(session) == "all"
    place = "plateau" if flat else "saddle"
    where = f"a {place}, not a minimum: {change} lowers the {kind} from {before} to {after}"
    push = _push(session, descent)
    steps = _leaving_steps(session, descent, push)
    if not push or steps_tried >= (steps or 1):
        why = f"but {steps_tried:,} more steps do not get there" if push else "but the gradient has no part along it"
        text = f"Stuck on {where}, {why}. Nudge one of them, then train on."
        return StuckReason("saddle", units, f"stuck: {place}", text)
    if steps:
        time = count_text(steps, "step")
        text = f"Slow, not stuck: this is {where}, and training leaves it by itself, in about {time}."
        return StuckReason("slow", (), f"slow: {time} on a {place}", text)
    text = f"Slow, not stuck: this is {where}, and the gradient has a part along it."
    return StuckReason("slow", (), f"slow: on a {place}", text)


def changes_tried(session: Session) -> Literal["all", "single", "none"]:
    """Which small changes of the free parameters are tried; none where that would take too long.

    All, by their second derivatives; single ones where a point is on a kink, so that there are no second derivatives.
    """
    state, x = session.state, session.dataset.x
    p, free = state.parameters, int((values_of(state.locks) == 0.0).sum())
    if len(x) * free**2 > MAX_WORK:
        return "none"
    if not (state.network.kinked and (state.network.pre_activations(p, x) == 0.0).any()):
        return "all"
    return "single" if _is_quick(session) else "none"


def _is_quick(session: Session) -> bool:
    """Whether changes of single parameters can be tried in time."""
    locks, points = session.state.locks, len(session.dataset)
    free = int((values_of(locks) == 0.0).sum())
    return points * session.state.parameters.units * free * 2 * len(STEPS_DOWN) <= MAX_WORK


def way_down(session: Session) -> Descent | None:
    """A direction of the free parameters in which the loss falls although its slope is zero; None if none was found.

    That of the most negative curvature; else, and where a point is on a kink, of the one parameter that lowers the loss most,
    among those in which the loss is flat.
    """
    state, tried = session.state, changes_tried(session)
    p, free = state.parameters, np.flatnonzero(values_of(state.locks) == 0.0)
    if not len(free) or tried == "none":
        return None
    if tried == "single":
        return _single_descent(session, free)
    curvature = hessian(state.problem(session.dataset), p)[np.ix_(free, free)]
    if not np.isfinite(curvature).all():
        return None
    curvatures, directions = np.linalg.eigh(curvature)
    if not curvatures[0] < -MIN_CURVATURE_SHARE * np.abs(curvatures).max():
        bent = np.abs(np.diag(curvature)) * (1.0 + np.abs(values_of(p)[free])) ** 2
        flat = free[bent <= MIN_CURVATURE_SHARE * session.loss]
        return _single_descent(session, flat) if _is_quick(session) else None
    direction = np.zeros(1 + 3 * p.units)
    direction[free] = directions[:, 0]
    return _descent(session, float(curvatures[0]), direction)


def _single_descent(session: Session, indices: NDArray[np.int64]) -> Descent | None:
    """The way down by one of these parameters, by their places in a Batch, that leads lowest."""
    size = 1 + 3 * session.state.parameters.units
    descents = [_descent(session, 0.0, np.eye(size)[index]) for index in indices]
    return min(filter(None, descents), key=lambda descent: descent.loss, default=None)


def _descent(session: Session, curvature: float, direction: Array) -> Descent | None:
    """The best length along a direction, either way; None unless the loss falls at once, and not by the gradient alone."""
    p, loss = session.state.parameters, session.loss
    values, slope = values_of(p), float(values_of(gradient(session.state.problem(session.dataset), p)) @ direction)
    found = None
    for sign in (1.0, -1.0):
        lengths = sign * (1.0 + direction**2 @ np.abs(values)) * STEPS_DOWN
        losses = np.array([_loss_at(session, values + length * direction) for length in lengths])
        best = int(np.nan_to_num(losses, nan=np.inf).argmin())
        fall = loss - losses[best]
        if losses[0] < loss and fall > MIN_FALL_SHARE * loss and abs(slope * lengths[best]) <= fall / 2:
            reached = Descent(curvature, direction, float(lengths[best]), float(losses[best]))
            found = min(filter(None, (found, reached)), key=lambda descent: descent.loss)
    return found


def _change(session: Session, descent: Descent) -> tuple[str, tuple[int, ...], float]:
    """Name the change that leads down, the units of which it is, and the loss after it."""
    values, order = values_of(session.state.parameters), np.argsort(-np.abs(descent.direction))
    move = np.zeros_like(values)
    move[order[:MAX_NAMED]] = descent.length * descent.direction[order[:MAX_NAMED]]
    named = [int(index) for index in order[:MAX_NAMED] if abs(move[index]) > MIN_MOVE_SHARE * np.abs(move).max()]
    texts = {index: format_3_digits(move[index]) for index in named}
    as_printed = np.array([float(texts.get(index, "0")) for index in range(len(values))])
    loss = _loss_at(session, values + as_printed)
    if not session.loss - loss >= MIN_NAMED_SHARE * (session.loss - descent.loss):
        count = int((np.abs(descent.direction) > MIN_CURVATURE_SHARE).sum())
        return f"a change of {count_text(count, 'parameter')} together", (), descent.loss
    units = tuple(sorted({(index - 1) // 3 for index in named if index}))
    return f"to change {enumeration(f'{parameter_name(index)} by {text}' for index, text in texts.items())}", units, loss


def parameter_name(index: int) -> str:
    """Name a parameter by its place in a Batch."""
    return f"{'wbv'[(index - 1) % 3]} of unit {(index - 1) // 3}" if index else "c"


def _loss_at(session: Session, values: Array) -> float:
    p, state = Batch.start(values[None]).parameters(0), session.state
    return state.network.loss(p, session.dataset.x, session.dataset.y, state.settings.loss)


def _push(session: Session, descent: Descent) -> float:
    """How steep the loss is along the way down; 0 if that is rounding."""
    g = values_of(gradient(session.state.problem(session.dataset), session.state.parameters))
    push = abs(float(g @ descent.direction))
    # Where curvature does not make it grow, it has to do on the whole way.
    vain = not descent.curvature and push * abs(descent.length) <= LEAVING_SHARE * session.loss
    return 0.0 if vain or push <= LEAVING_SHARE * float(np.linalg.norm(g)) else push


def _is_even(session: Session, descent: Descent, target: float) -> bool:
    """Whether the loss gets steeper on the whole way down to this distance as its curvature promises: no kink is in the way."""
    values, problem = values_of(session.state.parameters), session.state.problem(session.dataset)
    way = math.copysign(1.0, descent.length) * descent.direction
    for distance in target * np.geomspace(1e-6, 1.0, LOOKS_AHEAD, endpoint=False):
        there = Batch.start((values + distance * way)[None]).parameters(0)
        steepness = -float(values_of(gradient(problem, there)) @ way)
        if not steepness >= MIN_LEAVING_SHARE * abs(descent.curvature) * distance:
            return False
    return True


def _leaving_steps(session: Session, descent: Descent, push: float) -> int | None:
    """About how many steps of sgd or momentum leave the saddle; None if the curvature does not tell, or it takes too many.

    Along the way down a distance d grows by the factor f a step, the larger root of f² - (1 + m + rate |curvature|) f + m = 0
    for a momentum m, as each step is m times the last one and rate |curvature| d.
    """
    settings, curvature, loss = session.state.settings, abs(descent.curvature), session.loss
    if not (curvature and push) or settings.optimizer == "adam":
        return None
    target = math.sqrt(2.0 * LEAVING_FALL * loss / curvature)
    there = values_of(session.state.parameters) + math.copysign(target, descent.length) * descent.direction
    if not loss - _loss_at(session, there) >= MIN_LEAVING_SHARE * LEAVING_FALL * loss or not _is_even(session, descent, target):
        return None
    momentum = settings.momentum if settings.optimizer == "momentum" else 0.0
    both = 1.0 + momentum + settings.learning_rate * curvature
    growth = (both + math.sqrt(both**2 - 4.0 * momentum)) / 2.0
    steps = max(0.0, math.log(target * curvature / push)) / math.log(growth)
    return int(float(f"{max(steps, 1.0):.1g}")) if steps <= MAX_LEAVING_STEPS else None
