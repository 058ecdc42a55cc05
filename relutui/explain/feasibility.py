"""Whether any values of the free parameters match the target exactly, and which sides and c they need.

Each claim is certain and can be checked by hand.
"""

from itertools import pairwise
from typing import Literal

import numpy as np

from relutui.explain.phrasing import MAX_ITEMS, count_text, enumeration, places_text
from relutui.explain.required_bends import (
    NEGLIGIBLE_SHARE,
    Bend,
    Remainder,
    Sides,
    fitting_sides,
    free_units,
    left_end_slopes,
    locked_units,
    remaining_target,
)
from relutui.lib.arrays import Array
from relutui.lib.number_text import distinct_texts, format_number, slope_text
from relutui.scenario.segments import Segment, segments
from relutui.session.own_units import own_slope, x_text
from relutui.session.session import Session

CONVEX_ACTIVATIONS = ("relu", "leaky_relu", "softplus")  # the slope of these never decreases
ROUNDING_SHARE = 1e-9  # of the largest |y|; a smaller difference of y is rounding
MAX_BENDS_TRIED = 8  # all 2^8 combinations of sides are tried

Trend = Literal["falls", "rises"]


def why_impossible(session: Session) -> str:
    """Why no values of the free parameters make the prediction equal the target; empty if that is unknown."""
    return why_unbendable(session) or _no_fitting_sides(session)


def why_unbendable(session: Session) -> str:
    """Why the units cannot make the target's bends, whatever their sides; empty if that is unknown."""
    return _only_straight_line(session) or _monotone_slope(session, locked=True) or _too_few_units(session)


def why_impossible_with_signs(session: Session) -> str:
    """Why the present signs of v rule out a match although some v is free; empty if they do not."""
    return _monotone_slope(session, locked=False)


def required_sides(session: Session) -> str:
    """The sides and c required when there are exactly as many free units as bends, or one choice of several.

    Empty if there are not exactly as many, or if the locks prevent it.
    """
    rest = _one_bend_per_unit(session)
    fitting = _sides_with_free_bias(session, rest) if rest and _can_make_bends(session, rest) else ()
    if not rest or not fitting:
        return ""
    c, units = fitting[0].c, len(rest.bends)
    several = len(fitting) > 1
    bias = f"{' with' if several else ', and c must be'} {'c = ' * several}{format_number(c)}"
    return (
        f"{count_text(units, 'free unit')} for {count_text(units, 'bend')} {'is' if units == 1 else 'are'} exactly enough: "
        f"{'one way is ' * several}{_sides_text(session, rest.bends, fitting[0].sides)}"
        f"{'' if _is_present_bias(session, rest, c) else bias}."
    )


def is_solvable_from_left(session: Session) -> bool:
    """Whether one right-facing unit per bend may match the target from left to right; False only where that is ruled out."""
    if _only_straight_line(session) or _monotone_slope(session, locked=True) or _too_few_units(session):
        return False
    rest = _one_bend_per_unit(session)
    return not rest or any(min(choice.sides) > 0 for choice in _sides_with_free_bias(session, rest))


def first_slope_change(session: Session, trend: Trend) -> float | None:
    """The first x at which the slope of the target falls (or rises); None if it never does, or if noise may be the cause."""
    scenario, data, sign = session.scenario, session.dataset, 1.0 if trend == "rises" else -1.0

    def has_points(segment: Segment) -> bool:
        """Whether at least two points lie on the segment, so that the data has its slope."""
        return bool(((data.x >= segment.low) & (data.x <= segment.high)).sum() >= 2)

    rounding = ROUNDING_SHARE * float(np.abs(data.y).max())
    if parts := segments(scenario):
        steepest, width = max(abs(segment.slope) for segment in parts), scenario.domain[1] - scenario.domain[0]
        limit = max(NEGLIGIBLE_SHARE * steepest, rounding / width)
        pairs = ((left, right) for left, right in pairwise(parts) if sign * (right.slope - left.slope) > limit)
        return next((right.low for left, right in pairs if has_points(left) and has_points(right)), None)
    if scenario.target.noise or not scenario.target.expression or len(data) < 3:
        return None
    turns = sign * np.diff(data.y, 2)
    places = np.flatnonzero(turns > max(rounding, NEGLIGIBLE_SHARE * float(np.abs(turns).max())))
    return float(data.x[places[0] + 1]) if len(places) else None


def _only_straight_line(session: Session) -> str:
    """Say that identity units add up to one straight line while the target bends; empty otherwise."""
    network = session.state.network
    turns = [turn for turn in (first_slope_change(session, "falls"), first_slope_change(session, "rises")) if turn is not None]
    if (network.activation, network.output_activation) != ("identity", "identity") or not turns:
        return ""
    x = x_text(session, min(turns))
    return f"Without a bend in the activation the sum is one straight line, and this target bends at x = {x}."


