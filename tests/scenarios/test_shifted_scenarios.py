"""x^2 on [0, 2] by shifted ReLUs: the errors by hand, the best possible by the subject's formula, and the lessons' table."""

import re

import numpy as np
import pytest

from relutui.lib.arrays import Array
from relutui.model.network import Parameters
from relutui.scenario.scenario import Scenario
from tests.scenarios.figures import prediction, scenario, with_bias, with_units

X = np.arange(201) / 100  # in the middle between two of a hundred kinks, too
NAMES = ("shifted-1", "shifted-2", "shifted-weighted", "shifted-100")


def errors(s: Scenario, p: Parameters | None = None) -> Array:
    return s.network.prediction(p or s.start, X) - X**2


def test_the_data() -> None:
    for name in NAMES:
        s = scenario(name)
        x = np.arange(1001) / 500 if name == "shifted-100" else X  # ten points a piece
        np.testing.assert_allclose(s.dataset.x, x, atol=1e-15)
        np.testing.assert_allclose(s.dataset.y, x**2, atol=1e-15)
        assert (s.start.w == 1.0).all()


def test_one() -> None:
    s = scenario("shifted-1")
    assert prediction(s, [0.5, 2]).tolist() == [0.5, 2.0]
    assert np.abs(errors(s)).max() == 2.0  # at x = 2: 2 against 4
    assert np.abs(errors(s)).argmax() == 200
    assert np.abs(errors(s, with_units(s, (1, 0, 2), c=-0.5))).max() == pytest.approx(0.5)


def test_two() -> None:
    s = scenario("shifted-2")
    assert prediction(s, [0.5, 1, 1.5, 2]).tolist() == [0.5, 1.0, 2.0, 3.0]
    assert np.abs(errors(s)).max() == 1.0  # at x = 2: 3 against 4
    assert np.abs(errors(s)).argmax() == 200


def test_two_with_weights_meet_the_target_at_the_kinks() -> None:
    s = scenario("shifted-weighted")
    assert prediction(s, [0, 1, 2]).tolist() == [0.0, 1.0, 4.0]
    assert np.abs(errors(s)).max() == pytest.approx(0.25)  # L^2 / (4 n^2)
    assert errors(s)[[50, 150]].tolist() == [0.25, 0.25]
    assert np.abs(errors(s, with_bias(s, -0.125))).max() == pytest.approx(0.125)


def test_a_hundred_meet_the_target_at_the_kinks() -> None:
    s = scenario("shifted-100")
    assert s.start.units == 100
    np.testing.assert_allclose(s.start.b, -np.arange(100) / 50, atol=1e-15)
    np.testing.assert_allclose(errors(s)[::2], 0.0, atol=1e-13)
    assert np.abs(errors(s)).max() == pytest.approx(1e-4)  # L^2 / (4 n^2)
    assert np.abs(errors(s, with_bias(s, -5e-5))).max() == pytest.approx(5e-5)


def test_every_lesson_has_the_table_of_measured_and_best_possible_errors() -> None:
    rows = [
        [n, np.abs(errors(scenario(name))).max(), 2**2 / (8 * n**2)]  # the best possible: L^2 / (8 n^2)
        for name, n in zip(NAMES, (1, 2, 2, 100))
    ]
    for name in NAMES:
        table = re.findall(r"^\| (\d+) \|[^|]+\| (\S+) \| (\S+) \|$", scenario(name).lesson, re.MULTILINE)
        np.testing.assert_allclose(np.array(table, np.float64), rows, rtol=1e-9)


@pytest.mark.parametrize(
    ("v", "at", "largest"), [((1, 1, 1), [1, 3, 6], 3.0), ((1, 2, 1), [1, 4, 8], 1.0), ((1, 2, 2), [1, 4, 9], 0.25)]
)
def test_three_add_their_slopes(v: tuple[float, ...], at: list[float], largest: float) -> None:
    """relu(x) + relu(x - 1) + relu(x - 2) with weights on [0, 3], by hand; the lesson has the same table."""
    s = scenario("shifted-3")
    assert s.domain == (0.0, 3.0)
    units = [(1.0, -float(shift), weight) for shift, weight in enumerate(v)]
    p, x = with_units(s, *units), np.arange(301) / 100
    assert s.network.prediction(p, [1.0, 2.0, 3.0]).tolist() == at
    assert np.abs(s.network.prediction(p, x) - x**2).max() == pytest.approx(largest)
    row = f"| {', '.join(map(str, v))} | {', '.join(map(str, at))} | {largest:g} |"
    assert row in s.lesson
    if v == (1, 2, 2):
        lowered = with_units(s, *units, c=-0.125)
        assert np.abs(s.network.prediction(lowered, x) - x**2).max() == pytest.approx(9 / 72)


def test_three_begin_with_equal_weights() -> None:
    assert prediction(scenario("shifted-3"), [1, 2, 3]).tolist() == [1.0, 3.0, 6.0]
