"""The activations, the four little ReLUs, the hat, the parabola and the measured spring: what their lessons state."""

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from relutui.lib.arrays import Array
from relutui.model.network import activate
from tests.scenarios.figures import loss, prediction, scenario, with_units


def test_the_activations_of_one_z() -> None:
    s = scenario("activations")
    assert s.domain == (-5.0, 5.0)
    x = np.array([-5.0, 0.0, 5.0])
    assert s.network.pre_activations(s.start, x)[0].tolist() == x.tolist()
    assert prediction(s, x).tolist() == [0.0, 0.0, 5.0]
    assert activate("sigmoid", x).round(4).tolist() == [0.0067, 0.5, 0.9933]
    assert loss(s) == 0.0
    # the sum of x^2 over -0.1, -0.2, ... -5 is 0.01 * 50 * 51 * 101 / 6 = 429.25, of 101 points
    assert loss(replace(s, network=replace(s.network, activation="identity"))) == pytest.approx(4.25)


def test_four_relus_compose_the_curve_by_hand() -> None:
    s = scenario("four-relus")
    assert prediction(s, [0, 1, 2, 3, 4]).tolist() == [0.25, -0.5, 1.75, 3.0, 3.5]
    assert loss(s) == 0.0


def test_one_of_the_four_falls_where_the_sum_rises() -> None:
    s = scenario("four-relus")
    at = np.arange(5.0)  # every kink is at one of these
    own = np.diff(s.network.contributions(s.start, at))
    total = np.diff(prediction(s, at))
    assert total.tolist() == [-0.75, 2.25, 1.25, 0.5]
    against = (own < 0.0) & (total > 0.0)
    assert against.tolist() == [[False] * 4, [False] * 4, [False, False, True, True], [False] * 4]
    assert own[2, 2:].tolist() == [-1.0, -1.0]
    flat_on_the_right = own[:, -1] == 0.0
    assert flat_on_the_right.tolist() == [True, False, False, True]
    assert (s.start.w < 0).tolist() == flat_on_the_right.tolist()


@pytest.mark.parametrize(("v", "slopes"), [(-2.0, [0.25, -0.5]), (-2.5, [-0.25, -1.0])])
def test_the_sum_falls_too_once_the_unit_outweighs_the_others(v: float, slopes: list[float]) -> None:
    s = scenario("four-relus")
    stronger = np.array([1.0, 1.0, v, -1.0])
    curve = s.network.prediction(replace(s.start, v=stronger), np.arange(5.0))
    assert np.diff(curve)[2:].tolist() == slopes


def test_the_hat_needs_a_weight_below_0() -> None:
    s = scenario("hat")
    assert s.locks.w.all()
    assert loss(s, with_units(s, (1, -1, -2), (1, -2, 1))) < 1e-24


def _best(kinks: list[float], facing: list[int]) -> float:
    """The MSE of the best v and c for these kinks and sides, by least squares."""
    x = np.linspace(-5.0, 4.0, 1000)
    columns = [np.maximum(side * (x - kink), 0.0) for kink, side in zip(kinks, facing)]
    features: Array = np.column_stack([*columns, np.ones_like(x)])
    left = x**2 - features @ np.linalg.lstsq(features, x**2, rcond=None)[0]
    return float((left**2).mean())


def test_the_best_found_for_the_parabola() -> None:
    """The kinks are those of a search from 60 random starts, a coordinate at a time, by least squares over v and c."""
    s = scenario("parabola")
    assert (s.init.units, len(s.dataset), s.domain) == (5, 1000, (-5.0, 4.0))
    assert round(_best([-3.5736, -2.1486, -0.7265, 0.7894, 2.3994], [-1, -1, -1, 1, 1]), 4) == 0.0292
    assert round(_best([3.6092, -3.2297, -1.4998, 0.1862, 1.8766], [-1, -1, 1, 1, 1]), 4) == 0.0507


def test_where_two_left_and_three_right_end() -> None:
    """The kinks are those of the best of 100,000 random starts with two units facing left; c is the flat piece between them."""
    assert round(_best([-2.98, -0.96, 0.67, 1.79, 2.90], [-1, -1, 1, 1, 1]), 4) == 0.0553
    assert "0.0553" in scenario("parabola-two-left").lesson


def test_the_teeth_of_the_saw() -> None:
    knots = scenario("sawtooth").target.knots
    slopes = [(there[1] - here[1]) / (there[0] - here[0]) for here, there in pairwise(knots)]
    assert slopes == pytest.approx([1.25, -5.0] * 3)


def test_the_step_lies_between_two_points() -> None:
    data = scenario("step").dataset
    assert data.y.tolist() == [0.0] * 50 + [1.0] * 50
    assert data.x[[49, 50]].round(4).tolist() == [-0.0101, 0.0101]
    assert 1.0 / (data.x[50] - data.x[49]) == pytest.approx(49.5)


def test_the_spring_is_made_by_a_fixed_recipe() -> None:
    s = scenario("measured")
    force = np.linspace(0.0, 10.0, 60)
    stretch = np.interp(force, [0, 2, 7.5, 10], [0, 0, 4.4, 9.4])  # slopes 0, 0.8 and 2 cm / N
    readings = stretch + np.random.default_rng(1678).normal(0.0, 0.25, 60)
    assert s.dataset.x.tolist() == force.round(2).tolist()
    assert s.dataset.y.tolist() == readings.round(2).tolist()
    true = np.interp(s.dataset.x, [0, 2, 7.5, 10], [0, 0, 4.4, 9.4])
    assert round(float(((true - s.dataset.y) ** 2).mean()), 4) == 0.0447


def test_the_table_of_sizes_is_that_of_the_formulas() -> None:
    """By hand h^2 / 4 and h^4 / 30 with h = 9 / n; the best possible L^2 / (8 n^2) and L^4 / (180 n^4) of subject.md."""
    lesson = scenario("trained-100").lesson
    rows = re.findall(r"^\| (\d+) \| (\S+) \| (\S+) \| (\S+) \| (\S+) \|$", lesson, re.MULTILINE)
    assert [int(row[0]) for row in rows] == [2, 5, 10, 100]
    for row in rows:
        n, *shown = map(float, row)
        h = 9.0 / n
        np.testing.assert_allclose(shown, [h**2 / 4, h**4 / 30, h**2 / 8, h**4 / 180], rtol=0.02)
