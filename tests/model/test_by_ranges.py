"""Sums by ranges are the sums that network.py and gradient.py define."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from relutui.lib.arrays import Array
from relutui.model import by_ranges
from relutui.model.dataset import Dataset
from relutui.model.gradient import losses_and_gradients
from relutui.model.network import Network, Parameters
from relutui.model.training import Locks, Problem, TrainingSettings
from relutui.model.values import values_of
from tests.support.sessions import parameters

NUMBERS = st.integers(-6, 6).map(lambda n: n / 2.0)  # so that kinks, also of w = 0, often lie on points
UNITS = st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=6)
POINTS = st.lists(NUMBERS, min_size=1, max_size=12).map(sorted)
NETWORKS = st.builds(
    Network, st.sampled_from(["relu", "leaky_relu"]), st.sampled_from(["identity", "tanh"]), st.sampled_from([0.0, 0.5, 1.0])
)


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums go by ranges however few units and points there are."""
    monkeypatch.setattr(by_ranges, "MANY", 0)


def both_ways(network: Network, p: Parameters, x: Array, y: Array) -> list[tuple[Array, ...]]:
    """The output sum, the loss and the gradient, by ranges and without."""
    one = np.zeros(p.units, np.bool_)
    problem = Problem(network, Dataset(x, y), Locks(one, one, one, False), TrainingSettings())
    found: list[tuple[Array, ...]] = []
    for least in (0, np.inf):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(by_ranges, "MANY", least)
            found.append((network.output_sum(p, x), *losses_and_gradients(problem, values_of(p)[None])))
    return found


@given(NETWORKS, UNITS, NUMBERS, POINTS)
def test_they_are_the_same_as_sums_over_units_and_points(
    network: Network, units: list[tuple[float, float, float]], c: float, points: list[float]
) -> None:
    w, b, v = np.array(units).T
    x = np.array(points)
    for own, expected in zip(*both_ways(network, Parameters(w, b, v, c), x, np.cos(x))):
        assert_allclose(own, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.usefixtures("always")
def test_a_unit_is_on_from_its_kink_to_one_side_and_one_without_a_kink_everywhere_or_nowhere() -> None:
    x, w, b = np.array([-1.0, 0.0, 1.0, 2.0]), np.array([1.0, -1.0, 0.0, 0.0]), np.array([-1.0, 1.0, 3.0, 0.0])
    first, end, _ = by_ranges.on_ranges(w, b, x)
    assert (first.tolist(), end.tolist()) == ([3, 0, 0, 0], [4, 2, 4, 0])  # the kinks of the first two lie on x = 1
    first, end, _ = by_ranges.on_ranges(w, b, x, at_kink=True)
    assert (first.tolist(), end.tolist()) == ([2, 0, 0, 0], [4, 3, 4, 4])


@pytest.mark.usefixtures("always")
def test_numbers_too_large_to_be_summed_by_ranges_are_summed_as_defined() -> None:
    p = parameters([1e300, 1.0], [0.0, 0.0], [1e300, 1.0], 0.0)
    assert Network().output_sum(p, np.array([-1.0, 0.0, 1.0])).tolist() == [0.0, 0.0, np.inf]
    assert Network().output_sum(p, np.array([1.0, -1.0])).tolist() == [np.inf, 0.0]  # nor are points out of order


def test_few_are_summed_as_defined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_ranges, "output_sum", None)
    few, p = np.linspace(0.0, 1.0, 1000), parameters([1.0], [0.0], [1.0])
    assert (Network().output_sum(p, few) == few).all()
