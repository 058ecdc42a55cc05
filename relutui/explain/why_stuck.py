"""Explain why the loss stands still, and what to do about it."""

from collections.abc import Sequence
from dataclasses import replace
from operator import is_
from typing import Literal, NamedTuple

import numpy as np

from relutui.explain.best import lowest_loss_found, lowest_loss_possible
from relutui.explain.feasibility import why_impossible
from relutui.explain.phrasing import MAX_ITEMS, count_text, enumeration, join_sentences
from relutui.explain.plateau import LossTail, loss_tail
from relutui.lib.arrays import quiet
from relutui.lib.number_text import loss_text
from relutui.model.batch import Batch, values_of
from relutui.model.dataset import scaling_advice
from relutui.model.gradient import gradient, next_step
from relutui.model.network import Parameters
from relutui.model.pieces import share_on
from relutui.model.unit_states import Diagnosis, diagnose
from relutui.session.session import Session

OVERSHOOT_LOSS_SHARE = 1e-2  # of the loss; a step on a plateau with a larger predicted change is too long
TRIAL_LOSS_SHARE = 1e-2  # of the loss; the predicted decrease of the longer trial step
MIN_STEP_FACTOR = 100.0  # times the step; it is too short if one this much longer achieves half of its predicted decrease
PARKED_POINTS_SHARE = 1e-2  # of the points; a unit that is on at no more of them
PARKED_Y_SHARE = 1e-2  # and adds at most this share of the standard deviation of y is parked
NEAR_BEST_RATIO = 1.05  # times the lowest known loss; a loss up to this counts as equal to it

States = tuple[Diagnosis | None, ...]
StuckKind = Literal[
    "rate too large", "rate too small", "slope at the kink", "dead", "parked", "twins", "output off", "best", "local minimum"
]


class StuckReason(NamedTuple):
    """Why the loss stands still: the units at fault, a summary of a few words, and a text that says what to do."""

    kind: StuckKind
    units: tuple[int, ...]
    summary: str
    text: str


_latest: tuple[tuple[object, ...], StuckReason | None] = (), None  # the last subject, compared by identity, and its answer


def stuck_reason(session: Session) -> StuckReason | None:
    """The most important reason why the loss stands still; None while it falls or once it is low enough.

    The last answer is cached: it takes up to 0.1 s with many points and units, and several panels ask for it.
    """
    global _latest
    about = session.state, session.scenario, session.findings.best_found, session.findings.lower_bounds, session.document.best
    subject, answer = _latest
    if not (subject and all(map(is_, subject, about))):
        answer = _find_reason(session)
        if answer and (advice := scaling_advice(session.dataset)):
            answer = answer._replace(text=f"{answer.text} {advice[0].upper()}{advice[1:]}.")
        _latest = about, answer
    return answer


@quiet
def _find_reason(session: Session) -> StuckReason | None:
    tail = loss_tail(session)
    if tail is None or not (tail.is_flat or tail.oscillates):
        return None
    if not tail.is_flat:
        return _rate_too_large(session, f"the loss goes up and down, {_range_text(tail)}, without getting lower")
    state = session.state
    g = gradient(state.problem(session.dataset), state.parameters)
    diagnoses = diagnose(state.network, state.parameters, session.dataset, session.domain)
    return (
        _slope_at_kink(session, g)
        or _step_length(session, g)
        or _dead_units(session, g, diagnoses)
        or _parked_units(session, diagnoses)
        or _twins(session, diagnoses)
        or _output_off(session, g)
        or _best_for_units(session)
        or _local_minimum(session)
    )


def _rate_too_large(session: Session, why: str) -> StuckReason:
    rate = session.state.settings.learning_rate
    text = f"The learning rate {rate:.4g} is too large: {why}. The key ( halves it."
    return StuckReason("rate too large", (), "stuck: rate too large", text)


def _range_text(tail: LossTail) -> str:
    return f"between {loss_text(float(tail.losses.min()))} and {loss_text(float(tail.losses.max()))}"


def _slope_at_kink(session: Session, g: Parameters) -> StuckReason | None:
    """Units whose gradient is zero only because the slope of relu at z = 0 is taken to be 0."""
    state = session.state
    if state.network.slope_at_kink or state.network.activation != "relu":
        return None
    at_zero = (state.network.pre_activations(state.parameters, session.dataset.x) == 0.0).any(axis=1)
    if not at_zero.any():
        return None
    problem = replace(state.problem(session.dataset), network=replace(state.network, slope_at_kink=1.0))
    other = gradient(problem, state.parameters)
    units = [j for j in _movable_units(session) if at_zero[j] and _is_unmoved(g, j) and not _is_unmoved(other, j)]
    if not units:
        return None
    gradients = "its gradient is" if len(units) == 1 else "their gradients are"
    text = (
        f"Stuck: z of {_units_label(units)} is exactly 0, and there training takes relu's slope to be 0, so {gradients} zero. "
        "k takes 1/2 or 1 instead; or set w and b by hand."
    )
    return StuckReason("slope at the kink", tuple(units), "stuck: slope at the kink", text)


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


