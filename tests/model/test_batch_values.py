import numpy as np
import pytest

from relutui.model.batch import Batch, predictions
from relutui.model.network import ACTIVATIONS, Activation, Network


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("output", ["identity", "relu", "sigmoid"])
def test_predictions_of_many_networks_are_those_of_each(activation: Activation, output: Activation) -> None:
    batch = Batch.start(np.random.default_rng(0).normal(size=(5, 10)))
    network, x = Network(activation, output), np.linspace(-2, 2, 9)
    each = [network.prediction(batch.parameters(number), x) for number in range(5)]
    np.testing.assert_allclose(predictions(network, batch.values, x), each, rtol=1e-12)


def test_a_prediction_by_hand() -> None:
    """relu(2 - 2x) + relu(x - 1)."""
    found = predictions(Network(), np.array([[0, -2, 2, 1, 1, -1, 1]]), np.array([0.0, 0.5, 1.0, 3.0]))
    assert found.tolist() == [[2.0, 1.0, 0.0, 2.0]]


def test_numbers_out_of_bounds_stand_for_themselves() -> None:
    """At x = 0 an infinite w times x is no number; v a of 1e308 is beyond all numbers."""
    found = predictions(Network(), np.array([[np.nan] * 4, [np.inf] * 4, [1e308] * 4]), np.array([0.0, 3.0]))
    np.testing.assert_array_equal(found, [[np.nan, np.nan], [np.nan, np.inf], [np.inf, np.inf]])


def test_joined_batches_are_one_of_all_their_networks() -> None:
    """Every number tells its part and its field, so that nothing can have changed places."""

    def part(networks: int) -> Batch:
        values, first, second = (np.full((networks, 4), networks + tenths) for tenths in (0.1, 0.2, 0.3))
        return Batch(values, first, second, 7, np.full(networks, networks + 0.4))

    whole = Batch.joined([part(2), part(1)])
    assert (len(whole), whole.step) == (3, 7)
    assert whole.values[:, 0].tolist() == [2.1, 2.1, 1.1]
    assert whole.first[:, 1].tolist() == [2.2, 2.2, 1.2]
    assert whole.second[:, 2].tolist() == [2.3, 2.3, 1.3]
    assert whole.losses.tolist() == [2.4, 2.4, 1.4]
