"""The best continuous straight-lined fits: exact with one kink, and for more the best that a search finds.

With one kink inside a gap of the data either the least-squares lines of both sides meet there, or the best kink is at an end of
the gap; so the best is among these.  A search finds no less than the best.  Nothing of relutui is imported here.
"""

from itertools import pairwise

import numpy as np

from tests.truth.activation import Array


def squares(x: Array, y: Array, kinks: Array) -> float:
    """The least sum of squares with these kinks, by least squares for the rest."""
    middle, width = (x[0] + x[-1]) / 2, (x[-1] - x[0]) / 2 or 1.0
    at, places = (x - middle) / width, (np.asarray(kinks) - middle) / width
    columns = [np.ones_like(at), at, *(np.maximum(at - place, 0.0) for place in places)]
    matrix = np.stack([column / (np.linalg.norm(column) or 1.0) for column in columns], axis=1)
    rest = y - matrix @ np.linalg.lstsq(matrix, y, rcond=None)[0]
    return float(rest @ rest)


def best_with_one_kink(x: Array, y: Array) -> float:
    """The least sum of squares of two straight pieces that meet."""
    places = np.unique(x)
    best = min((squares(x, y, np.array([place])) for place in places), default=0.0)
    for low, high in pairwise(places.tolist()):
        left, right = x <= low, x >= high
        a, b = (_line(x[side], y[side]) for side in (left, right))
        if a is None or b is None:
            continue
        (slope, height, rest), (other_slope, other_height, other_rest) = a, b
        if slope != other_slope:
            meet = (other_height - height) / (slope - other_slope)
            if low <= meet <= high:
                best = min(best, rest + other_rest)
    return best


def _line(x: Array, y: Array) -> tuple[float, float, float] | None:
    """Slope, height at 0 and squares of the least-squares line; None if it is not unique."""
    if np.ptp(x) == 0.0:
        return None
    mean_x, mean_y = x.mean(), y.mean()
    slope = float(((x - mean_x) @ (y - mean_y)) / ((x - mean_x) @ (x - mean_x)))
    rest = y - mean_y - slope * (x - mean_x)
    return slope, float(mean_y - slope * mean_x), float(rest @ rest)


def best_found(x: Array, y: Array, count: int, dice: np.random.Generator, tries: int = 4) -> float:
    """The least sum of squares that a search finds with so many kinks: random ones, each moved while that helps."""
    low, high, best = float(x[0]), float(x[-1]), np.inf
    for _ in range(tries):
        kinks = np.sort(dice.uniform(low, high, count))
        least, step = squares(x, y, kinks), (high - low) / 8
        while step > 1e-4 * (high - low):
            trials = [kinks + sign * step * np.eye(count)[one] for one in range(count) for sign in (1.0, -1.0)]
            found = min(trials, key=lambda each: squares(x, y, each), default=kinks)
            after = squares(x, y, found)
            if after < least * (1.0 - 1e-9):
                kinks, least = found, after
            else:
                step /= 2
        best = min(best, least)
    return best
