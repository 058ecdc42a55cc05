"""Say whether training can move a unit that is off at every point."""

import numpy as np

from relutui.explain.phrasing import enumeration
from relutui.lib.arrays import quiet
from relutui.lib.number_text import format_3_digits, format_number
from relutui.model.gradient import coasting_end
from relutui.model.network import Parameters
from relutui.session.own_units import x_text
from relutui.session.session import Session


@quiet
def recovery_chance(session: Session, unit: int) -> str:
    """Whether training can move a dead relu unit, and why; empty if it is on somewhere, or locked as a whole."""
    state, x = session.state, session.dataset.x
    p, locks, at_kink = state.parameters, state.locks, state.network.slope_at_kink
    z = state.network.pre_activations(p, x)[unit]
    if (z > 0.0).any() or locks.whole(unit):
        return ""
    if not locks.movable[unit]:
        return "Training cannot move it: its w and b are locked, and as a is 0 at every point, nothing pushes v."
    end = coasting_end(state.checkpoint, state.problem(session.dataset))
    at_zero, weighted = z == 0.0, p.v[unit] != 0.0 or end.v[unit] != 0.0
    # At x = 0 the slope of z in w is 0, so a point there pushes b alone.
    if at_kink and weighted and (at_zero & (x != 0.0) if locks.b[unit] else at_zero).any():
        return f"Training may still move it: where z is exactly 0 it takes relu's slope to be {at_kink:g}."
    if state.settings.weight_decay:
        return "No error pushes it: only the weight decay moves it, and what the optimizer remembers of earlier steps."
    if coasting := _coasting(session, unit, end):
        return coasting
    if not at_zero.any():
        return "Training cannot move it: relu is flat where z is below 0."
    if not weighted:
        return "Training cannot move it: v is 0, so nothing pushes w and b, and as a is 0 at every point, nothing pushes v."
    if not at_kink:
        return "Training cannot move it: where z is exactly 0 it takes relu's slope to be 0 (k changes that)."
    place = x_text(session, 0.0)
    return f"Training cannot move it: z is exactly 0 at x = {place} alone, where it does not depend on w, and b is locked."


def _coasting(session: Session, unit: int, end: Parameters) -> str:
    """Say where the optimizer's memory takes w and b although their gradient is 0; empty where it moves neither."""
    p = session.state.parameters
    moves = [
        _move_text(field, old, new)
        for field in ("w", "b")
        if np.float32(old := getattr(p, field)[unit]) != np.float32(new := getattr(end, field)[unit])
    ]
    if not moves:
        return ""
    memory = "the velocity" if session.state.settings.optimizer == "momentum" else "adam's memory"
    # w and b go straight to their end, and z is straight in both: if it gets above 0 on the way, it is so at the end.
    revived = (session.state.network.pre_activations(end, session.dataset.x)[unit] > 0.0).any()
    outcome = "which switches it on again" if revived else "where it is still off"
    return f"Its gradient is 0, but {memory} of earlier steps takes {enumeration(moves)}, {outcome}."


def _move_text(field: str, old: float, new: float) -> str:
    before, after = format_number(old), format_number(new)
    return f"{field} from {before} to {after}" if before != after else f"{field} on by {format_3_digits(new - old)}"
