"""What a network of units with one kink each is made of: kinks, sides, pieces and their slopes; and units that do not work."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from relutui.network import KINKED, Array, Network, Parameters, quiet, slope

PARKED_BELOW = 1e-6  # a unit whose largest activation is no more than this is on, but without weight in the loss
SAME_KINK = 1e-6  # two kinks closer than this, relative to the domain, are the same
ROUNDING = 1e-14  # a sum smaller than this, relative to what it is computed from, is 0
GRID = 1001  # places at which a smooth sum is looked at for a change of sign
BISECTIONS = 50

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
    """k_j = -b_j / w_j, of shape (units,); nan where w_j = 0, which has no kink."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        # + 0.0 turns the -0.0 of b = 0 into 0.0
        return np.where(p.w == 0.0, np.nan, -p.b / p.w) + 0.0


def side(w: float) -> Side | None:
    """The side of its kink on which a unit is on."""
    return "right" if w > 0 else "left" if w < 0 else None


def share_on(network: Network, p: Parameters, x: Array) -> Array:
    """The share of the points at which z_j > 0, of shape (units,), from 0 to 1."""
    return np.asarray((network.pre_activations(p, x) > 0.0).mean(axis=1))


def pieces(network: Network, p: Parameters, domain: tuple[float, float]) -> tuple[Piece, ...]:
    """The pieces of the domain, from left to right; one piece only makes sense for units with a kink (network.kinked)."""
    at = edges(p, domain)
    middles = (at[:-1] + at[1:]) / 2
    on, slopes = network.pre_activations(p, middles) > 0.0, unit_slopes(network, p, middles)
    return tuple(
        Piece(a, b, tuple(on[:, i].tolist()), tuple(slopes[:, i].tolist())) for i, (a, b) in enumerate(pairwise(at.tolist()))
    )


def edges(p: Parameters, domain: tuple[float, float]) -> Array:
    """The ends of the domain and the kinks between them, each once, of shape (pieces + 1,)."""
    low, high = domain
    found = kinks(p)
    inside = np.unique(found[(found > low) & (found < high)])
    close = np.diff(inside, prepend=-np.inf) <= SAME_KINK * (high - low)
    return np.array([low, *inside[~close].tolist(), high])


@quiet
def output_kinks(network: Network, p: Parameters, domain: tuple[float, float]) -> Array:
    """Where the sum before a kinked output activation crosses 0 inside the domain, of shape (bends,); others have no bends.

    Exact for hidden units with a kink, between which the sum is straight; of a smooth sum two crossings may hide in 1/1,000.
    """
    if network.output_activation not in KINKED:
        return np.empty(0)
    low, high = domain
    at = kinks(p)
    x = np.unique([low, *at[(at > low) & (at < high)], high]) if network.kinked else np.linspace(low, high, GRID)
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


@quiet
def diagnose(network: Network, p: Parameters, x: Array, domain: tuple[float, float]) -> tuple[Diagnosis | None, ...]:
    """What is wrong with each unit on the data, if anything; only units with a kink can be wrong."""
    if not network.kinked:
        return (None,) * p.units
    z, a, at = network.pre_activations(p, x), network.activations(p, x), kinks(p)
    near = SAME_KINK * (domain[1] - domain[0])

    def of(j: int) -> Diagnosis | None:
        if network.activation == "relu":
            if z[j].max() <= 0.0:
                return Diagnosis("dead")
            if a[j].max() <= PARKED_BELOW:
                return Diagnosis("parked")
        if z[j].min() > 0.0:
            return Diagnosis("always on")
        same = (np.abs(at - at[j]) <= near) & (np.sign(p.w) == np.sign(p.w[j])) & (np.arange(p.units) != j)
        return Diagnosis("twin", int(np.flatnonzero(same)[0])) if same.any() else None

    return tuple(of(j) for j in range(p.units))
