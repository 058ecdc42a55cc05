"""Tell a saddle, from which some small change of the free parameters lowers the loss, from a minimum."""

import math
from typing import Literal, NamedTuple

import numpy as np

from relutui.explain.phrasing import count_text, enumeration
from relutui.explain.stuck_reason import StuckReason
from relutui.lib.arrays import Array
from relutui.lib.number_text import format_3_digits, loss_text
from relutui.model.batch import Batch, values_of
from relutui.model.curvature import hessian
from relutui.model.gradient import gradient
from relutui.session.session import Session

MAX_WORK = 5_000_000  # points times parameters squared, or times units times losses; more would take over 0.05 s
MIN_CURVATURE_SHARE = 1e-6  # of the largest curvature; a smaller negative one is rounding
MIN_FALL_SHARE = 1e-3  # of the loss; the way down must lead so far
STEPS_DOWN = np.geomspace(1e-3, 1.0, 13)  # lengths tried, in units of the size of the parameters that are moved
MAX_NAMED = 3  # parameters named, if these alone lower the loss by MIN_NAMED_SHARE of the fall
MIN_NAMED_SHARE = 0.5
MIN_MOVE_SHARE = 0.05  # of the largest move; a parameter that moves less is not named
LEAVING_SHARE = 1e-7  # of the gradient; the part along the way down that counts as a push
LEAVING_FALL = 1e-2  # of the loss; the saddle is left once it has fallen by so much
MAX_LEAVING_STEPS = 100_000  # later on, what float32 rounds off decides


class Descent(NamedTuple):
    """The way down from a saddle: its curvature, a unit vector, and the best length tried and the loss there."""

    curvature: float
    direction: Array
    length: float
    loss: float


def on_saddle(session: Session) -> StuckReason | None:
    """Say that the present state is a saddle, where it leads down, and whether training gets off it; None if it is not one."""
    descent = way_down(session)
    if descent is None:
        return None
    kind, before = session.state.settings.loss.upper(), loss_text(session.loss)
    change, units, loss = _change(session, descent)
    steps = _leaving_steps(session, descent)
    where = f"a saddle, not a minimum: {change} lowers the {kind} from {before} to {loss_text(loss)}"
    if steps is None:
        text = f"Stuck on {where}, but the gradient has no part along it. Nudge one of them, then train on."
        return StuckReason("saddle", units, "stuck: saddle", text)
    text = f"Slow, not stuck: this is {where}, and training leaves it by itself, in about {steps:,} steps."
    return StuckReason("slow", (), f"slow: {steps:,} steps on a saddle", text)


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
    return "single" if len(x) * p.units * free * 2 * len(STEPS_DOWN) <= MAX_WORK else "none"


def way_down(session: Session) -> Descent | None:
    """A direction of the free parameters in which the loss falls although its slope is zero; None if none was found.

    That of the most negative curvature, or of the one parameter that lowers the loss most.
    """
    state, tried = session.state, changes_tried(session)
    p, free = state.parameters, np.flatnonzero(values_of(state.locks) == 0.0)
    if not len(free) or tried == "none":
        return None
    if tried == "single":
        descents = [_descent(session, 0.0, np.eye(1 + 3 * p.units)[index]) for index in free]
        return min(filter(None, descents), key=lambda descent: descent.loss, default=None)
    curvature = hessian(state.problem(session.dataset), p)[np.ix_(free, free)]
    if not np.isfinite(curvature).all():
        return None
    curvatures, directions = np.linalg.eigh(curvature)
    if not curvatures[0] < -MIN_CURVATURE_SHARE * np.abs(curvatures).max():
        return None
    direction = np.zeros(1 + 3 * p.units)
    direction[free] = directions[:, 0]
    return _descent(session, float(curvatures[0]), direction)


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
    return f"to change {enumeration(f'{_name(index)} by {text}' for index, text in texts.items())}", units, loss


def _name(index: int) -> str:
    """Name a parameter by its place in a Batch."""
    return f"{'wbv'[(index - 1) % 3]} of unit {(index - 1) // 3}" if index else "c"


def _loss_at(session: Session, values: Array) -> float:
    p, state = Batch.start(values[None]).parameters(0), session.state
    return state.network.loss(p, session.dataset.x, session.dataset.y, state.settings.loss)


def _leaving_steps(session: Session, descent: Descent) -> int | None:
    """About how many steps of sgd or momentum leave the saddle; None if nothing pushes that way, or it takes too many.

    Along the way down a distance d grows by rate |curvature| d a step, momentum m making the rate 1 / (1 - m) times as large.
    """
    state = session.state
    settings, g = state.settings, values_of(gradient(state.problem(session.dataset), state.parameters))
    push = abs(float(g @ descent.direction))
    if not descent.curvature or not push > LEAVING_SHARE * float(np.linalg.norm(g)):
        return None
    rate = settings.learning_rate / (1.0 - settings.momentum if settings.optimizer == "momentum" else 1.0)
    curvature = abs(descent.curvature)
    target = math.sqrt(2.0 * LEAVING_FALL * session.loss / curvature)
    steps = max(0.0, math.log(target * curvature / push)) / (rate * curvature)
    return int(float(f"{max(steps, 1.0):.1g}")) if steps <= MAX_LEAVING_STEPS else None
