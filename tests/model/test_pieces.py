"""The pieces of a network: its kinks and slopes, and where its units are on."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.model.network import Network
from relutui.model.pieces import (
    best_possible,
    jump_edges,
    kinks,
    pieces,
    share_on,
    side,
    straight,
    stretch,
    unit_slopes,
)
from tests.support.sessions import parameters

RELU = Network()
SOLVED = parameters([-2, 1, 2], [2, -1, -4], [1, 1, 1], 0)  # the solution of subject.md


def test_the_kink_is_where_z_is_zero() -> None:
    np.testing.assert_array_equal(kinks(parameters([-2, 1, 2, 0], [2, -1, -4, 5], [1] * 4, 0)), [1, 1, 2, np.nan])


def test_the_solved_exercise_has_two_kinks_and_the_slopes_of_its_target() -> None:
    found = pieces(RELU, SOLVED, (0, 3))
    assert [(piece.low, piece.high) for piece in found] == [(0, 1), (1, 2), (2, 3)]
    assert [piece.slope for piece in found] == [-2, 1, 3]
    assert [piece.slopes for piece in found] == [(-2, 0, 0), (0, 1, 0), (0, 1, 2)]


@pytest.mark.parametrize(
    ("w", "b", "v", "ends"),
    [
        ([1, 1], [0, -1], [1, 0], [0, 3]),  # the unit that bends adds nothing
        ([1, 1, 1], [-1, -2, -2], [1, 4, -4], [0, 1, 3]),  # two bends at x = 2 that cancel out
        ([1, -1], [-1, 1], [1, -1], [0, 3]),  # x - 1 to the right of 1, and to the left of it too
        ([1, 1, -1], [-1, -1e-9, 3 - 1e-9], [1, 1, 1], [0, 1, 3]),  # two kinks at the very ends
    ],
)
def test_pieces_of_one_slope_are_one_straight_piece(w: list[float], b: list[float], v: list[float], ends: list[float]) -> None:
    found = straight(RELU, parameters(w, b, v), (0, 3))
    assert [found[0].low, *(piece.high for piece in found)] == ends


def test_a_steep_piece_elsewhere_hides_no_bend() -> None:
    """Beside a slope of 1e12 a slope of 1 is a billionth of a thousandth; the curve bends at x = 1 all the same."""
    found = straight(RELU, parameters([1, 1], [-1, -2], [1, 1e12]), (0, 3))
    assert [piece.slope for piece in found] == [0, 1, 1e12 + 1]


def test_jumps_that_rounding_parts_are_one() -> None:
    """0.129 / 4.3 is 0.030000000000000002 in float64."""
    assert jump_edges(Network("step"), parameters([1, 4.3], [-0.03, -0.129], [1, 1]), (0, 1)).tolist() == [0, 0.03, 1]


def test_a_straight_piece_has_on_what_is_on_in_its_widest_part() -> None:
    (piece,) = straight(RELU, parameters([1, 1, 1], [-0.5, -2, -2], [0, 4, -4]), (0, 3))
    assert piece.on == (True, False, False)


@pytest.mark.parametrize(
    ("w", "b", "expected"),
    [
        (1, -1, (1, 3)),
        (-2, 3, (0, 1.5)),
        (1, 1, (0, 3)),
        (1, 0, (0, 3)),
        (1, -3, None),
        (-1, 0, None),
        (0, 1, (0, 3)),
        (0, 0, None),
        (1e-300, 1e30, (0, 3)),  # the kink is no number
    ],
)
def test_where_a_unit_is_on_within_the_domain(w: float, b: float, expected: tuple[float, float] | None) -> None:
    assert stretch(parameters([w], [b], [1]), 0, (0, 3)) == expected


def test_the_side_is_the_sign_of_w() -> None:
    assert [side(w) for w in (0.5, -0.5, 0.0)] == ["right", "left", None]


def test_share_on_counts_the_points_with_z_above_zero() -> None:
    p = parameters([-2, 1, 0], [2, -1, 0], [1, 1, 1], 0)
    np.testing.assert_allclose(share_on(RELU, p, np.array([0, 0.5, 1, 2])), [0.5, 0.25, 0])


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
def test_the_straight_pieces_cover_the_domain_and_bend_at_every_join(units: list[tuple[float, float, float]]) -> None:
    w, b, v = np.array(units).T
    p = parameters(w, b, v, 0.5)
    found = straight(RELU, p, (-2, 3))
    assert (found[0].low, found[-1].high) == (-2, 3)
    assert all(left.high == right.low and left.slope != right.slope for left, right in pairwise(found))
    for piece in found:
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


@pytest.mark.parametrize(
    ("count", "largest", "wide", "mse"),
    [
        (1, 0.5, 10.1, 36.45),
        (2, 0.125, 2.53, 2.278),
        (5, 0.02, 0.405, 0.0583),
        (6, 0.0139, 0.281, 0.0281),
        (10, 0.005, 0.101, 0.00365),
        (100, 5e-5, 0.00101, 3.6e-7),
    ],
)
def test_the_best_possible_fit_of_a_parabola(count: int, largest: float, wide: float, mse: float) -> None:
    """The table of subject.md: the largest errors on [0, 2] and [-5, 4], and the MSE on the latter."""
    assert best_possible(1, 2, count)[0] == pytest.approx(largest, rel=0.01)
    assert best_possible(1, 9, count) == pytest.approx((wide, mse), rel=0.02)


@given(st.floats(-10, 10), st.floats(0.1, 10), st.integers(1, 5))
def test_the_best_line_on_each_piece_errs_by_as_much(a: float, length: float, count: int) -> None:
    """On a piece of length h, t from -h/2 to h/2, it is level, at h^2 / 8 for the largest error and at h^2 / 12 for the MSE."""
    largest, mse = best_possible(a, length, count)
    h = length / count
    t = np.linspace(-h / 2, h / 2, 4001)
    assert largest == pytest.approx(np.abs(a * (t**2 - h**2 / 8)).max(), rel=1e-6)
    assert mse == pytest.approx(((a * (t**2 - h**2 / 12)) ** 2).mean(), rel=2e-3)
