"""Where so many kinks are best: the dynamic programme of Fearnhead, Maidstone and Letchford (2019), "Detecting changes in slope
with an L0 penalty", for a given number of kinks.

It goes from left to right: the least squares up to a place, against the height of the fit there, are the lowest of several
parabolas.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from relutui.network import Array

PLACES = 100  # of kinks, that are chosen from: so many of the points, or where there are fewer, about as many with
BETWEEN = 6  # between two points, at most
FAINT = 1e-9  # the weight of all places between points: enough for the fit to have a height there
FARTHEST = 4.0  # from the straight fit, in standard deviations from it, that the fit may be at a place
PARTS = 8  # of the places that are gone on to, one after the other, which take an eighth of the memory at once
SLACK = 1e-9  # of the sum of squares: smaller differences do not matter before the kinks are moved

Indices = NDArray[np.intp]


class Points(NamedTuple):
    """Each x once, ascending from 0 to 1; y less the straight fit; weights.  The weighted squares of y sum to 1."""

    x: Array
    y: Array
    weight: Array


class _Costs(NamedTuple):
    """The squares between two places i < j at which the fit is p and q: a p^2 + 2 b p q + c q^2 - 2 d p - 2 e q + f.

    Each of shape (places, places), as [j, i]; f is inf where i < j does not hold.
    """

    a: Array
    b: Array
    c: Array
    d: Array
    e: Array
    f: Array


class _Level(NamedTuple):
    """The least squares up to each place, against the height q of the fit there: the lowest of several a q^2 + b q + c.

    Each of shape (places, parabolas); c is inf where a place has fewer.  before: which of the level before, ravelled, each
    goes on from.
    """

    a: Array
    b: Array
    c: Array
    before: Indices


def kinks_at_places(points: Points) -> Iterator[Array]:
    """The best 0, 1, 2, ... kinks among the places, each of shape (kinks,), ascending; as long as there are places left."""
    points, chosen = _with_places(points)
    places, y, count = points.x[chosen], points.y[chosen], len(chosen)
    costs = _costs(points, places)
    first = np.arange(count)[:, None] == 0
    levels = [_Level(0.0 * first, 0.0 * first, np.where(first, 0.0, np.inf), np.zeros((count, 1), np.intp))]
    bound = float((points.weight * points.y**2).sum())
    while True:
        # A fit farther off a point has larger squares there alone.
        reach = np.minimum(FARTHEST, np.sqrt((bound + SLACK) / points.weight[chosen]))
        levels.append(level := _continued(levels[-1], costs, bound + SLACK, y - reach, y + reach))
        at_end = _least(level.a[-1], level.b[-1], level.c[-1])
        if not np.isfinite(at_end).any():
            return
        bound = min(bound, float(at_end.min()))
        yield places[_way_back(levels, int(at_end.argmin()))]


def _with_places(points: Points) -> tuple[Points, Indices]:
    """The points, with further ones of hardly any weight where they are few; and which of them are places."""
    x, y, weight = points
    between = min(PLACES // len(x), BETWEEN)
    if not between:
        return points, np.linspace(0, len(x) - 1, PLACES).round().astype(np.intp)
    shares = np.arange(1, between + 1) / (between + 1)
    new = (x[:-1, None] + np.diff(x)[:, None] * shares).ravel()
    every = np.concatenate([x, new])
    order = np.argsort(every)
    y = np.concatenate([y, np.interp(new, x, y)])
    weight = np.concatenate([weight, np.full(len(new), FAINT / len(new))])
    return Points(every[order], y[order], weight[order]), np.arange(len(every))


def _costs(points: Points, places: Array) -> _Costs:
    """The costs, from sums over the points after each place up to the next; the first point is with those after it."""
    x, y, weight = points
    cell = np.clip(np.searchsorted(places, x) - 1, 0, None)
    beyond = x - places[cell]
    terms = np.ones_like(x), beyond, beyond**2, y, beyond * y, y**2
    n, x1, x2, y0, y1, y2 = (np.bincount(cell, weight * term).astype(np.float64) for term in terms)
    start = places[:-1] - places[:, None]  # of each cell, from each place

    def summed(of_cells: Array) -> Array:
        sums = np.cumsum(np.where(start >= 0.0, of_cells, 0.0), axis=1)
        return np.pad(sums, ((0, 0), (1, 0))).T

    earlier = np.tri(len(places), k=-1, dtype=np.bool_)
    width = np.where(earlier, places[:, None] - places, 1.0)
    share = summed(start * n + x1) / width  # of the way from i to j, summed; then its squares
    squares = summed(start**2 * n + 2.0 * start * x1 + x2) / width**2
    e = summed(start * y0 + y1) / width
    f = np.where(earlier, summed(y2), np.inf)
    return _Costs(summed(n) - 2.0 * share + squares, share - squares, squares, summed(y0) - e, e, f)


def _continued(level: _Level, costs: _Costs, bound: float, low: Array, high: Array) -> _Level:
    """The next level: each parabola gone on from, straight to every later place, as far as it is lowest anywhere there."""
    parts = np.array_split(np.arange(len(level.a)), PARTS)
    some = _joined([_onward(level, _Costs(*(cost[part] for cost in costs)), bound) for part in parts])
    return _gathered(some, _lowest(some, low, high))


def _onward(level: _Level, costs: _Costs, bound: float) -> _Level:
    """Each parabola gone on from to some of the places, as far as it is below the bound anywhere."""
    count = len(costs.a)
    a, b, c, d, e, f = (cost[:, :, None] for cost in costs)
    with np.errstate(invalid="ignore", divide="ignore"):
        # With the parabola of p added, the squares are least at p = -(linear + 2 b q) / (2 squares).
        squares, linear = level.a + a, level.b - 2.0 * d
        new = c - b**2 / squares, -2.0 * e - linear * b / squares, level.c + f - linear**2 / (4.0 * squares)
        a, b, c = (array.reshape(count, -1) for array in new)
        within = _least(a, b, c) <= bound
    before = np.broadcast_to(np.arange(a.shape[1]), a.shape)
    return _gathered(_Level(a, b, c, before), within)


def _joined(levels: list[_Level]) -> _Level:
    """The levels of some of the places each, one below the other; a place with fewer parabolas has none at its end."""
    most = max(level.a.shape[1] for level in levels)

    def padded(number: int, filling: float) -> NDArray[Any]:
        arrays = [level[number] for level in levels]
        room = [((0, 0), (0, most - array.shape[1])) for array in arrays]
        return np.concatenate([np.pad(a, r, constant_values=filling) for a, r in zip(arrays, room)])

    return _Level(padded(0, 1.0), padded(1, 0.0), padded(2, np.inf), padded(3, 0))


def _least(a: Array, b: Array, c: Array) -> Array:
    """The least value of each parabola."""
    return np.asarray(c - b**2 / (4.0 * a))


def _gathered(level: _Level, kept: NDArray[np.bool_]) -> _Level:
    """The parabolas that are kept, those of each place together."""
    order = np.argsort(~kept, axis=1, kind="stable")[:, : max(1, int(kept.sum(axis=1).max()))]
    here, before = np.take_along_axis(kept, order, axis=1), np.take_along_axis(level.before, order, axis=1)
    a, b, c = (np.take_along_axis(array, order, axis=1) for array in level[:3])
    return _Level(np.where(here, a, 1.0), np.where(here, b, 0.0), np.where(here, c, np.inf), before)


def _lowest(level: _Level, low: Array, high: Array) -> NDArray[np.bool_]:
    """Which parabolas of each place are the lowest anywhere from low to high: a walk along them, at all places at once.

    None is visited twice; where one comes back, its neighbours may be kept in vain.
    """
    a, b, c, _ = level
    seen = np.isinf(c)
    rows = np.flatnonzero(~seen.all(axis=1))
    at = low[rows]
    now = ((a[rows] * at[:, None] + b[rows]) * at[:, None] + c[rows]).argmin(axis=1)
    found = np.zeros_like(seen)
    while len(rows):
        found[rows, now] = seen[rows, now] = True
        step = _first_below(a[rows], b[rows], c[rows], now, at[:, None])
        step[seen[rows]] = np.inf
        now = step.argmin(axis=1)
        at = at + step[np.arange(len(rows)), now]
        on = at < high[rows]
        rows, now, at = rows[on], now[on], at[on]
    return found


def _first_below(a: Array, b: Array, c: Array, now: Indices, at: Array) -> Array:
    """How far after `at` each parabola first comes below its row's present one, by more than SLACK; inf where never."""
    a, b, c = (array - np.take_along_axis(array, now[:, None], axis=1) for array in (a, b, c))
    with np.errstate(invalid="ignore", divide="ignore"):
        c = np.maximum((a * at + b) * at + c, 0.0) + SLACK
        b = 2.0 * a * at + b
        root = np.sqrt(b**2 - 4.0 * a * c)
        step = np.where(b < 0.0, 2.0 * c / (root - b), np.where(a < 0.0, (-b - root) / (2.0 * a), np.inf))
    return np.where(np.isnan(step), np.inf, step)


def _way_back(levels: list[_Level], last: int) -> list[int]:
    """The places of the kinks that lead to a parabola at the last place of the last level."""
    place, found = -1, list[int]()
    for level, earlier in zip(levels[:1:-1], levels[-2:0:-1]):
        place, last = divmod(int(level.before[place, last]), earlier.a.shape[1])
        found.append(place)
    return found[::-1]
