"""Minibatches in every kernel, against training in float64 that deals out the points as the manual says."""

from dataclasses import replace

import numpy as np
import pytest

from relutui.model.batch import Batch
from relutui.model.dataset import Dataset
from relutui.model.gradient import next_step
from relutui.model.network import Network, Parameters
from relutui.model.training import OPTIMIZERS, Checkpoint, Optimizer, Problem, TrainingSettings
from relutui.model.values import values_of
from tests.engine.problems import locks, random_data, random_locks, random_start
from tests.support import oracle
from tests.support.blocking import Blocking

SETTINGS = TrainingSettings(learning_rate=0.01, momentum=0.8, batch=16, batch_seed=3)  # of 40 points: 16, 16 and 8


def problem_of(units: int, settings: TrainingSettings = SETTINGS, network: Network | None = None) -> Problem:
    rng = np.random.default_rng(units)
    return Problem(network or Network(), random_data(rng, 40), random_locks(rng, units), settings)


def trained(
    start: Parameters, problem: Problem, steps: int, first: int = 0, epochs: int = 64
) -> tuple[Parameters, list[float]]:
    """The parameters after so many steps, the first of which has this number, and the losses of all points on the way.

    epochs: whose minibatches are drawn together.
    """
    theta, data, settings = oracle.flat(start), problem.dataset, problem.settings
    moments, losses = (np.zeros_like(theta), np.zeros_like(theta)), []
    size, points = settings.batch or len(data), len(data)
    per_epoch = -(-points // size)
    for t in range(steps):
        losses.append(oracle.loss_and_gradient(theta, problem)[0])
        epoch, place = divmod(first + t, per_epoch)
        dice = np.random.default_rng([settings.batch_seed, epoch // epochs])
        chosen = dice.permuted([[n // size for n in range(points)]] * epochs, axis=1)[epoch % epochs] == place
        some = replace(problem, dataset=Dataset(data.x[chosen], data.y[chosen]))
        theta, moments = oracle.step(theta, oracle.loss_and_gradient(theta, some)[1], moments, t + 1, problem)
    return oracle.unflat(theta), [*losses, oracle.loss_and_gradient(theta, problem)[0]]


def assert_near(got: Parameters, want: Parameters) -> None:
    for mine, its in zip(vars(got).values(), vars(want).values()):
        np.testing.assert_allclose(mine, its, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize(
    ("network", "optimizer", "decay"),
    [
        (Network(), "sgd", 0.05),
        (Network("leaky_relu", slope_at_kink=0.5), "sgd", 0.0),
        (Network(), "momentum", 0.0),
        (Network("tanh", "sigmoid"), "momentum", 0.05),
        (Network(), "adam", 0.05),
        (Network("tanh"), "adam", 0.0),
    ],
)
def test_one_network(engine: Blocking, network: Network, optimizer: Optimizer, decay: float) -> None:
    """The losses recorded on the way are those of all points."""
    problem = problem_of(3, replace(SETTINGS, optimizer=optimizer, weight_decay=decay), network)
    start = random_start(np.random.default_rng(1), 3)
    got, (want, losses) = engine.train(start, problem, 30), trained(start.parameters, problem, 30)
    assert_near(got.parameters, want)
    assert [sample.step for sample in got.history] == list(range(30))
    np.testing.assert_allclose([sample.loss for sample in got.history], losses[:-1], rtol=1e-4)
    full = oracle.train(start.parameters, problem, 30).parameters
    assert abs(values_of(full) - values_of(want)).max() > 3e-4


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("units", [3, 70])
def test_many_networks(engine: Blocking, units: int, optimizer: Optimizer) -> None:
    problem = problem_of(units, replace(SETTINGS, optimizer=optimizer, learning_rate=0.01 / units, weight_decay=0.05))
    rng = np.random.default_rng(2)
    starts = [random_start(rng, units).parameters for _ in range(5)]
    batch = engine.train_batch(engine.train_batch(Batch.of(starts), problem, 7), problem, 13)
    for number, start in enumerate(starts):
        want, losses = trained(start, problem, 20)
        assert_near(batch.parameters(number), want)
        assert batch.losses[number] == pytest.approx(losses[-1], rel=1e-3)


def test_a_sum_of_squares_is_that_of_the_points_of_the_step(engine: Blocking) -> None:
    problem, start = (
        problem_of(2, replace(SETTINGS, loss="sse", learning_rate=0.001)),
        random_start(np.random.default_rng(4), 2),
    )
    assert_near(engine.train(start, problem, 25).parameters, trained(start.parameters, problem, 25)[0])


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_going_on_and_going_back_lead_to_the_same_bytes(engine: Blocking, optimizer: Optimizer) -> None:
    """Whatever was trained in between, and however the steps are cut; another seed leads elsewhere."""
    problem, start = problem_of(3, replace(SETTINGS, optimizer=optimizer)), random_start(np.random.default_rng(5), 3)
    whole = engine.train(start, problem, 40)
    middle = engine.train(start, problem, 17)
    engine.train(middle, problem_of(3, replace(SETTINGS, optimizer=optimizer, batch=5)), 9)
    cut = engine.train(middle, problem, 23)
    assert cut.parameters == whole.parameters
    recorded = {sample.step: sample for sample in cut.history}  # of more steps: fewer are recorded of a long training
    assert all(sample == recorded[sample.step] for sample in whole.history)
    other = engine.train(start, replace(problem, settings=replace(problem.settings, batch_seed=4)), 40)
    assert other.parameters != whole.parameters


def test_the_step_counts_and_not_what_the_optimizer_remembers(engine: Blocking) -> None:
    """An edit at step 7 resets adam; the next step goes by the minibatch of step 7, as the arrows show."""
    problem = problem_of(3, replace(SETTINGS, optimizer="adam"))
    at_7 = engine.train(random_start(np.random.default_rng(6), 3), problem, 7)
    edited = at_7.edited(replace(at_7.parameters, c=at_7.parameters.c + 1.0 - problem.locks.c))
    assert_near(engine.train(edited, problem, 9).parameters, trained(edited.parameters, problem, 9, first=7)[0])
    assert_near(next_step(edited, problem), trained(edited.parameters, problem, 1, first=7)[0])


def test_epochs_that_do_not_fit_into_the_memory_at_once(engine: Blocking) -> None:
    """Of 40,000 points it holds a few epochs, of two steps each."""
    rng = np.random.default_rng(7)
    settings = replace(SETTINGS, batch=20_000, learning_rate=0.05)
    problem = Problem(Network(), random_data(rng, 40_000), locks(2), settings)
    start = random_start(rng, 2)
    want, _ = trained(start.parameters, problem, 20, epochs=2**20 // 40_000)
    assert_near(engine.train(start, problem, 20).parameters, want)
    assert_near(engine.train_batch(Batch.of([start.parameters]), problem, 20).parameters(0), want)


def test_data_for_which_float32_has_too_few_digits(engine: Blocking) -> None:
    """They are trained in float64, one network or many, from any step on."""
    rng = np.random.default_rng(8)
    problem = problem_of(2, replace(SETTINGS, learning_rate=1e-9))
    problem = replace(problem, dataset=Dataset(problem.dataset.x + 1000.0, problem.dataset.y))
    start = random_start(rng, 2)
    middle = engine.train(start, problem, 7)
    assert_near(engine.train(middle, problem, 13).parameters, trained(start.parameters, problem, 20)[0])
    batch = engine.train_batch(engine.train_batch(Batch.of([start.parameters]), problem, 7), problem, 13)
    assert_near(batch.parameters(0), trained(start.parameters, problem, 20)[0])


@pytest.mark.parametrize("size", [40, 100])
def test_a_batch_of_all_points_is_none(engine: Blocking, size: int) -> None:
    problem, start = problem_of(3), random_start(np.random.default_rng(9), 3)
    whole, none = (
        engine.train(start, replace(problem, settings=replace(SETTINGS, batch=batch)), 30).parameters for batch in (size, None)
    )
    assert values_of(whole).tobytes() == values_of(none).tobytes()


def test_training_stops_by_the_loss_of_all_points(engine: Blocking) -> None:
    problem, start = problem_of(3), random_start(np.random.default_rng(10), 3)
    _, losses = trained(start.parameters, problem, 60)
    bound = (min(losses[:30]) + min(losses)) / 2
    first = next(step for step, loss in enumerate(losses) if loss < bound)
    assert first > 30
    stopping = replace(problem, settings=replace(problem.settings, stop_below=bound))
    checkpoint: Checkpoint = engine.train(start, stopping, 60)
    assert checkpoint.step == first
