"""Batches with a network in each lane of a vector: every step is that of every point, whatever else is in the block."""

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from relutui.engine.devices.choice import clang
from relutui.engine.engine import Engine
from relutui.model.batch import Batch
from relutui.model.dataset import Dataset
from relutui.model.gradient import State, losses_and_gradients, step
from relutui.model.network import Activation, Network
from relutui.model.training import OPTIMIZERS, Locks, Optimizer, Problem, TrainingSettings
from tests.engine.problems import locks, random_locks
from tests.support.blocking import Blocking
from tests.support.examples import examples

few = examples(4, 300, derandomize=True, suppress_health_check=list(HealthCheck))
seeds = st.integers(0, 2**32 - 1)
SIZES = (1, 2, 3, 5, 6, 7, 8, 23)  # one chunk, several, and some with an empty rest


@pytest.fixture(scope="module")
def engine() -> Iterator[Blocking]:
    """One that compiles with clang, which makes the vectors."""
    if clang() is None:
        pytest.skip("no clang here")
    blocking = Blocking(Engine("CPU:CLANG"))
    blocking.open()
    yield blocking
    blocking.close()


def grid(points: int, first: float = -1.0, last: float = 2.0) -> Dataset:
    x = np.linspace(first, last, points)
    return Dataset(x, np.sin(2 * x))


def scattered(rng: np.random.Generator, points: int) -> Dataset:
    x = rng.uniform(-1.0, 2.0, points)
    return Dataset(np.append(x, x[:3]), np.append(np.sin(2 * x), np.cos(x[:3])))  # some points share their x


def by_lanes(problem: Problem, units: int) -> bool:
    from relutui.engine.kernel_choice import choose_batch_kernel
    from relutui.engine.kernels.lanes_layout import LanesSpec

    return isinstance(choose_batch_kernel(problem, units, 256), LanesSpec)


def every_point(batch: Batch, problem: Problem, steps: int) -> Batch:
    """Train by `model/gradient.py` alone; those that fall below `stop_below` stay."""
    state: State = (batch.values, batch.first, batch.second)
    bound = -np.inf if problem.settings.stop_below is None else problem.settings.stop_below
    taken = np.full(len(batch), batch.step)
    for _ in range(steps):
        losses, slopes = losses_and_gradients(problem, state[0])
        goes_on = (losses >= bound)[:, None]
        taken = taken + goes_on[:, 0]
        stepped = step(problem, state, slopes, np.maximum(taken, 1))  # a step 0, which none takes, would divide by 0
        state = tuple(np.where(goes_on, new, old) for new, old in zip(stepped, state))
    values, first, second = state
    return Batch(values, first, second, batch.step + steps, losses_and_gradients(problem, values)[0])


