from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import parameters

from relutui.network import Network
from relutui.pieces import Diagnosis, UnitState, diagnose, kinks, pieces, share_on, side, unit_slopes

RELU = Network()
SOLVED = parameters([-2, 1, 2], [2, -1, -4], [1, 1, 1], 0)  # the solution of subject.md
X = np.linspace(0, 3, 300)


def test_the_kink_is_where_z_is_zero() -> None:
    np.testing.assert_array_equal(kinks(parameters([-2, 1, 2, 0], [2, -1, -4, 5], [1] * 4, 0)), [1, 1, 2, np.nan])


def test_the_solved_exercise_has_two_kinks_and_the_slopes_of_its_target() -> None:
    found = pieces(RELU, SOLVED, (0, 3))
    assert [(piece.low, piece.high) for piece in found] == [(0, 1), (1, 2), (2, 3)]
    assert [piece.slope for piece in found] == [-2, 1, 3]
    assert [piece.slopes for piece in found] == [(-2, 0, 0), (0, 1, 0), (0, 1, 2)]


def test_the_side_is_the_sign_of_w() -> None:
    assert [side(w) for w in (0.5, -0.5, 0.0)] == ["right", "left", None]


def test_share_on_counts_the_points_with_z_above_zero() -> None:
    p = parameters([-2, 1, 0], [2, -1, 0], [1, 1, 1], 0)
    np.testing.assert_allclose(share_on(RELU, p, np.array([0, 0.5, 1, 2])), [0.5, 0.25, 0])


@pytest.mark.parametrize(
    ("w", "b", "expected"),
    [
        (0, 0, "dead"),
        (1, -3, "dead"),  # z is exactly 0 at the last point, and below it elsewhere
        (1, -3 + 1e-7, "parked"),
        (1, -3 + 2e-6, None),
        (1, 1, "always on"),
        (0, 1, "always on"),
        (1, -1, None),
    ],
)
def test_a_unit_alone(w: float, b: float, expected: UnitState | None) -> None:
    (found,) = diagnose(RELU, parameters([w], [b], [1], 0), X, (0, 3))
    assert found == (Diagnosis(expected) if expected else None)


def test_units_with_one_kink_and_side_are_twins_whatever_their_slopes() -> None:
    found = diagnose(RELU, parameters([1, 2, -1], [-1, -2, 1], [1, -3, 1], 0), X, (0, 3))
    assert found == (Diagnosis("twin", 1), Diagnosis("twin", 0), None)


def test_a_leaky_unit_is_never_dead() -> None:
    assert diagnose(Network("leaky_relu"), parameters([1], [-4], [1], 0), X, (0, 3)) == (None,)


def test_smooth_units_are_not_diagnosed() -> None:
    assert diagnose(Network("tanh"), parameters([0], [-4], [1], 0), X, (0, 3)) == (None,)


def test_leaky_units_add_a_little_on_their_off_side() -> None:
    (left, right) = pieces(Network("leaky_relu"), parameters([2], [-2], [3], 0), (0, 3))
    assert (left.slope, right.slope) == pytest.approx((0.06, 6))


def test_the_slope_of_a_smooth_unit_is_that_of_its_activation() -> None:
    # sigmoid'(0) = 1/4
    assert unit_slopes(Network("sigmoid"), parameters([2], [-2], [3]), np.array([1.0])) == pytest.approx(1.5)


numbers = st.floats(-5, 5).map(lambda value: round(value, 2))
units = st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=8)


@given(units)
def test_the_prediction_is_linear_on_every_piece_with_the_slope_of_the_piece(units: list[tuple[float, float, float]]) -> None:
    w, b, v = np.array(units).T
    p = parameters(w, b, v, 0.5)
    for piece in pieces(RELU, p, (-2, 3)):
        x = np.linspace(piece.low, piece.high, 5)
        y = RELU.prediction(p, x)
        np.testing.assert_allclose(y, y[0] + piece.slope * (x - x[0]), atol=1e-3)


@given(units)
def test_crossing_a_kink_changes_the_slope_by_v_abs_w(units: list[tuple[float, float, float]]) -> None:
    w, b, v = np.array(units).T
    p = parameters(w, b, v, 0)
    found = pieces(RELU, p, (-2, 3))
    for left, right in pairwise(found):
        here = np.abs(kinks(p) - right.low) <= 1e-5
        assert right.slope - left.slope == pytest.approx(float((v * np.abs(w))[here].sum()), abs=1e-9)
