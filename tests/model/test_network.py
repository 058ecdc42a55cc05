"""The definition of the network, by hand-computed figures and by its laws."""

import math
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.lib.arrays import Array, distinct
from relutui.model.network import ACTIVATIONS, STEPPED, UNIT_ACTIVATIONS, Activation, Network, Parameters, activate, slope

DOSES = np.array([0.0, 0.5, 1.0])
EFFECT = np.array([0.0, 1.0, 0.0])


def of(*units: tuple[float, float, float], c: float = 0.0) -> Parameters:
    """Parameters from the (w, b, v) of each unit."""
    w, b, v = np.array(units, np.float64).T
    return Parameters(w, b, v, c)


DOSAGE = of((1.70, -0.85, -40.8), (12.6, 0.0, 2.7), c=-16.0)
SIBLING = of((-34.4, 2.14, -1.30), (-2.52, 1.29, 2.28), c=-0.58)

sizes = st.integers(-400, 400).map(lambda n: n / 100)
activations = st.sampled_from(ACTIVATIONS)


@st.composite
def networks(draw: st.DrawFn) -> Parameters:
    return of(*draw(st.lists(st.tuples(sizes, sizes, sizes), min_size=1, max_size=6)), c=draw(sizes))


def rectified(p: Parameters, x: Array) -> Array:
    """The same network, point by point, in plain Python: an oracle."""
    units = list(zip(p.w.tolist(), p.b.tolist(), p.v.tolist()))
    return np.array([p.c + math.fsum(v * max(0.0, w * at + b) for w, b, v in units) for at in x.tolist()])


def test_parameters_are_float64_read_only_and_equal_by_value() -> None:
    p = of((1, 3, 5), (2, 4, 6), c=7)
    assert p.w.dtype == np.float64
    assert (p.units, p.c, p.finite) == (2, 7.0, True)
    assert p == of((1, 3, 5), (2, 4, 6), c=7)
    assert p != replace(p, c=8.0)
    assert p != of((1, 3, 5), (2, 4, 6.5), c=7)
    assert p != "p"
    with pytest.raises(ValueError, match="read-only"):
        p.w[0] = 5.0
    with pytest.raises(ValueError, match="of one length"):
        Parameters(np.ones(1), np.ones(1), np.ones(2), 0.0)


def test_parameters_are_copies() -> None:
    w = np.array([1.0])
    p = Parameters(w, w, w, 0.0)
    w[0] = 5.0
    assert p.w[0] == 1.0


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_one_bad_number_makes_parameters_not_finite(bad: float) -> None:
    assert not of((0, bad, 0)).finite
    assert not of((0, 0, 0), c=bad).finite


@pytest.mark.parametrize(
    ("name", "at_minus_2", "at_0", "at_2"),
    [
        ("relu", 0.0, 0.0, 2.0),
        ("leaky_relu", -0.02, 0.0, 2.0),
        ("softplus", math.log(1 + math.exp(-2)), math.log(2), math.log(1 + math.exp(2))),
        ("sigmoid", 1 / (1 + math.exp(2)), 0.5, 1 / (1 + math.exp(-2))),
        ("tanh", math.tanh(-2), 0.0, math.tanh(2)),
        ("identity", -2.0, 0.0, 2.0),
    ],
)
def test_activations(name: Activation, at_minus_2: float, at_0: float, at_2: float) -> None:
    assert activate(name, np.array([-2.0, 0.0, 2.0])).tolist() == pytest.approx([at_minus_2, at_0, at_2])


def test_every_activation_is_listed() -> None:
    assert get_args(Activation) == UNIT_ACTIVATIONS == (*ACTIVATIONS, *STEPPED)


@given(activations, st.floats(-30, 30).filter(lambda z: abs(z) > 1e-3))
def test_a_slope_is_the_limit_of_differences(name: Activation, z: float) -> None:
    h = 1e-5
    around = activate(name, np.array([z - h, z + h]))
    assert slope(name, np.array([z]))[0] == pytest.approx((around[1] - around[0]) / (2 * h), abs=1e-8)


