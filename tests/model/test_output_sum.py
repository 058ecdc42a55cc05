"""Where the output sum is above 0, and where an output activation with a kink bends it."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.model.network import Activation, Network, Parameters
from relutui.model.pieces import output_kinks, sign_stretches
from tests.support.sessions import parameters

numbers = st.floats(-5, 5).map(lambda value: round(value, 2))
units = st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=8)
DOSAGE = parameters([1.70, 12.6], [-0.85, 0], [-40.8, 2.7], -16)


def test_a_sum_is_above_0_however_little() -> None:
    """-(1 - x)+ + 1e-60 (x + 1)+ is above 0 from x = 1 on, where only the second unit is on."""
    found = sign_stretches(Network("relu", "relu"), parameters([-1, 1], [1, 1], [-1, 1e-60]), (0, 3))
    assert [(part.low, part.high, part.sign) for part in found] == [(0, 1, -1), (1, 3, 1)]


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


def test_the_zero_of_a_sum_of_flat_units_far_from_0_is_found() -> None:
    """tanh(x + 9900) + tanh(x + 9950) is odd about x = -9925; within 7 of it the two are -1 and 1 to the last digit."""
    p = parameters([1, 1], [9900, 9950], [1, 1])
    found = output_kinks(Network("tanh", "leaky_relu"), p, (-9960, -9890))
    np.testing.assert_allclose(found, [-9925], atol=7.0)
