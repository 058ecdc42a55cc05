"""Lower envelopes of parabolas, one at each place: the value functions of the search for kinks.

By the functional pruning of Fearnhead, Maidstone and Letchford (2019), "Detecting changes in slope with an L0 penalty", a
parabola that is nowhere the lowest is dropped.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array

MEMORY_PARTS = 8  # into which the next places are split and computed one after the other, for an eighth of the memory
HEIGHT_CELLS = 16  # into which the heights are split: a parabola that is too high in all of them is dropped before the walk
SLACK_SQUARES = 1e-9  # of the sum of squares of the straight fit: smaller differences are left to the descent

Indices = NDArray[np.intp]


class Costs(NamedTuple):
    """The squares between two places i < j where the fit has the heights p and q: a p^2 + 2 b p q + c q^2 - 2 d p - 2 e q + f.

    Each of shape (places, places), indexed [j, i]; f is inf unless i < j.
    """

    a: Array
    b: Array
    c: Array
    d: Array
    e: Array
    f: Array


class Level(NamedTuple):
    """The least squares up to each place against the height q of the fit there: the minimum of several a q^2 + b q + c.

    Each of shape (places, parabolas); c is inf where a place has fewer.  before: the flat index of each parabola's predecessor
    in the previous level.
    """

    a: Array
    b: Array
    c: Array
    before: Indices


def extend(level: Level, costs: Costs, bound: float, low: Array, high: Array) -> Level:
    """The next level: every parabola extended by a straight line to every later place, if it is the lowest anywhere there."""
    parts = np.array_split(np.arange(len(costs.a)), min(MEMORY_PARTS, len(costs.a)))
    some = _stack([_extend_to(level, Costs(*(cost[part] for cost in costs)), bound, low[part], high[part]) for part in parts])
    return _keep(some, _lowest_somewhere(some, low, high))


def _extend_to(level: Level, costs: Costs, bound: float, low: Array, high: Array) -> Level:
    """Extend every parabola to some of the places; drop those above the bound, or above another everywhere."""
    count = len(costs.a)
    a, b, c, d, e, f = (cost[:, :, None] for cost in costs)
    with np.errstate(invalid="ignore", divide="ignore"):
        # With the parabola of p added, the squares are least at p = -(linear + 2 b q) / (2 squares).
        squares, linear = level.a + a, level.b - 2.0 * d
        new = c - b**2 / squares, -2.0 * e - linear * b / squares, level.c + f - linear**2 / (4.0 * squares)
        a, b, c = (array.reshape(count, -1) for array in new)
        within = least(a, b, c) <= bound
    before = np.broadcast_to(np.arange(a.shape[1]), a.shape)
    some = _keep(Level(a, b, c, before), within)
    return _keep(some, _possibly_lowest(some, low, high))


def _stack(levels: list[Level]) -> Level:
    """Stack levels of different places, padding those with fewer parabolas."""
    most = max(level.a.shape[1] for level in levels)

    def padded(number: int, filling: float) -> NDArray[Any]:
        arrays = [level[number] for level in levels]
        room = [((0, 0), (0, most - array.shape[1])) for array in arrays]
        return np.concatenate([np.pad(a, r, constant_values=filling) for a, r in zip(arrays, room)])

    return Level(padded(0, 1.0), padded(1, 0.0), padded(2, np.inf), padded(3, 0))


def least(a: Array, b: Array, c: Array) -> Array:
    """The minimum of each parabola."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(c - b**2 / (4.0 * a))


def _keep(level: Level, kept: NDArray[np.bool_]) -> Level:
    """Drop the parabolas that are not kept, and move the kept ones of each place to the front."""
    order = np.argsort(~kept, axis=1, kind="stable")[:, : max(1, int(kept.sum(axis=1).max()))]
    present, before = np.take_along_axis(kept, order, axis=1), np.take_along_axis(level.before, order, axis=1)
    a, b, c = (np.take_along_axis(array, order, axis=1) for array in level[:3])
    return Level(np.where(present, a, 1.0), np.where(present, b, 0.0), np.where(present, c, np.inf), before)


def _possibly_lowest(level: Level, low: Array, high: Array) -> NDArray[np.bool_]:
    """Which parabolas of each place are no higher than every other's maximum in some cell between low and high."""
    a, b, c, _ = level
    with np.errstate(invalid="ignore", divide="ignore"):
        vertex = -b / (2.0 * a)
    bottom = least(a, b, c)
    possible = np.zeros(a.shape, np.bool_)
    edges = np.linspace(low, high, HEIGHT_CELLS + 1)[:, :, None]
    left, at_left = edges[0], (a * edges[0] + b) * edges[0] + c
    for right in edges[1:]:
        at_right = (a * right + b) * right + c
        ceiling = np.maximum(at_left, at_right).min(axis=1, keepdims=True)
        inside = (left < vertex) & (vertex < right)
        possible |= np.where(inside, bottom, np.minimum(at_left, at_right)) <= ceiling
        left, at_left = right, at_right
    return possible & np.isfinite(c)


def _lowest_somewhere(level: Level, low: Array, high: Array) -> NDArray[np.bool_]:
    """Which parabolas of each place are the lowest anywhere from low to high, by walking along them at all places at once.

    None is visited twice, so neighbours of one that becomes the lowest again may be kept without need.
    """
    a, b, c, _ = level
    seen = np.isinf(c)
    rows = np.flatnonzero(~seen.all(axis=1))
    height = low[rows]
    present = ((a[rows] * height[:, None] + b[rows]) * height[:, None] + c[rows]).argmin(axis=1)
    lowest = np.zeros_like(seen)
    while len(rows):
        lowest[rows, present] = seen[rows, present] = True
        step = _distance_below(a[rows], b[rows], c[rows], present, height[:, None])
        step[seen[rows]] = np.inf
        present = step.argmin(axis=1)
        height = height + step[np.arange(len(rows)), present]
        inside = height < high[rows]
        rows, present, height = rows[inside], present[inside], height[inside]
    return lowest


def _distance_below(a: Array, b: Array, c: Array, present: Indices, height: Array) -> Array:
    """How far above `height` each parabola first falls SLACK_SQUARES below its row's present one; inf if never."""
    a, b, c = (array - np.take_along_axis(array, present[:, None], axis=1) for array in (a, b, c))
    with np.errstate(invalid="ignore", divide="ignore"):
        c = np.maximum((a * height + b) * height + c, 0.0) + SLACK_SQUARES
        b = 2.0 * a * height + b
        root = np.sqrt(b**2 - 4.0 * a * c)
        step = np.where(b < 0.0, 2.0 * c / (root - b), np.where(a < 0.0, (-b - root) / (2.0 * a), np.inf))
    return np.where(np.isnan(step), np.inf, step)
