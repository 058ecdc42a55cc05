"""Edits of a unit's kink, slope and side instead of w and b: kink = -b / w, slope = |w|, side = the sign of w.

A new kink keeps slope and side, and b follows; a new slope or side keeps the kink.  A unit with w = 0 has no kink:
one that is typed is pending in the state until the unit has a slope.
"""

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array
from relutui.lib.number_text import DIGITS, format_number
from relutui.lib.round_numbers import multiple_after, round_step
from relutui.model.network import Activation, Parameters
from relutui.model.pieces import side
from relutui.model.scale import Units
from relutui.model.selection import Field, Selection, from_handle, to_handle
from relutui.session.session import Session
from relutui.session.state import PendingKink, State

KINK_STEPS = 60  # across the chart, about as many as it has columns
POSITION_WORDS: dict[Activation, str] = {  # what a unit has where its z is 0
    "relu": "kink",
    "leaky_relu": "kink",
    "softplus": "bend",
    "sigmoid": "centre",
    "tanh": "centre",
    "step": "jump",
    "rect": "centre",
}


class KinkForm(NamedTuple):
    """The kink of a unit (None: it has none), its slope |w|, and its side (1: right, -1: left, 0: neither)."""

    kink: float | None
    slope: float
    side: float


def toggle_form(session: Session) -> Session:
    """Show kink, slope and side in the table instead of w and b, or go back."""
    handle_mode = not session.view.handle_mode
    convert = to_handle if handle_mode else from_handle
    selection = replace(session.view.selection, field=convert(session.view.selection.field))
    words = "kink, slope and side can be edited now; w and b follow (m: back)" if handle_mode else "w and b can be edited again"
    return session.with_view(handle_mode=handle_mode, selection=selection, column=convert(session.view.column)).say(words)


def kink_form_of(state: State, row: int) -> KinkForm:
    """Return the kink, slope and side of a unit; for a unit with w = 0, the pending kink and side."""
    w, b = float(state.parameters.w[row]), float(state.parameters.b[row])
    if w == 0.0:
        pending = pending_kink_of(state, row)
        return KinkForm(pending.kink, 0.0, pending.side) if pending else KinkForm(None, 0.0, 0.0)
    kink = -b / w + 0.0  # + 0.0: no -0.0
    return KinkForm(kink if math.isfinite(kink) else None, abs(w), math.copysign(1.0, w))


def pending_kink_of(state: State, row: int) -> PendingKink | None:
    """Return the kink and side that are pending until a unit has a slope, if any."""
    if row >= state.parameters.units or state.parameters.w[row] != 0.0:
        return None
    return next((pending for pending in state.pending_kinks if pending.row == row), None)


def value_of(state: State, selection: Selection) -> float:
    """Return the kink (nan: none), slope or side of a unit."""
    number = getattr(kink_form_of(state, selection.row), selection.field)
    return math.nan if number is None else float(number)


def format_value(session: Session, field: Field, value: float) -> str:
    """Return a value of any field as text for the screen, a kink in the data's own units."""
    if field == "side":
        return side(value) or "-"
    return "-" if math.isnan(value) else format_number(session.scale.x.own(value) if field == "kink" else value)


def kink_step(session: Session) -> float:
    """Return the step by which a kink moves in the chart, a round number near a column, in the data's own units of x."""
    low, high = map(session.scale.x.own, session.domain)
    return round_step((high - low) / KINK_STEPS) or 1.0


def with_value(state: State, selection: Selection, new: float) -> State:
    """Set the kink, slope or side of a unit; the other two stay."""
    p, row = state.parameters, selection.row
    handle = kink_form_of(state, row)._replace(**{selection.field: new})
    old = float(p.w[row]), float(p.b[row])
    w = math.copysign(handle.slope, handle.side or 1.0) + 0.0
    b = old[1] if handle.kink is None or old[0] == w == 0.0 else -handle.kink * w + 0.0
    pending_kinks = drop_pending(state.pending_kinks, row) + (() if w else (PendingKink(row, handle.kink, handle.side),))
    if (w, b) == old:
        return replace(state, pending_kinks=pending_kinks)
    parameters = Parameters(_with_entry(p.w, row, w), _with_entry(p.b, row, b), p.v, p.c)
    return replace(state, checkpoint=state.checkpoint.edited(parameters), pending_kinks=pending_kinks)


