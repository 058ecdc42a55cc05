"""The best continuous piecewise-linear fit with so many free kinks: what no network of as many kinked units can beat.

No library serves: pwlf searches by differential evolution, which needs scipy and guarantees nothing; ruptures' CostCLinear
joins the points at the kinks, which is not the least squares.  So kink_search.py finds the best kinks of a grid, exactly, and
from there, and from other good ones of the grid, kink_descent.py moves them to where they are best nearby.
"""

from collections.abc import Iterator

import numpy as np

from relutui.lib.arrays import Array
from relutui.study.kink_descent import GAIN, descended, straight_left
from relutui.study.kink_search import Points, fit_beside, fits_at_places

MOST = 500  # points for the search; of more, neighbours count as one until the last step
MOST_STARTS = 64  # that are descended from, where there are few points;
FEWEST_STARTS = 4  # where there are many, fewer:
POINTS = 400  # in all of them, about
EXACT = 1e-24  # of the squares of the straight fit: less is rounding


def each_best_error(x: Array, y: Array) -> Iterator[float]:
    """The lowest MSE with 0, 1, 2, ... free kinks, without end; each takes a few tenths of a second to compute.

    x and y of shape (points,), x ascending.
    """
    points, size, rest = _normal(x, y)
    if not size:
        while True:
            yield rest
    searched = _thinned(points)
    starts = int(np.clip(POINTS // len(searched.x), FEWEST_STARTS, MOST_STARTS))
    lowest, found = 1.0, fits_at_places(searched)
    while True:
        fits = next(found, None) if lowest > EXACT else None
        if fits is not None:
            # Several, since one that is nearly as good on the grid may be better beside it, and of equals rounding takes one.
            kinks, squares = min((descended(searched, fit) for fit in fits[:starts]), key=lambda end: end[1])
            if searched is not points:
                kinks, squares = descended(points, kinks)
            lowest = min(lowest, _beside(points, kinks, squares))
        yield (lowest if lowest > EXACT else 0.0) * size + rest


def _beside(points: Points, kinks: Array, squares: float) -> float:
    """The squares after all kinks together went to better places near their own, as long as there are any."""
    while len(kinks) and squares > EXACT:
        moved, fewer = descended(points, fit_beside(points, kinks, squares))
        if fewer >= (1.0 - GAIN) * squares:
            break
        kinks, squares = moved, fewer
    return squares


def _normal(x: Array, y: Array) -> tuple[Points, float, float]:
    """The points as they are searched, the MSE of the straight fit to them, and that which points of one x leave to any fit."""
    distinct, which, count = np.unique(x, return_inverse=True, return_counts=True)
    y = y - y.mean()
    mean = np.bincount(which, y) / count
    rest = float(((y - mean[which]) ** 2).mean())
    at, weight = (distinct - distinct[0]) / (np.ptp(distinct) or 1.0), count / len(x)
    if len(at) < 3:
        return Points(at, mean, weight), 0.0, rest
    straight = straight_left(Points(at, mean, weight))
    size = float((weight * straight**2).sum())
    return Points(at, straight / np.sqrt(size or 1.0), weight), size, rest


def _thinned(points: Points) -> Points:
    """MOST points at most, each the mean of neighbours."""
    count = len(points.x)
    if count <= MOST:
        return points
    group = np.arange(count) * MOST // count
    weight = np.asarray(np.bincount(group, points.weight), np.float64)
    x, y = (np.bincount(group, points.weight * values) / weight for values in (points.x, points.y))
    return Points(x, y, weight)
