"""An output relu that is off at every point, and which one parameter that may be changed switches it on."""

import numpy as np

from relutui.explain.stuck_reason import StuckReason
from relutui.lib.number_text import format_3_digits
from relutui.model.network import Parameters
from relutui.model.values import values_of
from relutui.session.session import Session


def output_off(session: Session, g: Parameters) -> StuckReason | None:
    """The output's relu is off at every point, so that every gradient is zero; with what switches it on."""
    state = session.state
    total = state.network.output_sum(state.parameters, session.dataset.x)
    # A sum above 0 at points without an error leaves every gradient zero, too.
    if state.network.output_activation != "relu" or values_of(g).any() or (total > 0.0).any():
        return None
    what = "Stuck: the output's relu is off at every point, so every gradient is zero."
    return StuckReason("output off", (), "stuck: output off", f"{what} {_remedy(session)}")


def _remedy(session: Session) -> str:
    """Name a free parameter and the bound beyond which it alone brings the sum above 0 at some point: c, else a v, else a b."""
    state, x = session.state, session.dataset.x
    p, locks = state.parameters, state.locks
    parts, a = state.network.contributions(p, x), state.network.activations(p, x)
    if not locks.c:
        return f"A c above {format_3_digits(-float(parts.sum(axis=0).max()))} switches it on."
    held = "c is locked (l unlocks it)"
    others = np.stack([p.c + np.delete(parts, unit, axis=0).sum(axis=0) for unit in range(p.units)])  # without the unit itself
    for unit in np.flatnonzero(~locks.v & (a > 0.0).any(axis=1)).tolist():
        on = a[unit] > 0.0
        least = float((-others[unit][on] / a[unit][on]).min())
        return f"{held}; a v of unit {unit} above {format_3_digits(least)} switches it on."
    for unit in np.flatnonzero(~locks.b & (p.v > 0.0)).tolist() if state.network.kinked else []:
        least = float((-others[unit] / p.v[unit] - p.w[unit] * x).min())
        return f"{held}; a b of unit {unit} above {format_3_digits(least)} switches it on."
    return f"{held}, and no other free parameter switches it on alone."
