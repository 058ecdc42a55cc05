"""The best continuous piecewise-linear fit with so many free kinks: what no network of as many kinked units can beat.

No library serves: pwlf searches by differential evolution, which needs scipy and guarantees nothing; ruptures' CostCLinear
joins the points at the kinks, which is not the least squares.  So kink_search.py finds the best kinks of a grid, exactly, and
from there they move to where they are best nearby, one by one and all together.
"""

from collections.abc import Iterator

import numpy as np

from relutui.kink_search import Points, kinks_at_places
from relutui.network import Array

MOST = 500  # points for the search; of more, neighbours count as one until the last step
ROUNDS = 30  # of moving the kinks, at most
GAIN = 1e-4  # of the squares: a round that gains less is the last
SHARES = 0.5 ** np.arange(1, 9)  # of the way to the next kink, or of a step, that are tried
EXACT = 1e-24  # of the squares of the straight fit: less is rounding
DEPENDENT = 1e-12  # of a hinge's squares: with no more left beside the others it adds nothing to them


def each_best_error(x: Array, y: Array) -> Iterator[float]:
    """The lowest MSE with 0, 1, 2, ... free kinks, without end; each takes a tenth of a second or so to compute.

    x and y of shape (points,), x ascending.
    """
    points, size, rest = _normal(x, y)
    if not size:
        while True:
            yield rest
    searched = _thinned(points)
    lowest, found = 1.0, kinks_at_places(searched)
    while True:
        kinks = next(found, None) if lowest > EXACT else None
        if kinks is not None:
            lowest = min(lowest, _squares(points, _together(points, _refined(searched, kinks))))
        yield (lowest if lowest > EXACT else 0.0) * size + rest


def _normal(x: Array, y: Array) -> tuple[Points, float, float]:
    """The points as they are searched, the MSE of the straight fit to them, and that which points of one x leave to any fit."""
    distinct, which, count = np.unique(x, return_inverse=True, return_counts=True)
    y = y - y.mean()
    mean = np.bincount(which, y) / count
    rest = float(((y - mean[which]) ** 2).mean())
    at, weight = (distinct - distinct[0]) / (np.ptp(distinct) or 1.0), count / len(x)
    if len(at) < 3:
        return Points(at, mean, weight), 0.0, rest
    straight = _left(_columns(at, np.empty(0)), mean, weight)
    size = float((weight * straight**2).sum())
    return Points(at, straight / np.sqrt(size or 1.0), weight), size, rest


def _thinned(points: Points) -> Points:
    """MOST points at most, each the mean of neighbours."""
    count = len(points.x)
    group = np.arange(count) * min(count, MOST) // count
    weight = np.asarray(np.bincount(group, points.weight), np.float64)
    x, y = (np.bincount(group, points.weight * values) / weight for values in (points.x, points.y))
    return Points(x, y, weight)


def _refined(points: Points, kinks: Array) -> Array:
    """The kinks, ascending, moved to where the squares are least nearby."""
    lowest = _squares(points, kinks)
    for _ in range(ROUNDS):
        moved = _together(points, _one_by_one(points, kinks))
        before, squares = lowest, _squares(points, moved)
        if squares < lowest:
            kinks, lowest = moved, squares
        if lowest >= (1.0 - GAIN) * before:
            break
    return kinks


def _one_by_one(points: Points, kinks: Array) -> Array:
    """Each kink in turn moved between its neighbours, to the best of a few places nearer and nearer to where it is."""
    root = np.sqrt(points.weight)
    for moved in range(len(kinks)):
        low, at, high = np.concatenate([[0.0], kinks, [1.0]])[moved : moved + 3]
        tried = np.concatenate([[at], at - (at - low) * SHARES, at + (high - at) * SHARES])
        basis, _ = np.linalg.qr(_columns(points.x, np.delete(kinks, moved)).T * root[:, None])
        hinges = _hinges(points.x, tried).T * root[:, None]
        beside = hinges - basis @ (basis.T @ hinges)
        squares = (beside**2).sum(axis=0)
        gains = np.where(squares > DEPENDENT * (hinges**2).sum(axis=0), (root * points.y) @ beside, 0.0) ** 2
        kinks = kinks.copy()
        kinks[moved] = tried[(gains / np.maximum(squares, 1e-300)).argmax()]
    return kinks


def _together(points: Points, kinks: Array) -> Array:
    """The kinks after the largest share of a Gauss-Newton step that lowers the squares, if any does.

    As in Muggeo (2003), "Estimating regression models with unknown break-points".
    """
    x, y, weight = points
    on = -(x > kinks[:, None]).astype(np.float64)
    root = np.sqrt(weight)
    fitted = np.linalg.lstsq((np.concatenate([_columns(x, kinks), on]) * root).T, y * root, rcond=None)[0]
    bends, moves = np.split(fitted[2:], 2)
    step = np.divide(moves, bends, out=np.zeros_like(moves), where=bends != 0.0)
    before = _squares(points, kinks)
    for share in (1.0, *SHARES):
        tried = np.sort(np.clip(kinks + share * step, 0.0, 1.0))
        if _squares(points, tried) < before:
            return tried
    return kinks


def _squares(points: Points, kinks: Array) -> float:
    """The sum of the weighted squares that the best fit with these kinks leaves."""
    left = _left(_columns(points.x, kinks), points.y, points.weight)
    return float((points.weight * left**2).sum())


def _columns(x: Array, kinks: Array) -> Array:
    """What a fit with these kinks is a sum of, of shape (2 + kinks, points)."""
    return np.concatenate([[np.ones_like(x), x], _hinges(x, kinks)])


def _hinges(x: Array, kinks: Array) -> Array:
    """A hinge for each kink, of shape (kinks, points)."""
    return np.maximum(x - kinks[:, None], 0.0)


def _left(columns: Array, y: Array, weight: Array) -> Array:
    """What the best sum of the columns leaves of y."""
    root = np.sqrt(weight)
    fitted = np.linalg.lstsq((columns * root).T, y * root, rcond=None)[0]
    return np.asarray(y - fitted @ columns)
