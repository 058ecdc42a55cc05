"""The bends that the free units must make: those of a piecewise linear target less those of the locked units.

Differences within rounding count in favour of the network, so what is impossible here is impossible.
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

NEGLIGIBLE_SHARE = 1e-3  # of the largest slope or height; a smaller difference of slope, y or c counts as 0
MIN_POINTS_BETWEEN_BENDS = 5  # points between neighbouring bends, so that no bend falls between two points


class Bend(NamedTuple):
    """A change of slope by `change` at x."""

    x: float
    change: float


class Remainder(NamedTuple):
    """The target less the locked units: a line from (low, start) with this slope, then bends; `leak` is the activation's.

    low: the left end, or as far from it as two kinks may be that count as one.
    """

    low: float
    start: float
    slope: float
    bends: tuple[Bend, ...]
    leak: float


class Sides(NamedTuple):
    """The side of the unit at each bend (-1 left, 1 right), and the output bias c that this choice requires."""

    sides: tuple[int, ...]
    c: float


@cached_by_identity(1)
@quiet
def remaining_target(session: Session) -> Remainder | None:
    """The target less the locked units; None for a smooth or noisy target, few points, smooth units or an output activation."""
    network, p, scenario, (low, high) = session.state.network, session.state.parameters, session.scenario, session.domain
    parts = segments(scenario)
    if not (network.kinked and network.output_activation == "identity" and scenario.target.knots and parts):
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
    ends = np.array([low + near, edges[1]])  # a locked unit may end in a step nearer to the left end
    y = scenario.clean_y(ends) - network.contributions(p, ends)[locked].sum(axis=0)
    slope = float((y[1] - y[0]) / (ends[1] - ends[0]))
    finite = np.isfinite([*y, slope, *(bend.change for bend in bends)]).all()
    return Remainder(low + near, float(y[0]), slope, bends, leak) if finite else None


def fitting_sides(rest: Remainder) -> tuple[Sides, ...]:
    """The choices of sides, one unit per bend, that give the required slope at the left end, each with the c it needs.

    A unit that changes the slope by d adds nothing to the slope left of its kink if it is on to its right, and -d if it is on
    to its left; with a leak l these are d l / (1 - l) and -d / (1 - l).
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
    """The distinct slopes at the left end over all choices of sides, one unit per bend, ascending."""
    return tuple(sorted({float(_slopes_at_left_end(rest, sides).sum()) for sides in product((1, -1), repeat=len(rest.bends))}))


def locked_units(session: Session) -> list[int]:
    """The units with w, b and v all locked."""
    return [j for j in range(session.state.parameters.units) if session.state.locks.whole(j)]


def free_units(session: Session) -> list[int]:
    """The units with w, b or v free."""
    return [j for j in range(session.state.parameters.units) if not session.state.locks.whole(j)]


def _slopes_at_left_end(rest: Remainder, sides: tuple[int, ...]) -> Array:
    """The slope v w act'(z) that the unit of each bend adds at the left end, of shape (bends,)."""
    sizes = np.array([bend.change for bend in rest.bends]) / (1.0 - rest.leak)
    return np.where(np.array(sides) > 0, rest.leak * sizes, -sizes)


def _merged(bends: list[Bend], near: float) -> list[Bend]:
    """Sort the bends by x and merge those within `near` of each other, adding their changes."""
    merged: list[Bend] = []
    for bend in sorted(bends):
        if merged and bend.x - merged[-1].x <= near:
            merged[-1] = Bend(merged[-1].x, merged[-1].change + bend.change)
        else:
            merged.append(bend)
    return merged
