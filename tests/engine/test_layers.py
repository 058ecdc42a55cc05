"""Networks of several hidden layers in the engine, against training in float64 by `model/gradient.py` and against autograd."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st

from relutui.lib.arrays import Array, quiet
from relutui.model.batch import Batch, hidden_layers
from relutui.model.dataset import Dataset
from relutui.model.gradient import losses_and_gradients, step
from relutui.model.minibatch import problem_of_step
from relutui.model.network import ACTIVATIONS, KINKED, Activation, Network, Parameters
from relutui.model.shapes import Sizes
from relutui.model.trainer import Diverged
from relutui.model.training import OPTIMIZERS, Checkpoint, LayerLocks, Locks, Problem, TrainingSettings
from relutui.model.values import number_of_values, parameters_of, values_of, views_of
from tests.engine.problems import random_data
from tests.support.blocking import Blocking
from tests.support.examples import examples

STEPS = 60
RELU = Network(deeper=("relu",))
MIXED = Network("tanh", "sigmoid", 0.5, ("leaky_relu", "leaky_relu"))
SOFT = Network("identity", "identity", 0.0, ("sigmoid", "sigmoid"))
few = examples(3, 60, derandomize=True, suppress_health_check=list(HealthCheck))
seeds = st.integers(0, 2**32 - 1)


def drawn(rng: np.random.Generator, sizes: Sizes) -> Parameters:
    """Numbers that float32 holds exactly, whose products do not grow from layer to layer."""
    values = rng.normal(size=number_of_values(sizes)) * 0.6
    for layer in views_of(values, sizes).layers[1:]:
        layer.w[:] *= 1.6 / np.sqrt(layer.w.shape[1])
    return parameters_of(values.astype(np.float32), sizes)


def locked(rng: np.random.Generator, sizes: Sizes, share: float = 0.2) -> Locks:
    p = parameters_of(rng.random(number_of_values(sizes)) - share, sizes)
    return Locks(p.w < 0.0, p.b < 0.0, p.v < 0.0, p.c < 0.0, tuple(LayerLocks(of.w < 0.0, of.b < 0.0) for of in p.deeper))


def as_deep(network: Network, sizes: Sizes) -> Network:
    """The network with the last of its activations in all layers that it does not have."""
    names = [*network.deeper, *[network.deeper[-1]] * len(sizes)]
    return replace(network, deeper=tuple(names[: len(sizes) - 1]))


@quiet
def trained(start: Parameters, problem: Problem, steps: int) -> tuple[list[Array], list[float], float]:
    """The values and the losses of a training in float64 after each step, and the least |z| of a unit with a kink met."""
    sizes, values = start.sizes, values_of(start)[None]
    state, met, losses, margin = (values, np.zeros_like(values), np.zeros_like(values)), [values[0]], [], np.inf
    for t in range(steps):
        views = views_of(state[0], sizes)
        zs = (z for z, _ in hidden_layers(problem.network, views, problem.dataset.x))
        margin = min([margin, *(np.abs(z).min() for z, n in zip(zs, problem.network.layer_activations) if n in KINKED)])
        losses.append(float(losses_and_gradients(problem, state[0], sizes)[0][0]))
        gradient = losses_and_gradients(problem_of_step(problem, t), state[0], sizes)[1]
        state = step(problem, state, gradient, np.array([t + 1]))  # type: ignore[assignment]
        met.append(state[0][0])
    return met, [*losses, float(losses_and_gradients(problem, state[0], sizes)[0][0])], margin


def assert_agree(engine: Blocking, start: Parameters, problem: Problem, steps: int = STEPS) -> None:
    want, losses, margin = trained(start, problem, steps)
    assume(margin > 1e-5 and np.isfinite(losses).all())
    got = engine.train(Checkpoint.start(start), problem, steps)
    np.testing.assert_allclose(values_of(got.parameters), want[-1], rtol=1e-4, atol=1e-5)
    assert got.step == steps
    assert [sample.step for sample in got.history] == list(range(0, steps, 2))
    np.testing.assert_allclose([sample.loss for sample in got.history], losses[:-1:2], rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(got.history[-1].values, want[-3], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("network", "settings"),
    [
        (RELU, TrainingSettings(learning_rate=0.01)),
        (MIXED, TrainingSettings("momentum", learning_rate=0.003, momentum=0.8, weight_decay=0.02, batch=50, batch_seed=2)),
        (SOFT, TrainingSettings("adam", learning_rate=0.003, loss="sse")),
    ],
    ids=["relu", "mixed", "soft"],
)
@given(seed=seeds, sizes=st.lists(st.integers(1, 20), min_size=2, max_size=6).map(tuple), points=st.integers(60, 300))
@few
def test_training_agrees(
    engine: Blocking, network: Network, settings: TrainingSettings, seed: int, sizes: Sizes, points: int
) -> None:
    rng = np.random.default_rng(seed)
    sizes = sizes if network is RELU else (sizes * 2)[:3]  # others need another kernel
    problem = Problem(as_deep(network, sizes), random_data(rng, points), locked(rng, sizes), settings)
    assert_agree(engine, drawn(rng, sizes), problem)


@pytest.mark.slow
@given(
    seed=seeds,
    names=st.lists(st.sampled_from(ACTIVATIONS), min_size=2, max_size=5),
    output=st.sampled_from(ACTIVATIONS),
    optimizer=st.sampled_from(OPTIMIZERS),
    slope_at_kink=st.sampled_from([0.0, 0.5, 1.0]),
)
@examples(3, 60, derandomize=True, suppress_health_check=list(HealthCheck))
def test_any_activations_agree(
    engine: Blocking, seed: int, names: list[Activation], output: Activation, optimizer: Any, slope_at_kink: float
) -> None:
    rng = np.random.default_rng(seed)
    sizes = tuple(int(n) for n in rng.integers(1, 12, len(names)))
    network = Network(names[0], output, slope_at_kink, tuple(names[1:]))
    settings = TrainingSettings(optimizer, learning_rate=0.003, momentum=0.8)
    assert_agree(engine, drawn(rng, sizes), Problem(network, random_data(rng, 40), locked(rng, sizes), settings))


@given(seed=seeds, sizes=st.lists(st.integers(1, 8), min_size=2, max_size=4).map(tuple), networks=st.integers(1, 5))
@few
def test_a_batch_agrees(engine: Blocking, seed: int, sizes: Sizes, networks: int) -> None:
    rng = np.random.default_rng(seed)
    data = random_data(rng, 70)
    problem = Problem(as_deep(RELU, sizes), data, locked(rng, sizes), TrainingSettings(learning_rate=0.02))
    starts = [drawn(rng, sizes) for _ in range(networks)]
    ends = [trained(start, problem, STEPS) for start in starts]
    assume(min(end[2] for end in ends) > 1e-5)
    got = engine.train_batch(engine.train_batch(Batch.of(starts), problem, STEPS - 7), problem, 7)
    np.testing.assert_allclose(got.values, [end[0][-1] for end in ends], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(got.losses, [end[1][-1] for end in ends], rtol=1e-3, atol=1e-6)
    assert (got.step, got.sizes) == (STEPS, sizes)


def autograd(start: Parameters, data: Dataset) -> Array:
    """The gradient of the mean squared error of a network of relus by tinygrad's Tensor.gradient, in float32, as values."""
    from tinygrad import Tensor
    from tinygrad.helpers import Context

    def tensor(values: Any) -> Any:
        return Tensor(np.array(values, np.float32))

    parts = [part for layer in start.layers for part in (tensor(layer.w), tensor(layer.b[:, None]))]
    v, c, a = tensor(start.v[None]), tensor([start.c]), tensor(data.x[None])
    for w, b in zip(parts[::2], parts[1::2]):
        a = (w @ a + b).relu()
    loss = ((v @ a + c - tensor(data.y[None])) ** 2).mean()
    with Context(NOOPT=1):  # tinygrad's assembler takes long for unrolled kernels
        gradients = loss.gradient(*parts, v, c)
        gradients[0].realize(*gradients[1:])
        *hidden, of_v, of_c = (part.numpy().astype(np.float64) for part in gradients)
    values = np.empty(number_of_values(start.sizes))
    views = views_of(values, start.sizes)
    for layer, w, b in zip(views.layers, hidden[::2], hidden[1::2]):
        layer.w[:], layer.b[:] = w, b[:, 0]
    views.v[:], values[0] = of_v[0], of_c[0]
    return values


