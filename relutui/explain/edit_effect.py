"""Describe the last edit by hand by comparing the state before it with the present one."""

import math
from dataclasses import replace

import numpy as np

from relutui.lib.arrays import Array
from relutui.lib.identity_cache import cached_by_identity
from relutui.lib.number_text import distinct_texts, format_number, texts_that_add_up
from relutui.model.network import Parameters
from relutui.model.pieces import kinks, side
from relutui.model.selection import Field, Selection
from relutui.session.own_units import in_scaled_units, own_distance, x_text, x_texts
from relutui.session.session import Session
from relutui.session.state import State


def edit_effect(session: Session) -> str:
    """Describe the last key press if it edited one parameter, or w and b of one unit together; empty otherwise."""
    changed = edited_fields(session)
    if not changed:
        return ""
    old, new = state_before(session).parameters, session.state.parameters
    field, row = changed[0].field, changed[0].row
    if len(changed) == 2:
        return _effect_of_kink_edit(session, old, new, row)
    match field:
        case "w":
            change, effect = _arrow_text(old.w[row], new.w[row]), _effect_of_w(session, old, new, row)
        case "b":
            change, move, after = _change_texts(old.b[row], new.b[row])
            effect = _effect_of_b(session, old, new, row, f"z moves {move}", after)
        case "v":
            change, effect = _arrow_text(old.v[row], new.v[row]), _effect_of_v(session, old, new, row)
        case _:
            change, move, _ = _change_texts(old.c, new.c)
            effect = _effect_of_c(session, move)
    name = "c" if field == "c" else f"unit {row}: {field}"
    sign = ":" if field == "c" else ";"
    return f"{name} {change}{sign} {effect}{_both_effects(session, field, new, row)}"


def state_before(session: Session) -> State:
    """The state before the last key press, be it of the same entry of the history; that of the entry before after an undo."""
    return session.states.replaced or session.states.past[-1]


def states_before(session: Session) -> tuple[State, ...]:
    """The states that the last edit of w or b is drawn beside, newest first.

    These are the one before the last key press, the one before its entry of the history, and, if the entry before that edited
    the other of the two, the one before it, so that what w and b each did is seen.
    """
    states = [state_before(session), session.states.past[-1]]
    if other := _state_before_other(session):
        states.append(other)
    return tuple(states[states[0] is states[1] :])


def _state_before_other(session: Session) -> State | None:
    """The state before the entry before the last, if that edited the other one of w and b of the same unit; else None."""
    earlier = replace(session, document=replace(session.document, states=session.states.undo()))
    last, fields = edited_fields(session), edited_fields(earlier)
    if len(last) == len(fields) == 1 and last[0].row == fields[0].row and {last[0].field, fields[0].field} == {"w", "b"}:
        return earlier.states.past[-1]
    return None


def _both_effects(session: Session, field: Field, new: Parameters, row: int) -> str:
    """Say, in the Units view, what w and b each do to the line z, and b to the curve; empty where there is no kink."""
    if session.view.name != "units" or field not in ("w", "b") or not session.state.network.kinked or _kink(new, row) is None:
        return ""
    place = f"at x = -b / w{in_scaled_units(session)}"
    other = _effect_of_other(session, field, row)
    if not other and (on_curve := _effect_on_curve(session, field, new, row)):
        return f" The kink is where z is 0, {place}: {on_curve}"
    return f" The kink is where z = w x + b is 0, {place}: w turns the line z, b shifts it.{other}"


def _effect_on_curve(session: Session, field: Field, new: Parameters, row: int) -> str:
    """Say that b does not lift the whole curve; empty where a relu inside the domain does not leave a part of it as it is."""
    network, kink, (low, high) = session.state.network, _kink(new, row), session.domain
    if field != "b" or network.activation != "relu" or network.output_activation != "identity" or network.deeper:
        return ""
    inside = kink is not None and low < kink < high
    return "b moves it sideways; c, not b, lifts the whole curve." if inside else ""


def _effect_of_other(session: Session, field: Field, row: int) -> str:
    """Say where the edit before moved the kink, if it was one of the other of w and b; empty if not, or if nothing moved."""
    first, middle, other = _state_before_other(session), session.states.past[-1], "w" if field == "b" else "b"
    start, end = (_kink(state.parameters, row) if state else None for state in (first, middle))
    if first is None or start is None or end is None or start == end:
        return ""
    change = _arrow_text(*(getattr(state.parameters, other)[row] for state in (first, middle)))
    before, after = x_texts(session, (start, end))
    return f" Before that, {other} {change} moved the kink from x = {before} to {after}."


