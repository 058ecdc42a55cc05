"""Weight decay in every kernel, against the formula in float64; without it the kernels have no number for it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from relutui.model.batch import Batch
from relutui.model.network import Network, Parameters
from relutui.model.training import OPTIMIZERS, Checkpoint, Locks, Optimizer, Problem, TrainingSettings
from tests.engine.problems import locks, random_data, random_locks, random_start
from tests.support import oracle
from tests.support.blocking import Blocking

STEPS = 200
KINK = Network("leaky_relu", slope_at_kink=0.5)


def problem_of(units: int, network: Network, optimizer: Optimizer, fixed: Locks | None = None) -> Problem:
    rng = np.random.default_rng(units)
    how = TrainingSettings(optimizer, learning_rate=0.01, momentum=0.8, weight_decay=0.05)
    return Problem(network, random_data(rng, 40), fixed or random_locks(rng, units), how)


def assert_near(got: Parameters, want: Parameters) -> None:
    for mine, its in zip(vars(got).values(), vars(want).values()):
        np.testing.assert_allclose(mine, its, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize(("network", "units", "optimizer"), [
    *((Network(), units, optimizer) for units in (2, 7) for optimizer in OPTIMIZERS),
    (KINK, 2, "momentum"),
    (KINK, 7, "adam"),
    (Network("tanh"), 2, "adam"),
    (Network("relu", "tanh"), 7, "momentum"),
])  # fmt: skip
def test_one_network(engine: Blocking, network: Network, units: int, optimizer: Optimizer) -> None:
    """Of few units, by pieces, and by points."""
    problem, start = problem_of(units, network, optimizer), random_start(np.random.default_rng(1), units)
    want = oracle.train(start.parameters, problem, STEPS)
    got = engine.train(start, problem, STEPS)
    assert_near(got.parameters, want.parameters)
    without = oracle.train(start.parameters, replace(problem, settings=replace(problem.settings, weight_decay=0.0)), STEPS)
    assert abs(without.parameters.v - want.parameters.v).max() > 1e-2


@pytest.mark.parametrize(("network", "units", "optimizer"), [
    *((Network(), units, optimizer) for units in (3, 7, 70) for optimizer in OPTIMIZERS),
    *((KINK, units, optimizer) for units, optimizer in zip((3, 7, 70), OPTIMIZERS)),
    (Network("sigmoid"), 7, "adam"),
])  # fmt: skip
def test_many_networks(engine: Blocking, network: Network, units: int, optimizer: Optimizer) -> None:
    """By lanes, by pieces, and by points."""
    problem, rng = problem_of(units, network, optimizer), np.random.default_rng(2)
    problem = replace(problem, settings=replace(problem.settings, learning_rate=0.01 / units))
    starts = [random_start(rng, units).parameters for _ in range(20)]
    trained = engine.train_batch(Batch.of(starts), problem, 50)
    for number in (0, 7, 15, 16, 19):  # of two blocks of 16
        want = oracle.train(starts[number], problem, 50)
        assert_near(trained.parameters(number), want.parameters)
        assert trained.losses[number] == pytest.approx(want.losses[-1], rel=1e-3)  # without the part of the decay


def test_a_unit_that_is_off_shrinks_by_the_formula(engine: Blocking) -> None:
    """No error reaches it: each step of sgd multiplies its parameters by 1 - rate * decay."""
    start = Checkpoint.start(Parameters(np.array([1.0, 1.0]), np.array([-9.0, 0.5]), np.array([3.0, 1.0]), 0.0))
    problem = problem_of(2, Network(), "sgd", locks(2))
    end = engine.train(start, problem, 1000).parameters
    shrunk = (1 - 0.01 * 0.05) ** 1000
    assert [end.w[0], end.b[0], end.v[0]] == pytest.approx([shrunk, -9 * shrunk, 3 * shrunk], rel=1e-5)


@pytest.mark.parametrize("units", [2, 7, 70])
@pytest.mark.parametrize("network", [Network(), Network("tanh")])
def test_without_it_the_kernels_have_no_number_for_it(engine: Blocking, network: Network, units: int) -> None:
    engine.open()  # imports tinygrad as the engine wants it
    from relutui.engine.kernel_choice import choose_batch_kernel, choose_kernel
    from relutui.engine.kernels.arguments import Rate
    from relutui.engine.kernels.lanes_layout import LanesSpec, lanes_sizes
    from relutui.engine.kernels.pieces_layout import PiecesSpec, pieces_sizes
    from relutui.engine.kernels.points_layout import PointsSpec, sizes

    lengths_of: dict[type, Any] = {LanesSpec: lanes_sizes, PiecesSpec: pieces_sizes, PointsSpec: sizes}
    decays = problem_of(units, network, "adam")
    plain = replace(decays, settings=replace(decays.settings, weight_decay=0.0))
    for spec, other in (
        (choose_kernel(plain, units), choose_kernel(decays, units)),
        (choose_batch_kernel(plain, units, 100), choose_batch_kernel(decays, units, 100)),
    ):
        assert type(spec) is type(other)
        assert isinstance(spec, LanesSpec | PiecesSpec | PointsSpec)
        assert other == spec._replace(decay=True)
        assert (lengths_of[type(spec)](spec)["rates"], lengths_of[type(other)](other)["rates"]) == (Rate.DECAY, Rate.DECAY + 1)


def test_changing_it_between_two_calls_takes_effect(engine: Blocking) -> None:
    start = random_start(np.random.default_rng(3), 3)
    problem = problem_of(3, Network(), "sgd")
    for decay in (0.05, 0.0, 0.2, 0.05):
        asked = replace(problem, settings=replace(problem.settings, weight_decay=decay))
        assert_near(engine.train(start, asked, STEPS).parameters, oracle.train(start.parameters, asked, STEPS).parameters)
