"""The three-unit exercise and its variations: their figures, each from its file."""

import numpy as np
import pytest

from tests.scenarios.figures import loss, scenario, with_units

KNOTS = ((0.0, 2.0), (1.0, 0.0), (2.0, 1.0), (3.0, 4.0))


@pytest.mark.parametrize(
    ("name", "mse"),
    [
        ("lab", 2.4630),
        ("lab-half", 0.4497),
        ("lab-mistake", 0.8188),
        ("lab-two-units", 2.4630),
        ("lab-two-units-free", 2.4630),
        ("lab-zero-start", 2.4630),
        ("lab-solved", 0.0),
    ],
)
def test_where_each_begins(name: str, mse: float) -> None:
    s = scenario(name)
    assert s.target.knots == KNOTS
    assert len(s.dataset) == 300
    assert round(loss(s), 4) == mse
    assert (s.start.w[0], s.start.b[0], s.start.v.tolist(), s.start.c) == (-2.0, 2.0, [1.0] * s.start.units, 0.0)


@pytest.mark.parametrize("name", ["lab", "lab-half", "lab-mistake", "lab-zero-start"])
def test_three_units_are_exact(name: str) -> None:
    s = scenario(name)
    assert loss(s, with_units(s, (1, -1), (2, -4))) < 1e-12
    assert not any([s.locks.w[2], s.locks.b[2]])
    assert s.locks.v.all()
    assert s.locks.c


def test_what_is_left_of_the_solved_lab_without_unit_1_and_without_both() -> None:
    x, solved = np.linspace(0.0, 3.0, 300), scenario("lab-solved")
    target, unit_0 = np.interp(x, *np.array(KNOTS).T), np.maximum(2 - 2 * x, 0)
    assert [round(float(((y - target) ** 2).mean()), 4) for y in (unit_0 + np.maximum(2 * x - 4, 0), unit_0)] == [
        0.8926,
        2.4630,
    ]
    assert "the MSE is 0.8926" in " ".join(solved.lesson.split())
    assert solved.locks.v.all()
    assert solved.locks.c


def test_the_hints_of_the_lab_end_in_range() -> None:
    for name in ("lab", "lab-half", "lab-mistake"):
        exercise = scenario(name).exercise
        assert exercise is not None
        assert (exercise.range, exercise.step) == ((-4.0, 4.0), 0.1)  # b2 = -4 is at its end


def test_one_unit_fewer_can_do_0_0300() -> None:
    s = scenario("lab-two-units")
    assert [row.tolist() for row in (s.locks.w, s.locks.b, s.locks.v)] == [[True, False], [True, False], [True, True]]
    assert s.locks.c
    assert round(loss(s, with_units(s, (2.438, -3.556))), 4) == 0.0300


def test_one_unit_fewer_can_be_solved_in_steps_of_a_tenth() -> None:
    """By hand on paper: what relu(w x + b) leaves of the target after unit 0, for every w and b of the exercise's grid."""
    s = scenario("lab-two-units")
    x = np.linspace(0.0, 3.0, 300)
    rest = np.interp(x, *np.array(KNOTS).T) - np.maximum(2 - 2 * x, 0)
    w, b = np.meshgrid(np.arange(0, 41) / 10, np.arange(-40, 41) / 10)
    mse = ((np.maximum(w[..., None] * x + b[..., None], 0) - rest) ** 2).mean(axis=-1)
    best = np.unravel_index(mse.argmin(), mse.shape)
    assert (float(w[best]), float(b[best])) == (2.5, -3.7)
    assert round(float(mse.min()), 4) == 0.0302
    assert s.exercise is not None
    assert 0.0302 < s.exercise.solved_below < 0.0350
    assert round(loss(s, with_units(s, (2.5, -3.7))), 4) == 0.0302


def test_two_units_are_exact_once_unit_0_and_c_are_free() -> None:
    s = scenario("lab-two-units-free")
    assert not any([*s.locks.w, *s.locks.b, s.locks.c])
    assert s.locks.v.all()
    assert loss(s, with_units(s, (-2, 4), (3, -3), c=-2.0)) < 1e-12


def test_lab_free_draws_all_three_units() -> None:
    s = scenario("lab-free")
    assert (s.init.units, s.init.seed, s.target.knots) == (3, 35, KNOTS)
    assert (s.settings.optimizer, s.settings.learning_rate, s.settings.stop_below) == ("adam", 0.02, 1e-4)
    assert not any([*s.locks.w, *s.locks.b, *s.locks.v, s.locks.c])
