"""What a network of units with one kink each is made of: kinks, sides, pieces and their slopes; and units that do not work."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from relutui.lib.arrays import Array, distinct, quiet
from relutui.lib.identity_cache import cached_by_identity
from relutui.model.network import KINKED, Network, Parameters, slope

PARKED = 1e-6  # of the domain: a unit whose kink is no further from the edge is on, but without weight in the loss
SAME_KINK = 1e-6  # two kinks closer than this, relative to the domain, are the same
SAME_SLOPE = 1e-9  # of the steepest; pieces whose slopes differ by less are one
ROUNDING = 1e-14  # a sum smaller than this, relative to what it is computed from, is 0
GRID = 1001  # places at which a smooth sum is looked at for a change of sign
BISECTIONS = 50

# The side of its kink on which a unit is on.  It is the sign of w, and where a number stands for it (handle.Handle,
# session.Waiting) that sign: 1 right, -1 left, 0 neither; side() gives its name.
Side = Literal["left", "right"]
UnitState = Literal["dead", "parked", "twin", "always on"]


@dataclass(frozen=True)
class Piece:
    """A region between neighbouring kinks: on[j] is whether unit j is on, slopes[j] = v_j w_j act'(z_j) what it adds there."""

    low: float
    high: float
    on: tuple[bool, ...]
    slopes: tuple[float, ...]

    @property
    def slope(self) -> float:
        """The slope of c + sum_j v_j a_j on this piece."""
        return sum(self.slopes)


@dataclass(frozen=True)
class Diagnosis:
    """Why a unit does not work as a unit of its own; `other` is the unit it is a twin of."""

    state: UnitState
    other: int | None = None


def kinks(p: Parameters) -> Array:
    """The kinks of the units, of shape (units,)."""
    return kinks_of(p.w, p.b)


