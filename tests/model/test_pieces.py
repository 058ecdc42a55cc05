from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.model.dataset import Dataset
from relutui.model.network import Activation, Network, Parameters
from relutui.model.pieces import (
    best_possible,
    jump_edges,
    kinks,
    output_kinks,
    pieces,
    share_on,
    side,
    sign_stretches,
    straight,
    stretch,
    unit_slopes,
)
from relutui.model.unit_states import Diagnosis, UnitState, diagnose
from tests.support.sessions import parameters

RELU = Network()
SOLVED = parameters([-2, 1, 2], [2, -1, -4], [1, 1, 1], 0)  # the solution of subject.md
X = np.linspace(0, 3, 300)
DATA = Dataset(X, X)


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


def test_a_sum_is_above_0_however_little() -> None:
    """-(1 - x)+ + 1e-60 (x + 1)+ is above 0 from x = 1 on, where only the second unit is on."""
    found = sign_stretches(Network("relu", "relu"), parameters([-1, 1], [1, 1], [-1, 1e-60]), (0, 3))
    assert [(part.low, part.high, part.sign) for part in found] == [(0, 1, -1), (1, 3, 1)]


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


@pytest.mark.parametrize(
    ("w", "b", "expected"),
    [
        (0, 0, "dead"),
        (1, -3, "dead"),  # z is exactly 0 at the last point, and below it elsewhere
        (1, -3 + 1e-7, "parked"),
        (1, -3 + 4e-6, None),
        (1e-7, -1e-7, None),  # flat, but on from x = 1: a v of 1e7 makes it the whole prediction
        (-1e4, 0.001, "parked"),
        (-1e7, 1, None),  # it adds 1 at x = 0
        (0, 1e-9, "always on"),
        (1, 1, "always on"),
        (0, 1, "always on"),
        (1, -1, None),
    ],
)
def test_a_unit_alone(w: float, b: float, expected: UnitState | None) -> None:
    assert state_of(w, b, 1) == expected


@pytest.mark.parametrize(
    ("v", "y_range", "expected"),
    [(9e3, 1, "parked"), (1.1e4, 1, None), (-1.1e4, 1, None), (1.1e4, 2, "parked"), (0, 1, "parked"), (1e300, 1, None)],
)
def test_a_unit_at_the_edge_is_parked_by_what_it_adds_there(v: float, y_range: float, expected: UnitState | None) -> None:
    """At x = 3 its z is 1e-7, so it adds v 1e-7: a thousandth of the range of y for v = 1e4."""
    assert state_of(1, -3 + 1e-7, v, y_range) == expected


def state_of(w: float, b: float, v: float, y_range: float = 4) -> UnitState | None:
    (found,) = diagnose(RELU, parameters([w], [b], [v], 0), Dataset(X, np.linspace(5, 5 + y_range, len(X))), (0, 3))
    return found.state if found else None


def test_units_with_one_kink_and_side_are_twins_whatever_their_slopes() -> None:
    found = diagnose(RELU, parameters([1, 2, -1], [-1, -2, 1], [1, -3, 1], 0), DATA, (0, 3))
    assert found == (Diagnosis("twin", 1), Diagnosis("twin", 0), None)
    found = diagnose(RELU, parameters([1, 1, 0, 0, -1, 3], [-4, -1, 0, 1, 1, -3], [1] * 6, 0), DATA, (0, 3))
    assert found == (
        Diagnosis("dead"),
        Diagnosis("twin", 5),
        Diagnosis("dead"),
        Diagnosis("always on"),
        None,
        Diagnosis("twin", 1),
    )


def test_a_leaky_unit_is_never_dead() -> None:
    assert diagnose(Network("leaky_relu"), parameters([1], [-4], [1], 0), DATA, (0, 3)) == (None,)


def test_smooth_units_are_not_diagnosed() -> None:
    assert diagnose(Network("tanh"), parameters([0], [-4], [1], 0), DATA, (0, 3)) == (None,)


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


DOSAGE = parameters([1.70, 12.6], [-0.85, 0], [-40.8, 2.7], -16)


def test_the_relu_on_the_output_of_the_dosage_network_leaves_what_subject_md_says() -> None:
    found = output_kinks(Network(output_activation="relu"), DOSAGE, (0, 1))
    np.testing.assert_allclose(found, [0.4703, 0.5286], atol=5e-5)


@pytest.mark.parametrize("name", ["identity", "sigmoid"])
def test_an_output_activation_without_a_kink_has_no_bends(name: Activation) -> None:
    assert output_kinks(Network(output_activation=name), DOSAGE, (0, 1)).shape == (0,)


