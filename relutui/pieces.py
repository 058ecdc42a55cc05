"""What a network of units with one kink each is made of: kinks, sides, pieces and their slopes; and units that do not work."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from relutui.network import Array, Network, Parameters, quiet, slope

PARKED_BELOW = 1e-6  # a unit whose largest activation is no more than this is on, but without weight in the loss
SAME_KINK = 1e-6  # two kinks closer than this, relative to the domain, are the same

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
    low, high = domain
    found = kinks(p)
    inside = np.unique(found[(found > low) & (found < high)])
    close = np.diff(inside, prepend=-np.inf) <= SAME_KINK * (high - low)
    edges = [low, *inside[~close].tolist(), high]
    middles = np.array([(a + b) / 2 for a, b in pairwise(edges)])
    on, slopes = network.pre_activations(p, middles) > 0.0, unit_slopes(network, p, middles)
    return tuple(
        Piece(a, b, tuple(on[:, i].tolist()), tuple(slopes[:, i].tolist())) for i, (a, b) in enumerate(pairwise(edges))
    )


@quiet
def unit_slopes(network: Network, p: Parameters, x: Array) -> Array:
    """v_j w_j act'(z_j(x)): what each unit adds to the slope at each x, of shape (units, points)."""
    return (p.v * p.w)[:, None] * slope(network.activation, network.pre_activations(p, x), network.slope_at_kink)


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
