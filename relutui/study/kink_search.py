"""The best kinks on a grid, by the dynamic programme of Fearnhead, Maidstone and Letchford (2019), "Detecting changes in slope
with an L0 penalty", for a given number of kinks.

It runs from left to right and from right to left; the two together give the best fit with a kink at any given place.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array
from relutui.study.lowest_parabolas import SLACK_SQUARES, Costs, Indices, Level, extend, least

GRID_PLACES = 100  # candidates for a kink: as many of the points, or all of fewer points and places between them
MAX_BETWEEN_POINTS = 6  # candidates between two neighbouring points
GRID_WEIGHT = 1e-9  # total weight of the places between points, just enough to determine the height of the fit there
NEARBY_SPACES = 3  # gaps between points on either side of a kink in which best_fit_near tries places
SPACE_FRACTIONS = np.arange(2) / 2.0  # of each of these gaps, at which a place is tried
MAX_DEVIATIONS = 4.0  # of the fit from the points at a place, in standard deviations of the previous fit's residuals


class Points(NamedTuple):
    """Normalized points: distinct x ascending from 0 to 1, residuals y of the straight fit, weights; sum(weight y^2) = 1.

    Each of shape (points,).
    """

    x: Array
    y: Array
    weight: Array


def best_grid_fits(points: Points) -> Iterator[list[Array]]:
    """Yield the best fits with 0, 1, 2, ... kinks at places of the grid, until there are no more places.

    Each is a list of fits, a fit being its kinks in ascending order: for every kink and place the best fit with that kink
    there.  Fits that are no worse than those of the neighbouring places come first, and among them the best one.
    """
    points, chosen = _with_grid(points)
    places, y = points.x[chosen], points.y[chosen]
    costs = _costs(points, places)
    backward = _mirrored(costs)
    start = np.where(np.arange(len(places)) == 0, 0.0, np.inf)[:, None]
    first = Level(np.zeros_like(start), np.zeros_like(start), start, np.zeros(start.shape, np.intp))
    before, after = [first], [first]
    bound = float((points.weight * points.y**2).sum())
    while True:
        # A fit farther from a point than this exceeds the bound by its squares at that point alone.
        reach = np.minimum(MAX_DEVIATIONS, np.sqrt((bound + SLACK_SQUARES) / points.weight[chosen]))
        low, high = y - reach, y + reach
        before.append(level := extend(before[-1], costs, bound + SLACK_SQUARES, low, high))
        after.append(extend(after[-1], backward, bound + SLACK_SQUARES, low[::-1], high[::-1]))
        at_end = least(level.a[-1], level.b[-1], level.c[-1])
        if not np.isfinite(at_end).any():
            return
        bound = min(bound, float(at_end.min()))
        yield [places[fit] for fit in _fits_through(before, after)]


def best_fit_near(points: Points, kinks: Array, squares: float) -> Array:
    """The kinks of the best fit with each kink at a place near its present one; the present kinks if there is no such fit.

    squares: the weighted sum of squares with the present kinks.
    """
    x, y, weight = points.x, points.y / np.sqrt(squares), points.weight
    spaces = np.searchsorted(x, kinks, "right")[:, None] - 1 + np.arange(-NEARBY_SPACES, NEARBY_SPACES + 1)
    spaces = np.clip(spaces, 0, len(x) - 2)[:, :, None]
    near = (x[spaces] + (x[spaces + 1] - x[spaces]) * SPACE_FRACTIONS).reshape(len(kinks), -1)
    places = np.unique([0.0, *near.flat, 1.0])
    costs = _costs(Points(x, y, weight), places)
    reach = np.minimum(MAX_DEVIATIONS, np.sqrt((1.0 + SLACK_SQUARES) / np.interp(places, x, weight)))
    low, high = np.interp(places, x, y) - reach, np.interp(places, x, y) + reach
    chosen = [np.array([0]), *(np.unique(np.searchsorted(places, some)) for some in near), np.array([len(places) - 1])]
    zero = np.zeros((1, 1))
    levels = [Level(zero, zero, zero, np.zeros((1, 1), np.intp))]
    for start, end in pairwise(chosen):
        between = Costs(*(cost[np.ix_(end, start)] for cost in costs))
        levels.append(extend(levels[-1], between, 1.0 + SLACK_SQUARES, low[end], high[end]))
    at_end = least(*levels[-1][:3])[0]
    if not np.isfinite(at_end).any():
        return kinks
    best = _trace_back(levels, 0, int(at_end.argmin()))
    return np.array([places[some[place]] for some, place in zip(chosen[1:], best)])


def _with_grid(points: Points) -> tuple[Points, Indices]:
    """The points, with further ones of negligible weight where they are few, and the indices of those that are places."""
    x, y, weight = points
    between = min(GRID_PLACES // len(x), MAX_BETWEEN_POINTS)
    if not between:
        return points, np.linspace(0, len(x) - 1, GRID_PLACES).round().astype(np.intp)
    shares = np.arange(1, between + 1) / (between + 1)
    new = (x[:-1, None] + np.diff(x)[:, None] * shares).ravel()
    every = np.concatenate([x, new])
    order = np.argsort(every)
    y = np.concatenate([y, np.interp(new, x, y)])
    weight = np.concatenate([weight, np.full(len(new), GRID_WEIGHT / len(new))])
    return Points(every[order], y[order], weight[order]), np.arange(len(every))


def _costs(points: Points, places: Array) -> Costs:
    """The costs, from sums over the points between neighbouring places; the first point counts with those after it."""
    x, y, weight = points
    cell = np.clip(np.searchsorted(places, x) - 1, 0, None)
    beyond = x - places[cell]
    terms = np.ones_like(x), beyond, beyond**2, y, beyond * y, y**2
    n, x1, x2, y0, y1, y2 = (np.bincount(cell, weight * term).astype(np.float64) for term in terms)
    start = places[:-1] - places[:, None]  # of each cell, relative to each place

    def summed(of_cells: Array) -> Array:
        sums = np.cumsum(np.where(start >= 0.0, of_cells, 0.0), axis=1)
        return np.pad(sums, ((0, 0), (1, 0))).T

    earlier = np.tri(len(places), k=-1, dtype=np.bool_)
    width = np.where(earlier, places[:, None] - places, 1.0)
    share = summed(start * n + x1) / width  # sums of the relative position between i and j, then of its squares
    squares = summed(start**2 * n + 2.0 * start * x1 + x2) / width**2
    e = summed(start * y0 + y1) / width
    f = np.where(earlier, summed(y2), np.inf)
    return Costs(summed(n) - 2.0 * share + squares, share - squares, squares, summed(y0) - e, e, f)


def _mirrored(costs: Costs) -> Costs:
    """The costs of the mirrored problem, from the last place to the first, in which p and q exchange roles."""
    a, b, c, d, e, f = (cost[::-1, ::-1].T.copy() for cost in costs)
    return Costs(c, b, a, e, d, f)


def _fits_through(before: list[Level], after: list[Level]) -> list[list[int]]:
    """The place indices of each yielded fit, from the levels to its left and to its right."""
    kinks, count = len(before) - 2, len(before[0].a)
    if not kinks:
        return [[]]
    fits = list[tuple[bool, float, list[int]]]()
    for kink in range(1, kinks + 1):
        left, right = before[kink], after[kinks - kink + 1]
        a, b, c = (one[:, :, None] + other[::-1, None] for one, other in zip(left[:3], right[:3]))
        with np.errstate(invalid="ignore", divide="ignore"):
            squares = np.nan_to_num(least(a, b, c), nan=np.inf).reshape(count, -1)
        best = squares.argmin(axis=1)
        lowest = np.pad(squares[np.arange(count), best], 1, constant_values=np.inf)
        for place in np.flatnonzero(np.isfinite(lowest[1:-1])).tolist():
            own = lowest[place + 1]
            one, other = divmod(int(best[place]), right.a.shape[1])
            earlier = _trace_back(before[: kink + 1], place, one)
            later = _trace_back(after[: kinks - kink + 2], count - 1 - place, other)
            fit = [*earlier, place, *(count - 1 - back for back in reversed(later))]
            fits.append((bool(own > min(lowest[place], lowest[place + 2])), float(own), fit))
    return list({tuple(fit): fit for _, _, fit in sorted(fits)}.values())


def _trace_back(levels: list[Level], place: int, parabola: int) -> list[int]:
    """The place indices of the kinks on the path to a parabola at a place of the last level."""
    kinks = list[int]()
    for level, earlier in zip(levels[:1:-1], levels[-2:0:-1]):
        place, parabola = divmod(int(level.before[place, parabola]), earlier.a.shape[1])
        kinks.append(place)
    return kinks[::-1]
