"""The best fit with free kinks, against a grid and every way to place kinks, against the parabola's formula, and its laws."""

from collections.abc import Callable
from functools import cache
from itertools import combinations, islice, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.lib.arrays import Array
from relutui.model.network import Network, Parameters
from relutui.study import best_fit
from relutui.study.best_fit import each_best_fit
from tests.support.every_placement import lowest_error
from tests.support.examples import examples
from tests.support.sessions import opener

PARABOLA = opener("parabola").dataset
LAB_KNOTS = [0, 1, 2, 3], [2, 0, 1, 4]


def best_errors(x: Array, y: Array, most: int) -> tuple[float, ...]:
    fits = tuple(islice(each_best_fit(x, y), most + 1))
    assert all(fit.bound == fit.found for fit in fits)
    return tuple(fit.found for fit in fits)


@cache
def errors_of_the_parabola() -> tuple[float, ...]:
    """With up to 6 kinks, on the points of the scenario, 1,000 from -5 to 4."""
    return best_errors(PARABOLA.x, PARABOLA.y, 6)


def error_with(x: Array, y: Array, kinks: tuple[float, ...]) -> float:
    """The MSE of the best fit with these kinks, in the basis of hat functions; kinks beside the points' range do nothing."""
    places = np.unique([x[0], *np.clip(kinks, x[0], x[-1]), x[-1]])
    hats = np.stack([np.interp(x, places, one) for one in np.eye(len(places))], axis=1)
    fitted = hats @ np.linalg.lstsq(hats, y, rcond=None)[0]
    return float(((y - fitted) ** 2).mean())


def brute_force(x: Array, y: Array, kinks: int, grid: Array) -> float:
    return min(error_with(x, y, chosen) for chosen in combinations(grid.tolist(), kinks))


@pytest.mark.parametrize("seed", range(4))
def test_nothing_on_a_grid_is_better(seed: int) -> None:
    """At the points and at three places between any two, of which the search knows only some."""
    random = np.random.default_rng(seed)
    x = np.sort(random.uniform(-3.0, 5.0, 9))
    y = random.normal(size=9) if seed % 2 else np.sin(x) + 0.05 * random.normal(size=9)
    places = np.unique(np.concatenate([x[:-1] + share * np.diff(x) for share in (0.0, 0.25, 0.5, 0.75)]))[1:]
    found = best_errors(x, y, 3)
    for kinks, grid in enumerate((places, places, places, x[1:-1])):
        best = brute_force(x, y, kinks, grid)
        assert found[kinks] <= best * (1.0 + 1e-9) + 1e-15
    assert found[0] == pytest.approx(brute_force(x, y, 0, x))
    assert found[1] >= 0.98 * brute_force(x, y, 1, np.linspace(x[0], x[-1], 401))


def test_the_parabola_and_its_published_figures() -> None:
    """L^4 / (180 n^4) with n = kinks + 1 pieces: the average over the interval, from which points differ by their ends."""
    errors = errors_of_the_parabola()
    assert errors == pytest.approx([9**4 / (180 * n**4) for n in range(1, 8)], rel=0.02)
    assert (errors[0], errors[1], errors[4], errors[5]) == pytest.approx((36.45, 2.278, 0.0583, 0.0281), rel=0.02)


def test_kinks_at_equal_distances_on_the_parabola_are_not_better() -> None:
    """Between so many points many fits are nearly equally good, and the rounding of a library takes one of them."""
    x, y = PARABOLA.x, PARABOLA.y
    for kinks, found in enumerate(errors_of_the_parabola()):
        assert found <= error_with(x, y, tuple(np.linspace(x[0], x[-1], kinks + 2)[1:-1])) * (1.0 + 1e-9)


def test_no_network_of_five_units_on_the_parabola_is_better() -> None:
    """The best that was ever found with five is an MSE of 0.0292, at 1,000 points: just above what five kinks allow."""
    assert 0.97 * 0.0292 - 0.0002 < errors_of_the_parabola()[5] < 0.0292


def test_the_target_of_the_lab_takes_two_kinks() -> None:
    x = np.linspace(0.0, 3.0, 300)
    line, one, two, three = best_errors(x, np.interp(x, *LAB_KNOTS), 3)
    assert line > one > 0.04
    assert 0.0 <= three <= two < 1e-20


