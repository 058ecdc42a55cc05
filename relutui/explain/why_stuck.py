"""Explain why the loss stands still, and what to do about it.

What only a loss that stands still needs is imported when one does, because start-up time counts.
"""

import math
from collections.abc import Callable, Iterator
from operator import is_

import numpy as np

from relutui.explain.best import exact_loss_bound, lowest_loss_found, lowest_loss_possible
from relutui.explain.phrasing import count_text, enumeration, join_sentences, loss_texts
from relutui.explain.plateau import LossTail, loss_tail
from relutui.explain.stuck_reason import OTHER_START, StuckReason, movable_units
from relutui.lib.arrays import quiet
from relutui.lib.number_text import loss_text
from relutui.session.findings import Trial
from relutui.session.scaling_hint import scaling_hint
from relutui.session.session import Session
from relutui.session.state import decay_part

MAX_FIT_WORK = 5_000_000  # points times units squared; more would take over 0.05 s to solve for v and c
MIN_ESCAPE_SHARE = 1e-2  # of the loss; a trial that ends lower by less leads nowhere
NEAR_BEST_RATIO = 1.05  # times the lowest known loss; a loss up to this counts as equal to it

# Kinds of reasons that can be tried: by moving kinks of the units at fault, or by another setting or c.
MOVING = ("gap", "shared kink", "dead", "parked", "twins", "slope at the kink")
CHANGING = ("rate too small", "rate too large", "output off")
SOLVE_ADVICE = "The key b sets v and c to it at once."

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
        if answer and (notes := _notes(session, answer)):
            answer = answer._replace(text=" ".join((answer.text, *notes)))
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


def _notes(session: Session, reason: StuckReason) -> list[str]:
    """What is to be said besides a reason: that adam may get away, and how to scale the data."""
    from relutui.explain.adam_memory import may_get_away

    same_run, advice = _trials(session).get(""), scaling_hint(session.dataset)
    stuck = reason.text.startswith("Stuck")
    away = may_get_away(session, same_run.steps if same_run else 0) if stuck else ""
    return list(filter(None, (away, advice and f"{advice[0].upper()}{advice[1:]}.")))


@quiet
def _find_reason(session: Session) -> StuckReason | None:
    state = session.state
    by_all = not (state.network.stepped or state.problem(session.dataset).uses_minibatches)  # else gradients tell too little
    tail = loss_tail(session) if by_all and not state.network.deeper else None  # the reasons are of one hidden layer
    if tail is None or not (tail.is_flat or (tail.oscillates and not state.settings.weight_decay)):
        return None  # with weight decay the loss may rise in a training that goes well
    trials = _trials(session)
    same_run = trials.get("")
    lowest = min(session.loss, same_run.loss) if same_run and math.isfinite(same_run.loss) else session.loss
    if not tail.is_flat:
        return _swinging(session, tail, trials.get("rate too large"))
    if same_run and (slow := _same_run(session, same_run)):
        return slow
    if state.settings.weight_decay:
        return _with_decay(session)
    for reason in _reasons(session, same_run.steps if same_run else 0):
        # What was tried in vain is not advised, and so is no reason.
        if tried := _with_trial(reason, trials, lowest):
            return tried
    return _local_minimum(session)


def _swinging(session: Session, tail: LossTail, trial: Trial | None) -> StuckReason:
    """Why a loss that goes up and down gets no lower: it is at the best, or the rate is too large unless a lower one fails."""
    from relutui.explain.step_length import rate_too_large

    low, high = float(tail.losses.min()), float(tail.losses.max())
    if best := _best_known(session, low):
        return best
    lowest, highest = loss_texts(low, high)
    between = f"the loss goes up and down, between {lowest} and {highest},"
    reason = rate_too_large(session, f"{between} without getting lower")
    if trial is None or not math.isfinite(trial.loss) or trial.loss < (1.0 - MIN_ESCAPE_SHARE) * low:
        return _with_trial(reason, {} if trial is None else {reason.kind: trial}, low) or reason
    text = (
        f"{between[0].upper()}{between[1:]} but the learning rate is not what keeps it there. Tried {trial.change}: no lower "
        f"than {loss_text(trial.loss)} after {trial.steps:,} steps. One unit more (A) or another start (R) may do better."
    )
    return StuckReason("swing", (), "swings, no lower rate helps", text)


