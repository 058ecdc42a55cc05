"""Edits that add or remove a unit, of parameters and locks, and of a Session."""

from array import array
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from relutui.lib.number_text import distinct_texts, loss_text, slope_text
from relutui.model.network import Parameters
from relutui.model.pieces import SAME_KINK, SAME_SLOPE, straight
from relutui.model.selection import Selection
from relutui.model.training import Locks
from relutui.model.values import values_of
from relutui.scenario.segments import segments
from relutui.session import kink_edits
from relutui.session.comparison import losses_by_units
from relutui.session.edits import tighten_limits
from relutui.session.own_units import loss_name, own_slope, x_text, x_texts
from relutui.session.session import Session
from relutui.session.state import PendingKink

MAX_BENDS_NAMED = 3  # of the target


class Addition(NamedTuple):
    """A unit to add: its kink, its side (1: right, -1: left), which is also its w, and its v."""

    kink: float
    side: float
    v: float


def append_unit(p: Parameters, added: Addition) -> Parameters:
    """Return the parameters with a unit added as the last."""
    b = -added.side * added.kink + 0.0  # + 0.0: no -0.0
    return Parameters(np.append(p.w, added.side), np.append(p.b, b), np.append(p.v, added.v), p.c)


def with_unit(p: Parameters, locks: Locks, added: Addition) -> tuple[Parameters, Locks]:
    """Return parameters and locks with a free unit added as the last."""
    free = Locks(np.append(locks.w, False), np.append(locks.b, False), np.append(locks.v, False), locks.c)
    return append_unit(p, added), free


def without_unit(p: Parameters, locks: Locks, unit: int) -> tuple[Parameters, Locks]:
    """Return parameters and locks without a unit."""
    rest = Parameters(np.delete(p.w, unit), np.delete(p.b, unit), np.delete(p.v, unit), p.c)
    return rest, Locks(np.delete(locks.w, unit), np.delete(locks.b, unit), np.delete(locks.v, unit), locks.c)


def add_unit(session: Session) -> Session:
    """Add a unit with its kink at the probe, facing right, and v = 0: the curve stays as it is until v changes."""
    p, locks = with_unit(session.state.parameters, session.state.locks, Addition(session.view.probe, 1.0, 0.0))
    unit = p.units - 1
    result = _with_units(session, p, locks, session.state.pending_kinks, f"add unit {unit}").with_view(
        selection=Selection(unit, "v")
    )
    x = x_text(session, session.view.probe)
    return result.say(f"unit {unit} added: its kink is at the probe, x = {x}; with v = 0 it adds nothing yet")


def remove_unit(session: Session) -> Session:
    """Remove the selected unit; those after it move up by one row."""
    row = session.view.selection.row
    p, locks = without_unit(session.state.parameters, session.state.locks, row)
    result = _with_units(session, p, locks, kink_edits.without_unit(session.state.pending_kinks, row), f"remove unit {row}")
    rest = "unit 0" if p.units == 1 else f"the {p.units} units"
    said = (
        f"unit {row} removed: {_loss_move(session, result)}",
        losses_by_units(result),
        _bends_left(session, result),
        f"all of {rest} and c are locked: training changes nothing" if values_of(locks).all() else "",
    )
    return result.with_view(selection=_selection_in_row(session, row, p.units)).say("; ".join(filter(None, said)))


def _loss_move(before: Session, after: Session) -> str:
    old, new = distinct_texts((before.loss, after.loss), loss_text)
    kind = loss_name(after)
    return f"the {kind} stays at {new}" if before.loss == after.loss else f"the {kind} goes from {old} to {new}"


def _bends_left(before: Session, after: Session) -> str:
    """Say which bends of the target are missing now, where all others are met, or else how often the curve can bend."""
    network, units = after.state.network, after.state.parameters.units
    if not network.kinked or network.output_activation != "identity":
        return ""
    then, now, near = _bends(before), _bends(after), SAME_KINK * (after.domain[1] - after.domain[0])
    target = _target_bends(after)
    made = {x: sum(change for kink, change in now.items() if abs(kink - x) <= near) for x in target}
    missing = {x: change - made[x] for x, change in target.items() if abs(change - made[x]) > SAME_KINK * abs(change)}
    if not 0 < len(missing) <= MAX_BENDS_NAMED or len(now) > sum(map(bool, made.values())):
        return f"{'1 unit bends' if units == 1 else f'{units} units bend'} the curve {units} time{'s' * (units > 1)} at most"
    each = (
        f"{slope_text(own_slope(after, change))} at x = {x}"
        for x, change in zip(x_texts(after, list(missing)), missing.values())
    )
    lost = [x for x in then if all(abs(x - other) > near for other in (*now, *target))]
    both = (
        f"; {units + 1} units had one kink for both changes, at x = {x_text(after, lost[0])}"
        if len(lost) == 1 < len(missing) == 2
        else ""
    )
    return f"changes of slope missing: {' and '.join(each)}{both}"


def _bends(session: Session) -> dict[float, float]:
    """Return where the curve bends, and by how much."""
    pieces = straight(session.state.network, session.state.parameters, session.domain)
    return {right.low: right.slope - left.slope for left, right in pairwise(pieces)}


def _target_bends(session: Session) -> dict[float, float]:
    """Return where a target with known knots bends, and by how much; nothing of another."""
    parts, (low, high) = segments(session.scenario), session.domain
    if not (session.scenario.target.knots and parts and parts[0].low <= low and parts[-1].high >= high):
        return {}
    least = SAME_SLOPE * max(abs(part.slope) for part in parts)
    changes = {right.low: right.slope - left.slope for left, right in pairwise(parts)}
    return {x: change for x, change in changes.items() if abs(change) > least}


def apply_refit(session: Session, p: Parameters, locks: Locks, unit: int) -> Session:
    """Take over a refitted network with one unit fewer or more; `unit` is the row removed or added."""
    fewer = p.units < session.state.parameters.units
    pending_kinks = kink_edits.without_unit(session.state.pending_kinks, unit) if fewer else session.state.pending_kinks
    change = f"one unit {'fewer' if fewer else 'more'}"
    result = _with_units(session, p, locks, pending_kinks, change)
    message = f"{change}: unit {unit} {'removed' if fewer else 'added'}; u goes back"
    return result.with_view(selection=_selection_in_row(session, unit, p.units)).say(message)


def _selection_in_row(session: Session, row: int, units: int) -> Selection:
    """Return the selection in a row, or in the last one if the row no longer exists."""
    return Selection(
        min(row, units - 1), session.view.column if session.view.selection.field == "c" else session.view.selection.field
    )


def _with_units(session: Session, p: Parameters, locks: Locks, pending_kinks: tuple[PendingKink, ...], change: str) -> Session:
    """Set other units; recorded losses stay, but recorded parameters and the origin are dropped: they had the units before."""
    checkpoint = session.state.checkpoint.edited(p)
    checkpoint = replace(checkpoint, history=tuple(sample._replace(values=array("f")) for sample in checkpoint.history))
    state = replace(session.state, checkpoint=checkpoint, locks=locks, pending_kinks=pending_kinks, change=change, origin=None)
    return tighten_limits(session.with_state(state))
