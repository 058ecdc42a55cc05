"""The best fit with free kinks by trying every way to place them: at a point, once between two points, or twice there.

A kink strictly between two points is where it is because the parts on either side, each the best for its own points, meet
there; two between the same points let the parts be any.  So each way is a few separate least squares and a look at where
they meet (Hudson 1966, "Fitting segmented curves whose join points have to be estimated").
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array


class Part(NamedTuple):
    squares: float
    first: tuple[float, float]  # height at x = 0 and slope of the first line
    last: tuple[float, float]


def lowest_error(x: Array, y: Array, kinks: int) -> float:
    """The lowest MSE with at most so many kinks; x: distinct, ascending."""
    parts = dict[tuple[int, int, tuple[int, ...]], Part]()
    lowest = np.inf
    for way in _ways(len(x), 0, kinks):
        keys, first, knots = [], 0, list[int]()
        for place, times in way:
            if times:
                keys.append((first, place, tuple(knots)))
                first, knots = place + 1, []
            else:
                knots.append(place)
        keys.append((first, len(x) - 1, tuple(knots)))
        if any(not all(first <= knot <= last for knot in knots) for first, last, knots in keys):
            continue
        for key in keys:
            if key not in parts:
                parts[key] = _part(x, y, *key)
        used = [parts[key] for key in keys]
        joins = [(place, times) for place, times in way if times]
        if all(
            times == 2 or _meet(x[place], x[place + 1], one.last, two.first)
            for (place, times), (one, two) in zip(joins, pairwise(used))
        ):
            lowest = min(lowest, sum(part.squares for part in used))
    return lowest / len(x)


def _ways(points: int, first: int, kinks: int) -> Iterator[tuple[tuple[int, int], ...]]:
    """Every row of places: (point, 0) for a kink at it, (point, 1) or (point, 2) for kinks between it and the next."""
    yield ()
    for place in range(first, points - 1):
        if kinks and place:
            yield from (((place, 0), *rest) for rest in _between(points, place, kinks - 1))
        yield from _between(points, place, kinks, at_least=1)


def _between(points: int, place: int, kinks: int, at_least: int = 0) -> Iterator[tuple[tuple[int, int], ...]]:
    for times in range(at_least, min(2, kinks) + 1):
        for rest in _ways(points, place + 1, kinks - times):
            yield ((place, times), *rest) if times else rest


def _part(x: Array, y: Array, first: int, last: int, knots: tuple[int, ...]) -> Part:
    own, heights, origin = x[first : last + 1], y[first : last + 1], x[first]
    columns = np.stack([np.ones_like(own), own - origin, *(np.maximum(own - x[knot], 0.0) for knot in knots)], axis=1)
    size = np.abs(columns).max(axis=0)
    size[size == 0.0] = 1.0
    fitted = np.linalg.lstsq(columns / size, heights, rcond=1e-13)[0] / size
    squares = float(((heights - columns @ fitted) ** 2).sum())
    start = float(fitted[0] - fitted[1] * origin), float(fitted[1])
    bends = fitted[2:]
    return Part(
        squares, start, (start[0] - float(bends @ x[list(knots)]) if knots else start[0], start[1] + float(bends.sum()))
    )


def _meet(start: float, end: float, one: tuple[float, float], two: tuple[float, float]) -> bool:
    apart = [one[0] - two[0] + (one[1] - two[1]) * x for x in (start, end)]
    return apart[0] * apart[1] <= 0.0