def _same_run(session: Session, trial: Trial) -> StuckReason | None:
    """What the same run does later, if it does not rest here."""
    from relutui.explain.step_length import rate_too_large

    if not math.isfinite(trial.loss):
        return rate_too_large(session, f"the same run diverges within {trial.steps:,} more steps")
    if trial.loss >= (1.0 - MIN_ESCAPE_SHARE) * session.loss:
        return None
    here, there = loss_texts(session.loss, trial.loss)
    text = f"Slow, not stuck: the loss stands still at {here}, but {trial.steps:,} more steps bring it to {there}."
    if minimum := _output_minimum(session):
        where, lowest = minimum
        text = f"{text} {where[0].upper()}{where[1:]} {loss_text(lowest)}. {SOLVE_ADVICE}"
    return StuckReason("slow", (), f"slow: {there} in {trial.steps:,} steps", text)


def _with_decay(session: Session) -> StuckReason:
    """What training with weight decay lowers, of which the loss is but a part: what holds the loss alone cannot be told."""
    loss, part = session.loss, decay_part(session.state)
    text = (
        f"The loss stands still. Training lowers it together with what the weight decay adds: {loss_text(loss)} and "
        f"{loss_text(part)} here. W changes the decay."
    )
    return StuckReason("decay", (), "stands still with decay", text)


def _with_trial(reason: StuckReason, trials: dict[str, Trial], lowest: float) -> StuckReason | None:
    """The reason with what its advice led to, if that was tried; None if it led no lower."""
    trial = trials.get(reason.kind)
    if trial is None or not trial.steps:
        return reason
    steps = f"after {trial.steps:,} steps"
    if trial.loss < (1.0 - MIN_ESCAPE_SHARE) * lowest:
        after, without = loss_texts(trial.loss, lowest)
        tried = f"Tried {trial.change}: {after} instead of {without} {steps}."
    elif reason.kind == "output off":  # which is the reason anyhow
        tried = f"Tried {trial.change}: {'hardly' if trial.loss < lowest else 'no'} lower {steps}."
    else:
        return None
    advice = reason.text.removesuffix(OTHER_START)
    return reason._replace(text=f"{advice}{'' if advice == reason.text else '.'} {tried}")


def _reasons(session: Session, steps_tried: int) -> Iterator[StuckReason]:
    """The reasons that hold, the first the most important; steps_tried: of the same run, which led no lower.

    Dead units and twins are facts, but seldom the reason: what leads down comes first.
    """
    from relutui.explain.idle_units import dead_units, parked_units, slope_at_kink, twins
    from relutui.explain.kink_places import at_one_place, in_one_gap
    from relutui.explain.output_off import output_off
    from relutui.explain.saddle import on_saddle
    from relutui.explain.step_length import short_steps, too_long_over_bend, wrong_step_length
    from relutui.model.gradient import gradient
    from relutui.model.unit_states import diagnose

    state = session.state
    g = gradient(state.problem(session.dataset), state.parameters)
    diagnoses = diagnose(state.network, state.parameters, session.dataset, session.domain)
    finders: tuple[Callable[[], StuckReason | None], ...] = (
        lambda: slope_at_kink(session, g),
        lambda: wrong_step_length(session, g),
        lambda: output_off(session, g),
        lambda: on_saddle(session, steps_tried),
        lambda: _output_unsolved(session),
        lambda: _best_for_units(session),
        lambda: short_steps(session, g),
        lambda: in_one_gap(session),
        lambda: at_one_place(session),
        lambda: dead_units(session, g, diagnoses),
        lambda: parked_units(session, diagnoses),
        lambda: twins(session, diagnoses),
        lambda: too_long_over_bend(session, g),
    )
    yield from filter(None, (find() for find in finders))


def _output_unsolved(session: Session) -> StuckReason | None:
    """Free v and c that are far from their best for the kinks as they are."""
    if not (minimum := _output_minimum(session)):
        return None
    where, best = minimum
    lowest, now = loss_texts(best, session.loss)
    text = f"Slow, not stuck: {where} {lowest}, and training is still at {now}. {SOLVE_ADVICE}"
    return StuckReason("slow", (), f"slow: v and c can do {lowest}", text)


