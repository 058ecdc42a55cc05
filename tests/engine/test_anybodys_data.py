"""Data and states as people have them, of any size and place: each step is that of every point in float64, and more digits."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from relutui.model.batch import Batch
from relutui.model.dataset import Dataset
from relutui.model.network import Activation, Network, Parameters
from relutui.model.trainer import Diverged
from relutui.model.training import OPTIMIZERS, Checkpoint, Locks, Optimizer, Problem, TrainingSettings
from tests.engine.every_point import holds
from tests.engine.problems import locks, random_locks
from tests.support import oracle
from tests.support.blocking import Blocking
from tests.support.starts import random_start

SALARIES = Dataset(np.array([1.0, 5.0, 10.0]), np.array([40_000.0, 60_000.0, 80_000.0]))
STEPS = 200


@pytest.fixture(params=["engine", "piece_engine", "point_engine"])
def any_engine(request: pytest.FixtureRequest) -> Blocking:
    found: Blocking = request.getfixturevalue(request.param)
    return found


def test_three_salaries_end_at_their_mean(engine: Blocking) -> None:
    """Two steps throw all kinks far outside of the points; from there on only c moves, to the mean: the MSE is the variance."""
    problem = Problem(Network(), SALARIES, locks(3), TrainingSettings())
    for seed in range(8):
        start = Checkpoint.start(random_start(unset(3), problem.locks, 1.0, seed))
        killed, end = engine.train(start, problem, 3).parameters, engine.train(start, problem, 1000)
        for p in (killed, end.parameters):
            assert (problem.network.pre_activations(p, SALARIES.x) <= 0.0).all()
        for name in ("w", "b", "v"):
            assert (getattr(killed, name) == getattr(end.parameters, name)).all()
        assert end.parameters.c == pytest.approx(60_000.0, rel=1e-12)
        assert end.history[-1].loss == pytest.approx(800_000_000 / 3)
        batch = engine.train_batch(Batch.of([start.parameters] * 3), problem, 1000)
        assert batch.losses == pytest.approx(np.full(3, 800_000_000 / 3))
        assert batch.values[:, 0] == pytest.approx(np.full(3, 60_000.0), rel=1e-12)


@pytest.mark.parametrize("size", [1e-150, 1e-300, 5e-324])
def test_data_whose_squares_are_0_are_trained_on(engine: Blocking, size: float) -> None:
    """One unit, on at each point: a constant prediction of 1 has the residuals 1, to all digits, so c falls by 2 * rate * 1."""
    problem = Problem(Network(), Dataset(np.array([1.0, 2.0, 3.0]), size * np.arange(3.0)), locks(1), TrainingSettings())
    start = Checkpoint.start(Parameters(np.zeros(1), np.ones(1), np.ones(1), 0.0))
    rate = problem.settings.learning_rate
    assert engine.train(start, problem, 1).parameters.c == pytest.approx(-2.0 * rate, rel=1e-12)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_point_just_beyond_a_kink_far_from_0_counts(piece_engine: Blocking, sign: float) -> None:
    """It lies less than a digit of b beyond it: the side is right only if b + w * centre is taken first, which is exact."""
    offset, at = 2.0**20, round(0.3 * 2**32) / 2**32
    x, y = offset + np.array([-2.0, -1.0, at, 1.0, 2.0]), np.array([1.0, -1.0, 3.0, 2.0, -2.0])
    problem = Problem(Network(), Dataset(x, y), locks(1), TrainingSettings(learning_rate=0.01))
    digit, tried = Fraction(1, 2**32), 0  # of b
    for k in range(1, 200):
        w = sign * (1.0 + k / 2**20)
        exact = -Fraction(w) * Fraction(x[2])
        beyond = digit - exact % digit
        b = float(exact + beyond)
        if not 0 < beyond < digit / 4 or Fraction(b) != exact + beyond:
            continue
        tried += 1
        start = Checkpoint.start(Parameters(np.array([w]), np.array([b]), np.array([0.5]), 0.0))
        z = [float(Fraction(w) * Fraction(each) + Fraction(b)) for each in x]
        on = [each > 0.0 for each in z]
        assert on == [sign < 0.0, sign < 0.0, True, sign > 0.0, sign > 0.0]
        slope = sum(0.5 * each - want for each, want, counts in zip(z, y, on) if counts) * 2.0 / 5.0 * 0.5
        end = piece_engine.train(start, problem, 1).parameters
        assert end.b[0] - b == pytest.approx(-0.01 * slope, abs=1e-9)
    assert tried > 10


@pytest.mark.parametrize("offset", [1e7, 1e10, -1e10])
def test_locked_kinks_far_from_0_train_as_near_it(any_engine: Blocking, offset: float) -> None:
    """The hinge |x - 5| and its units, and both moved: the right values were found by float64, point by point, near 0."""
    x, fixed = np.linspace(0.0, 10.0, 50), np.ones(2, np.bool_)
    x = (offset + x) - offset  # what is left of them there
    how = TrainingSettings(learning_rate=0.01)
    near = Problem(Network(), Dataset(x, np.abs(x - 5.0)), Locks(fixed, fixed, ~fixed, False), how)
    far = replace(near, dataset=Dataset(offset + x, near.dataset.y))
    w, v = np.array([1.0, -1.0]), np.array([0.9, 0.8])
    here = Parameters(w, w * -5.0, v, 0.1)
    there = Parameters(w, w * (-5.0 - offset), v, 0.1)
    want = oracle.train(here, near, STEPS)
    end = any_engine.train(Checkpoint.start(there), far, STEPS)
    batch = any_engine.train_batch(Batch.of([there, there]), far, STEPS)
    for got in (end.parameters, batch.parameters(1)):
        np.testing.assert_allclose([*got.v, got.c], [*want.parameters.v, want.parameters.c], rtol=0, atol=1e-9)
        if offset == 1e7:
            assert [*got.v, got.c] == pytest.approx([0.978550, 0.978550, 0.069378], abs=1e-6)
    assert [sample.loss for sample in end.history] == pytest.approx([want.losses[s.step] for s in end.history], rel=1e-6)
    if offset == 1e7:
        assert batch.losses == pytest.approx(np.full(2, 0.0012114), rel=1e-4)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_what_goes_point_by_point_now_and_then_does_not_depend_on_where_one_stops(
    piece_engine: Blocking, optimizer: Optimizer
) -> None:
    """Bit for bit: in one run and in several, in other company; some of these networks diverge, some die, some are calm."""
    problem = Problem(Network(), SALARIES, locks(3), TrainingSettings(optimizer, 0.05))
    starts = Batch.of([random_start(unset(3), problem.locks, 10.0 ** (seed % 7 - 3), seed) for seed in range(40)])
    whole = piece_engine.train_batch(starts, problem, 120)
    batch = starts
    for steps in (1, 2, 30, 87):
        batch = piece_engine.train_batch(batch, problem, steps)
    apart = piece_engine.train_batch(Batch.start(starts.values[7:19]), problem, 120)
    for name in ("values", "first", "second", "losses"):
        np.testing.assert_array_equal(getattr(batch, name), getattr(whole, name))
        np.testing.assert_array_equal(getattr(apart, name), getattr(whole, name)[7:19])


def test_below_the_bound_one_stays_however_one_came_there(piece_engine: Blocking) -> None:
    """From a state whose parts are 1e9 times as large as the data, which cancel.

    What is left is c, whose loss is c^2 + 21/57, and of which a step leaves 0.98: 0.38404, 0.38343, 0.38283, ...
    """
    data = Dataset(np.linspace(-1.0, 1.0, 20), np.linspace(-1.0, 1.0, 20))
    w, b, v = np.array([1.0, 1.0]), np.array([3.0, 3.0]), np.array([1e9, -1e9])
    start = Checkpoint.start(Parameters(w, b, v, 0.125))
    for bound, steps in ((0.3841, 0), (0.3837, 1), (0.3830, 2), (1e-9, 5)):
        how = TrainingSettings(learning_rate=0.01, stop_below=bound)
        fixed = np.ones(2, np.bool_)
        problem = Problem(Network(), data, Locks(fixed, fixed, fixed, False), how)
        end = piece_engine.train(start, problem, 5)
        assert end.step == steps
        batch = piece_engine.train_batch(Batch.of([start.parameters]), problem, 5)
        assert batch.parameters(0) == end.parameters
        assert batch.losses == pytest.approx([problem.network.loss(end.parameters, data.x, data.y)])


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
def test_a_step_from_any_state_is_that_of_every_point(
    piece_engine: Blocking, activation: Activation, optimizer: Optimizer, times: Callable[[int, int], int]
) -> None:
    """Parameters of 1e-12 to 1e12 each, so that w v b is up to 1e36, on points of a people's scale and place."""
    rng, most_units = np.random.default_rng(OPTIMIZERS.index(optimizer)), times(2, 5)  # each number of units has its kernels
    for _ in range(times(12, 5000)):
        units, data = int(rng.integers(1, most_units + 1)), drawn(rng)
        numbers = (
            rng.choice([-1.0, 1.0], 1 + 3 * units)
            * 10.0 ** rng.uniform(-12, 12, 1 + 3 * units)
            * rng.choice([0, 1], 1 + 3 * units, p=[0.1, 0.9])
        )
        problem = Problem(Network(activation), data, locks(units), TrainingSettings(optimizer, 0.01))
        holds(piece_engine, Checkpoint.start(Batch.start(numbers[None]).parameters(0)), problem)


