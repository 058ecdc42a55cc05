"""Reasons why the loss stands still that lie in where the kinks are: all in one gap of the data, or all at one place."""

import numpy as np

from relutui.explain.stuck_reason import StuckReason, movable_units
from relutui.lib.arrays import Array, distinct
from relutui.model.gradient import kink_moves
from relutui.model.pieces import SAME_KINK, kinks
from relutui.session.own_units import x_text
from relutui.session.session import Session

MIN_GAP_SHARE = 0.05  # of the domain; between neighbouring points that are nearer is no gap,
MIN_GAP_RATIO = 3.0  # nor where the median of the distances is not so many times smaller
PARTING_SHARE = 1e-3  # of the distance within which kinks are the same; a step that parts them by less leaves them together


def in_one_gap(session: Session) -> StuckReason | None:
    """The kinks inside the data all lie between two neighbouring points that are far apart, and can move."""
    x, y = session.dataset.x, session.dataset.y
    inside = _working_kinks(session)
    movable = [j for j in movable_units(session) if kinks(session.state.parameters)[j] in inside]
    if not movable:
        return None
    right = int(np.searchsorted(x, inside[0], side="right"))
    low, high = float(x[right - 1]), float(x[right])
    width = session.domain[1] - session.domain[0]
    least = max(MIN_GAP_SHARE * width, MIN_GAP_RATIO * float(np.median(np.diff(distinct(x)))))
    if high - low < least or not ((inside > low) & (inside < high)).all():
        return None
    squares = (session.state.network.prediction(session.state.parameters, x) - y) ** 2
    to_right = squares[right:].sum() >= squares[:right].sum()
    beyond = x_text(session, high if to_right else low)
    every = "the only kink inside the data lies" if len(inside) == 1 else "every kink inside the data lies"
    text = (
        f"Stuck: {every} between x = {x_text(session, low)} and {x_text(session, high)}, where there are no "
        f"points. One has to get past x = {beyond}, where the error is larger: by hand, or by another start (R; g shows many)."
    )
    return StuckReason("gap", (movable[-1],), "stuck: kinks in a gap", text)


def at_one_place(session: Session) -> StuckReason | None:
    """The kinks of all units, at least two, lie at one x inside the data and do not part, so that they make one bend."""
    state, inside = session.state, _working_kinks(session)
    p, locks, near = state.parameters, state.locks, SAME_KINK * (session.domain[1] - session.domain[0])
    if len(inside) < 2 or len(inside) < p.units or np.ptp(inside) > near:
        return None
    if not np.ptp(kink_moves(state.checkpoint, state.problem(session.dataset))) <= PARTING_SHARE * near:
        return None
    held = bool((locks.b & ((p.b == 0.0) | locks.w)).all())
    number, place = "both" if p.units == 2 else f"all {p.units}", x_text(session, float(inside[0]))
    advice = "b holds them there (l unlocks it)." if held else "Nudge one away from the others, then train on."
    text = f"Stuck: the kinks of {number} units are at x = {place}, so together they make one bend and two slopes. {advice}"
    return StuckReason("shared kink", () if held else tuple(range(p.units)), "stuck: one kink for all", text)


def _working_kinks(session: Session) -> Array:
    """The kinks strictly inside the data of the units that add something; empty without units that have kinks."""
    state, x = session.state, session.dataset.x
    if not state.network.kinked:
        return np.empty(0)
    places = kinks(state.parameters)
    inside: Array = places[(state.parameters.v != 0.0) & (places > x[0]) & (places < x[-1])]
    return inside