@cached_by_identity(1)
def edited_fields(session: Session) -> tuple[Selection, ...]:
    """The parameter that the last key press edited, or w and b of one unit; empty after any other action."""
    if not session.states.past:
        return ()
    before, state = session.states.past[-1], session.state
    old, new = state_before(session).parameters, state.parameters
    # Training, rewinding and other changes of the parameters are not edits.
    if state.edits != before.edits + 1 or old.sizes != new.sizes or before.network != state.network or new.deeper:
        return ()
    values: tuple[tuple[Field, Array, Array], ...] = (("w", old.w, new.w), ("b", old.b, new.b), ("v", old.v, new.v))
    changed = [Selection(int(row), field) for field, was, now in values for row in np.flatnonzero(was != now)]
    changed += [Selection(new.units, "c")] if old.c != new.c else []
    pair = [selection.field for selection in changed] == ["w", "b"] and changed[0].row == changed[1].row
    return tuple(changed) if len(changed) == 1 or pair else ()


def _effect_of_b(session: Session, old: Parameters, new: Parameters, row: int, move: str, after: str) -> str:
    old_kink, new_kink = _kink(old, row), _kink(new, row)
    if old_kink is None or new_kink is None:
        return f"{move}, to {after} everywhere; w is 0, so there is no kink to slide."
    direction = "right" if new_kink > old_kink else "left"
    kink = "the kink" if session.state.network.kinked else "the place where z is 0"
    distance = format_number(own_distance(session, abs(new_kink - old_kink)))
    _, place = x_texts(session, (old_kink, new_kink))
    return f"{move}, and {kink} slides {direction} by {distance}, to x = {place} (-b / w{in_scaled_units(session)})."


def _effect_of_w(session: Session, old: Parameters, new: Parameters, row: int) -> str:
    kinked = session.state.network.kinked
    kink = "its kink" if kinked else "the place where z is 0"
    old_kink, new_kink, new_side = _kink(old, row), _kink(new, row), side(float(new.w[row]))
    if new_kink is None:
        return f"z is {format_number(float(new.b[row]))} everywhere now, so there is no kink."
    if old_kink is None:
        state = f", and the unit is on to its {new_side}" if kinked else ""
        return f"z has a slope now; {kink} is at x = {x_text(session, new_kink)} (-b / w{in_scaled_units(session)}){state}."
    steeper = abs(new.w[row]) > abs(old.w[row])
    flipped = new_side != side(float(old.w[row]))
    z = f"z {'rises' if new_side == 'right' else 'falls'} now" if flipped else f"z gets {'steeper' if steeper else 'flatter'}"
    state = f", and the unit is now on to its {new_side}" if flipped and kinked else ""
    start, end = x_texts(session, (old_kink, new_kink))
    move = f"stays at x = {end}" if start == end else f"moves from x = {start} to {end} (-b / w{in_scaled_units(session)})"
    return f"{z}, {kink} {move}{state}."


def _effect_of_v(session: Session, old: Parameters, new: Parameters, row: int) -> str:
    before, after = float(old.v[row]), float(new.v[row])
    kink = "; its kink stays" if session.state.network.kinked else ""
    if after == 0.0:
        return "the unit adds nothing any more."
    if before == 0.0:
        return f"the unit adds {format_number(after)} times its activation now{kink}."
    flip = "flipped, and " if (before < 0.0) != (after < 0.0) else ""
    one, ratio = distinct_texts((1.0, abs(after) / abs(before)), format_number)
    size = "as large as before" if ratio == one else f"{ratio} times as large"
    return f"what the unit adds is {flip}{size}{kink}."


def _effect_of_c(session: Session, move: str) -> str:
    output = session.state.network.output_activation
    curve = "the whole prediction moves" if output == "identity" else f"the whole sum before the output's {output} moves"
    return f"{curve} {move}{in_scaled_units(session)}; no kink of a unit moves, no b changes."


def _effect_of_kink_edit(session: Session, old: Parameters, new: Parameters, row: int) -> str:
    """Describe an edit of w and b together, which changes the slope or side at the same kink."""
    w, b = f"w {_arrow_text(old.w[row], new.w[row])}", f"b {_arrow_text(old.b[row], new.b[row])}"
    old_kink, new_kink = _kink(old, row), _kink(new, row)
    if new_kink is None:
        return f"unit {row}: {w}, {b}."
    same = old_kink is not None and math.isclose(old_kink, new_kink, rel_tol=1e-9, abs_tol=1e-9)
    kink = "the kink" if session.state.network.kinked else "the place where z is 0"
    return f"unit {row}: {w}, and {b} so that {kink} {'stays' if same else 'is'} at x = {x_text(session, new_kink)}."


def _arrow_text(old: float, new: float) -> str:
    return " → ".join(distinct_texts((float(old), float(new)), format_number))


def _change_texts(old: float, new: float) -> tuple[str, str, str]:
    """A change, as in 0.10 → 0.30, its move, as in up by 0.20, and the new value, with digits that make them agree."""
    change = float(new - old)
    before, by, after = texts_that_add_up((float(old), change), float(new), format_number)
    if "≈" in after:
        (before, after), by = distinct_texts((float(old), float(new)), format_number), f"≈ {by}"
    move = f"{'up' if change > 0.0 else 'down'} by {by.replace('-', '', 1) if change < 0.0 else by}"
    return f"{before} → {after}", move, after


def _kink(p: Parameters, row: int) -> float | None:
    kink = float(kinks(p)[row])
    return kink if math.isfinite(kink) else None
