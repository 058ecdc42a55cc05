"""The change that a reason for being stuck advises, made to a state, so that it can be tried before it is recommended."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from relutui.lib.arrays import Array
from relutui.lib.number_text import format_3_digits
from relutui.model.network import Parameters
from relutui.model.pieces import kinks
from relutui.session.own_units import x_text
from relutui.session.session import Session
from relutui.session.state import State
from relutui.session.unit_edits import without_unit
from relutui.study.best_addition import best_addition

TRIED_SLOPE = 0.5  # at the kink; the first that k takes
LONGER, SHORTER = 64.0, 1 / 8  # times the learning rate, six times ) and three times (
MAX_BIASES = 200  # values of c tried


def advised_change(session: Session, reason: str, units: Sequence[int]) -> tuple[State, str] | None:
    """The state with the change that a kind of reason advises, and the change in words; None if there is nothing to change."""
    state = session.state
    match reason:
        case "rate too small" | "rate too large":
            rate = state.settings.learning_rate * (LONGER if reason == "rate too small" else SHORTER)
            return replace(state, settings=replace(state.settings, learning_rate=rate)), f"rate {rate:.4g}"
        case "slope at the kink":
            return replace(
                state, network=replace(state.network, slope_at_kink=TRIED_SLOPE)
            ), f"slope {TRIED_SLOPE:g} at the kink"
        case "output off" if not state.locks.c:
            c = _best_bias(session)
            return _with(state, replace(state.parameters, c=c)), f"c = {format_3_digits(c)}"
        case _ if units:
            return _with_kinks_moved(session, units, out_of_gap=reason == "gap")
    return None


def _with(state: State, p: Parameters) -> State:
    return replace(state, checkpoint=state.checkpoint.edited(p))


def _best_bias(session: Session) -> float:
    """The c with the lowest loss of those that bring the output sum at a point to its y."""
    state, data = session.state, session.dataset
    needed = state.parameters.c + data.y - state.network.output_sum(state.parameters, data.x)
    tried: list[float] = needed[:: 1 + len(needed) // MAX_BIASES].tolist()
    return min(tried, key=lambda c: state.network.loss(replace(state.parameters, c=c), data.x, data.y))


def _with_kinks_moved(session: Session, units: Sequence[int], *, out_of_gap: bool) -> tuple[State, str]:
    """Move the kinks of some units, one after the other, to where each lowers the loss most beside the others.

    out_of_gap: past the ends of the gap of the data in which the kink is.
    """
    p, said = session.state.parameters, []
    for unit in units:
        moved = _moved(session, p, unit, _beyond_gap(session, p, unit) if out_of_gap else None)
        if moved:
            p, kink = moved
            said.append(f"kink {unit} at x = {x_text(session, kink)}")
    return (_with(session.state, p), " and ".join(said)) if said else (session.state, "nothing")


def _beyond_gap(session: Session, p: Parameters, unit: int) -> Array:
    """The points past those between which a unit's kink is."""
    x = session.dataset.x
    right = int(np.searchsorted(x, kinks(p)[unit], side="right"))
    beyond: Array = x[(x < x[max(0, right - 1)]) | (x > x[min(right, len(x) - 1)])]
    return beyond


def _moved(session: Session, p: Parameters, unit: int, places: Array | None) -> tuple[Parameters, float] | None:
    """The parameters with one unit moved, and its new kink; None if nothing would be gained, or its locks prevent it."""
    state = session.state
    locks, (rest, _) = state.locks, without_unit(p, state.locks, unit)
    added = best_addition(state.network, rest, session.dataset, places)
    w, b, v, fixed_v = float(p.w[unit]), float(p.b[unit]), float(p.v[unit]), bool(locks.v[unit])
    if not added.v or (fixed_v and not v) or (locks.w[unit] and locks.b[unit]):
        return None
    if locks.w[unit]:
        if not w:
            return None
        b = -w * added.kink
    elif locks.b[unit]:
        if not b * added.kink:
            return None
        w = -b / added.kink
    else:
        steepness = abs(added.v / v) if fixed_v and added.v * v > 0.0 else 1.0
        w, b = added.side * steepness, -added.side * steepness * added.kink + 0.0  # + 0.0: no -0.0
    if not fixed_v and w * added.side > 0.0:
        v = added.v / abs(w)
    new_w, new_b, new_v = (np.array(values) for values in (p.w, p.b, p.v))
    for values, value in zip((new_w, new_b, new_v), (w, b, v)):
        values[unit] = value
    return Parameters(new_w, new_b, new_v, p.c), added.kink