def assert_agree(engine: Blocking, batch: Batch, problem: Problem, steps: int, rtol: float = 1e-9) -> None:
    if problem.settings.optimizer == "adam":  # whose steps are gradient / (|gradient| + 1e-8): its rounding shows near 0
        rtol = max(rtol, 1e-6)
    got, want = engine.train_batch(batch, problem, steps), every_point(batch, problem, steps)
    for name in ("values", "first", "second"):
        np.testing.assert_allclose(getattr(got, name), getattr(want, name), rtol=rtol, atol=rtol * 1e-2, err_msg=name)
    np.testing.assert_allclose(got.losses, want.losses, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize(("units", "even"), list(product(SIZES, (True, False))))
def test_training_agrees(engine: Blocking, units: int, even: bool) -> None:
    """Of each size on each kind of data, by one of the optimizers, as each takes a kernel of its own."""
    rng, optimizer = np.random.default_rng(units), OPTIMIZERS[(SIZES.index(units) + even) % 3]
    data = grid(60) if even else scattered(rng, 60)
    how = TrainingSettings(optimizer, learning_rate=0.02 / units, momentum=0.8)
    problem = Problem(Network("leaky_relu" if units % 2 else "relu"), data, random_locks(rng, units), how)
    assert by_lanes(problem, units)
    assert_agree(engine, Batch.start(rng.normal(size=(21, 1 + 3 * units))), problem, 60)


@given(
    seed=seeds, activation=st.sampled_from(["relu", "leaky_relu", "identity"]), slope_at_kink=st.sampled_from([0.0, 0.5, 1.0])
)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("even", [True, False])
@few
def test_points_on_kinks_and_units_without_one(
    engine: Blocking, seed: int, activation: Activation, slope_at_kink: float, optimizer: Optimizer, even: bool
) -> None:
    """Quarters, so that no product is rounded: points on kinks, several kinks on one point, w = 0, units off everywhere."""
    rng = np.random.default_rng(seed)
    units, points = int(rng.choice([1, 3, 6])), int(rng.integers(2, 12))
    x = np.arange(points) / 4 - rng.integers(0, 8) / 4 if even else rng.integers(-8, 9, points) / 4
    how = TrainingSettings(optimizer, learning_rate=0.125, loss="sse")
    problem = Problem(
        Network(activation, slope_at_kink=slope_at_kink), Dataset(x, rng.integers(-8, 9, points) / 4), locks(units), how
    )
    values = rng.integers(-8, 9, (40, 1 + 3 * units)) / 4
    values[:, 1::3] = rng.choice([-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0], (40, units))
    batch = Batch.start(values)
    assert by_lanes(problem, units)
    assert_agree(engine, batch, problem, 1, 1e-11)


@pytest.mark.parametrize("points", [300, 301, 4096])
def test_kinks_a_digit_beside_a_point_of_a_grid(engine: Blocking, points: int) -> None:
    """A power of 2 as w leaves w x exact, so that float64 tells on which side the point is."""
    data, rng = grid(points), np.random.default_rng(points)
    problem = Problem(Network(slope_at_kink=0.5), data, locks(3), TrainingSettings(learning_rate=0.01))
    w, at = rng.choice([-2.0, -0.5, 0.5, 1.0], (200, 3)), rng.integers(0, points, (200, 3))
    kinks = data.x[at]
    beside = rng.integers(-1, 2, kinks.shape)
    kinks = np.where(beside == 0, kinks, np.nextafter(kinks, 9.0 * beside))
    values = np.concatenate(
        [rng.normal(size=(200, 1)), np.stack([w, -w * kinks, rng.normal(size=w.shape)], 2).reshape(200, 9)], 1
    )
    assert by_lanes(problem, 3)
    assert_agree(engine, Batch.start(values), problem, 1)


@pytest.mark.parametrize("even", [True, False])
def test_kinks_that_pass_one_another_at_every_step(engine: Blocking, even: bool) -> None:
    """Locked v of 1e-3 keep the network from growing while w and b are thrown about."""
    rng, units = np.random.default_rng(9), 23
    data = grid(60) if even else scattered(rng, 60)
    mask = np.zeros(units, np.bool_)
    problem = Problem(Network(), data, Locks(mask, mask, ~mask, False), TrainingSettings("adam", 0.5))
    values = rng.normal(size=(40, 1 + 3 * units))
    values[:, 3::3] *= 1e-3
    assert_agree(engine, Batch.start(values), problem, 12, 1e-6)


def test_each_stops_below_the_bound(engine: Blocking) -> None:
    rng = np.random.default_rng(2)
    problem = Problem(Network(), grid(60), locks(3), TrainingSettings("adam", 0.02, stop_below=0.2))
    batch = Batch.start(rng.normal(size=(40, 10)))
    want = every_point(batch, problem, 150)
    assert 0 < (want.losses < 0.2).sum() < 40
    assert_agree(engine, batch, problem, 150)


@pytest.mark.parametrize(("units", "slope_at_kink"), [(3, 0.5), (7, 0.0)])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("even", [True, False])
def test_the_same_bytes_in_any_company_and_in_any_pieces(
    engine: Blocking, units: int, slope_at_kink: float, optimizer: Optimizer, even: bool
) -> None:
    """Kinks that tie, and others that pass one another, among them; one neighbour diverges, others have stopped."""
    rng = np.random.default_rng(units)
    data = grid(61, -1.0, 2.0) if even else scattered(rng, 61)
    how = TrainingSettings(optimizer, 0.1, stop_below=0.05)
    problem = Problem(Network(slope_at_kink=slope_at_kink), data, locks(units), how)
    values = rng.normal(size=(300, 1 + 3 * units))
    values[::5, 1:7] = [1.0, -0.5, 0.3, 1.0, -0.5, -0.2]  # at 0.5, a point of the grid
    values[7] = 1e15
    batch = Batch.start(values)
    whole = engine.train_batch(batch, problem, 90)
    parted = batch
    for steps in (1, 2, 0, 40, 47):
        parted = engine.train_batch(parted, problem, steps)
    order = rng.permutation(300)
    mixed = engine.train_batch(Batch.start(values[order]), problem, 90)
    few = engine.train_batch(Batch.start(values[[5, 299]]), problem, 90)
    for name in ("values", "first", "second", "losses"):
        want = getattr(whole, name)
        np.testing.assert_array_equal(getattr(parted, name), want)
        np.testing.assert_array_equal(getattr(mixed, name), want[order])
        np.testing.assert_array_equal(getattr(few, name), want[[5, 299]])


def test_what_is_not_trained_by_lanes(engine: Blocking) -> None:
    """Many units, other activations, and data whose far points leave the differences of their sums no digits."""
    far = Dataset(np.array([-4e7, 1.0, 2.0, 4.0]), np.zeros(4))
    for network, data, units in ((Network(), grid(60), 1000), (Network("tanh"), grid(60), 3), (Network(), far, 3)):
        assert not by_lanes(Problem(network, data, locks(units), TrainingSettings()), units)
