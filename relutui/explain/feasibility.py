"""What can be known without trying: whether any setting of what is free matches the target exactly, and which would.

Every claim is meant to be checked by hand, and is made only where it is certain.
"""

from itertools import pairwise
from typing import Literal

import numpy as np

from relutui.explain.phrasing import LISTED, counted, listing
from relutui.explain.required_bends import (
    SMALL,
    Bend,
    Rest,
    Sides,
    first_slopes,
    free_units,
    locked_units,
    rest_of_target,
    sides_that_fit,
)
from relutui.lib.arrays import Array
from relutui.lib.number_text import format_number, format_x, slope_text
from relutui.scenario.segments import Segment, segments
from relutui.session.session import Session

CONVEX = ("relu", "leaky_relu", "softplus")  # activations whose own slope never falls
ROUNDING = 1e-9  # of the largest y: differences of y that should be 0 are smaller
MOST_BENDS = 8  # whose sides are tried, all of them

Way = Literal["falls", "rises"]


def impossible(session: Session) -> str:
    """Why nothing that is free can make the prediction equal the target; nothing where that is not known."""
    return _only_line(session) or _one_way(session, locked=True) or _too_few(session) or _wrong_sides(session)


def for_now(session: Session) -> str:
    """What the signs of v rule out, as they stand."""
    return _one_way(session, locked=False)


def would_do(session: Session) -> str:
    """The sides and the c that exactly as many free units as bends must have, where they can have them."""
    rest = _tight(session)
    fitting = _allowed(session, rest) if rest and _takes_any(session, rest) else ()
    if not rest or not fitting:
        return ""
    c, units = fitting[0].c, len(rest.bends)
    at_c = "" if _is_c(session, rest, c) else f", and c must be {format_number(c)}"
    return (
        f"{counted(units, 'free unit')} for {counted(units, 'bend')} {'is' if units == 1 else 'are'} exactly enough: "
        f"{_sides_text(session, rest.bends, fitting[0].sides)}{at_c}."
    )


def from_left(session: Session) -> bool:
    """Whether, as far as is known, the target can be matched from left to right, each bend by a unit on to its right."""
    if _only_line(session) or _one_way(session, locked=True) or _too_few(session):
        return False
    rest = _tight(session)
    return not rest or any(min(found.sides) > 0 for found in _allowed(session, rest))


def first_turn(session: Session, way: Way) -> float | None:
    """The first x at which the target's slope falls, or rises; None where it never does, or where noise may do it."""
    target, data, sign = session.scenario.target, session.dataset, 1.0 if way == "rises" else -1.0

    def seen(segment: Segment) -> bool:
        """Whether there are points enough for the segment's slope to be one of the data's."""
        return bool(((data.x >= segment.low) & (data.x <= segment.high)).sum() >= 2)

    rounding = ROUNDING * float(np.abs(data.y).max())
    if found := segments(target):
        limit = max(SMALL * max(abs(segment.slope) for segment in found), rounding / (target.domain[1] - target.domain[0]))
        turned = (
            right for left, right in pairwise(found) if sign * (right.slope - left.slope) > limit and seen(left) and seen(right)
        )
        return next((segment.low for segment in turned), None)
    if target.noise or not target.expression or len(data) < 3:
        return None
    turns = sign * np.diff(data.y, 2)
    some = np.flatnonzero(turns > max(rounding, SMALL * float(np.abs(turns).max())))
    return float(data.x[some[0] + 1]) if len(some) else None


def _only_line(session: Session) -> str:
    """Units without any bend."""
    network = session.state.network
    turns = [turn for turn in (first_turn(session, "falls"), first_turn(session, "rises")) if turn is not None]
    if (network.activation, network.output_activation) != ("identity", "identity") or not turns:
        return ""
    at = format_x(min(turns), session.domain)
    return f"Without a bend in the activation the sum is one straight line, and this target bends at x = {at}."


def _one_way(session: Session, locked: bool) -> str:
    """What follows where no v is below 0, or none above: the slope can never fall, or never rise."""
    network, v = session.state.network, session.state.parameters.v
    if network.activation not in CONVEX or network.output_activation != "identity":
        return ""
    if locked != bool(session.state.locks.v.all()) or not ((v >= 0.0).all() or (v <= 0.0).all()):
        return ""
    way: Way = "falls" if (v >= 0.0).all() else "rises"
    turn = first_turn(session, way)
    if turn is None:
        return ""
    never, wanted = ("fall", "below") if way == "falls" else ("rise", "above")
    return (
        f"{'Every' if locked else 'As it stands, every'} v is {_every(v)}, so the slope can never {never}; "
        f"this target's slope {way} at x = {format_x(turn, session.domain)}: that needs a unit with v {wanted} 0."
    )


