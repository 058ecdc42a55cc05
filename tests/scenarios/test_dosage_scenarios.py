"""The dosage network and its softplus sibling: their figures, each from its file."""

import numpy as np
import pytest

from relutui.model.pieces import pieces
from tests.scenarios.figures import loss, prediction, scenario


def test_the_data() -> None:
    for name in ("dosage-relu", "dosage-output-bias", "dosage-softplus"):
        assert scenario(name).target.points == ((0.0, 0.0), (0.5, 1.0), (1.0, 0.0))


def test_the_predictions_of_the_relu_network() -> None:
    s = scenario("dosage-relu")
    assert prediction(s, [0, 0.5, 1]).round(2).tolist() == [0.0, 1.01, 0.0]
    assert loss(s) == pytest.approx(1e-4, rel=1e-9)  # 0.01 squared: a sum, not a mean


def test_the_walk_at_x_0() -> None:
    s = scenario("dosage-relu")
    x = np.zeros(1)
    assert s.network.pre_activations(s.start, x)[:, 0].tolist() == [-0.85, 0.0]
    assert s.network.activations(s.start, x)[:, 0].tolist() == [0.0, 0.0]
    assert s.network.output_sum(s.start, x).tolist() == [-16.0]


def test_the_wedge() -> None:
    s = scenario("dosage-relu")
    left, right = pieces(s.network, s.start, s.domain)
    assert (left.low, left.high, right.high) == (0.0, 0.5, 1.0)
    assert left.slope == pytest.approx(34.02)  # 12.6 * 2.7
    assert right.slope == pytest.approx(-35.34)  # 34.02 - 1.7 * 40.8


def test_the_output_relu_leaves_the_tip() -> None:
    s = scenario("dosage-relu")
    x = np.linspace(0.0, 1.0, 200_001)
    above = x[prediction(s, x) > 0.0]
    assert (round(above.min(), 4), round(above.max(), 4)) == (0.4703, 0.5286)
    assert (np.diff(above) < 1e-5).all()


def test_only_the_output_bias_is_to_be_trained() -> None:
    s = scenario("dosage-output-bias")
    assert (s.locks.w & s.locks.b & s.locks.v).all()
    assert not s.locks.c
    assert (s.start.c, s.settings.learning_rate, s.settings.loss, s.settings.stop_below) == (0.0, 0.1, "sse", 1e-4)
    assert prediction(s, [0, 0.5, 1]).round(2).tolist() == [0.0, 17.01, 0.0]


def test_the_softplus_network() -> None:
    s = scenario("dosage-softplus")
    assert prediction(s, [0, 0.5, 1]).round(3).tolist() == [-0.011, 1.035, 0.005]
    x = np.linspace(0.0, 1.0, 10_001)
    curve = prediction(s, x)
    assert (round(float(curve.max()), 2), round(float(x[curve.argmax()]), 3)) == (2.23, 0.128)