def unset(units: int) -> Parameters:
    return Parameters(np.zeros(units), np.zeros(units), np.zeros(units), 0.0)


def drawn(rng: np.random.Generator) -> Dataset:
    """Points as people have them: of any scale, anywhere, some the same, some far out."""
    points = int(rng.choice([1, 2, 3, 5, 20, 60]))
    x = {
        0: np.linspace(0.0, 1.0, points),
        1: rng.normal(size=points),
        2: rng.integers(0, 5, points) / 4.0,
        3: rng.uniform(0.0, 1.0, points),
    }[int(rng.integers(4))]
    y = {
        0: np.abs(x - 0.5),
        1: np.sin(5.0 * x) + rng.normal(size=points) / 10,
        2: (x > 0.4) * 1.0,
        3: np.full(points, rng.normal()),
    }[int(rng.integers(4))]
    for values in (x, y):
        if rng.random() < 0.15:
            values[rng.integers(points)] = 1e6 * rng.choice([-1.0, 1.0])
    scale, height = 10.0 ** rng.uniform(-9, 9, 2)
    away = float(rng.choice([0.0, 0.0, rng.normal(), 10.0 ** rng.uniform(0, 9)]))
    away = min(away, 1e14 / scale)
    up = float(rng.choice([0.0, rng.normal(), 10.0 ** rng.uniform(0, 6)]))
    return Dataset(scale * (x + away), height * (y + up))


