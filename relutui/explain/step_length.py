"""Reasons why the loss stands still that lie in how long the steps are."""

import numpy as np

from relutui.explain.phrasing import count_text, loss_texts
from relutui.explain.saddle import changes_tried, parameter_name
from relutui.explain.stuck_reason import StuckReason
from relutui.lib.number_text import loss_text
from relutui.model.batch import Batch
from relutui.model.gradient import next_step
from relutui.model.network import Parameters
from relutui.model.values import values_of
from relutui.session.own_units import loss_name
from relutui.session.session import Session

OVERSHOOT_LOSS_SHARE = 1e-2  # of the loss; a step on a plateau with a larger predicted change is too long
TRIAL_LOSS_SHARE = 1e-2  # of the loss; the predicted decrease of the longer trial step
MIN_STEP_FACTOR = 100.0  # times the step; it is too short if one this much longer achieves half of its predicted decrease
MIN_STEP_FALL_SHARE = 1e-3  # of the loss; a shorter step that lowers it by less finds no way down
MAX_HALVINGS = 16  # of the learning rate
SMALL_CHANGE = 1e-3  # of 1 + the size of each parameter that is changed
MIN_SMALL_FALL_SHARE = 5e-4  # of the loss; a small change that lowers it by more leads down
MAX_STEP_SHARE = 0.1  # of a small change; a longer step is not what keeps training from going that way


def rate_too_large(session: Session, why: str) -> StuckReason:
    """The reason that the learning rate is too large, with what shows it."""
    rate = session.state.settings.learning_rate
    text = f"The learning rate {rate:.4g} is too large: {why}. The key ( halves it."
    return StuckReason("rate too large", (), "stuck: rate too large", text)


def wrong_step_length(session: Session, g: Parameters) -> StuckReason | None:
    """A next step far too long or far too short, judged by the decrease of the loss that the gradient predicts."""
    state, loss = session.state, session.loss
    values = values_of(state.parameters)
    move = values_of(next_step(state.checkpoint, state.problem(session.dataset))) - values
    promise = -float(values_of(g) @ move)
    # An oscillating loss may look flat if every sample falls on the same phase.
    if abs(promise) > OVERSHOOT_LOSS_SHARE * loss:
        return rate_too_large(session, f"a step should lower the loss by {loss_text(abs(promise))}, but goes too far")
    if not promise > 0.0:
        return None
    factor = TRIAL_LOSS_SHARE * loss / promise
    if not MIN_STEP_FACTOR <= factor < np.inf:
        return None
    times = 10.0 ** int(np.log10(factor))  # as it is said
    trials = Batch.start(values + np.array([[factor], [times]]) * move)
    losses = _losses(session, trials)
    if not (loss - losses[0] >= TRIAL_LOSS_SHARE * loss / 2 and losses[1] < loss):
        return None
    text = (
        f"The learning rate {state.settings.learning_rate:.4g} is too small: the loss hardly moves, though a step "
        f"{int(times):,} times as long would still lower it. The key ) doubles it."
    )
    return StuckReason("rate too small", (), "stuck: rate too small", text)


def too_long_over_bend(session: Session, g: Parameters) -> StuckReason | None:
    """Steps that go back and forth over a bend of the loss, beside which a shorter one against the gradient leads down."""
    state, loss = session.state, session.loss
    values = values_of(state.parameters)
    slopes = np.where(values_of(state.locks) == 0.0, values_of(g), 0.0)
    rates = state.settings.learning_rate * 0.5 ** np.arange(MAX_HALVINGS)
    trials = Batch.start(values - rates[:, None] * slopes)
    losses = _losses(session, trials)
    lowest, least = float(np.nan_to_num(losses, nan=np.inf).min()), (1.0 - MIN_STEP_FALL_SHARE) * loss
    if losses[0] < least or not lowest < least:
        return None
    now, after = loss_texts(loss, lowest)
    return rate_too_large(session, f"the loss stands still at {now}, and shorter steps lead to {after}")


def short_steps(session: Session, g: Parameters) -> StuckReason | None:
    """Steps that are short beside a small change against the gradient which lowers the loss, so that training goes on slowly.

    Tried are a change of all free parameters, by the gradient in units of their sizes, and of each alone.
    """
    state, loss = session.state, session.loss
    values = values_of(state.parameters)
    slopes, sizes = np.where(values_of(state.locks) == 0.0, values_of(g), 0.0), 1.0 + np.abs(values)
    steepness = float(np.linalg.norm(sizes * slopes))
    if changes_tried(session) == "none" or not steepness:
        return None
    free = np.flatnonzero(slopes)
    changes = np.zeros((1 + len(free), len(values)))
    changes[0] = -SMALL_CHANGE / steepness * sizes**2 * slopes
    changes[1 + np.arange(len(free)), free] = -SMALL_CHANGE * sizes[free] * np.sign(slopes[free])
    losses = _losses(session, Batch.start(values + changes))
    best = int(np.nan_to_num(losses, nan=np.inf).argmin())
    (nearer,) = _losses(session, Batch.start(values + changes[best : best + 1] / 100.0))
    step = values_of(next_step(state.checkpoint, state.problem(session.dataset))) - values
    if not (losses[best] < (1.0 - MIN_SMALL_FALL_SHARE) * loss and nearer < loss):
        return None
    if np.linalg.norm(step / sizes) > MAX_STEP_SHARE * SMALL_CHANGE:
        return None
    before, after = loss_texts(loss, losses[best])
    what = (
        f"{count_text(len(free), 'parameter')}{' together' * (len(free) > 1)}" if best == 0 else parameter_name(free[best - 1])
    )
    text = (
        f"Slow, not stuck: a change of {what} by a thousandth, against the gradient, lowers the {loss_name(session)} from "
        f"{before} to {after}, and a step is far shorter. The key ) doubles the learning rate."
    )
    return StuckReason("slow", (), "slow: short steps", text)


def _losses(session: Session, trials: Batch) -> list[float]:
    """The loss of each network."""
    state, data = session.state, session.dataset
    return [state.network.loss(trials.parameters(k), data.x, data.y, state.settings.loss) for k in range(len(trials))]
