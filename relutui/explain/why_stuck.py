"""Explain why the loss stands still, and what to do about it."""

import math
from collections.abc import Callable, Iterator
from operator import is_

import numpy as np

from relutui.explain.best import exact_loss_bound, lowest_loss_found, lowest_loss_possible
from relutui.explain.feasibility import why_impossible
from relutui.explain.idle_units import dead_units, parked_units, slope_at_kink, twins
from relutui.explain.kink_places import at_one_place, in_one_gap
from relutui.explain.output_off import output_off
from relutui.explain.phrasing import count_text, join_sentences
from relutui.explain.plateau import LossTail, loss_tail
from relutui.explain.saddle import on_saddle
from relutui.explain.stuck_reason import StuckReason, movable_units
from relutui.lib.arrays import quiet
from relutui.lib.number_text import loss_text
from relutui.model.batch import Batch, values_of
from relutui.model.dataset import scaling_advice
from relutui.model.gradient import gradient, next_step
from relutui.model.network import Parameters
from relutui.model.output_fit import best_output, why_no_output_fit
from relutui.model.unit_states import diagnose
from relutui.session.findings import Trial
from relutui.session.session import Session

OVERSHOOT_LOSS_SHARE = 1e-2  # of the loss; a step on a plateau with a larger predicted change is too long
TRIAL_LOSS_SHARE = 1e-2  # of the loss; the predicted decrease of the longer trial step
MIN_STEP_FACTOR = 100.0  # times the step; it is too short if one this much longer achieves half of its predicted decrease
MIN_STEP_FALL_SHARE = 1e-3  # of the loss; a shorter step that lowers it by less finds no way down
MAX_HALVINGS = 16  # of the learning rate
MAX_FIT_WORK = 20_000_000  # points times units squared; more would take over 0.1 s to solve for v and c
MIN_ESCAPE_SHARE = 1e-2  # of the loss; a trial that ends lower by less leads nowhere
NEAR_BEST_RATIO = 1.05  # times the lowest known loss; a loss up to this counts as equal to it

# Kinds of reasons that can be tried: by moving kinks of the units at fault, or by another setting or c.
MOVING = ("gap", "shared kink", "dead", "parked", "twins", "slope at the kink")
CHANGING = ("rate too small", "rate too large", "output off")

_latest: tuple[tuple[object, ...], StuckReason | None] = (), None  # the last subject, compared by identity, and its answer


def stuck_reason(session: Session) -> StuckReason | None:
    """The most important reason why the loss stands still; None while it falls or once it is low enough.

    The last answer is cached: it takes up to 0.1 s with many points and units, and several panels ask for it.
    """
    global _latest
    findings = session.findings
    about = (
        *(session.state, session.scenario, session.document.best),
        *(findings.best_found, findings.lower_bounds, findings.trials),
    )
    subject, answer = _latest
    if not (subject and all(map(is_, subject, about))):
        answer = _find_reason(session)
        if answer and (advice := scaling_advice(session.dataset)):
            answer = answer._replace(text=f"{answer.text} {advice[0].upper()}{advice[1:]}.")
        _latest = about, answer
    return answer


def missing_trial(session: Session) -> tuple[str, tuple[int, ...]] | None:
    """The kind and units of the reason whose advice is still to be tried, an empty kind for the run as it is; None if none."""
    reason = stuck_reason(session)
    if reason is None:
        return None
    trials = _trials(session)
    if "" not in trials:
        return "", ()
    triable = reason.kind in MOVING if reason.units else reason.kind in CHANGING
    return (reason.kind, reason.units) if triable and reason.kind not in trials else None


def _trials(session: Session) -> dict[str, Trial]:
    """The trials of the present state, by the kind of the reason."""
    return {trial.reason: trial for trial in session.findings.trials if trial.state is session.state}


@quiet
def _find_reason(session: Session) -> StuckReason | None:
    tail = None if session.state.network.stepped else loss_tail(session)
    if tail is None or not (tail.is_flat or tail.oscillates):
        return None
    trials = _trials(session)
    same_run = trials.get("")
    lowest = min(session.loss, same_run.loss) if same_run and math.isfinite(same_run.loss) else session.loss
    if not tail.is_flat:
        reason = _rate_too_large(session, f"the loss goes up and down, {_range_text(tail)}, without getting lower")
        return _with_trial(reason, trials, lowest) or reason
    if same_run and (slow := _same_run(session, same_run)):
        return slow
    for reason in _reasons(session):
        # What was tried in vain is not advised, and so is no reason.
        if tried := _with_trial(reason, trials, lowest):
            return tried
    return _local_minimum(session)