def _output_minimum(session: Session) -> tuple[str, float] | None:
    """The one minimum in v and c, by least squares, and the end of a clause that names it; None if training is there.

    None as well where least squares does not serve, or would take too long.
    """
    from relutui.model.output_fit import best_output, why_no_output_fit

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
        return "with the kinks where they are the best v and c have", lowest
    return "with every kink locked the loss has only one minimum,", lowest


def _fit_work(session: Session) -> int:
    """The work of solving for v and c."""
    return len(session.dataset) * (1 + session.state.parameters.units) ** 2


def _best_for_units(session: Session) -> StuckReason | None:
    """A loss about as low as the lowest known for this number of units."""
    state, loss = session.state, session.loss
    linear = state.network.activation == state.network.output_activation == "identity"
    solved = state.network.output_activation == "identity" and _fit_work(session) <= MAX_FIT_WORK  # see _output_unsolved
    if solved and not len(movable_units(session)):
        return _best(session, f"With every kink locked the loss has only one minimum, and training is there: {loss_text(loss)}")
    if linear and loss <= NEAR_BEST_RATIO * _best_line_loss(session):
        why, advice = "Identity units add up to one straight line, and this is about the best one", "f changes the activation."
        return _best(session, why, advice)
    return _best_known(session, loss)


def _best_known(session: Session, loss: float) -> StuckReason | None:
    """A loss about as low as the lowest possible or found, if either is known."""
    units = count_text(session.state.parameters.units, "unit")
    possible, lowest = lowest_loss_possible(session), lowest_loss_found(session)
    if possible is not None and loss <= NEAR_BEST_RATIO * possible:
        return _best(session, f"This is about the best that {units} can do: the lowest loss possible is {loss_text(possible)}")
    if lowest is not None and loss <= NEAR_BEST_RATIO * lowest:
        return _best(session, f"This is about the best found with {units}: of many starts none ended below {loss_text(lowest)}")
    return None


def _best(session: Session, why: str, advice: str = "More units may do better (A adds one, n compares).") -> StuckReason:
    return StuckReason("best", (), f"best for {count_text(session.state.parameters.units, 'unit')}", f"{why}. {advice}")


def _best_line_loss(session: Session) -> float:
    """The loss of the least-squares straight line, which is level for points of one x."""
    x, y = session.dataset.x, session.dataset.y
    columns = np.stack([x - x[0], np.ones(len(x))], axis=1)
    squares = (y - columns @ np.linalg.lstsq(columns, y, rcond=None)[0]) ** 2
    return float(squares.mean() if session.state.settings.loss == "mse" else squares.sum())


def _unlocked(session: Session) -> str:
    """Name the kinds of parameters that are not locked, as in w and b, with "the unlocked" where some of these are locked."""
    locks = session.state.locks
    if session.state.network.deeper:
        return "the unlocked numbers"
    flags = {"w": locks.w, "b": locks.b, "v": locks.v, "c": np.array([locks.c])}
    names = enumeration(name for name, locked in flags.items() if not locked.all())
    partly = any(locked.any() and not locked.all() for locked in flags.values())
    return f"the unlocked {names}" if partly else names


def _local_minimum(session: Session) -> StuckReason:
    from relutui.explain.feasibility import why_unbendable
    from relutui.explain.saddle import changes_tried

    lowest = lowest_loss_found(session)
    advice = "another start may do better (R; g shows many)" if lowest is None else f"the best found is {loss_text(lowest)}"
    match changes_tried(session):
        case "all":
            why = f"in a local minimum: no small change of {_unlocked(session)} lowers the loss"
        case "single":
            why = "as in a local minimum: no small change of one unlocked number lowers the loss"
        case "none":
            why = "as in a local minimum: training leads no lower, and to try all small changes would take too long"
    return StuckReason(
        "local minimum", (), "stuck: local minimum", join_sentences(f"Stuck {why}; {advice}.", why_unbendable(session))
    )
