"""The automatic learning rate against a Hessian by finite differences, and training by it against divergence."""

from dataclasses import replace

import numpy as np
import pytest

from relutui.lib.arrays import Array
from relutui.model.dataset import Dataset
from relutui.model.learning_rate import automatic_rate, with_automatic_rate
from relutui.model.network import Network, Parameters
from relutui.model.training import OPTIMIZERS, Locks, Optimizer, Problem, TrainingSettings
from relutui.scenario.library import find, load, shipped
from relutui.session.session import start_of
from tests.support import oracle

H = 1e-4  # of the differences
ADAMS_LEAST = 0.001
TRAINED = [name for name in shipped() if not load(find(name)).network.stepped]


def problem_of(name: str, optimizer: Optimizer = "sgd", noise: float | None = None) -> Problem:
    scenario = load(find(name))
    target = scenario.target if noise is None else replace(scenario.target, noise=noise)
    settings = replace(scenario.settings, optimizer=optimizer, stop_below=None)
    return Problem(scenario.network, target.dataset(), scenario.locks, settings)


def starts_of(name: str) -> list[Parameters]:
    scenario = load(find(name))
    own = scenario.init.seed if scenario.init.units else None
    return [start_of(scenario, seed).parameters for seed in (own, 3, 4)]


def second_differences(problem: Problem, theta: Array, free: Array) -> tuple[Array, Array]:
    """The Hessian of the loss in the free parameters, and its Gauss-Newton part, by differences of loss and prediction."""
    x, weight = problem.dataset.x, 2.0 / len(problem.dataset) if problem.settings.loss == "mse" else 2.0
    steps = H * np.eye(len(theta))[free]

    def loss(at: Array) -> float:
        return oracle.loss_and_gradient(at, problem)[0]

    def predicted(at: Array) -> Array:
        return problem.network.prediction(oracle.unflat(at), x)

    hessian = np.array(
        [[loss(theta + a + b) - loss(theta + a - b) - loss(theta - a + b) + loss(theta - a - b) for b in steps] for a in steps]
    ) / (4.0 * H * H)
    slopes = np.array([predicted(theta + a) - predicted(theta - a) for a in steps]) / (2.0 * H)
    return hessian, weight * slopes @ slopes.T


def largest(problem: Problem, p: Parameters) -> float:
    """The largest size of a curvature; nan where a kink is so near a point that differences see across it."""
    theta, locks = oracle.flat(p), problem.locks
    free = ~np.concatenate([locks.w, locks.b, locks.v, [locks.c]])
    z = p.w[:, None] * problem.dataset.x + p.b[:, None]
    if not free.any() or len(theta) > 40 or np.abs(z).min() < 4.0 * H * (1.0 + np.abs(problem.dataset.x).max()):
        return np.nan
    if problem.network.output_activation == "relu" and np.abs(problem.network.output_sum(p, problem.dataset.x)).min() < 0.01:
        return np.nan
    return max(float(np.abs(np.linalg.eigvalsh(part)).max()) for part in second_differences(problem, theta, free))


def test_it_is_one_over_the_largest_curvature_by_finite_differences() -> None:
    """Of the starts of the shipped scenarios of one layer, rounded down to two digits, which is less by a tenth at most."""
    found = 0
    for name in [name for name in TRAINED if not load(find(name)).network.deeper]:
        for p in starts_of(name):
            problem = problem_of(name)
            curvature = largest(problem, p)
            if not curvature > 1e-6:
                continue
            found += 1
            assert 0.9 / curvature < automatic_rate(problem, p) < 1.001 / curvature
            momentum = replace(problem, settings=replace(problem.settings, optimizer="momentum", momentum=0.75))
            assert 0.9 * 0.25 / curvature < automatic_rate(momentum, p) < 1.001 * 0.25 / curvature
            adam = replace(problem, settings=replace(problem.settings, optimizer="adam"))
            free = ~np.concatenate([problem.locks.w, problem.locks.b, problem.locks.v, [problem.locks.c]])
            mean = np.abs(oracle.loss_and_gradient(oracle.flat(p), problem)[1][free]).mean()
            expected = max(ADAMS_LEAST, 0.1 * mean / curvature)
            assert 0.9 * expected < automatic_rate(adam, p) < 1.001 * expected
    assert found > 20


def test_of_a_mean_of_squares_in_c_alone_it_is_a_half_and_of_their_sum_as_much_less() -> None:
    """The loss mean (c - y)^2 has the curvature 2; of three points their sum has 6, and with a decay of 0.5 it is 6.5."""
    one, on = np.ones(1), np.array([True])
    alone = Problem(Network(), Dataset(np.arange(3.0), np.arange(3.0)), Locks(on, on, on, False), TrainingSettings())
    p = Parameters(one, one, one, 0.0)
    assert automatic_rate(alone, p) == 0.5
    assert automatic_rate(replace(alone, settings=TrainingSettings(loss="sse")), p) == 0.16
    assert automatic_rate(replace(alone, settings=TrainingSettings(loss="sse", weight_decay=0.5)), p) == 0.15
    assert automatic_rate(replace(alone, locks=Locks(on, on, on, True)), p) == 0.05  # the default: nothing moves


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_no_shipped_scenario_diverges_by_it_with_noise_or_without(optimizer: Optimizer) -> None:
    for name in TRAINED:
        for noise in (None, 0.5):
            if noise and load(find(name)).target.points:
                continue
            problem = problem_of(name, optimizer, noise)
            for p in starts_of(name)[: 1 if load(find(name)).start.units > 20 else 2]:
                rate = automatic_rate(problem, p)
                used = replace(problem, settings=replace(problem.settings, learning_rate=rate))
                losses = oracle.train(p, used, 30).losses
                assert np.isfinite(losses).all()
                assert max(losses) < 4.0 * losses[0] + 1.0


def test_many_points_and_units_take_no_longer_than_fewer() -> None:
    """Of 20,000 points of the same curve some are chosen; the rate is that of 200 within two digits."""
    rng = np.random.default_rng(0)
    p = Parameters(rng.normal(size=100), rng.normal(size=100), rng.normal(size=100), 0.0)
    none = np.zeros(100, np.bool_)
    for loss, points in (("mse", 1), ("sse", 100)):
        rates = []
        for number in (200, 20_000):
            x = np.linspace(-1.0, 1.0, number)
            settings = TrainingSettings(loss=loss)  # type: ignore[arg-type]
            rates.append(automatic_rate(Problem(Network(), Dataset(x, np.sin(x)), Locks(none, none, none, False), settings), p))
        assert rates[1] * points == pytest.approx(rates[0], rel=0.1)


def test_numbers_too_large_for_a_curvature_give_the_least_rate() -> None:
    problem = problem_of("lab-free")
    huge = Parameters(np.full(3, 1e200), np.zeros(3), np.full(3, 1e200), 0.0)
    assert automatic_rate(problem, huge) == 1e-12


def test_of_several_starts_it_is_the_least_and_only_where_it_is_asked_for() -> None:
    problem, starts = problem_of("lab-free"), starts_of("lab-free")
    assert with_automatic_rate(problem, starts) is problem.settings
    asked = replace(problem, settings=replace(problem.settings, automatic_rate=True))
    expected = min(automatic_rate(problem, p) for p in starts)
    assert with_automatic_rate(asked, starts) == replace(asked.settings, learning_rate=expected)
