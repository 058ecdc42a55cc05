"""What the last edit by hand did: the state before it compared with the present one."""

import math

import numpy as np

from relutui.lib.arrays import Array
from relutui.lib.identity_cache import cached_by_identity
from relutui.lib.number_text import format_number, format_x
from relutui.model.network import Parameters
from relutui.model.pieces import kinks, side
from relutui.model.selection import Field, Selection
from relutui.session.session import Session


def effect(session: Session) -> str:
    """What the last edit did, if one of a single parameter, or of the w and b of one unit together, was the last thing done."""
    changed = edited(session)
    if not changed:
        return ""
    old, new = session.states.past[-1].parameters, session.state.parameters
    first, row = changed[0], changed[0].row
    if len(changed) == 2:
        return _of_handle(session, old, new, row)
    match first.field:
        case "w":
            return f"{_change(first, old.w[row], new.w[row])}: {_of_w(session, old, new, row)}"
        case "b":
            return f"{_change(first, old.b[row], new.b[row])}: {_of_b(session, old, new, row)}"
        case "v":
            return f"{_change(first, old.v[row], new.v[row])}: {_of_v(session, float(old.v[row]), float(new.v[row]))}"
    return f"{_change(first, old.c, new.c)}: {_of_c(session, new.c - old.c)}"


@cached_by_identity(1)
def edited(session: Session) -> tuple[Selection, ...]:
    """The parameter that the last edit changed, or the w and b of one unit; nothing if the last thing was no such edit."""
    if not session.states.past:
        return ()
    before, state = session.states.past[-1], session.state
    old, new = before.parameters, state.parameters
    # Training, a rewind and other changes of parameters count as no edit.
    if state.edits != before.edits + 1 or old.units != new.units or before.network != state.network:
        return ()
    values: tuple[tuple[Field, Array, Array], ...] = (("w", old.w, new.w), ("b", old.b, new.b), ("v", old.v, new.v))
    changed = [Selection(int(row), field) for field, was, now in values for row in np.flatnonzero(was != now)]
    changed += [Selection(new.units, "c")] if old.c != new.c else []
    together = [selection.field for selection in changed] == ["w", "b"] and changed[0].row == changed[1].row
    return tuple(changed) if len(changed) == 1 or together else ()


def _change(selection: Selection, old: float, new: float) -> str:
    name = "c" if selection.field == "c" else str(selection)
    return f"{name} {_arrow(old, new)}"


def _of_b(session: Session, old: Parameters, new: Parameters, row: int) -> str:
    by = float(new.b[row] - old.b[row])
    moves = f"z moves {'up' if by > 0.0 else 'down'} by {format_number(abs(by))}"
    from_, to = _kink(old, row), _kink(new, row)
    if from_ is None or to is None:
        return f"{moves}, to {format_number(float(new.b[row]))} everywhere; w is 0, so there is no kink to slide."
    way = "right" if to > from_ else "left"
    what = "the kink" if session.state.network.kinked else "the place where z is 0"
    distance = format_number(abs(to - from_))
    return f"{moves}, and {what} slides {way} by {distance}, to x = {format_x(to, session.domain)} (-Δb / w)."


def _of_w(session: Session, old: Parameters, new: Parameters, row: int) -> str:
    kinked = session.state.network.kinked
    what = "its kink" if kinked else "the place where z is 0"
    from_, to, faces = _kink(old, row), _kink(new, row), side(float(new.w[row]))
    if to is None:
        return f"z is {format_number(float(new.b[row]))} everywhere now, so there is no kink."
    if from_ is None:
        on = f", and the unit is on to its {faces}" if kinked else ""
        return f"z has a slope now; {what} is at x = {format_x(to, session.domain)} (-b / w){on}."
    steeper = abs(new.w[row]) > abs(old.w[row])
    turned = faces != side(float(old.w[row]))
    z = f"z {'rises' if faces == 'right' else 'falls'} now" if turned else f"z gets {'steeper' if steeper else 'flatter'}"
    on = f", and the unit is now on to its {faces}" if turned and kinked else ""
    began, ends = format_x(from_, session.domain), format_x(to, session.domain)
    moved = f"stays at x = {ends}" if from_ == to else f"moves from x = {began} to {ends} (-b / w)"
    return f"{z}, {what} {moved}{on}."


def _of_v(session: Session, old: float, new: float) -> str:
    stays = "; its kink stays" if session.state.network.kinked else ""
    if new == 0.0:
        return "the unit adds nothing any more."
    if old == 0.0:
        return f"the unit adds {format_number(new)} times its activation now{stays}."
    flipped = "flipped, and " if (old < 0.0) != (new < 0.0) else ""
    size = abs(new) / abs(old)
    times = "as large as before" if size == 1.0 else f"{format_number(size)} times as large"
    return f"what the unit adds is {flipped}{times}{stays}."


def _of_c(session: Session, by: float) -> str:
    output = session.state.network.output_activation
    whole = "the whole prediction moves" if output == "identity" else f"the whole sum before the output's {output} moves"
    return f"{whole} {'up' if by > 0.0 else 'down'} by {format_number(abs(by))}; no kink of a unit moves, no b changes."


def _of_handle(session: Session, old: Parameters, new: Parameters, row: int) -> str:
    """w and b set together: another slope or side at the same kink."""
    w, b = f"w {_arrow(old.w[row], new.w[row])}", f"b {_arrow(old.b[row], new.b[row])}"
    from_, to = _kink(old, row), _kink(new, row)
    if to is None:
        return f"unit {row}: {w}, {b}."
    same = from_ is not None and math.isclose(from_, to, rel_tol=1e-9, abs_tol=1e-9)
    what = "the kink" if session.state.network.kinked else "the place where z is 0"
    return f"unit {row}: {w}, and {b} so that {what} {'stays' if same else 'is'} at x = {format_x(to, session.domain)}."


def _arrow(old: float, new: float) -> str:
    return f"{format_number(float(old))} → {format_number(float(new))}"


def _kink(p: Parameters, row: int) -> float | None:
    kink = float(kinks(p)[row])
    return kink if math.isfinite(kink) else None
