"""The networks of a textbook and of two papers: what their lessons state, by hand and by gradient descent in plain numpy."""

import re
from typing import NamedTuple

import numpy as np
import pytest

from relutui import sweep
from relutui.lib.arrays import Array
from relutui.scenario.scenario import Scenario
from tests.scenarios.figures import loss, prediction, scenario, with_units

X, Y = np.array([-2.0, -1.0, 0.0, 1.0, 2.0]), np.array([1.0, -0.5, 0.5, -0.5, 1.0])
FINE = np.linspace(-2.0, 2.0, 401)


class Trained(NamedTuple):
    """A network after training: w, b, v, c and the steps that it took."""

    w: Array
    b: Array
    v: Array
    c: float
    steps: int

    def at(self, x: Array) -> Array:
        y: Array = self.v @ np.maximum(np.outer(self.w, x) + self.b[:, None], 0.0) + self.c
        return y

    @property
    def kinks(self) -> Array:
        return -self.b / self.w

    @property
    def bends(self) -> Array:
        """The change of slope at each kink."""
        return self.v * np.abs(self.w)


def descend(s: Scenario, most: int = 20_000) -> Trained:
    """Full-batch gradient descent on the mean of the squared errors of X and Y, until it is below 1e-6."""
    w, b, v, c = np.array(s.start.w), np.array(s.start.b), np.array(s.start.v), s.start.c
    rate = 2.0 * s.settings.learning_rate / len(X)
    for step in range(most):
        z = np.outer(w, X) + b[:, None]
        a = np.maximum(z, 0.0)
        error = v @ a + c - Y
        if np.mean(error**2) < 1e-6:
            return Trained(w, b, v, c, step)
        on = (z > 0.0) * v[:, None]
        w, b, v, c = w - rate * on @ (error * X), b - rate * on @ error, v - rate * a @ error, c - rate * error.sum()
    raise AssertionError(np.mean(error**2))


def natural_spline(x: Array) -> Array:
    """The cubic spline through X and Y, which are 1 apart, straight at both ends."""
    second = np.zeros(5)
    second[1:-1] = np.linalg.solve([[4, 1, 0], [1, 4, 1], [0, 1, 4]], 6.0 * (Y[:-2] - 2.0 * Y[1:-1] + Y[2:]))
    left = np.clip(np.floor(x + 2.0).astype(int), 0, 3)
    t = x - X[left]
    m0, m1 = second[left], second[left + 1]
    y: Array = Y[left] * (1 - t) + Y[left + 1] * t + ((1 - t) ** 3 - (1 - t)) * m0 / 6.0 + (t**3 - t) * m1 / 6.0
    return y


def test_the_spline_is_one() -> None:
    assert natural_spline(X) == pytest.approx(Y)
    third = np.diff(natural_spline(FINE), 3)  # constant within each piece
    assert np.abs(np.diff(third)[np.r_[0:95, 105:195, 205:295, 305:395]]).max() < 1e-12


def test_the_textbooks_network_has_its_joints_and_regions() -> None:
    s = scenario("textbook-regions")
    assert np.column_stack([s.start.w, s.start.b, s.start.v]).tolist() == [
        [0.4, -0.2, -1.3],
        [0.9, -0.9, 1.3],
        [-0.7, 1.1, 0.66],
    ]
    assert s.start.c == -0.23
    assert (-s.start.b / s.start.w) == pytest.approx([0.5, 1.0, 11 / 7])
    at = np.array([0.0, 0.5, 1.0, 11 / 7, 2.0])
    slopes = np.diff(prediction(s, at)) / np.diff(at)
    assert slopes == pytest.approx([-0.462, -0.982, 0.188, 0.65])
    assert slopes[2] == pytest.approx(slopes[0] + slopes[3])
    assert slopes[1] == pytest.approx(-0.52 - 0.462)
    assert loss(s) < 1e-30
    assert [f"{slope:.3f}" in s.lesson for slope in slopes] == [True] * 4