@pytest.mark.parametrize(
    ("x", "y", "kinks"),
    [
        ([0.0, 0.5, 1.0], [0.0, 1.0, 0.0], 1),  # a kink for each point between the first and the last
        ([1.0, 2.0, 4.0, 5.0], [0.0, 1.0, 0.0, 1.0], 2),
        ([0.0, 1.0], [3.0, -1.0], 0),
        ([2.0], [7.0], 0),
        ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], [0.0, 0.0, 0.0, 1.0, 1.0, 1.0], 2),  # a step
        ([0.0, 1.0, 3.0], [5.0, 5.0, 5.0], 0),
        ([0.0, 1e6, 3e6, 4e6], [1e6, 1e6, 5e6, 5e6], 2),
        ([0.0, 1.0, 2.0, 3.0], [0.0, 0.0, 2.0, 4.0], 1),  # the kink is between two points
    ],
)
def test_few_points(x: list[float], y: list[float], kinks: int) -> None:
    found = best_errors(np.array(x), np.array(y), 4)
    size = max(1.0, max(map(abs, y))) ** 2
    assert all(error > 1e-6 * size for error in found[:kinks])
    assert all(0.0 <= error < 1e-20 * size for error in found[kinks:])


def test_points_of_the_same_x_leave_what_no_fit_can_take_away() -> None:
    x, y = np.array([0.0, 0.0, 1.0, 2.0, 2.0]), np.array([1.0, 3.0, 5.0, 0.0, 2.0])
    line, *more = best_errors(x, y, 3)
    assert line == pytest.approx(((y - np.polyval(np.polyfit(x, y, 1), x)) ** 2).mean())
    assert more == pytest.approx([4.0 / 5.0] * 3)  # 1 from the mean, at four of the five
    assert best_errors(np.ones(2), np.array([0.0, 4.0]), 2) == pytest.approx([4.0] * 3)


def clustered(random: np.random.Generator) -> Array:
    """Three groups of points, each up to a ten-thousandth of the whole wide."""
    spread = 10.0 ** random.uniform(-4.0, -1.0, 3)
    return np.concatenate([at + size * random.normal(size=3) for at, size in zip(random.uniform(size=3), spread)])


def noise(x: Array, random: np.random.Generator) -> Array:
    return random.normal(size=len(x))


def outlier(x: Array, random: np.random.Generator) -> Array:
    return np.asarray(
        np.sin(3.0 * x) + 0.05 * random.normal(size=len(x)) + 5.0 * (np.arange(len(x)) == random.integers(len(x)))
    )


def steps(x: Array, random: np.random.Generator) -> Array:
    return 1.0 * (x > 0.3) - 0.7 * (x > 0.6) + 0.02 * random.normal(size=len(x))


@pytest.mark.parametrize("kind", [noise, outlier, steps])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("spread", [clustered, lambda random: random.uniform(size=9), lambda random: np.linspace(0.0, 1.0, 9)])
def test_no_way_to_place_the_kinks_is_better(
    kind: Callable[[Array, np.random.Generator], Array], seed: int, spread: Callable[[np.random.Generator], Array]
) -> None:
    random = np.random.default_rng(seed)
    x = np.sort(spread(random))
    y = kind(x, random)
    found = best_errors(x, y, 3)
    for kinks in range(4):
        assert found[kinks] == pytest.approx(lowest_error(x, y, kinks), rel=1e-6, abs=1e-13 * found[0])


@examples(10, 300)
@given(st.data())
def test_no_way_to_place_kinks_among_whole_numbers_is_better(data: st.DataObject) -> None:
    """Whole numbers make ties, points on one line, kinks just at points, and fits that are exact."""
    x = np.array(sorted(data.draw(st.sets(st.integers(0, 30), min_size=3, max_size=8))), np.float64)
    y = np.array(data.draw(st.lists(st.integers(-4, 4), min_size=len(x), max_size=len(x))), np.float64)
    found = best_errors(x, y, 3)
    for kinks in range(4):
        assert found[kinks] == pytest.approx(lowest_error(x, y, kinks), rel=1e-6, abs=1e-12)


def test_two_kinks_between_two_points_let_the_sides_be_any_lines() -> None:
    """By hand: 0 0.1 0 and then 10 10 10.2 need a jump; the lines leave 0.02 / 3 and 0.02 / 3 of squares each at the least.

    0, 0.1, 0 has the flat line 0.1 / 3 and squares 0.02 / 3.  10, 10, 10.2 has slope 0.1 and residuals 1, -2, 1 thirtieths:
    6 / 900.
    """
    x = np.arange(6.0)
    found = best_errors(x, np.array([0.0, 0.1, 0.0, 10.0, 10.0, 10.2]), 2)
    assert found[2] == pytest.approx((0.02 / 3.0 + 6.0 / 900.0) / 6.0, rel=1e-9)


