"""The best continuous piecewise-linear fit with a given number of free kinks, which no network of as many units can beat.

No library serves: pwlf searches by differential evolution, which needs scipy and guarantees nothing; ruptures' CostCLinear
joins the points at the kinks, which is not the least squares.  So a fit is descended to (kink_descent.py), the places where a
better one could have its kinks are narrowed down (independent_lines.py), and among these the best is found (exact_kinks.py).
"""

import itertools
from collections.abc import Iterator
from contextlib import suppress
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array
from relutui.study.exact_kinks import ExactSearch, TooMuchWork
from relutui.study.independent_lines import IndependentLines, lines_over_cells, lines_with_stops
from relutui.study.kink_blocks import kinks_of
from relutui.study.kink_descent import add_hinge, descend, fit_squares, line_residuals
from relutui.study.segment_costs import Points

CELLS = 256  # of points, in which kinks are looked for at first
FEW_STOPS = 64  # with more points, a fit with kinks at only so many of them is looked for first
STILL_NARROWING = 0.9  # times the number of stops: with more than this left, no more can be ruled out
MAX_STOPS = 500  # at which an exact search is tried
MAX_NARROWED_STOPS = 1200  # while the places are narrowed down
MAX_WORK = 20_000_000  # of an exact search, in its own units: a few seconds
ROUGH_GAIN = 1e-2  # of the squares: descent gains no less in a round where an exact search follows
EXACT_FIT = 1e-24  # of the squares of the straight fit; a fit with less is exact, but for rounding
RELATIVE_ROUNDING = 1e-9  # of a sum of squares: how far a search looks above its ceiling, for rounding
ROUNDING = 1e-15  # of the squares of the straight fit: the same
CEILING_SHARES = 1.0, 0.7, 0.4  # of the way from the bound to the best found: ceilings until a search is not too long


class Fit(NamedTuple):
    """Kinks in ascending order, and the squares of the best fit with them."""

    kinks: Array
    squares: float


class BestFit(NamedTuple):
    """The lowest MSE found of fits with so many kinks, and the one that none goes below: the same if the search was exact.

    kinks: of the fit that was found, ascending; it may have fewer.
    """

    found: float
    bound: float
    kinks: Array


def each_best_fit(x: Array, y: Array) -> Iterator[BestFit]:
    """Yield the best fit with 0, 1, 2, ... free kinks, without end; each takes up to a few seconds.

    x, y: shape (points,), x ascending.
    """
    points, size, rest = _normalize(x, y)
    if not size:
        while True:
            yield BestFit(rest, rest, np.empty(0))
    cells = lines_over_cells(points, CELLS)
    fit, bound = Fit(np.empty(0), 1.0), 1.0
    for count in itertools.count(1):
        yield BestFit(fit.squares * size + rest, bound * size + rest, x[0] + np.ptp(x) * fit.kinks)
        if fit.squares > EXACT_FIT:
            fit, bound = _best_fit(cells, add_hinge(points, fit.kinks), count)
        if fit.squares <= EXACT_FIT:
            fit, bound = Fit(fit.kinks, 0.0), 0.0


def _best_fit(cells: IndependentLines, start: Array, kinks: int) -> tuple[Fit, float]:
    """The best fit with so many kinks that was found, and a lower bound on the squares of all such fits."""
    points = cells.points
    start = min(start, cells.breaks(kinks), key=lambda tried: fit_squares(points, tried))
    fit = Fit(*descend(points, start, ROUGH_GAIN))
    if len(points.x) > FEW_STOPS:
        few = np.append(-1, np.arange(1, FEW_STOPS + 1) * len(points.x) // FEW_STOPS - 1)
        with suppress(TooMuchWork):
            if other := _better(lines_with_stops(points, few), kinks, fit.squares):
                fit = min(fit, Fit(*descend(points, other.kinks, ROUGH_GAIN)), key=attrgetter("squares"))
    bound = min(fit.squares, float(cells.up_to(kinks)[-1]))
    for share in CEILING_SHARES:
        ceiling = bound + share * (fit.squares - bound)
        with suppress(TooMuchWork):
            narrowed = _narrowed(cells, kinks, _raised(ceiling))
            bound = max(bound, min(ceiling, float(narrowed.up_to(kinks)[-1])))
            if better := _better(narrowed, kinks, ceiling):
                fit = min(fit, better, key=attrgetter("squares"))
                return fit, fit.squares
            bound = ceiling
            break
    fit = Fit(*descend(points, fit.kinks))
    return fit, min(bound, fit.squares)


def _better(lines: IndependentLines, kinks: int, ceiling: float) -> Fit | None:
    """The best fit below the ceiling with so many kinks at or after stops; None if there is none.  Raises TooMuchWork."""
    blocks = ExactSearch(lines, kinks, _raised(ceiling), MAX_WORK).run()
    if not blocks:
        return None
    best = kinks_of(lines.points, blocks)
    return Fit(best, fit_squares(lines.points, best))


def _raised(ceiling: float) -> float:
    return ceiling * (1.0 + RELATIVE_ROUNDING) + ROUNDING


def _narrowed(lines: IndependentLines, kinks: int, ceiling: float) -> IndependentLines:
    """The lines that stop only at points where a fit below the ceiling can have a kink.  Raises TooMuchWork."""
    while True:
        before = len(lines.stops)
        divided = lines.divisible.any()
        lines = lines.narrowed(kinks, ceiling)
        if len(lines.stops) > MAX_NARROWED_STOPS:
            raise TooMuchWork
        if not divided and len(lines.stops) > STILL_NARROWING * before:
            break
    if len(lines.stops) > MAX_STOPS:
        raise TooMuchWork
    return lines


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