def test_the_zigzag_by_hand() -> None:
    s = scenario("textbook-zigzag")
    assert (-s.start.b / s.start.w) == pytest.approx([1 / 6, 2 / 6, 4 / 6])
    assert s.start.w.tolist() == [1, 1, -1]
    units = [(w, b, v) for w, b, v in zip(s.start.w, s.start.b, (-12, 9, -6))]
    solution = with_units(s, *units, c=4)
    curve = s.network.prediction(solution, np.array([0, 1 / 6, 2 / 6, 4 / 6, 1]))
    assert curve == pytest.approx([0, 1, 0, 1, 0], abs=1e-12)
    assert loss(s, solution) < 1e-24
    assert loss(s, with_units(s, *units[:2], (-1, 4 / 6, -5), c=4)) > 1e-3  # and no neighbour solves it
    assert s.exercise
    assert "v = -12, 9 and -6" in s.exercise.hints[-1]


@pytest.fixture(scope="module")
def small() -> Trained:
    return descend(scenario("small-start"))


def test_kinks_from_a_small_start_gather_at_three_points(small: Trained) -> None:
    s = scenario("small-start")
    inside = (np.abs(small.kinks) < 2.0) & (np.abs(small.bends) > 0.005)
    assert inside.sum() == 37
    assert f"{inside.sum()} units that bend" in s.lesson
    assert np.abs(small.kinks[inside] - np.round(small.kinks[inside])).max() < 0.05
    assert set(np.round(small.kinks[inside]).tolist()) == {-1.0, 0.0, 1.0}
    assert small.steps == pytest.approx(8320, abs=10)
    starts = -s.start.b / s.start.w
    assert (np.abs(starts[inside] - np.round(starts[inside])) < 0.05).sum() < 10  # it was not so at the start


def test_the_other_curve_of_small_starts_by_hand() -> None:
    flat = np.interp(X, [-2, -1, 1, 2], [1, -1 / 6, -1 / 6, 1])
    assert np.mean((flat - Y) ** 2) == pytest.approx(2 / 15)
    assert np.mean(Y[1:4]) == pytest.approx(-1 / 6)
    assert "0.1333" in scenario("small-start").lesson


def test_active_kinks_move_to_the_points() -> None:
    s = scenario("active-kinks")
    start, end = -s.start.b / s.start.w, descend(s)
    assert np.diff(start) == pytest.approx(4 / 101)
    assert np.median(np.abs(end.kinks - start)) > 0.5
    bending = (np.abs(end.kinks) < 2.0) & (np.abs(end.bends) > 0.005)
    assert np.abs(end.kinks[bending] - np.round(end.kinks[bending])).max() < 0.05
    assert np.abs(end.at(FINE) - np.interp(FINE, X, Y)).max() < 0.0015
    assert end.steps == pytest.approx(7820, abs=10)


def test_lazy_kinks_stay_and_the_curve_is_smooth() -> None:
    s = scenario("lazy-kinks")
    start, end = -s.start.b / s.start.w, descend(s)
    assert start == pytest.approx(-scenario("active-kinks").start.b / scenario("active-kinks").start.w)
    assert np.abs(end.kinks - start).max() < 0.0003
    assert np.abs(end.at(FINE) - natural_spline(FINE)).max() == pytest.approx(0.153, abs=5e-4)
    assert np.abs(end.at(FINE) - np.interp(FINE, X, Y)).max() == pytest.approx(0.22, abs=5e-3)
    assert end.steps == pytest.approx(9770, abs=10)


@pytest.mark.parametrize("name", ["textbook-regions", "textbook-zigzag", "small-start", "active-kinks", "lazy-kinks"])
def test_the_lesson_names_its_source_and_year(name: str) -> None:
    assert re.search(r"(Prince|Maennel|Williams).*\((2018|2019|2023)\)", scenario(name).lesson, re.DOTALL)


@pytest.mark.slow
def test_of_64_small_starts_as_many_end_at_four_pieces_as_the_lesson_says() -> None:
    found = {
        starts.values["scale"]: starts for starts in sweep("small-start", seeds=64, steps=100_000, vary={"scale": [0.01, 0.1]})
    }
    assert found[0.1].outcomes.count("solved") == pytest.approx(62, abs=1)
    assert found[0.01].outcomes.count("dead units") == pytest.approx(62, abs=1)
    assert np.median(found[0.01].losses) == pytest.approx(2 / 15, abs=1e-6)
    large = sweep("small-start", seeds=64, steps=100_000, vary={"scale": [1.0]})
    assert large[0].success == 1.0