def kinks_of(w: Array, b: Array) -> Array:
    """k = -b / w for each w and b of two arrays; nan where w = 0, which has no kink."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        # + 0.0 turns the -0.0 of b = 0 into 0.0
        return np.where(w == 0.0, np.nan, -b / w) + 0.0


def side(w: float) -> Side | None:
    """The side of a unit with this w, or with one of this sign."""
    return "right" if w > 0 else "left" if w < 0 else None


def stretch(p: Parameters, unit: int, domain: tuple[float, float]) -> tuple[float, float] | None:
    """Where a unit with a kink is on within the domain, if anywhere."""
    (low, high), w = domain, float(p.w[unit])
    if w == 0.0:
        return domain if p.b[unit] > 0.0 else None
    kink = float(kinks(p)[unit])
    low, high = (max(low, kink), high) if w > 0.0 else (low, min(high, kink))
    return (low, high) if low < high else None


def share_on(network: Network, p: Parameters, x: Array) -> Array:
    """The share of the points at which z_j > 0, of shape (units,), from 0 to 1."""
    return np.asarray((network.pre_activations(p, x) > 0.0).mean(axis=1))


def pieces(network: Network, p: Parameters, domain: tuple[float, float]) -> tuple[Piece, ...]:
    """The pieces of the domain, from left to right; one piece only makes sense for units with a kink (network.kinked)."""
    at = edges(p, domain)
    middles = (at[:-1] + at[1:]) / 2
    on, slopes = network.pre_activations(p, middles) > 0.0, unit_slopes(network, p, middles)
    each = zip(pairwise(at.tolist()), on.T.tolist(), slopes.T.tolist())
    return tuple(Piece(low, high, tuple(on), tuple(slopes)) for (low, high), on, slopes in each)


@quiet
def straight(network: Network, p: Parameters, domain: tuple[float, float]) -> tuple[Piece, ...]:
    """The pieces at whose ends the sum really bends: neighbours of one slope are one, with what is on in the widest of them."""
    at = edges(p, domain)
    middles = (at[:-1] + at[1:]) / 2
    slopes = unit_slopes(network, p, middles)
    total, sizes = slopes.sum(axis=0), np.abs(slopes).sum(axis=0)
    least = max(SAME_SLOPE * np.abs(total).max(), ROUNDING * sizes.max())
    starts = [0, *(np.flatnonzero(np.abs(np.diff(total)) > least) + 1).tolist(), len(total)]
    widest = [first + int(np.diff(at[first : end + 1]).argmax()) for first, end in pairwise(starts)]
    on = network.pre_activations(p, middles[widest]) > 0.0
    each = zip(pairwise(at[starts].tolist()), on.T.tolist(), slopes[:, widest].T.tolist())
    return tuple(Piece(low, high, tuple(on), tuple(slopes)) for (low, high), on, slopes in each)


def edges(p: Parameters, domain: tuple[float, float]) -> Array:
    """The ends of the domain and the kinks between them, none at an end, each once; of shape (pieces + 1,)."""
    low, high = domain
    found, near = kinks(p), SAME_KINK * (high - low)
    inside = distinct(found[(found > low + near) & (found < high - near)])
    close = np.diff(inside, prepend=-np.inf) <= near
    return np.array([low, *inside[~close].tolist(), high])


@cached_by_identity(2)
@quiet
def output_kinks(network: Network, p: Parameters, domain: tuple[float, float]) -> Array:
    """Where the sum before a kinked output activation crosses 0 inside the domain, of shape (bends,); others have no bends.

    Exact for hidden units with a kink, between which the sum is straight; of a smooth sum two crossings may hide in 1/1,000.
    """
    if network.output_activation not in KINKED:
        return np.empty(0)
    low, high = domain
    at = kinks(p)
    x = distinct(low, at[(at > low) & (at < high)], high) if network.kinked else np.linspace(low, high, GRID)
    y = _output_sum(network, p, x)
    signed = np.flatnonzero(np.isfinite(y) & (y != 0.0))
    left, right = signed[:-1][flip := np.diff(np.sign(y[signed])) != 0.0], signed[1:][flip]
    if not network.kinked:
        return _bisected(network, p, x[left], x[right])
    # Where the sum is 0 at kinks in between, the prediction bends beside what is above 0.
    touched = np.where(y[left] > 0.0, left + 1, right - 1)
    halves = y[left] / 2.0, y[right] / 2.0  # y[left] - y[right] may be too large a number
    crossed = x[left] + (x[right] - x[left]) * (halves[0] / (halves[0] - halves[1]))
    return np.asarray(np.where(right - left > 1, x[touched], crossed))


def _output_sum(network: Network, p: Parameters, x: Array) -> Array:
    """The output sum, 0 where it differs from 0 by no more than rounding does."""
    parts = network.contributions(p, x)
    sizes = np.abs(parts) + np.abs(p.v)[:, None] * (np.abs(p.w)[:, None] * np.abs(x) + np.abs(p.b)[:, None])
    y = p.c + parts.sum(axis=0)
    return np.asarray(np.where(np.abs(y) <= ROUNDING * (abs(p.c) + sizes.sum(axis=0)), 0.0, y))


def _bisected(network: Network, p: Parameters, low: Array, high: Array) -> Array:
    """Where the output sum is 0 between each low and high, at which it has opposite signs."""
    rising = network.output_sum(p, low) < 0.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2.0
        left_of_it = (network.output_sum(p, middle) < 0.0) == rising
        low, high = np.where(left_of_it, middle, low), np.where(left_of_it, high, middle)
    return np.asarray((low + high) / 2.0)


def best_possible(a: float, length: float, pieces: int) -> tuple[float, float]:
    """The largest error and the MSE of the best piecewise-linear fit of a x^2 + ... on an interval of this length.

    Its pieces are of equal length; the MSE is the average over the interval, not over points.
    """
    return abs(a) * length**2 / (8 * pieces**2), a**2 * length**4 / (180 * pieces**4)


@quiet
def unit_slopes(network: Network, p: Parameters, x: Array) -> Array:
    """v_j w_j act'(z_j(x)): what each unit adds to the slope at each x, of shape (units, points)."""
    return (p.v * p.w)[:, None] * slope(network.activation, network.pre_activations(p, x), network.slope_at_kink)


@cached_by_identity(2)
@quiet
def diagnose(network: Network, p: Parameters, x: Array, domain: tuple[float, float]) -> tuple[Diagnosis | None, ...]:
    """What is wrong with each unit on the data, if anything; only units with a kink can be wrong."""
    if not network.kinked:
        return (None,) * p.units
    at_ends = network.pre_activations(p, [x.min(), x.max()])  # z is straight, so it is largest and smallest there
    least, most = at_ends.min(axis=1).tolist(), at_ends.max(axis=1).tolist()
    width, relu = domain[1] - domain[0], network.activation == "relu"
    twins, parked = _twins(p, SAME_KINK * width), (PARKED * width * np.abs(p.w)).tolist()

    def of(j: int) -> Diagnosis | None:
        if relu and most[j] <= parked[j]:
            return Diagnosis("dead" if most[j] <= 0.0 else "parked")
        if least[j] > 0.0:
            return Diagnosis("always on")
        return Diagnosis("twin", twins[j]) if j in twins else None

    return tuple(of(j) for j in range(p.units))


def _twins(p: Parameters, near: float) -> dict[int, int]:
    """For each unit whose kink and side another has too, the first such other."""
    at, sign = kinks(p), np.sign(p.w)
    same = (np.abs(at[:, None] - at) <= near) & (sign[:, None] == sign)
    np.fill_diagonal(same, False)
    units = np.flatnonzero(same.any(axis=1))
    return dict(zip(units.tolist(), same[units].argmax(axis=1).tolist()))