def _too_few(session: Session) -> str:
    """Fewer free units than bends: a unit bends the curve once at most."""
    rest, free = rest_of_target(session), len(free_units(session))
    if rest is None or len(rest.bends) <= free:
        return ""
    times = {0: "No unit is free to bend the curve", 1: "1 free unit can bend the curve once"}
    can = times.get(free, f"{free} free units can bend the curve {'twice' if free == 2 else f'{free} times'}")
    what = "what is left of the target after the locked units still" if locked_units(session) else "the target"
    more = len(rest.bends) - free
    return f"{can}; {what} bends at {_places(session, rest.bends)}. At least {more} more {'is' if more == 1 else 'are'} needed."


def _wrong_sides(session: Session) -> str:
    """As many free units as bends: then only sides and c are left to choose, and none may fit."""
    rest = _tight(session)
    if not rest or rest.leak:  # with a leak every side has a slope of its own: true, but nothing to learn from
        return ""
    fitting, units = sides_that_fit(rest), len(rest.bends)
    tied = f"{counted(units, 'free unit')} must make {counted(units, 'bend')}, so only sides and c are left to choose"
    if not fitting:
        had = first_slopes(rest)
        only = f", only {listing(map(slope_text, had))}" if len(had) <= LISTED else ""
        return f"{tied}: they cannot give the slope {slope_text(rest.slope)} that is needed at the left end{only}."
    if _allowed(session, rest):
        return ""
    which, needed = _sides_text(session, rest.bends, fitting[0].sides), format_number(fitting[0].c)
    return f"{tied}: {which}, and c must be {needed}, but it is locked at {format_number(session.state.parameters.c)}."


def _tight(session: Session) -> Rest | None:
    """What is left for the free units if they are exactly as many as its bends."""
    rest = rest_of_target(session)
    return rest if rest and 0 < len(rest.bends) == len(free_units(session)) <= MOST_BENDS else None


def _takes_any(session: Session, rest: Rest) -> bool:
    """Whether the free units can make these bends: w and b free, and v of the sign that a bend needs."""
    locks, v, free = session.state.locks, session.state.parameters.v, free_units(session)
    if any(locks.w[j] or locks.b[j] or (locks.v[j] and v[j] == 0.0) for j in free):
        return False
    up, down = (sum(bool(locks.v[j] and sign * v[j] > 0.0) for j in free) for sign in (1, -1))
    rises = sum(bend.change > 0.0 for bend in rest.bends)
    return up <= rises and down <= len(rest.bends) - rises


def _allowed(session: Session, rest: Rest) -> tuple[Sides, ...]:
    """The sides that fit and whose c is free to be what they need, or is that."""
    return tuple(found for found in sides_that_fit(rest) if not session.state.locks.c or _is_c(session, rest, found.c))


def _is_c(session: Session, rest: Rest, c: float) -> bool:
    """Whether the output bias is this one."""
    width = session.domain[1] - session.domain[0]
    heights = [abs(c), abs(rest.start), *(width * abs(bend.change) for bend in rest.bends)]
    return abs(c - session.state.parameters.c) <= SMALL * max(heights)


def _every(v: Array) -> str:
    if (v == v[0]).all():
        return slope_text(float(v[0]))
    return "0 or above" if (v >= 0.0).all() else "0 or below"


def _sides_text(session: Session, bends: tuple[Bend, ...], sides: tuple[int, ...]) -> str:
    """As in: one on to the left of x = 2 and one on to the right of x = 1."""
    parts = []
    for name, sign in (("left", -1), ("right", 1)):
        its = tuple(bend for bend, side in zip(bends, sides) if side == sign)
        if its:
            parts.append(f"one{' each' if len(its) > 1 else ''} on to the {name} of {_places(session, its)}")
    return listing(parts)


def _places(session: Session, bends: tuple[Bend, ...]) -> str:
    if len(bends) > LISTED:
        return f"{len(bends)} places"
    return listing(f"x = {format_x(bend.x, session.domain)}" for bend in bends)