@pytest.mark.parametrize(
    ("activation", "p", "at"),
    [
        ("sigmoid", parameters([1], [0], [2], -1), 0),  # sigmoid(0) = 1/2
        ("identity", parameters([1], [-1], [1]), 1),
    ],
)
def test_a_sum_without_kinks_bends_the_prediction_where_it_crosses_zero(
    activation: Activation, p: Parameters, at: float
) -> None:
    np.testing.assert_allclose(output_kinks(Network(activation, "leaky_relu"), p, (-5, 4.9)), [at], atol=1e-12)


@pytest.mark.parametrize(
    ("w", "b", "v", "c", "expected"),
    [
        ([1, -1], [-1, 1], [1, 1], 0, []),  # touches 0 at x = 1
        ([-1, 1], [1, -2], [-1, 1], 0, [2]),  # below 0, then 0 over [1, 2], then above: the prediction bends at 2
        ([-1, 1], [1, -2], [1, -1], 0, [1]),  # above 0, then 0 over [1, 2], then below
        ([1, 1], [0, -1], [1, -2], 0, [2]),  # x up to 1, then 2 - x
        ([0], [5], [1], -5, []),  # 0 everywhere
        ([1], [0], [1], -3, []),  # 0 only at the end of the domain
    ],
)
def test_the_sum_must_change_its_sign(w: list[float], b: list[float], v: list[float], c: float, expected: list[float]) -> None:
    found = output_kinks(Network(output_activation="relu"), parameters(w, b, v, c), (0, 3))
    np.testing.assert_allclose(found, expected, atol=1e-12)


@given(units, st.sampled_from(["relu", "leaky_relu", "tanh", "identity"]), numbers)
def test_the_sum_has_one_sign_between_neighbouring_bends(
    units: list[tuple[float, float, float]], activation: Activation, c: float
) -> None:
    w, b, v = np.array(units).T
    p, network = parameters(w, b, v, c), Network(activation, "relu")
    found = output_kinks(network, p, (-2, 3))
    np.testing.assert_allclose(network.output_sum(p, found), 0.0, atol=1e-9)
    near = 1e-9 if network.kinked else 0.01  # between two crossings within 1/1,000 of the domain, which are not found
    for low, high in pairwise([-2, *found, 3]):
        y = network.output_sum(p, np.linspace(low, high, 201))
        assert y.min() >= -near or y.max() <= near


eighths = st.integers(-24, 24).map(lambda eighth: eighth / 8)


@given(st.lists(st.tuples(eighths, eighths, eighths), min_size=1, max_size=4), eighths)
def test_the_sign_of_the_sum_is_that_of_exact_arithmetic(rows: list[tuple[float, float, float]], c: float) -> None:
    """Every sign is found by fractions: at the ends of the domain, at every kink and zero, and between them."""
    exact = [tuple(map(Fraction, row)) for row in rows]

    def total(x: Fraction) -> Fraction:
        return Fraction(c) + sum((v * max(w * x + b, Fraction(0)) for w, b, v in exact), Fraction(0))

    at = sorted({Fraction(0), Fraction(3), *(-b / w for w, b, _ in exact if w and 0 < -b / w < 3)})
    zeros = [a + (b - a) * total(a) / (total(a) - total(b)) for a, b in pairwise(at) if total(a) * total(b) < 0]
    places = sorted({*at, *zeros, *((a + b) / 2 for a, b in pairwise(sorted({*at, *zeros})))})
    w, b, v = zip(*rows)
    stretches = sign_stretches(Network(output_activation="relu"), parameters(w, b, v, c), (0, 3))
    assert [s.high for s in stretches[:-1]] == [s.low for s in stretches[1:]]
    for place in places:
        own = {s.sign for s in stretches if s.low + 1e-9 < place < s.high - 1e-9}
        own |= {s.sign for s in stretches if abs(s.low - place) < 1e-9 and s.low_closed}
        own |= {s.sign for s in stretches if abs(s.high - place) < 1e-9 and s.high_closed}
        sign = (total(place) > 0) - (total(place) < 0)
        assert own == {sign} or (sign == 0 and len(own) <= 1)  # a single 0 may be inside a stretch, or between two


def test_numbers_that_are_not_finite_bend_nothing() -> None:
    p = parameters([1e308, 1], [1e308, -1], [1e308, 1], -1)
    assert np.isfinite(output_kinks(Network(output_activation="relu"), p, (-5, 5))).all()


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


def test_the_zero_of_a_sum_of_flat_units_far_from_0_is_found() -> None:
    """tanh(x + 9900) + tanh(x + 9950) is odd about x = -9925; within 7 of it the two are -1 and 1 to the last digit."""
    p = parameters([1, 1], [9900, 9950], [1, 1])
    found = output_kinks(Network("tanh", "leaky_relu"), p, (-9960, -9890))
    np.testing.assert_allclose(found, [-9925], atol=7.0)
