"""The pieces of a network of any number of hidden layers, exactly, by passing pieces through the layers.

Where the inputs of a layer are straight, so is the z of each of its units, and there a unit bends at most once: where its z,
slope x + offset, is 0.  A further layer passes a kink on, and adds those of its own units.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import ROUNDING, Array, distinct, quiet, rounded_sum
from relutui.lib.identity_cache import cached_by_identity
from relutui.model.network import KINKED, Activation, Network, Parameters, slope
from relutui.model.pieces import SAME_KINK, SAME_SLOPE, crossings, kinks_of

MAX_PIECES = 2**16  # 3^10 are fewer; of 64 units in each of ten layers so many take a second, and 300 MB
PIECEWISE_LINEAR: tuple[Activation, ...] = (*KINKED, "identity")

Mask = NDArray[np.bool_]


class Place(NamedTuple):
    """A hidden unit, by the index of its layer and its own in that layer."""

    layer: int
    unit: int


@dataclass(frozen=True)
class Uncounted:
    """Said in the place of a composite with too many pieces: more than MAX_PIECES, and known from which layer on."""

    layer: int

    def __str__(self) -> str:
        return f"more pieces than can be counted here: over {MAX_PIECES:,} after {self.layer + 1} of the hidden layers"


class Stretches(NamedTuple):
    """Neighbouring pieces with the same slope as one: the index of the first piece of each, and that of its widest."""

    first: NDArray[np.intp]
    widest: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Composite:
    """The output sum of a network over a domain, in pieces from left to right within which no unit bends.

    edges: the ends of the domain and the kinks inside it, of shape (pieces + 1,).
    on: for each hidden layer whether each unit is on, of shape (units, pieces); units of an identity always are.
    slopes, offsets: the output sum is slope x + offset in each piece, of shape (pieces,).
    least: the least change of these slopes that is more than rounding, of shape (pieces,).
    """

    edges: Array
    on: tuple[Mask, ...]
    slopes: Array
    offsets: Array
    least: Array

    @property
    def pieces(self) -> int:
        """The number of pieces."""
        return len(self.slopes)

    @property
    def kinks(self) -> Array:
        """Where a unit bends inside the domain, ascending, of shape (pieces - 1,)."""
        return self.edges[1:-1]

    @property
    def bends(self) -> Mask:
        """Whether the output sum bends at each kink, too, of shape (pieces - 1,)."""
        bends: Mask = np.abs(np.diff(self.slopes)) > np.maximum(self.least[:-1], self.least[1:])
        return bends

    def slopes_at(self, x: Array) -> Array:
        """The slope of the output sum at each x inside the domain, at a kink that on its left; of the shape of x."""
        at: Array = self.slopes[np.clip(np.searchsorted(self.edges, x) - 1, 0, self.pieces - 1)]
        return at

    def made(self, layer: int) -> Mask:
        """Which units of a layer make each kink, as they are on at one side of it alone; of shape (units, pieces - 1)."""
        on = self.on[layer]
        made: Mask = on[:, 1:] != on[:, :-1]
        return made

    def makers(self, kink: int) -> tuple[Place, ...]:
        """The units that make a kink, those of the first layer first; units of further layers may pass it on."""
        return tuple(
            Place(layer, unit)
            for layer, on in enumerate(self.on)
            for unit in np.flatnonzero(on[:, kink] != on[:, kink + 1]).tolist()
        )

    @property
    @quiet
    def crossings(self) -> Array:
        """Where the output sum crosses 0 inside the domain, ascending: there an output activation with a kink bends too."""
        x = np.stack([self.edges[:-1], _middles(self.edges)], axis=1).ravel()  # at a kink rounding may hide a tiny sum
        slopes, offsets = np.repeat(self.slopes, 2), np.repeat(self.offsets, 2)
        x, slopes, offsets = (np.append(values, values[-1]) for values in (x, slopes, offsets))
        x[-1] = self.edges[-1]
        return crossings(x, rounded_sum([slopes * x, offsets]))

    def stretches(self) -> Stretches:
        """The pieces with neighbours of the same slope merged, so that the output sum bends between any two."""
        starts = np.concatenate([[True], self.bends])
        by_width = np.lexsort((-np.diff(self.edges), np.cumsum(starts)))  # within each stretch, the widest first
        first = np.flatnonzero(starts)
        return Stretches(first, by_width[first])


@cached_by_identity(2)
@quiet
def composite(network: Network, p: Parameters, domain: tuple[float, float]) -> Composite | Uncounted:
    """The composite of a network whose hidden activations are all PIECEWISE_LINEAR; kinks within SAME_KINK are one."""
    near = SAME_KINK * (domain[1] - domain[0])
    edges = np.array(domain, np.float64)
    on: list[Mask] = []
    slopes, offsets = np.ones((1, 1)), np.zeros((1, 1))  # of the inputs of a layer in each piece: at first of x itself
    for number, (name, layer) in enumerate(zip(network.layer_activations, p.layers, strict=True)):
        slopes, offsets = _sums(layer.w, slopes, np.zeros_like(layer.b)), _sums(layer.w, offsets, layer.b)
        z = slopes * _middles(edges)
        z += offsets
        if name in KINKED:
            new = _zeros(edges, slopes, offsets, z, near)
            if len(edges) - 1 + len(new) > MAX_PIECES:
                return Uncounted(number)
            if len(new):
                whole, edges = edges, np.sort(np.concatenate([edges, new]))
                part_of = np.searchsorted(whole, edges[:-1], side="right") - 1  # the piece that each is now a part of
                slopes, offsets, on = slopes[:, part_of], offsets[:, part_of], [each[:, part_of] for each in on]
                z = slopes * _middles(edges)
                z += offsets
        on.append(z > 0.0 if name in KINKED else np.ones_like(z, np.bool_))
        passed = slope(name, z)
        slopes *= passed
        offsets *= passed
    v = p.v[None, :]
    total, offset = _sums(v, slopes, np.zeros(1))[0], _sums(v, offsets, np.array([p.c]))[0]
    least = np.maximum(SAME_SLOPE * np.abs(total), ROUNDING * (np.abs(v) @ np.abs(slopes))[0])
    return Composite(edges, tuple(on), total, offset, least)


def _middles(edges: Array) -> Array:
    middles: Array = (edges[:-1] + edges[1:]) / 2.0
    return middles


def _zeros(edges: Array, slopes: Array, offsets: Array, z: Array, near: float) -> Array:
    """Where a z, given in the middles of the pieces, is 0 inside a piece; ascending, and further than `near` apart."""
    unit, piece = np.nonzero(np.abs(z) < np.abs(slopes) * np.diff(edges))  # roughly, as most are not
    zeros = kinks_of(slopes[unit, piece], offsets[unit, piece])
    inside = distinct(zeros[(zeros > edges[piece] + near) & (zeros < edges[piece + 1] - near)])
    return inside[np.diff(inside, prepend=-np.inf) > near]


def _sums(w: Array, inputs: Array, b: Array) -> Array:
    """W inputs + b of shape (units, pieces), 0 where it is no larger than its rounding error."""
    total: Array = w @ inputs
    total += b[:, None]
    sizes, weights = np.abs(total), np.abs(w)
    most = ROUNDING * (weights.sum(axis=1).max() * np.abs(inputs).max() + np.abs(b).max())
    doubtful = np.flatnonzero(((sizes <= most) & (total != 0.0)).any(axis=0))  # few pieces, which saves a product for all
    exact = ROUNDING * (weights @ np.abs(inputs[:, doubtful]) + np.abs(b)[:, None])
    total[:, doubtful] = np.where(sizes[:, doubtful] <= exact, 0.0, total[:, doubtful])
    return total


@quiet
def z_slopes(network: Network, p: Parameters, pieces: Composite, layer: int) -> Array:
    """The slope of each z of a layer in each piece of the network's composite, of shape (units, pieces)."""
    slopes: Array = np.tile(p.w[:, None], pieces.pieces)
    for name, on, after in zip(network.layer_activations, pieces.on, p.deeper[:layer]):
        slopes = _sums(after.w, slopes * slope(name, np.where(on, 1.0, -1.0)), np.zeros_like(after.b))
    return slopes
