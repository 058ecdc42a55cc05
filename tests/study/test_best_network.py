"""The best networks found, against hand computation, a fine grid, published figures, and the best fits with as many kinks."""

from itertools import combinations_with_replacement, islice, pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.lib.arrays import Array
from relutui.model.network import Activation, Network, Parameters
from relutui.study.best_network import each_best
from tests.support.every_placement import lowest_error
from tests.support.examples import examples
from tests.support.sessions import opener

V_SHAPE = np.arange(3.0), np.array([1.0, 0.0, 1.0])


def networks(x: Array, y: Array, most: int, activation: Activation = "relu") -> list[float]:
    found = [best.network for best in islice(each_best(x, y, activation), most + 1)]
    return [error for error in found if error is not None]


def on_a_grid(x: Array, y: Array, units: int, places: int, activation: Activation = "relu") -> float:
    """The lowest MSE of networks whose kinks are on a grid, by the app's own forward pass and least squares for v and c."""
    lowest = float(y.var())
    for kinks in combinations_with_replacement(np.linspace(x[0], x[-1], places).tolist(), units):
        for sides in product((1.0, -1.0), repeat=units):
            w = np.array(sides)
            p = Parameters(w, -w * np.array(kinks), np.ones(units), 0.0)
            columns = np.concatenate([np.ones((1, len(x))), Network(activation).activations(p, x)]).T
            fitted = columns @ np.linalg.lstsq(columns, y, rcond=None)[0]
            lowest = min(lowest, float(((y - fitted) ** 2).mean()))
    return lowest


def test_by_hand_a_unit_has_a_slope_less_than_a_kink() -> None:
    """1, 0, 1: one kink fits exactly.  One unit is level on one side: through two of them it leaves 1/2 of squares, so 1/6.

    With its kink a share t before the middle point the squares are 1 / ((1 - r)^2 + 1 + r^2), r = t / (1 + t), more than at
    t = 0; as a straight line it leaves 2/3, and none at all the variance, 2/9.
    """
    none, one, two = islice(each_best(*V_SHAPE, "relu"), 3)
    assert none.network == pytest.approx(2.0 / 9.0)
    assert one.fit == pytest.approx(0.0, abs=1e-20)
    assert one.network == pytest.approx(1.0 / 6.0, rel=1e-9)
    assert two.network == pytest.approx(0.0, abs=1e-20)


def test_five_units_on_the_parabola() -> None:
    """The best that was ever found is an MSE of 0.0292 at 1,000 points, where five kinks have 0.0282."""
    parabola = opener("parabola").dataset
    assert networks(parabola.x, parabola.y, 5)[5] == pytest.approx(0.0292, abs=0.0001)


@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
@pytest.mark.parametrize("seed", range(3))
def test_no_network_on_a_grid_is_much_better(activation: Activation, seed: int) -> None:
    random = np.random.default_rng(seed)
    x = np.sort(random.uniform(-2.0, 3.0, 8))
    y = random.normal(size=8) if seed else np.sin(2.0 * x)
    found = networks(x, y, 2, activation)
    assert found[1] <= on_a_grid(x, y, 1, 200, activation) * (1.0 + 1e-9)
    assert found[2] <= on_a_grid(x, y, 2, 25, activation) * (1.0 + 1e-3)  # a local minimum nearby may be a little higher
    assert found[1] >= on_a_grid(x, y, 1, 2000, activation) * 0.99


def test_networks_are_looked_for_only_if_asked() -> None:
    assert [best.network for best in islice(each_best(*V_SHAPE, "relu", networks=False), 3)] == [None] * 3


def test_points_of_one_x_and_a_level_line() -> None:
    """0 and 4 at one x leave 4, whatever the network; points on a level line leave nothing without a unit."""
    assert networks(np.ones(2), np.array([0.0, 4.0]), 2) == pytest.approx([4.0] * 3)
    assert networks(np.arange(4.0), np.full(4, 7.0), 2) == pytest.approx([0.0] * 3)
    assert networks(np.array([0.0, 0.0, 1.0]), np.array([1.0, 3.0, 5.0]), 1)[1] == pytest.approx(2.0 / 3.0)


number = st.integers(-20, 20)


@examples(5, 300)
@given(st.lists(st.tuples(number, number), min_size=2, max_size=7, unique_by=lambda point: point[0]))
def test_a_network_is_no_better_than_its_kinks_and_no_worse_than_one_kink_less(pairs: list[tuple[int, int]]) -> None:
    x, y = np.array(sorted(pairs), np.float64).T
    found = networks(x, y, 3)
    kinks = [lowest_error(x, y, count) for count in range(4)]
    slack = 1e-9 * kinks[0] + 1e-12
    assert all(low <= error + slack for low, error in zip(kinks, found))
    assert all(error <= fewer + slack for fewer, error in zip(kinks, found[1:]))
    assert all(more <= fewer + slack for fewer, more in pairwise(found))