@pytest.mark.parametrize("z", [-34.0, 34.0])
def test_a_slope_has_all_its_digits_where_a_soft_step_is_all_but_flat(z: float) -> None:
    assert slope("sigmoid", np.array([z]))[0] == pytest.approx(math.exp(-34.0), rel=1e-12)  # e^-z less e^-2z and so on
    assert slope("tanh", np.array([z]))[0] == pytest.approx(4.0 * math.exp(-68.0), rel=1e-12)


def test_what_is_all_but_zero_has_all_its_digits() -> None:
    assert activate("sigmoid", np.array([-40.0]))[0] == pytest.approx(math.exp(-40.0), rel=1e-12)
    assert slope("softplus", np.array([-40.0]))[0] == pytest.approx(math.exp(-40.0), rel=1e-12)


@pytest.mark.parametrize(("at_kink", "expected"), [(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)])
def test_the_slope_at_the_kink_is_a_choice(at_kink: float, expected: float) -> None:
    assert slope("relu", np.array([0.0]), at_kink)[0] == expected
    assert slope("leaky_relu", np.array([0.0]), at_kink)[0] == pytest.approx(0.01 + 0.99 * expected)


@given(activations)
def test_huge_pre_activations_give_no_nan_and_no_warning(name: Activation) -> None:
    z = np.array([-1e300, -800.0, 800.0, 1e300])
    assert not np.isnan(activate(name, z)).any()
    assert not np.isnan(slope(name, z)).any()


def test_the_dosage_network() -> None:
    network = Network(output_activation="relu")
    prediction = network.prediction(DOSAGE, DOSES)
    assert prediction.tolist() == pytest.approx([0.0, 1.01, 0.0], abs=1e-9)
    assert network.loss(DOSAGE, DOSES, EFFECT, "sse") == pytest.approx(1e-4)
    assert network.loss(DOSAGE, DOSES, EFFECT) == pytest.approx(1e-4 / 3)


def test_the_walk_through_the_dosage_network() -> None:
    network = Network(output_activation="relu")
    assert network.pre_activations(DOSAGE, 0.0).tolist() == [[-0.85], [0.0]]
    assert network.activations(DOSAGE, 0.0).tolist() == [[0.0], [0.0]]
    assert network.contributions(DOSAGE, 1.0)[:, 0].tolist() == pytest.approx([-40.8 * 0.85, 2.7 * 12.6])
    assert network.output_sum(DOSAGE, 0.0).tolist() == [-16.0]
    assert network.prediction(DOSAGE, 0.0).tolist() == [0.0]


def test_the_output_relu_leaves_the_tip_of_the_wedge() -> None:
    x = np.array([0.4702, 0.4704, 0.5285, 0.5287])
    assert (Network(output_activation="relu").prediction(DOSAGE, x) > 0).tolist() == [False, True, True, False]
    wedge = Network().prediction(DOSAGE, np.array([0.1, 0.2, 0.8, 0.9]))
    assert (wedge[1] - wedge[0]) / 0.1 == pytest.approx(34.02)
    assert (wedge[3] - wedge[2]) / 0.1 == pytest.approx(-35.34)


def test_the_softplus_sibling() -> None:
    network = Network(activation="softplus")
    assert network.prediction(SIBLING, DOSES).tolist() == pytest.approx([-0.011, 1.035, 0.005], abs=5e-4)
    x = np.linspace(0.0, 1.0, 1001)
    curve = network.prediction(SIBLING, x)
    assert (x[curve.argmax()], curve.max()) == (pytest.approx(0.128), pytest.approx(2.23, abs=5e-3))


def test_shifted_relus_meet_the_parabola_at_0_1_and_2() -> None:
    p = of((1, 0, 1), (1, -1, 2))
    assert Network().prediction(p, [0.0, 0.5, 1.0, 2.0]).tolist() == [0.0, 0.5, 1.0, 4.0]