def _monotone_slope(session: Session, locked: bool) -> str:
    """Say that the slope can only rise (every v >= 0) or fall (every v <= 0) while the target's does the opposite.

    locked: whether every v must be locked, or not every one.
    """
    network, v = session.state.network, session.state.parameters.v
    if network.activation not in CONVEX_ACTIVATIONS or network.output_activation != "identity":
        return ""
    if locked != bool(session.state.locks.v.all()) or not ((v >= 0.0).all() or (v <= 0.0).all()):
        return ""
    trend: Trend = "falls" if (v >= 0.0).all() else "rises"
    turn = first_slope_change(session, trend)
    if turn is None:
        return ""
    verb, sign = ("fall", "below") if trend == "falls" else ("rise", "above")
    return (
        f"{'Every' if locked else 'As it stands, every'} v is {_common_sign_text(v)}, so the slope can never {verb}; "
        f"this target's slope {trend} at x = {x_text(session, turn)}: that needs a unit with v {sign} 0."
    )


def _too_few_units(session: Session) -> str:
    """Say that there are fewer free units than bends, as each unit bends the curve at most once; empty otherwise."""
    rest, free = remaining_target(session), len(free_units(session))
    if rest is None or len(rest.bends) <= free:
        return ""
    limits = {0: "No unit is free to bend the curve", 1: "1 free unit can bend the curve once"}
    limit = limits.get(free, f"{free} free units can bend the curve {'twice' if free == 2 else f'{free} times'}")
    curve = "what is left of the target after the locked units still" if locked_units(session) else "the target"
    lack, places = len(rest.bends) - free, _places_text(session, rest.bends)
    return f"{limit}; {curve} bends at {places}. An exact match needs at least {lack} more."


def _no_fitting_sides(session: Session) -> str:
    """Say that no choice of sides and c fits when each free unit must make one bend; empty otherwise."""
    rest = _one_bend_per_unit(session)
    if not rest or rest.leak:  # with a leak the argument holds but teaches nothing
        return ""
    fitting, units = fitting_sides(rest), len(rest.bends)
    left = "sides are" if session.state.locks.c else "sides and c are"
    premise = f"{count_text(units, 'free unit')} must make {count_text(units, 'bend')}, so only {left} left to choose"
    if not fitting:
        slope, *slopes = (slope_text(own_slope(session, slope)) for slope in (rest.slope, *left_end_slopes(rest)))
        options = f", only {enumeration(slopes)}" if len(slopes) <= MAX_ITEMS else ""
        return f"{premise}: they cannot give the slope {slope} that is needed at the left end{options}."
    if _sides_with_free_bias(session, rest):
        return ""
    present = session.state.parameters.c
    if len(fitting) > 1:
        values = " or ".join(sorted({distinct_texts((choice.c, present), format_number)[0] for choice in fitting}, key=float))
        return f"{premise}: c must be {values}, by the sides, but it is locked at {format_number(present)}."
    sides = _sides_text(session, rest.bends, fitting[0].sides)
    needed, locked = distinct_texts((fitting[0].c, present), format_number)
    return f"{premise}: {sides}, and c must be {needed}, but it is locked at {locked}."


def _one_bend_per_unit(session: Session) -> Remainder | None:
    """The target less the locked units if it has exactly one bend per free unit, MAX_BENDS_TRIED at most; else None."""
    rest = remaining_target(session)
    return rest if rest and 0 < len(rest.bends) == len(free_units(session)) <= MAX_BENDS_TRIED else None


def _can_make_bends(session: Session, rest: Remainder) -> bool:
    """Whether the free units can make these bends: w and b are free, and each locked v has the sign of some bend."""
    locks, v, free = session.state.locks, session.state.parameters.v, free_units(session)
    if any(locks.w[j] or locks.b[j] or (locks.v[j] and v[j] == 0.0) for j in free):
        return False
    up, down = (sum(bool(locks.v[j] and sign * v[j] > 0.0) for j in free) for sign in (1, -1))
    rises = sum(bend.change > 0.0 for bend in rest.bends)
    return up <= rises and down <= len(rest.bends) - rises


def _sides_with_free_bias(session: Session, rest: Remainder) -> tuple[Sides, ...]:
    """The fitting sides whose c is the present one, or any fitting sides if c is free."""
    free = not session.state.locks.c
    return tuple(choice for choice in fitting_sides(rest) if free or _is_present_bias(session, rest, choice.c))


def _is_present_bias(session: Session, rest: Remainder, c: float) -> bool:
    """Whether the present output bias is c, within NEGLIGIBLE_SHARE of the largest height."""
    width = session.domain[1] - session.domain[0]
    heights = [abs(c), abs(rest.start), *(width * abs(bend.change) for bend in rest.bends)]
    return abs(c - session.state.parameters.c) <= NEGLIGIBLE_SHARE * max(heights)


def _common_sign_text(v: Array) -> str:
    if (v == v[0]).all():
        return slope_text(float(v[0]))
    return "0 or above" if (v >= 0.0).all() else "0 or below"


def _sides_text(session: Session, bends: tuple[Bend, ...], sides: tuple[int, ...]) -> str:
    """Format the sides, as in "one on to the left of x = 2 and one on to the right of x = 1"."""
    parts = []
    for name, sign in (("left", -1), ("right", 1)):
        group = tuple(bend for bend, side in zip(bends, sides) if side == sign)
        if group:
            parts.append(f"one{' each' if len(group) > 1 else ''} on to the {name} of {_places_text(session, group)}")
    return enumeration(parts)


def _places_text(session: Session, bends: tuple[Bend, ...]) -> str:
    if len(bends) > MAX_ITEMS:
        return f"{len(bends)} places"
    return places_text(session, [bend.x for bend in bends])