def _same_run(session: Session, trial: Trial) -> StuckReason | None:
    """What the same run does later, if it does not rest here."""
    if not math.isfinite(trial.loss):
        return _rate_too_large(session, f"the same run diverges within {trial.steps:,} more steps")
    if trial.loss >= (1.0 - MIN_ESCAPE_SHARE) * session.loss:
        return None
    there = loss_text(trial.loss)
    here = loss_text(session.loss)
    text = f"Slow, not stuck: the loss stands still at {here}, but {trial.steps:,} more steps bring it to {there}."
    return StuckReason("slow", (), f"slow: {there} in {trial.steps:,} steps", text)


def _with_trial(reason: StuckReason, trials: dict[str, Trial], lowest: float) -> StuckReason | None:
    """The reason with what its advice led to, if that was tried; None if it led no lower."""
    trial = trials.get(reason.kind)
    if trial is None or not trial.steps:
        return reason
    if not trial.loss < (1.0 - MIN_ESCAPE_SHARE) * lowest and reason.kind != "output off":  # which is the reason anyhow
        return None
    tried = f"Tried {trial.change}: {loss_text(trial.loss)} instead of {loss_text(lowest)} after {trial.steps:,} steps."
    return reason._replace(text=f"{reason.text} {tried}")


def _reasons(session: Session) -> Iterator[StuckReason]:
    """The reasons that hold, the first the most important.

    Dead units and twins are facts, but seldom the reason: what leads down comes first.
    """
    state = session.state
    g = gradient(state.problem(session.dataset), state.parameters)
    diagnoses = diagnose(state.network, state.parameters, session.dataset, session.domain)
    finders: tuple[Callable[[], StuckReason | None], ...] = (
        lambda: slope_at_kink(session, g),
        lambda: _step_length(session, g),
        lambda: output_off(session, g),
        lambda: on_saddle(session),
        lambda: _output_unsolved(session),
        lambda: _best_for_units(session),
        lambda: in_one_gap(session),
        lambda: at_one_place(session),
        lambda: dead_units(session, g, diagnoses),
        lambda: parked_units(session, diagnoses),
        lambda: twins(session, diagnoses),
        lambda: _shorter_step(session, g),
    )
    yield from filter(None, (find() for find in finders))


def _rate_too_large(session: Session, why: str) -> StuckReason:
    rate = session.state.settings.learning_rate
    text = f"The learning rate {rate:.4g} is too large: {why}. The key ( halves it."
    return StuckReason("rate too large", (), "stuck: rate too large", text)


def _range_text(tail: LossTail) -> str:
    return f"between {loss_text(float(tail.losses.min()))} and {loss_text(float(tail.losses.max()))}"


def _step_length(session: Session, g: Parameters) -> StuckReason | None:
    """A next step far too long or far too short, judged by the decrease of the loss that the gradient predicts."""
    state, loss = session.state, session.loss
    values = values_of(state.parameters)
    move = values_of(next_step(state.checkpoint, state.problem(session.dataset))) - values
    promise = -float(values_of(g) @ move)
    # An oscillating loss may look flat if every sample falls on the same phase.
    if abs(promise) > OVERSHOOT_LOSS_SHARE * loss:
        return _rate_too_large(session, f"a step should lower the loss by {loss_text(abs(promise))}, but goes too far")
    if not promise > 0.0:
        return None
    factor = TRIAL_LOSS_SHARE * loss / promise
    trial = Batch.start((values + factor * move)[None]).parameters(0)
    gain = loss - state.network.loss(trial, session.dataset.x, session.dataset.y, state.settings.loss)
    if factor < MIN_STEP_FACTOR or not gain >= TRIAL_LOSS_SHARE * loss / 2:
        return None
    text = (
        f"The learning rate {state.settings.learning_rate:.4g} is too small: the loss hardly moves, though a step "
        f"{10 ** int(np.log10(factor)):,} times as long would still lower it. The key ) doubles it."
    )
    return StuckReason("rate too small", (), "stuck: rate too small", text)


