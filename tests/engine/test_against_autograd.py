"""Every activation and optimizer, and masks, against the gradients that tinygrad's own autograd finds.

Not every pair of them: with all of these training is compared in test_against_numpy.py.
"""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st

from relutui.model.network import ACTIVATIONS, Activation, Network
from relutui.model.training import Optimizer, Problem, TrainingSettings
from tests.engine.problems import random_data, random_locks, random_start
from tests.support import oracle
from tests.support.blocking import Blocking
from tests.support.examples import examples

UNITS, POINTS, STEPS = 4, 30, 2  # of one size, so that autograd's kernels are compiled once for an activation


def autograd(theta: oracle.Array, problem: Problem) -> tuple[float, oracle.Array, float]:
    """The loss and its gradient by tinygrad's Tensor.gradient, in float32; the margin by numpy."""
    from tinygrad import Tensor
    from tinygrad.helpers import Context

    def tensor(values: Any) -> Any:
        return Tensor(np.float32(values).reshape(-1))

    w, b, v, c = (tensor(part) for part in (*theta[:-1].reshape(3, -1), theta[-1]))
    x, y = tensor(problem.dataset.x), tensor(problem.dataset.y)
    z = x.reshape(-1, 1) * w + b
    name = problem.network.activation
    a = z if name == "identity" else getattr(z, name)()
    loss = (((a * v).sum(axis=1) + c - y) ** 2).mean()
    with Context(NOOPT=1):  # tinygrad's assembler takes long for unrolled kernels
        parts = loss.gradient(w, b, v, c)
        loss.realize(*parts)  # at once, which compiles less
        gradient = np.concatenate([part.numpy() for part in parts]).astype(np.float64)
        return float(loss.numpy()), gradient, oracle.loss_and_gradient(theta, problem)[2]


@pytest.mark.parametrize(
    ("activation", "optimizer"), [*((name, "sgd") for name in ACTIVATIONS), ("relu", "momentum"), ("leaky_relu", "adam")]
)
@given(seed=st.integers(0, 2**32 - 1))
@examples(2, 20, derandomize=True, suppress_health_check=list(HealthCheck))
def test_training_agrees(engine: Blocking, activation: Activation, optimizer: Optimizer, seed: int) -> None:
    rng = np.random.default_rng(seed)
    how = TrainingSettings(optimizer, learning_rate=0.05)
    problem = Problem(Network(activation), random_data(rng, POINTS), random_locks(rng, UNITS), how)
    start = random_start(rng, UNITS)
    want = oracle.train(start.parameters, problem, STEPS, autograd)
    assume(want.margin > 1e-4)
    got = engine.train(start, problem, STEPS).parameters
    for mine, its in ((got.w, want.parameters.w), (got.b, want.parameters.b), (got.v, want.parameters.v)):
        np.testing.assert_allclose(mine, its, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(got.c, want.parameters.c, rtol=1e-4, atol=1e-5)
