"""Every activation, optimizer, loss and mask against float64 numpy with gradients by hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st

from relutui.model.dataset import Dataset
from relutui.model.network import ACTIVATIONS, Activation, Loss, Network, Parameters
from relutui.model.training import OPTIMIZERS, Checkpoint, Optimizer, Problem, TrainingSettings
from tests.engine.problems import locks, random_data, random_locks, random_start
from tests.support import oracle
from tests.support.blocking import Blocking
from tests.support.examples import examples

STEPS = 100
few = examples(4, 100, derandomize=True, suppress_health_check=list(HealthCheck))
seeds = st.integers(0, 2**32 - 1)


def flat(p: Parameters) -> np.ndarray:
    return np.concatenate([p.w, p.b, p.v, [p.c]])


def assert_agree(engine: Blocking, start: Checkpoint, problem: Problem) -> None:
    want = oracle.train(start.parameters, problem, STEPS)
    assume(want.margin > 1e-4)  # no kink comes so near a data point that float32 may see it on the other side
    assume(np.isfinite(want.losses).all())
    got = engine.train(start, problem, STEPS)
    np.testing.assert_allclose(flat(got.parameters), flat(want.parameters), rtol=1e-4, atol=1e-5)
    assert got.step == STEPS
    assert [sample.step for sample in got.history] == list(range(0, STEPS, 4))
    np.testing.assert_allclose([sample.loss for sample in got.history], want.losses[:-1:4], rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@given(seed=seeds, units=st.integers(1, 6), points=st.integers(1, 40), loss=st.sampled_from(["mse", "sse"]))
@few
def test_training_agrees(
    engine: Blocking, activation: Activation, optimizer: Optimizer, seed: int, units: int, points: int, loss: Loss
) -> None:
    rng = np.random.default_rng(seed)
    rate = 0.01 if loss == "mse" else 0.01 / points
    how = TrainingSettings(optimizer, learning_rate=rate, momentum=rng.uniform(0.5, 0.9), loss=loss)
    problem = Problem(Network(activation), random_data(rng, points), random_locks(rng, units), how)
    assert_agree(engine, random_start(rng, units), problem)


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "identity"])
@given(seed=seeds, slope_at_kink=st.sampled_from([0.0, 0.5, 1.0]))
@few
def test_training_by_points_agrees(point_engine: Blocking, activation: Activation, seed: int, slope_at_kink: float) -> None:
    rng = np.random.default_rng(seed)
    network = Network(activation, slope_at_kink=slope_at_kink)
    problem = Problem(network, random_data(rng, 20), random_locks(rng, 3), TrainingSettings(learning_rate=0.02))
    assert_agree(point_engine, random_start(rng, 3), problem)


@pytest.mark.parametrize("output", [name for name in ACTIVATIONS if name != "identity"])
@given(seed=seeds, slope_at_kink=st.sampled_from([0.0, 0.5, 1.0]))
@few
def test_output_activations_agree(engine: Blocking, output: Activation, seed: int, slope_at_kink: float) -> None:
    rng = np.random.default_rng(seed)
    network = Network("relu", output, slope_at_kink)
    problem = Problem(network, random_data(rng, 20), random_locks(rng, 3), TrainingSettings(learning_rate=0.02))
    assert_agree(engine, random_start(rng, 3), problem)


@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
@pytest.mark.parametrize("slope_at_kink", [0.0, 0.5, 1.0])
def test_at_the_kink_one_step_takes_the_slope_that_is_set(
    engine: Blocking, activation: Activation, slope_at_kink: float
) -> None:
    # one point (2, 1), w = b = 0, v = 1, c = 0: z = 0 and yhat = 0, so dloss/db = 2 (0 - 1) * slope, dloss/dw = 2 dloss/db
    slope = {"relu": slope_at_kink, "leaky_relu": 0.01 + 0.99 * slope_at_kink}[activation]
    data = Dataset(np.array([2.0]), np.array([1.0]))
    problem = Problem(Network(activation, "identity", slope_at_kink), data, locks(1), TrainingSettings(learning_rate=0.1))
    start = Checkpoint.start(Parameters(np.zeros(1), np.zeros(1), np.ones(1), 0.0))
    p = engine.train(start, problem, 1).parameters
    np.testing.assert_allclose([p.w[0], p.b[0], p.v[0], p.c], [0.4 * slope, 0.2 * slope, 1.0, 0.2], rtol=1e-6)


@pytest.mark.parametrize("activation", ["softplus", "sigmoid", "tanh"])
@pytest.mark.parametrize("z", [-1e15, -200.0, -87.5, -1e-3, 0.0, 1e-3, 0.62, 0.63, 87.5, 200.0, 1e15])
def test_smooth_activations_do_not_overflow(engine: Blocking, activation: Activation, z: float) -> None:
    # one point (0, 0): z is b, and the loss recorded before the step is act(z)**2
    problem = Problem(Network(activation), Dataset(np.zeros(1), np.zeros(1)), locks(1, locked=True), TrainingSettings())
    end = engine.train(Checkpoint.start(Parameters(np.ones(1), np.array([z]), np.ones(1), 0.0)), problem, 10)
    with np.errstate(over="ignore"):
        want = {"softplus": np.logaddexp(0.0, z), "tanh": np.tanh(z), "sigmoid": 1 / (1 + np.exp(-np.float64(z)))}[activation]
    assert end.history[0].loss == pytest.approx(want**2, rel=2e-6, abs=1e-30)
    assert end.parameters.finite


@pytest.mark.parametrize(
    ("activation", "z", "a", "slope"),
    [
        ("sigmoid", 20.0, 1.0, np.exp(-20.0)),
        ("sigmoid", -20.0, 0.0, np.exp(-20.0)),
        ("tanh", 10.0, 1.0, 4.0 * np.exp(-20.0)),
        ("tanh", -10.0, -1.0, 4.0 * np.exp(-20.0)),
    ],
)
def test_a_soft_step_is_pushed_where_it_is_all_but_flat(
    engine: Blocking, activation: Activation, z: float, a: float, slope: float
) -> None:
    """At one point (0, -3000) with v = 1000 the error is 1000 a + 3000, and dloss/db = 2 error v slope."""
    only_b = replace(locks(1, locked=True), b=np.array([False]))
    settings = TrainingSettings(learning_rate=1.0)
    problem = Problem(Network(activation), Dataset(np.zeros(1), np.array([-3000.0])), only_b, settings)
    end = engine.train(Checkpoint.start(Parameters(np.zeros(1), np.array([z]), np.array([1000.0]), 0.0)), problem, 1)
    assert end.parameters.b[0] - z == pytest.approx(-2.0 * (1000.0 * a + 3000.0) * 1000.0 * slope, rel=1e-3)
