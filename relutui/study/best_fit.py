"""The best continuous piecewise-linear fit with a given number of free kinks, which no network of as many units can beat.

No library serves: pwlf searches by differential evolution, which needs scipy and guarantees nothing; ruptures' CostCLinear
joins the points at the kinks, which is not the least squares.  So kink_search.py finds the best kinks on a grid, exactly, and
kink_descent.py moves these, and other good ones of the grid, to the nearest local minimum.
"""

from collections.abc import Iterator

import numpy as np

from relutui.lib.arrays import Array
from relutui.study.kink_descent import MIN_GAIN, descend, line_residuals
from relutui.study.kink_search import Points, best_fit_near, best_grid_fits

MAX_SEARCH_POINTS = 500  # points in the grid search; of more, neighbours are merged until the last descent
MAX_DESCENTS = 64  # grid fits to descend from, however few points there are
MIN_DESCENTS = 4  # grid fits to descend from, however many points there are
DESCENT_POINTS = 400  # points times descents, between these limits
EXACT_FIT = 1e-24  # of the squares of the straight fit; a fit with less is exact, but for rounding


def each_best_error(x: Array, y: Array) -> Iterator[float]:
    """Yield the lowest MSE with 0, 1, 2, ... free kinks, without end; each takes a few tenths of a second.

    x, y: shape (points,), x ascending.
    """
    points, size, rest = _normalize(x, y)
    if not size:
        while True:
            yield rest
    merged = _merge_neighbours(points)
    starts = int(np.clip(DESCENT_POINTS // len(merged.x), MIN_DESCENTS, MAX_DESCENTS))
    lowest, grid_fits = 1.0, best_grid_fits(merged)
    while True:
        fits = next(grid_fits, None) if lowest > EXACT_FIT else None
        if fits is not None:
            # Several, since one that is nearly the best on the grid may be the best off it, and rounding decides ties.
            kinks, squares = min((descend(merged, fit) for fit in fits[:starts]), key=lambda end: end[1])
            if merged is not points:
                kinks, squares = descend(points, kinks)
            lowest = min(lowest, _improve_jointly(points, kinks, squares))
        yield (lowest if lowest > EXACT_FIT else 0.0) * size + rest


def _improve_jointly(points: Points, kinks: Array, squares: float) -> float:
    """Move all kinks together to better places near their own while there are any, and return the squares."""
    while len(kinks) and squares > EXACT_FIT:
        moved, fewer = descend(points, best_fit_near(points, kinks, squares))
        if fewer >= (1.0 - MIN_GAIN) * squares:
            break
        kinks, squares = moved, fewer
    return squares


def _normalize(x: Array, y: Array) -> tuple[Points, float, float]:
    """The normalized points, the MSE of their best straight line, and the MSE that no fit avoids where points share an x."""
    distinct, which, count = np.unique(x, return_inverse=True, return_counts=True)
    y = y - y.mean()
    mean = np.bincount(which, y) / count
    rest = float(((y - mean[which]) ** 2).mean())
    scaled, weight = (distinct - distinct[0]) / (np.ptp(distinct) or 1.0), count / len(x)
    if len(scaled) < 3:
        return Points(scaled, mean, weight), 0.0, rest
    straight = line_residuals(Points(scaled, mean, weight))
    size = float((weight * straight**2).sum())
    return Points(scaled, straight / np.sqrt(size or 1.0), weight), size, rest


def _merge_neighbours(points: Points) -> Points:
    """Merge neighbouring points into their means, so that at most MAX_SEARCH_POINTS remain."""
    count = len(points.x)
    if count <= MAX_SEARCH_POINTS:
        return points
    group = np.arange(count) * MAX_SEARCH_POINTS // count
    weight = np.asarray(np.bincount(group, points.weight), np.float64)
    x, y = (np.bincount(group, points.weight * values) / weight for values in (points.x, points.y))
    return Points(x, y, weight)