def _shorter_step(session: Session, g: Parameters) -> StuckReason | None:
    """Steps that go back and forth over a bend of the loss, beside which a shorter one against the gradient leads down."""
    state, loss = session.state, session.loss
    values = values_of(state.parameters)
    slopes = np.where(values_of(state.locks) == 0.0, values_of(g), 0.0)
    rates = state.settings.learning_rate * 0.5 ** np.arange(MAX_HALVINGS)
    trials = Batch.start(values - rates[:, None] * slopes)
    losses = [
        state.network.loss(trials.parameters(k), session.dataset.x, session.dataset.y, state.settings.loss)
        for k in range(len(trials))
    ]
    lowest, least = float(np.nan_to_num(losses, nan=np.inf).min()), (1.0 - MIN_STEP_FALL_SHARE) * loss
    if losses[0] < least or not lowest < least:
        return None
    return _rate_too_large(
        session, f"the loss stands still at {loss_text(loss)}, and shorter steps lead to {loss_text(lowest)}"
    )


def _output_unsolved(session: Session) -> StuckReason | None:
    """Free v and c that are far from their best for the kinks as they are, of which least squares knows the one minimum."""
    state, loss = session.state, session.loss
    if why_no_output_fit(state.network, state.locks) or _fit_work(session) > MAX_FIT_WORK:
        return None
    best = best_output(state.network, state.parameters, session.dataset, state.locks).parameters
    lowest = state.network.loss(best, session.dataset.x, session.dataset.y, state.settings.loss)
    exact = exact_loss_bound(session.dataset, state.settings.loss)
    if loss <= max(NEAR_BEST_RATIO * lowest, exact):
        return None
    lowest = lowest if lowest >= exact else 0.0
    if len(movable_units(session)):
        where = f"with the kinks where they are the best v and c have {loss_text(lowest)}"
    else:
        where = f"with every kink locked the loss has only one minimum, {loss_text(lowest)}"
    text = f"Slow, not stuck: {where}, and training is still at {loss_text(loss)}. The key b sets v and c to it at once."
    return StuckReason("slow", (), f"slow: v and c can do {loss_text(lowest)}", text)


def _fit_work(session: Session) -> int:
    """The work of solving for v and c."""
    return len(session.dataset) * (1 + session.state.parameters.units) ** 2


def _best_for_units(session: Session) -> StuckReason | None:
    """A loss about as low as the lowest known for this number of units."""
    state, loss = session.state, session.loss
    units = count_text(state.parameters.units, "unit")
    possible, lowest = lowest_loss_possible(session), lowest_loss_found(session)
    advice = "More units may do better (A adds one, n compares)."
    linear = state.network.activation == state.network.output_activation == "identity"
    solved = state.network.output_activation == "identity" and _fit_work(session) <= MAX_FIT_WORK  # see _output_unsolved
    if solved and not len(movable_units(session)):
        why = f"With every kink locked the loss has only one minimum, and training is there: {loss_text(loss)}"
    elif linear and loss <= NEAR_BEST_RATIO * _best_line_loss(session):
        why, advice = "Identity units add up to one straight line, and this is about the best one", "f changes the activation."
    elif possible is not None and loss <= NEAR_BEST_RATIO * possible:
        why = f"This is about the best that {units} can do: the lowest loss possible is {loss_text(possible)}"
    elif lowest is not None and loss <= NEAR_BEST_RATIO * lowest:
        why = f"This is about the best found with {units}: of many starts none ended below {loss_text(lowest)}"
    else:
        return None
    return StuckReason("best", (), f"best for {units}", f"{why}. {advice}")


def _best_line_loss(session: Session) -> float:
    """The loss of the least-squares straight line, which is level for points of one x."""
    x, y = session.dataset.x, session.dataset.y
    columns = np.stack([x - x[0], np.ones(len(x))], axis=1)
    squares = (y - columns @ np.linalg.lstsq(columns, y, rcond=None)[0]) ** 2
    return float(squares.mean() if session.state.settings.loss == "mse" else squares.sum())


def _local_minimum(session: Session) -> StuckReason:
    lowest = lowest_loss_found(session)
    advice = "another start may do better (R; g shows many)" if lowest is None else f"the best found is {loss_text(lowest)}"
    text = join_sentences(
        f"Stuck in a local minimum: no small change of the free parameters lowers the loss; {advice}.", why_impossible(session)
    )
    return StuckReason("local minimum", (), "stuck: local minimum", text)
