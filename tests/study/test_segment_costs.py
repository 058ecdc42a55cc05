"""The squares of lines over runs of points, against numpy's own fits, and the bound that independent lines make of them."""

from itertools import combinations, pairwise

import numpy as np
import pytest

from relutui.lib.arrays import Array
from relutui.study.independent_lines import lines_over_cells, lines_with_stops
from relutui.study.segment_costs import Parabola, Points, costs_between, line_squares

RANDOM = np.random.default_rng(0)
X = np.sort(np.concatenate([RANDOM.uniform(size=6), 0.4 + 1e-5 * RANDOM.uniform(size=4), [0.0, 1.0]]))
POINTS = Points(X, RANDOM.normal(size=12), RANDOM.uniform(0.5, 2.0, 12) / 12)
STOPS = np.array([-1, 1, 2, 5, 8, 11])


def squares(first: int, last: int, *columns: Array, y: Array = POINTS.y) -> float:
    """Of the best combination of columns over the points from first to last."""
    own, root = slice(first, last + 1), np.sqrt(POINTS.weight[first : last + 1])
    matrix = np.stack([column[own] for column in columns], axis=1) * root[:, None]
    target = y[own] * root
    return float(((target - matrix @ np.linalg.lstsq(matrix, target, rcond=None)[0]) ** 2).sum())


def at(parabola: Parabola, a: int, b: int, height: float) -> float:
    return float((parabola.a[a, b] * height + parabola.b[a, b]) * height + parabola.c[a, b])


@pytest.mark.parametrize(("a", "b"), list(combinations(range(len(STOPS)), 2)))
def test_the_costs_of_a_run(a: int, b: int) -> None:
    """Free lines after stop a up to stop b; lines through the height 0.3 at either end; lines through 0.3 and -0.2 at both."""
    costs, (x, y, weight) = costs_between(POINTS, STOPS), POINTS
    first, last, one = STOPS[a] + 1, STOPS[b], np.ones(12)
    assert costs.squares[a, b] == pytest.approx(squares(first, last, one, x - x[first]), rel=1e-8, abs=1e-14)
    if last > first:
        assert costs.squares[a, b] == line_squares(POINTS, STOPS)[a, b]
        before = squares(first, last - 1, x - x[last], y=y - 0.3)
        assert at(costs.before, a, b, 0.3) == pytest.approx(before, rel=1e-8, abs=1e-14)
    if a:
        knot = STOPS[a]
        after = squares(first, last, x - x[knot], y=y - 0.3)
        assert at(costs.after, a, b, 0.3) == pytest.approx(after, rel=1e-8, abs=1e-14)
        inner = slice(first, last)
        chord = 0.3 - 0.5 * (x - x[knot]) / (x[last] - x[knot])
        between = float((weight * (y - chord) ** 2)[inner].sum())
        p, q, r, d, e, f = (field[a, b] for field in costs.between)
        asked = p * 0.09 - 2 * q * 0.06 + r * 0.04 - 2 * d * 0.3 + 2 * e * 0.2 + f
        assert asked == pytest.approx(between, rel=1e-8, abs=1e-14)


def lowest(kinks: int) -> float:
    """By every way to cut the points into kinks + 1 runs, each with a line of its own."""
    one, best = np.ones(12), np.inf
    for cuts in combinations(range(11), kinks):
        ends = [-1, *cuts, 11]
        best = min(best, sum(squares(start + 1, end, one, X - X[start + 1]) for start, end in pairwise(ends)))
    return best


@pytest.mark.parametrize("kinks", range(4))
def test_independent_lines(kinks: int) -> None:
    lines = lines_over_cells(POINTS, 12)
    assert lines.up_to(kinks)[-1] == pytest.approx(lowest(kinks), rel=1e-8)
    assert lines.after(kinks)[0] == pytest.approx(lowest(kinks), rel=1e-8)
    assert len(lines.breaks(kinks)) == kinks


@pytest.mark.parametrize("kinks", range(1, 4))
def test_lines_over_cells_of_several_points_are_a_bound_that_narrowing_raises(kinks: int) -> None:
    """A line is not charged for a cell in which it ends; in the end the cells are single points, with all that is possible."""
    ceiling = lowest(kinks) * (1.0 + 1e-9)
    lines = lines_over_cells(POINTS, 4)
    bounds = [lines.up_to(kinks)[-1]]
    while lines.divisible.any():
        lines = lines.narrowed(kinks, ceiling)
        bounds.append(lines.up_to(kinks)[-1])
    assert bounds == sorted(bounds)
    assert bounds[0] < 0.9 * lowest(kinks)
    assert bounds[-1] == pytest.approx(lowest(kinks), rel=1e-8)


def test_kinks_at_few_stops_only() -> None:
    lines = lines_with_stops(POINTS, np.array([-1, 5, 11]))
    one = np.ones(12)
    assert lines.up_to(1)[-1] == pytest.approx(squares(0, 5, one, X) + squares(6, 11, one, X - X[6]), rel=1e-8)
    assert lines.up_to(3)[-1] == lines.up_to(1)[-1]
