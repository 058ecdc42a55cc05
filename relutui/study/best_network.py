"""The best networks of n units that were found, beside the best fits with n kinks: only n of their n + 1 slopes are free.

A unit bends the curve by its d at its kink, whichever side it faces.  To the slope at the left end it adds nothing if it faces
right, and -d if it faces left, so that this slope is minus the sum of the bends of the units that face left, where a free fit
has any slope.  With a unit whose kink is beside the points, which gives the slope, n units are as good as n - 1 kinks.
"""

import math
from collections.abc import Iterator
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array
from relutui.model.network import Activation, activate, slope
from relutui.study.best_fit import each_best_fit
from relutui.study.segment_costs import Points

MAX_FACING_UNITS = 8  # whose ways to face are all tried; of more, all face right but for the first ones
MAX_SEARCH_POINTS = 150  # in the search; of more, neighbours are merged until the last descent
KEPT = 4  # networks of one unit less, and places for one more unit, that are followed up
MAX_PLACES = 200  # for a kink, at which a unit is tried
BETWEEN = (0.0, 0.25, 0.5, 0.75)  # shares of the way from a point to the next, at which a unit is tried where points are few
MAX_JUMPS = 60  # places of two kinks at neighbouring points, at which two units are tried
MAX_ROUNDS = 20  # of descent
ROUGH_GAIN = 1e-3  # of the squares: descent from each start gains no less in a round
FINE_GAIN = 1e-10  # of the squares: descent from the best end of these gains no less in a round
STEP_FRACTIONS = 0.5 ** np.arange(6)  # of a Gauss-Newton step, tried one after the other
MIN_INDEPENDENT = 1e-11  # of a unit's squares: with no more than this outside the span of the others it adds nothing
SAME_ERROR = 1.0 + 1e-9  # times the bound: a network with no more is the best
EXACT_FIT = 1e-24  # of the squares of y about its mean; a network with less is exact, but for rounding


class BestKnown(NamedTuple):
    """The MSE that no fit with n kinks goes below, and the lowest found: of fits with n kinks, and of networks of n units.

    fit is the bound where the search was exact; network is None where none was looked for.
    """

    bound: float
    fit: float
    network: float | None

    def times(self, points: float) -> "BestKnown":
        """Return the sums of squares over so many points."""
        network = None if self.network is None else points * self.network
        return BestKnown(points * self.bound, points * self.fit, network)


class _Units(NamedTuple):
    """The kinks of units, and the sides that they face: 1 for right, -1 for left; each of shape (units,)."""

    kink: Array
    face: Array


def each_best(x: Array, y: Array, activation: Activation, networks: bool = True) -> Iterator[BestKnown]:
    """Yield what is known for 0, 1, 2, ... units, without end; each takes up to a few seconds.

    x, y: shape (points,), x ascending; activation: relu or leaky_relu; networks: whether to look for these as well.
    """
    if not networks:
        yield from (BestKnown(fit.bound, fit.found, None) for fit in each_best_fit(x, y))
    every, size, rest = _distinct(x, y)
    precise, search = (_NetworkSearch(points, activation) for points in (every, _merged(every)))
    several, lowest = [_Units(np.empty(0), np.empty(0))], size
    fewer, line = None, math.inf
    for fit in each_best_fit(x, y):
        kinks = (fit.kinks - x[0]) / (np.ptp(x) or 1.0)
        if fewer is not None and lowest > max(SAME_ERROR * (fit.bound - rest), EXACT_FIT * size):
            several = search.best(several, fewer, kinks)
            lowest = min(lowest, line - rest, size * precise.squares(precise.settled(several[0])))
        yield BestKnown(fit.bound, fit.found, max(lowest * (lowest > EXACT_FIT * size) + rest, fit.bound))
        fewer, line = kinks, fit.found


def _distinct(x: Array, y: Array) -> tuple[Points, float, float]:
    """The points, x from 0 to 1 and y about its mean, with a mean square of 1; that mean square; the MSE that always stays."""
    distinct, which, count = np.unique(x, return_inverse=True, return_counts=True)
    y = y - y.mean()
    mean, weight = np.bincount(which, y) / count, np.asarray(count / len(x), np.float64)
    size = float(weight @ mean**2)
    scaled = (distinct - distinct[0]) / (np.ptp(distinct) or 1.0)
    return Points(scaled, mean / np.sqrt(size or 1.0), weight), size, float(((y - mean[which]) ** 2).mean())


def _merged(points: Points) -> Points:
    """The means of neighbouring points, so that at most MAX_SEARCH_POINTS remain."""
    if (count := len(points.x)) <= MAX_SEARCH_POINTS:
        return points
    group = np.arange(count) * MAX_SEARCH_POINTS // count
    weight = np.asarray(np.bincount(group, points.weight), np.float64)
    x, y = (np.bincount(group, points.weight * values) / weight for values in (points.x, points.y))
    return Points(x, y, weight)