def test_a_loss_that_overflows_is_infinite_without_a_warning() -> None:
    p = of((1e200, 0, 1))
    assert Network().loss(p, np.array([1.0]), np.array([0.0])) == math.inf


def test_kinked() -> None:
    assert [name for name in ACTIVATIONS if Network(activation=name).kinked] == ["relu", "leaky_relu"]


X = np.linspace(-3.0, 3.0, 61)


@given(networks())
def test_prediction_agrees_with_plain_python(p: Parameters) -> None:
    assert np.allclose(Network().prediction(p, X), rectified(p, X), rtol=1e-12, atol=1e-12)


@given(networks(), activations)
def test_the_prediction_is_c_plus_the_sum_of_contributions(p: Parameters, name: Activation) -> None:
    network = Network(activation=name)
    alone = [Network(activation=name).prediction(of(unit), X) for unit in zip(p.w, p.b, p.v)]
    assert np.allclose(network.contributions(p, X), alone)
    assert np.allclose(network.prediction(p, X), p.c + np.sum(alone, axis=0))


@given(networks(), activations, activations)
def test_the_output_activation_is_applied_last(p: Parameters, name: Activation, output: Activation) -> None:
    inner = Network(activation=name).prediction(p, X)
    assert np.array_equal(Network(name, output).prediction(p, X), activate(output, inner))


@given(networks(), activations, st.randoms(use_true_random=False))
def test_units_can_be_permuted(p: Parameters, name: Activation, random: Random) -> None:
    order = list(range(p.units))
    random.shuffle(order)
    permuted = Parameters(p.w[order], p.b[order], p.v[order], p.c)
    network = Network(activation=name)
    assert np.allclose(network.prediction(permuted, X), network.prediction(p, X))


@given(networks(), st.floats(0.01, 100.0), st.sampled_from(["relu", "leaky_relu", "identity"]))
def test_scaling_a_unit_up_and_its_weight_down_changes_nothing(p: Parameters, s: float, name: Activation) -> None:
    network, scaled = Network(activation=name), Parameters(s * p.w, s * p.b, p.v / s, p.c)
    assert np.allclose(network.prediction(scaled, X), network.prediction(p, X))


@given(networks())
def test_the_prediction_is_linear_between_kinks_and_its_slope_changes_by_v_abs_w_at_each(p: Parameters) -> None:
    bends: dict[float, float] = {}
    for w, b, v in zip(p.w.tolist(), p.b.tolist(), p.v.tolist()):
        if w:
            bends[-b / w] = bends.get(-b / w, 0.0) + v * abs(w)
    at = sorted(bends)
    edges = np.array([at[0] - 1.0, *at, at[-1] + 1.0] if at else [-1.0, 1.0])
    network = Network()
    slopes = []
    for low, high in pairwise(edges):
        inside = low + (high - low) * np.array([0.0, 0.25, 0.5, 1.0])
        y = network.prediction(p, inside)
        assert y[1] == pytest.approx(0.75 * y[0] + 0.25 * y[3], abs=1e-9)
        assert y[2] == pytest.approx(0.50 * y[0] + 0.50 * y[3], abs=1e-9)
        slopes.append((y[3] - y[0]) / (inside[3] - inside[0]))
    for kink, before, after, left, right in zip(at, slopes, slopes[1:], np.diff(edges), np.diff(edges)[1:]):
        if min(left, right) > 1e-4:  # nearer than that the rounding of y outweighs the slope
            assert after - before == pytest.approx(bends[kink], abs=1e-7)


@given(networks().map(lambda p: replace(p, v=np.ones(p.units))))
def test_with_every_v_at_1_the_prediction_is_convex(p: Parameters) -> None:
    y = Network().prediction(p, X)
    assert (np.diff(y, 2) >= -1e-9).all()


def test_distinct_values_ascend_each_once() -> None:
    assert distinct(1.5, [3.0, -2.0, 1.5], np.array([-0.0, 0.0]), []).tolist() == [-2.0, 0.0, 1.5, 3.0]
    assert distinct([]).tolist() == []