def trainings(seeds: range) -> Iterator[tuple[np.random.Generator, Problem, Checkpoint]]:
    for seed in seeds:
        rng = np.random.default_rng(seed)
        data, units = drawn(rng), int(rng.integers(1, 6))
        optimizer: Optimizer = OPTIMIZERS[int(rng.integers(3))]
        how = TrainingSettings(optimizer, 10.0 ** rng.uniform(-4, 1), loss="mse" if rng.random() < 0.7 else "sse")
        fixed = random_locks(rng, units) if rng.random() < 0.3 else locks(units)
        activation: Activation = "relu" if rng.random() < 0.7 else "leaky_relu"
        start = Checkpoint.start(random_start(unset(units), locks(units), 1.0, seed))
        yield rng, Problem(Network(activation), data, fixed, how), start


@pytest.mark.parametrize("part", range(8))
def test_trainings_on_anybodys_data(piece_engine: Blocking, part: int, times: Callable[[int, int], int]) -> None:
    """Whether one goes step by step or all the way at once; on the way, some steps are held against every point."""
    each = times(1, 2500)
    trainings_hold(piece_engine, range(part * each, (part + 1) * each))


@pytest.mark.parametrize("seed", [975, 1491, 11645, 15475, 19165])
def test_trainings_whose_small_terms_lie_beside_large_ones(piece_engine: Blocking, seed: int) -> None:
    """975: y is 0.0073 or 0, and a prediction of 1e-19 for the latter has no digits when counted from 0.0073.

    The others: a unit to the right sums up terms r x that are 1e12 times as small as that of a point far to the left.
    """
    trainings_hold(piece_engine, range(seed, seed + 1))


def trainings_hold(piece_engine: Blocking, seeds: range) -> None:
    for rng, problem, start in trainings(seeds):
        state, diverged = start, False
        for steps in np.diff(np.sort([0, *rng.choice(STEPS, 12, replace=False), STEPS])):
            if steps > 1:
                try:
                    state = piece_engine.train(state, problem, int(steps) - 1)
                except Diverged as error:
                    state, diverged = error.checkpoint, True
                    break
            if steps:
                after = holds(piece_engine, state, problem)
                if diverged := after is None:
                    break
                assert after is not None
                state = after
        try:
            end = piece_engine.train(start, problem, STEPS)
            assert not diverged
        except Diverged as error:
            end = error.checkpoint
        assert (end.step, end.parameters) == (state.step, state.parameters)


@pytest.mark.parametrize("activation", ["softplus", "tanh", "sigmoid"])
@pytest.mark.parametrize("offset", [1e3, 1e6])
def test_smooth_activations_far_from_0(engine: Blocking, activation: Activation, offset: float) -> None:
    rng = np.random.default_rng(3)
    x = np.linspace(0.0, 1.0, 40)
    problem = Problem(Network(activation), Dataset(offset + x, np.abs(x - 0.4)), locks(3), TrainingSettings("momentum", 1e-9))
    w, v = rng.normal(size=(2, 3))
    state = Checkpoint.start(Parameters(5 * w, -5 * w * (offset + rng.uniform(0, 1, 3)), v, 0.0))
    for _ in range(20):
        after = holds(engine, state, problem)
        assert after is not None
        state = after