class _NetworkSearch:
    """Descent of networks on points that _distinct has prepared."""

    def __init__(self, points: Points, activation: Activation):
        self._x, self._activation = points.x, activation
        self._root = np.sqrt(points.weight)[:, None]
        self._y = points.y * self._root[:, 0]
        few = len(points.x) * len(BETWEEN) <= MAX_PLACES
        places = points.x[:-1, None] + np.diff(points.x)[:, None] * (BETWEEN if few else BETWEEN[:1])
        places = np.append(places.ravel(), points.x[-1])
        places = places[np.linspace(0, len(places) - 1, min(len(places), MAX_PLACES)).round().astype(np.intp)]
        self._tried = _Units(np.tile(places, 2), np.repeat([1.0, -1.0], len(places)))
        self._two_fewer = list[_Units]()
        self._tried_columns = self._columns(self._tried)[:, 1:]

    def squares(self, units: _Units) -> float:
        """The share of the squares of y that the best v and c leave."""
        columns = self._columns(units)
        return float(((self._y - columns @ np.linalg.lstsq(columns, self._y, rcond=None)[0]) ** 2).sum())

    def best(self, fewer: list[_Units], fewer_kinks: Array, kinks: Array) -> list[_Units]:
        """Good units, the best first: from the best kinks, one kink less and a unit for its line, one unit less, and two less.

        fewer: networks of one unit less, the best first; the search remembers those of two less.
        """
        line = np.append(fewer_kinks, 0.0)
        added = [more for units in fewer for more in self._with_one_more(units)]
        jumping = [more for units in self._two_fewer[:1] for more in self._with_a_jump(units)]
        self._two_fewer = fewer
        starts = [_Units(line, np.ones_like(line)), *self._best_sides(kinks)]
        starts += [start for some in (added, jumping) for start in sorted(some, key=self.squares)[:KEPT]]
        ends = sorted((self._descended(units, ROUGH_GAIN) for units in starts), key=self.squares)
        return [self._descended(ends[0], FINE_GAIN), *ends[1:KEPT]]

    def _columns(self, units: _Units) -> Array:
        """1 and each unit's activation at the points, times the roots of the weights; of shape (points, 1 + units)."""
        z = units.face * (self._x[:, None] - units.kink)
        return np.concatenate([self._root, self._root * activate(self._activation, z)], axis=1)

    def _with_a_jump(self, units: _Units) -> list[_Units]:
        """The units and two more, with kinks at two neighbouring points."""
        pairs = list(pairwise(self._x.tolist()))
        pairs = [pairs[number] for number in np.linspace(0, len(pairs) - 1, min(len(pairs), MAX_JUMPS)).astype(np.intp)]
        ways = product(pairs, product((1.0, -1.0), repeat=2))
        return [_Units(np.append(units.kink, pair), np.append(units.face, faces)) for pair, faces in ways]

    def _best_sides(self, kinks: Array) -> list[_Units]:
        """Units with these kinks: for each number of them that face left, those facing so that the loss is lowest."""
        ways = [np.array(faces) for faces in product((1.0, -1.0), repeat=min(len(kinks), MAX_FACING_UNITS))]
        several = [_Units(kinks, np.append(faces, np.ones(len(kinks) - len(faces)))) for faces in ways]
        several.sort(key=self.squares, reverse=True)
        return list({float(units.face.sum()): units for units in several}.values())

    def settled(self, units: _Units) -> _Units:
        """Move all kinks together to the local minimum at which they nearly are."""
        for _ in range(MAX_ROUNDS):
            if self.squares(moved := self._step(units)) >= (1.0 - FINE_GAIN) * self.squares(units):
                break
            units = moved
        return units

    def _descended(self, units: _Units, min_gain: float) -> _Units:
        """Move the units, all together and one by one, until a round gains less than this share of the squares."""
        lowest = self.squares(units)
        for _ in range(MAX_ROUNDS):
            before = lowest
            for move in (self._step, self._move_each):
                if (squares := self.squares(moved := move(units))) < lowest:
                    units, lowest = moved, squares
            if lowest >= (1.0 - min_gain) * before:
                break
        return units

    def _step(self, units: _Units) -> _Units:
        """Move all kinks by the largest tried fraction of a Gauss-Newton step that lowers the squares, if any does."""
        columns, z = self._columns(units), units.face * (self._x[:, None] - units.kink)
        moves = -units.face * slope(self._activation, z) * self._root
        both = np.concatenate([columns, moves], axis=1)
        fitted = np.linalg.lstsq(both, self._y, rcond=None)[0]
        v, moved = fitted[1 : columns.shape[1]], fitted[columns.shape[1] :]
        step = np.divide(moved, v, out=np.zeros_like(v), where=v != 0.0)
        before = self.squares(units)
        for share in STEP_FRACTIONS:
            tried = units._replace(kink=np.clip(units.kink + share * step, 0.0, 1.0))
            if self.squares(tried) < before:
                return tried
        return units

    def _move_each(self, units: _Units) -> _Units:
        """Put each unit in turn where it is best beside the others, of the places tried."""
        for number in range(len(units.kink)):
            others = _Units(*(np.delete(field, number) for field in units))
            moved = self._with_one_more(others)[0]
            if self.squares(moved) < self.squares(units):
                units = moved
        return units

    def _with_one_more(self, units: _Units) -> list[_Units]:
        """The units and one more, where it lowers the squares more than at the places beside it; the best first."""
        basis, _ = np.linalg.qr(self._columns(units))
        tried = self._tried_columns
        beside = tried - basis @ (basis.T @ tried)
        squares = (beside**2).sum(axis=0)
        independent = squares > MIN_INDEPENDENT * (tried**2).sum(axis=0)
        gains = np.divide((self._y @ beside) ** 2, squares, out=np.zeros_like(squares), where=independent)
        beside = np.pad(gains.reshape(2, -1), ((0, 0), (1, 1)), constant_values=-1.0)
        peaks = np.flatnonzero((beside[:, 1:-1] >= np.maximum(beside[:, :-2], beside[:, 2:])).ravel())
        best = peaks[np.argsort(-gains[peaks], kind="stable")][:KEPT]
        return [_Units(*(np.append(field, tried[place]) for field, tried in zip(units, self._tried))) for place in best]
