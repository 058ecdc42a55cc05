"""Reasons why the loss stands still that lie in units that training does not move, or that add nothing of their own."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from relutui.explain.phrasing import MAX_ITEMS
from relutui.explain.saddle import changes_tried
from relutui.explain.stuck_reason import OTHER_START, StuckReason, movable_units, units_label
from relutui.model.gradient import next_step
from relutui.model.network import Parameters
from relutui.model.pieces import share_on
from relutui.model.unit_states import Diagnosis
from relutui.session.session import Session

PARKED_POINTS_SHARE = 1e-2  # of the points; a unit that is on at no more of them
PARKED_Y_SHARE = 1e-2  # and adds at most this share of the standard deviation of y is parked

States = tuple[Diagnosis | None, ...]


def slope_at_kink(session: Session, g: Parameters) -> StuckReason | None:
    """Units whose gradient is zero only because the slope of relu at z = 0 is taken to be 0."""
    state = session.state
    if state.network.slope_at_kink or state.network.activation != "relu":
        return None
    at_zero = (state.network.pre_activations(state.parameters, session.dataset.x) == 0.0).any(axis=1)
    if not at_zero.any():
        return None
    problem = state.problem(session.dataset)
    other = replace(problem, network=replace(state.network, slope_at_kink=1.0))
    here, there = (next_step(state.checkpoint, each) for each in (problem, other))
    # A gradient may be so small that no step of float32 shows it, where the output is flat.
    moved = (np.float32(here.w) != np.float32(there.w)) | (np.float32(here.b) != np.float32(there.b))
    units = [j for j in _unmoved_units(session, g) if at_zero[j] and moved[j]]
    if not units:
        return None
    gradients = "its gradient is" if len(units) == 1 else "their gradients are"
    text = (
        f"Stuck: z of {units_label(units)} is exactly 0, and there training takes relu's slope to be 0, so {gradients} zero. "
        f"k takes 1/2 or 1 instead; or set {_free_fields(session, units)} by hand."
    )
    return StuckReason("slope at the kink", tuple(units), "stuck: slope at the kink", text)


def _free_fields(session: Session, units: Sequence[int]) -> str:
    """Name w and b, or the only one of them that is free in any of the units."""
    locks = session.state.locks
    return " and ".join(name for name, locked in (("w", locks.w), ("b", locks.b)) if not locked[list(units)].all())


def dead_units(session: Session, g: Parameters, diagnoses: States) -> StuckReason | None:
    """Units that are off at every point and have no gradient; one with z exactly 0 somewhere may still have one."""
    units = [j for j in _unmoved_units(session, g) if (diagnosis := diagnoses[j]) and diagnosis.state == "dead"]
    if not units:
        return None
    state, gradients = ("is dead", "its gradient is") if len(units) == 1 else ("are dead", "their gradients are")
    names = units_label(units)
    where, names = (
        (" in a local minimum: no small step lowers the loss.", names[0].upper() + names[1:])
        if changes_tried(session) == "all"
        else (":", names)
    )
    dead = f"{names} {state}: off at every point, so {gradients} zero."
    text = " ".join(filter(None, (f"Stuck{where} {dead}", _one_line(session, units), _remedy(units))))
    return StuckReason("dead", tuple(units), f"stuck: {_summary('dead', units)}", text)


def _one_line(session: Session, dead: Sequence[int]) -> str:
    """Say that the one unit beside the dead ones makes a straight line; empty where there are others, or where it bends."""
    network, p = session.state.network, session.state.parameters
    alive = [j for j in range(p.units) if j not in dead]
    if network.output_activation != "identity" or len(alive) != 1:
        return ""
    always_on = bool((network.pre_activations(p, session.dataset.x)[alive[0]] > 0.0).all())
    return f"Unit {alive[0]} alone makes a straight line." if always_on and p.w[alive[0]] and p.v[alive[0]] else ""


def parked_units(session: Session, diagnoses: States) -> StuckReason | None:
    """Units that are on at so few points and add so little that they hardly affect the loss."""
    state, data = session.state, session.dataset
    if state.network.activation != "relu":
        return None
    on = share_on(state.network, state.parameters, data.x)
    adds = np.abs(state.network.contributions(state.parameters, data.x)).max(axis=1)
    little = (on > 0.0) & (on <= PARKED_POINTS_SHARE) & (adds <= PARKED_Y_SHARE * data.y.std())
    units = [j for j in movable_units(session) if little[j] or ((diagnosis := diagnoses[j]) and diagnosis.state == "parked")]
    if not units:
        return None
    parked, it = ("is parked", "it") if len(units) == 1 else ("are parked", "them")
    text = (
        f"Stuck: {units_label(units)} {parked} at the edge of the data: on, but so little that training hardly moves {it}. "
        f"{_remedy(units)}"
    )
    return StuckReason("parked", tuple(units), f"stuck: {_summary('parked', units)}", text)


def _summary(state: str, units: Sequence[int]) -> str:
    """Name units after their state, as in dead unit 1, or 6 dead units."""
    return f"{len(units)} {state} units" if len(units) > MAX_ITEMS else f"{state} {units_label(units)}"


def _remedy(units: Sequence[int]) -> str:
    kinks = "its kink" if len(units) == 1 else "their kinks"
    return f"Move {kinks} into the data{OTHER_START}"


def twins(session: Session, diagnoses: States) -> StuckReason | None:
    """Twin units, which make one bend together, of which training can move at least one."""
    free = set(movable_units(session))
    pairs = [(j, diagnosis.other) for j, diagnosis in enumerate(diagnoses) if diagnosis and diagnosis.other is not None]
    units = sorted({j for pair in pairs if free.intersection(pair) for j in pair})
    if not units:
        return None
    names = f"twins {', '.join(map(str, units))}" if len(units) <= MAX_ITEMS else f"{len(units)} twins"
    text = (
        f"Stuck: {units_label(units)} are twins: those with the same kink and side make only one bend. "
        "Nudge one away from the other, then train on."
    )
    return StuckReason("twins", tuple(units), f"stuck: {names}", text)


def _unmoved_units(session: Session, g: Parameters) -> list[int]:
    """The units whose kink training could move, but for a gradient of zero in all of w and b that is free."""
    locks = session.state.locks
    pushed = (~locks.w & (g.w != 0.0)) | (~locks.b & (g.b != 0.0))
    return [j for j in movable_units(session) if not pushed[j]]