def test_a_step_goes_by_the_gradient_that_autograd_finds(engine: Blocking) -> None:
    rng = np.random.default_rng(27)
    sizes, data = (5, 3), random_data(rng, 30)
    start, free = drawn(rng, sizes), locked(rng, sizes, 0.0)
    problem = Problem(RELU, data, free, TrainingSettings(learning_rate=0.01))
    engine.open()
    want = values_of(start) - 0.01 * autograd(start, data)
    end = engine.train(Checkpoint.start(start), problem, 1).parameters
    assert (want != values_of(start)).all()
    np.testing.assert_allclose(values_of(end), want, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("networks", [1, 200])
def test_other_sizes_and_depths_compile_nothing(engine: Blocking, networks: int) -> None:
    engine.open()
    from relutui.engine.kernel_choice import choose_batch_kernel, choose_kernel

    def spec(sizes: Sequence[int]) -> object:
        network, free = as_deep(RELU, tuple(sizes)), locked(np.random.default_rng(0), tuple(sizes))
        problem = Problem(network, random_data(np.random.default_rng(0), 100), free, TrainingSettings())
        widest = max(sizes)
        return choose_kernel(problem, widest) if networks == 1 else choose_batch_kernel(problem, widest, networks)

    assert len({spec(sizes) for sizes in [(3, 8), (8, 1), (5, 6)]}) == 1
    if networks == 1:
        assert len({spec(sizes) for sizes in [(3, 8), (64, 64), (5, 6, 7), (6,) * 10]}) == 1


def test_it_stops_below(engine: Blocking) -> None:
    rng = np.random.default_rng(1)
    sizes, data = (4, 4), random_data(rng, 40)
    start = drawn(rng, sizes)
    problem = Problem(RELU, data, locked(rng, sizes, 0.0), TrainingSettings(learning_rate=0.02))
    _, losses, _ = trained(start, problem, 50)
    bound = (losses[20] + losses[21]) / 2
    stopping = replace(problem, settings=replace(problem.settings, stop_below=bound))
    assert losses == sorted(losses, reverse=True)
    assert engine.train(Checkpoint.start(start), stopping, 50).step == 21


def test_what_diverges_keeps_the_last_finite_state(engine: Blocking) -> None:
    rng = np.random.default_rng(1)
    sizes = 4, 4
    problem = Problem(RELU, random_data(rng, 40), locked(rng, sizes, 0.0), TrainingSettings(learning_rate=50.0))
    with pytest.raises(Diverged) as raised:
        engine.train(Checkpoint.start(drawn(rng, sizes)), problem, 50)
    assert raised.value.checkpoint.parameters.finite
    assert np.isnan(engine.train_batch(Batch.of([drawn(rng, sizes)]), problem, 50).losses).all()


def test_data_that_float32_has_too_few_digits_for_are_trained_on_in_float64(engine: Blocking) -> None:
    rng = np.random.default_rng(3)
    sizes, x = (3, 2), np.linspace(1e6, 1e6 + 1.0, 20)
    start, data = drawn(rng, sizes), Dataset(x, np.sin(x))
    problem = Problem(Network("tanh", deeper=("tanh",)), data, locked(rng, sizes), TrainingSettings(learning_rate=0.01))
    want = trained(start, problem, 5)[0][-1]
    assert values_of(engine.train(Checkpoint.start(start), problem, 5).parameters).tolist() == want.tolist()
    assert engine.train_batch(Batch.of([start]), problem, 5).values[0].tolist() == want.tolist()