def value_after_nudge(
    session: Session, selection: Selection, steps: int, step: float, limits: tuple[float, float], *, to_multiple: bool = False
) -> float | None:
    """Return the kink, slope or side after as many of the steps as keep w and b within the limits; None if it cannot move.

    A w or b that is outside the limits already may come nearer.  step: of a kink, in the data's own units; to_multiple: the
    steps lead from multiple to multiple of one.
    """
    state, row = session.state, selection.row
    old, units = value_of(state, selection), session.scale.x if selection.field == "kink" else Units()
    for count in range(abs(steps), 0, -1):
        own = _after_steps(units.own(old), selection.field, int(math.copysign(count, steps)), step, to_multiple)
        new = units.scaled(own)
        if math.isnan(new) or new == old:
            return None
        p = with_value(state, selection, new).parameters
        if _stays_or_nears(limits, state.parameters.w[row], p.w[row]) and _stays_or_nears(
            limits, state.parameters.b[row], p.b[row]
        ):
            return new
    return None


def opposite_side(side: float) -> float:
    """Return the opposite side; right if there is none yet."""
    return -1.0 if side > 0.0 else 1.0


def drop_pending(pending_kinks: tuple[PendingKink, ...], row: int) -> tuple[PendingKink, ...]:
    """Return the pending kinks of the other units."""
    return tuple(pending for pending in pending_kinks if pending.row != row)


def without_unit(pending_kinks: tuple[PendingKink, ...], row: int) -> tuple[PendingKink, ...]:
    """Return the pending kinks after a unit is removed, which moves those after it up by one row."""
    return tuple(pending._replace(row=pending.row - (pending.row > row)) for pending in drop_pending(pending_kinks, row))


def nudge_refusal(state: State, selection: Selection, limits: tuple[float, float], way: str = "type a value") -> str:
    """Return why a nudge does nothing, in words; way: what leads beyond the limits."""
    current = value_of(state, selection)
    if selection.field == "kink" and math.isnan(current):
        return f"unit {selection.row} has w = 0 and so no kink to nudge; type one, and it waits for a slope"
    if selection.field == "slope" and current == 0.0:
        return "a slope is |w|, never below 0; its side gives the sign of w"
    low, high = limits
    return f"{selection} is at its end: w and b stay within {low:g} to {high:g}; {way} to go beyond"


def pending_text(session: Session, row: int) -> str:
    """Return what is pending until a unit has a slope, in words; empty if nothing is."""
    pending = pending_kink_of(session.state, row)
    if pending is None:
        return ""
    what = [] if pending.kink is None else [f"kink {format_value(session, 'kink', pending.kink)}"]
    what += [f"side {side(pending.side)}"] if pending.side else []
    wait, none = ("wait", "neither") if len(what) == 2 else ("waits", "none")
    return f"{' and '.join(what).capitalize()} of unit {row} {wait} for its slope: with w = 0 it has {none}."


def _after_steps(old: float, field: Field, steps: int, step: float, to_multiple: bool) -> float:
    if field == "side":
        return opposite_side(old)
    if math.isnan(old):
        return old
    new = multiple_after(old, steps, step) if to_multiple else round(old + steps * step, DIGITS)
    return max(new, 0.0) if field == "slope" else new


def _with_entry(values: Array, row: int, value: float) -> Array:
    result = np.array(values)
    result[row] = value
    return result


def _stays_or_nears(limits: tuple[float, float], old: float, new: float) -> bool:
    """Return whether a parameter stays within the limits or comes nearer to them from outside."""
    low, high = limits
    return min(low, old) <= round(new, DIGITS) <= max(high, old)