def test_a_network_that_was_once_below_the_best_possible() -> None:
    """Seven points that four units fit but for rounding: two kinks belong between the points at 0.671 and 0.686."""
    x = [0.000699383182192228, 0.0015125638959392308, 0.004370458727676434, 0.03726462682769183, 0.1817126255050553,
         0.6710116693134592, 0.6861813079734785]  # fmt: skip
    y = [0.8406072190732092, 1.2075362847582845, 0.07235786129866505, -0.11982472492005948, -0.057486233802367066,
         -0.44226293687423535, 0.40232078803718063]  # fmt: skip
    w, b = [1.4478614808608807, -4.610172948360617, 1.4692829524022089, -1.4620427871352397], \
        [-0.02623912521564992, 0.0077373767271692265, -0.17315048820598267, 0.3555412761997066]  # fmt: skip
    v = [526.5060061344374, -195.36699538439424, -480.93652455128205, 307.4114316039662]
    points, p = (np.array(x), np.array(y)), Parameters(np.array(w), np.array(b), np.array(v), -107.26079800554452)
    network = Network().loss(p, *points)
    found = best_errors(*points, 4)
    assert network < 1e-16
    assert found[4] < 1e-20
    assert found[3] > 1e-4
    assert found[:4] == pytest.approx([lowest_error(*points, kinks) for kinks in range(4)], rel=1e-6)


@pytest.mark.parametrize("kind", [noise, outlier, steps])
@pytest.mark.parametrize("cells", [2, 3, 5])
def test_looking_in_cells_of_several_points_first_misses_nothing(
    kind: Callable[[Array, np.random.Generator], Array], cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As is done with many points, of which not every way to place kinks can be tried."""
    monkeypatch.setattr(best_fit, "CELLS", cells)
    monkeypatch.setattr(best_fit, "FEW_STOPS", 4)
    random = np.random.default_rng(cells)
    for _ in range(2):
        x = np.sort(random.uniform(size=10))
        y = kind(x, random)
        found = best_errors(x, y, 3)
        assert found == pytest.approx([lowest_error(x, y, kinks) for kinks in range(4)], rel=1e-6, abs=1e-13 * found[0])


def test_a_search_that_would_take_too_long_gives_a_bound_and_what_it_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Independent lines are a bound: by brute force no fit goes below it, and none that was found goes below the best."""
    monkeypatch.setattr(best_fit, "MAX_WORK", 0)
    random = np.random.default_rng(3)
    x, y = np.sort(random.uniform(size=9)), random.normal(size=9)
    fits = tuple(islice(each_best_fit(x, y), 4))
    for kinks, (found, bound, _) in enumerate(fits):
        best = lowest_error(x, y, kinks)
        assert bound <= best * (1.0 + 1e-9) <= found * (1.0 + 2e-9)
    assert fits[3].bound < 0.999 * fits[3].found


number = st.integers(-20, 20)
points = st.lists(st.tuples(number, number), min_size=2, max_size=7, unique_by=lambda point: point[0]).map(
    lambda pairs: np.array(sorted(pairs), np.float64).T
)
few = examples(4, 200)


@few
@given(points)
def test_nothing_between_few_points_is_better(data: Array) -> None:
    """One and two kinks at the points and at tenths of the way between any two."""
    x, y = data
    places = np.unique((x[:-1, None] + np.diff(x)[:, None] * np.arange(10) / 10.0).ravel())[1:]
    found = best_errors(x, y, 2)
    for kinks in (1, 2):
        chosen = places if kinks == 1 else places[::3]
        best = brute_force(x, y, kinks, chosen) if len(chosen) >= kinks else found[kinks]
        assert found[kinks] <= best * (1.0 + 1e-6) + 1e-12 * found[0]


@few
@given(points)
def test_more_kinks_are_never_worse_and_the_first_error_is_that_of_the_line(data: Array) -> None:
    x, y = data
    found = best_errors(x, y, 4)
    assert all(more <= fewer for fewer, more in pairwise(found))
    assert found[0] == pytest.approx(((y - np.polyval(np.polyfit(x, y, 1), x)) ** 2).mean(), abs=1e-12)


@few
@given(points, st.floats(0.01, 1e4), st.floats(-10.0, 10.0), st.floats(-10.0, 10.0), st.floats(0.01, 1e4))
def test_lines_added_and_scales_change_nothing_but_the_scale(data: Array, a: float, b: float, c: float, scale: float) -> None:
    x, y = data
    found, other = best_errors(x, y, 3), best_errors(scale * x, a * y + b * x + c, 3)
    assert np.array(other) / a**2 == pytest.approx(np.array(found), rel=1e-6, abs=1e-12 * found[0] + 1e-12)
