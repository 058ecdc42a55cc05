"""The written definition of the gradient of several hidden layers, against the one that tinygrad's own autograd finds."""

from typing import Any

import numpy as np
import pytest

from relutui.model.dataset import Dataset
from relutui.model.gradient import losses_and_gradients
from relutui.model.network import Activation, Network
from relutui.model.training import Problem, TrainingSettings
from relutui.model.values import number_of_values, views_of
from tests.engine.problems import locks

SIZES, POINTS = (3, 4, 2), 20
FREE = locks(1)  # which a gradient does not ask


def autograd(values: Any, problem: Problem) -> tuple[float, Any]:
    """The loss and its gradient by tinygrad's Tensor.gradient, in float32."""
    from tinygrad import Tensor
    from tinygrad.helpers import Context

    theta = Tensor(values.astype(np.float32))
    x, y = Tensor(problem.dataset.x.astype(np.float32)), Tensor(problem.dataset.y.astype(np.float32))
    a, start = x.reshape(1, -1), 1
    for number, units in enumerate(SIZES):
        inputs, last = (1, *SIZES)[number], number == len(SIZES) - 1
        columns = inputs + 1 + last
        rows = theta[start : start + units * columns].reshape(units, columns)
        z = rows[:, :inputs] @ a + rows[:, inputs : inputs + 1]
        name = problem.network.layer_activations[number]
        a, start = z if name == "identity" else getattr(z, name)(), start + units * columns
    loss = (((rows[:, -1:] * a).sum(axis=0) + theta[0] - y) ** 2).mean()
    with Context(NOOPT=1):  # tinygrad's assembler takes long for unrolled kernels
        (found,) = loss.gradient(theta)
        loss.realize(found)
        return float(loss.numpy()), found.numpy().astype(np.float64)


@pytest.mark.parametrize("names", [("relu", "relu", "relu"), ("tanh", "leaky_relu", "softplus")])
@pytest.mark.usefixtures("engine")  # which has opened the device
def test_the_gradient_is_that_of_autograd(names: tuple[Activation, ...]) -> None:
    rng = np.random.default_rng(1)
    x = rng.uniform(-2, 2, POINTS)
    problem = Problem(
        Network(names[0], deeper=names[1:]), Dataset(x, np.sin(2 * x)), FREE, TrainingSettings(learning_rate=0.05)
    )
    values = rng.normal(size=number_of_values(SIZES)).astype(np.float32).astype(np.float64)
    losses, slopes = losses_and_gradients(problem, values[None], SIZES)
    loss, want = autograd(values, problem)
    assert views_of(slopes[0], SIZES).layers[0].w.any()  # no dead start, whose gradient would be 0
    assert losses[0] == pytest.approx(loss, rel=1e-5)
    np.testing.assert_allclose(slopes[0], want, rtol=1e-4, atol=1e-5)
