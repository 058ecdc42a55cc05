"""What the free units have to make of a straight-lined target: its bends less those of the locked units.

Sums of units with one kink each are exact here.  What is within rounding counts in favour of the network, so that what
cannot be had by these numbers cannot be had at all.
"""

from itertools import pairwise, product
from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array, quiet
from relutui.lib.identity_cache import cached_by_identity
from relutui.model.network import LEAK
from relutui.model.pieces import SAME_KINK, kinks
from relutui.scenario.segments import segments
from relutui.session.session import Session

NEGLIGIBLE_SHARE = 1e-3  # a change of slope, or a difference of y, this small against the others is none; so near a c is right
MIN_POINTS_BETWEEN_BENDS = 5  # between two bends, so that no bend can hide between points


class Bend(NamedTuple):
    """Where the slope changes, and by how much."""

    x: float
    change: float


class Remainder(NamedTuple):
    """The target less the locked units: from (low, start) on with its slope, then its bends; and the leak of a unit."""

    low: float
    start: float
    slope: float
    bends: tuple[Bend, ...]
    leak: float


class Sides(NamedTuple):
    """The side on which the unit of each bend is on (-1 left, 1 right), and the output bias c that goes with them."""

    sides: tuple[int, ...]
    c: float


@cached_by_identity(1)
@quiet
def remaining_target(session: Session) -> Remainder | None:
    """What is left for the free units; None where it cannot be known: curves, noise, few points, units without a kink."""
    network, p, target, (low, high) = session.state.network, session.state.parameters, session.scenario.target, session.domain
    parts = segments(target)
    if not (network.kinked and network.output_activation == "identity" and target.knots and parts):
        return None
    if parts[0].low > low or parts[-1].high < high:
        return None
    leak = LEAK if network.activation == "leaky_relu" else 0.0
    locked, x, sizes = locked_units(session), kinks(p), p.v * np.abs(p.w) * (1.0 - leak)
    near = SAME_KINK * (high - low)
    raw = [Bend(right.low, right.slope - left.slope) for left, right in pairwise(parts)]
    raw += [Bend(float(x[j]), -float(sizes[j])) for j in locked if low + near < x[j] < high - near]
    limit = NEGLIGIBLE_SHARE * max(abs(size) for size in [*(part.slope for part in parts), *(bend.change for bend in raw)])
    bends = tuple(bend for bend in _merged(raw, near) if abs(bend.change) > limit)
    edges = np.array([low, *(bend.x for bend in bends), high])
    points = session.dataset.x
    if min(((points >= a) & (points <= b)).sum() for a, b in pairwise(edges)) < MIN_POINTS_BETWEEN_BENDS:
        return None
    knot_x, knot_y = np.array(sorted(target.knots)).T
    y = np.interp(edges[:2], knot_x, knot_y) - network.contributions(p, edges[:2])[locked].sum(axis=0)
    slope = float((y[1] - y[0]) / (edges[1] - edges[0]))
    finite = np.isfinite([*y, slope, *(bend.change for bend in bends)]).all()
    return Remainder(low, float(y[0]), slope, bends, leak) if finite else None


def fitting_sides(rest: Remainder) -> tuple[Sides, ...]:
    """The sides, one unit a bend, with which the first slope is right, each with the c it needs.

    A bend of change d, made by a unit on its right side, leaves the slope to the left of it as it is; made by one on its
    left side, it takes d from it (a leak moves a little of both).
    """
    limit = NEGLIGIBLE_SHARE * max(abs(rest.slope), *(abs(bend.change) for bend in rest.bends))
    choices = []
    for sides in product((1, -1), repeat=len(rest.bends)):
        slopes = _slopes_at_left_end(rest, sides)
        if abs(rest.slope - slopes.sum()) <= limit:
            ends = slopes * (rest.low - np.array([bend.x for bend in rest.bends]))
            choices.append(Sides(sides, rest.start - float(ends.sum())))
    return tuple(choices)


def left_end_slopes(rest: Remainder) -> tuple[float, ...]:
    """The slopes that one unit a bend can give at the left end, by the choice of sides; in order."""
    return tuple(sorted({float(_slopes_at_left_end(rest, sides).sum()) for sides in product((1, -1), repeat=len(rest.bends))}))


def locked_units(session: Session) -> list[int]:
    """The units of which nothing is free."""
    return [j for j in range(session.state.parameters.units) if session.state.locks.whole(j)]


def free_units(session: Session) -> list[int]:
    """The units of which something is free."""
    return [j for j in range(session.state.parameters.units) if not session.state.locks.whole(j)]


def _slopes_at_left_end(rest: Remainder, sides: tuple[int, ...]) -> Array:
    """What each bend's unit adds to the slope at the left end: v w act' there."""
    sizes = np.array([bend.change for bend in rest.bends]) / (1.0 - rest.leak)
    return np.where(np.array(sides) > 0, rest.leak * sizes, -sizes)


def _merged(bends: list[Bend], near: float) -> list[Bend]:
    """The bends from left to right, those at the same place as one."""
    merged: list[Bend] = []
    for bend in sorted(bends):
        if merged and bend.x - merged[-1].x <= near:
            merged[-1] = Bend(merged[-1].x, merged[-1].change + bend.change)
        else:
            merged.append(bend)
    return merged
