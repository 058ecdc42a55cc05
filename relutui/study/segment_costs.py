"""The least squares of straight lines over runs of points, between the places where a fit may bend.

A stop is the index of a point at which, or after which, the fit may bend.  Stops are ascending; the first is -1, before the
points, and the last is the last point.  Arrays of shape (stops, stops) are indexed [a, b] and are about the points after
stop a up to stop b.  x is taken relative to a point of each run, so that points close together lose no digits.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array

Indices = NDArray[np.intp]


class Points(NamedTuple):
    """Normalized points: distinct x ascending from 0 to 1, residuals y of the straight fit, weights; sum(weight y^2) = 1.

    Each of shape (points,).
    """

    x: Array
    y: Array
    weight: Array


class Parabola(NamedTuple):
    """The squares a q^2 + b q + c of the best line through a given height q, whose slope is rise q + slope."""

    a: Array
    b: Array
    c: Array
    rise: Array
    slope: Array


class Between(NamedTuple):
    """The squares of the points strictly between two stops where the fit has the heights p and q:

    a p^2 + 2 b p q + c q^2 - 2 d p - 2 e q + f.
    """

    a: Array
    b: Array
    c: Array
    d: Array
    e: Array
    f: Array


class Costs(NamedTuple):
    """The squares of runs of points; inf for runs of none.

    counts: of the points; squares, height, slope: of the best line, with its height at the last point; after: of the best line
    through a height at stop a; before: of the best line through a height at stop b, without that point itself.
    """

    stops: Indices
    counts: Indices
    squares: Array
    height: Array
    slope: Array
    after: Parabola
    before: Parabola
    between: Between


class _Sums(NamedTuple):
    """Weighted sums over runs of points: of 1, x, x^2, y, x y, y^2."""

    n: Array
    x: Array
    xx: Array
    y: Array
    xy: Array
    yy: Array


def line_squares(points: Points, stops: Indices) -> Array:
    """The least squares of a line over each run of points, of shape (stops, stops)."""
    return _free_lines(points, stops)[0]


def costs_between(points: Points, stops: Indices) -> Costs:
    """The costs of all runs between stops."""
    count = stops[None, :] - stops[:, None]
    squares, height, slope = _free_lines(points, stops)
    at = points.x[np.maximum(stops, 0)]
    first = stops + 1
    after = _through_height(_sums(points, first, at, stops), count > 0)
    backward = Points(-points.x[::-1], points.y[::-1], points.weight[::-1])
    last = len(points.x) - 1
    mirrored = _sums(backward, last + 1 - stops, -at, last - first)
    before = _through_height(_Sums(*(sums.T for sums in mirrored)), count > 1)
    before = before._replace(rise=-before.rise, slope=-before.slope)
    inner = _sums(points, first, at, stops - 1)
    width = np.where((count > 0) & (stops[:, None] >= 0), at - at[:, None], 1.0)
    share, square, e = inner.x / width, inner.xx / width**2, inner.xy / width
    f = np.where(count > 0, inner.yy, np.inf)
    between = Between(inner.n - 2.0 * share + square, share - square, square, inner.y - e, e, f)
    return Costs(stops, count, squares, height, slope, after, before, between)


def _free_lines(points: Points, stops: Indices) -> tuple[Array, Array, Array]:
    """The squares of the best line of each run, its height at the last point, and its slope; 0 for a single point."""
    first = np.minimum(stops + 1, len(points.x) - 1)
    start, end = points.x[first][:, None], points.x[np.maximum(stops, 0)]
    count = stops[None, :] - stops[:, None]
    s = _sums(points, stops + 1, points.x[first], stops)
    with np.errstate(invalid="ignore", divide="ignore"):
        x, y = s.x / s.n, s.y / s.n
        slope = np.where(count > 1, (s.xy - s.n * x * y) / (s.xx - s.n * x**2), 0.0)
        squares = np.where(count > 1, np.maximum(s.yy - s.n * y**2 - slope * (s.xy - s.n * x * y), 0.0), 0.0)
        height = y + slope * (end - start - x)
    return np.where(count > 0, squares, np.inf), height, slope


def _through_height(s: _Sums, present: NDArray[np.bool_]) -> Parabola:
    """The squares of the best line through a height where x = 0, against that height."""
    with np.errstate(invalid="ignore", divide="ignore"):
        rise, slope = -s.x / s.xx, s.xy / s.xx
        a = np.maximum(s.n + rise * s.x, 0.0)
        return Parabola(a, -2.0 * (s.y + rise * s.xy), np.where(present, s.yy - slope * s.xy, np.inf), rise, slope)


def _sums(points: Points, first: Indices, origin: Array, last: Indices) -> _Sums:
    """The sums over the points from first[a] to last[b], x relative to origin[a]; of shape (firsts, lasts).

    Summed over cells that neither limit divides, each relative to its own first point.
    """
    edges = np.unique([0, *np.clip(first, 0, len(points.x)), *(last + 1), len(points.x)])
    edges = edges[edges >= 0]
    start = points.x[edges[:-1]]
    cell = np.repeat(np.arange(len(start)), np.diff(edges))
    x, y, weight = points.x - start[cell], points.y, points.weight
    n, x1, x2, y0, y1, y2 = (np.bincount(cell, weight * term) for term in (np.ones_like(x), x, x * x, y, x * y, y * y))
    way = start - origin[:, None]
    inside = edges[:-1] >= first[:, None]
    column = np.searchsorted(edges, last + 1)

    def summed(of_cells: Array) -> Array:
        return np.pad(np.cumsum(np.where(inside, of_cells, 0.0), axis=1), ((0, 0), (1, 0)))[:, column]

    cells = n, x1 + way * n, x2 + way * (2.0 * x1 + way * n), y0, y1 + way * y0, y2
    return _Sums(*(summed(np.asarray(of_cells, np.float64)) for of_cells in cells))