def _dead_units(session: Session, g: Parameters, diagnoses: States) -> StuckReason | None:
    """Units that are off at every point and have no gradient; one with z exactly 0 somewhere may still have one."""
    units = [
        j for j in _movable_units(session) if (diagnosis := diagnoses[j]) and diagnosis.state == "dead" and _is_unmoved(g, j)
    ]
    if not units:
        return None
    state, gradients = ("is dead", "its gradient is") if len(units) == 1 else ("are dead", "their gradients are")
    text = f"Stuck: {_units_label(units)} {state}: z is 0 or below at every point, so {gradients} zero. {_remedy(units)}"
    return StuckReason("dead", tuple(units), f"stuck: dead {_units_label(units)}", text)


def _parked_units(session: Session, diagnoses: States) -> StuckReason | None:
    """Units that are on at so few points and add so little that they hardly affect the loss."""
    state, data = session.state, session.dataset
    if state.network.activation != "relu":
        return None
    on = share_on(state.network, state.parameters, data.x)
    adds = np.abs(state.network.contributions(state.parameters, data.x)).max(axis=1)
    little = (on > 0.0) & (on <= PARKED_POINTS_SHARE) & (adds <= PARKED_Y_SHARE * data.y.std())
    units = [j for j in _movable_units(session) if little[j] or ((diagnosis := diagnoses[j]) and diagnosis.state == "parked")]
    if not units:
        return None
    parked, it = ("is parked", "it") if len(units) == 1 else ("are parked", "them")
    text = (
        f"Stuck: {_units_label(units)} {parked} at the edge of the data: on, but so little that training hardly moves {it}. "
        f"{_remedy(units)}"
    )
    return StuckReason("parked", tuple(units), f"stuck: parked {_units_label(units)}", text)


def _remedy(units: Sequence[int]) -> str:
    kinks = "its kink" if len(units) == 1 else "their kinks"
    return f"Move {kinks} into the data, or try another start (R; g shows many)."


def _twins(session: Session, diagnoses: States) -> StuckReason | None:
    """Twin units, which make one bend together, of which training can move at least one."""
    free = set(_movable_units(session))
    pairs = [(j, diagnosis.other) for j, diagnosis in enumerate(diagnoses) if diagnosis and diagnosis.other is not None]
    units = sorted({j for pair in pairs if free.intersection(pair) for j in pair})
    if not units:
        return None
    names = ", ".join(map(str, units)) if len(units) <= MAX_ITEMS else f"{len(units)} units"
    text = (
        f"Stuck: {_units_label(units)} are twins: those with the same kink and side make only one bend. "
        "Nudge one away from the other, then train on."
    )
    return StuckReason("twins", tuple(units), f"stuck: twins {names}", text)


def _output_off(session: Session, g: Parameters) -> StuckReason | None:
    """An output relu that is off at every point, so that every gradient is zero."""
    if session.state.network.output_activation != "relu" or values_of(g).any():
        return None
    text = "Stuck: the output's relu is off at every point, so every gradient is zero. A larger c switches it on."
    return StuckReason("output off", (), "stuck: output off", text)


def _best_for_units(session: Session) -> StuckReason | None:
    """A loss about as low as the lowest known for this number of units."""
    state, loss = session.state, session.loss
    units = count_text(state.parameters.units, "unit")
    possible, lowest = lowest_loss_possible(session), lowest_loss_found(session)
    advice = "More units may do better (A adds one, n compares)."
    linear = state.network.activation == state.network.output_activation == "identity"
    if state.network.output_activation == "identity" and not len(_movable_units(session)):
        why = "With every kink locked the loss has only one minimum, and training is there, or very nearly"
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
    """The loss of the least-squares straight line."""
    x, y = session.dataset.x, session.dataset.y
    squares = (y - np.polynomial.Polynomial.fit(x, y, 1)(x)) ** 2
    return float(squares.mean() if session.state.settings.loss == "mse" else squares.sum())


def _local_minimum(session: Session) -> StuckReason:
    lowest = lowest_loss_found(session)
    advice = "another start may do better (R; g shows many)" if lowest is None else f"the best found is {loss_text(lowest)}"
    text = join_sentences(
        f"Stuck in a local minimum: no small change of the free parameters lowers the loss; {advice}.", why_impossible(session)
    )
    return StuckReason("local minimum", (), "stuck: local minimum", text)


def _movable_units(session: Session) -> list[int]:
    """The units whose kink training can move."""
    units: list[int] = np.flatnonzero(session.state.locks.movable).tolist()
    return units


def _is_unmoved(g: Parameters, unit: int) -> bool:
    """Whether the gradient of the unit's w and b is zero, so that its kink does not move."""
    return bool(g.w[unit] == 0.0 and g.b[unit] == 0.0)


def _units_label(units: Sequence[int]) -> str:
    """Name the units, as in unit 1, units 1 and 2, 6 units."""
    if len(units) > MAX_ITEMS:
        return f"{len(units)} units"
    return f"unit{'s' if len(units) > 1 else ''} {enumeration(map(str, units))}"
