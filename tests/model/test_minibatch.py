"""Minibatches: every point once in an epoch, in an order that the seed and the epoch decide."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from relutui.model.dataset import Dataset
from relutui.model.minibatch import numbers, problem_of_step, steps_per_epoch
from relutui.model.network import Network
from relutui.model.training import Locks, Problem, TrainingSettings

NONE = np.zeros(1, np.bool_)


def problem_of(points: int, batch: int | None, seed: int = 0) -> Problem:
    x = np.arange(points, dtype=np.float64)
    return Problem(Network(), Dataset(x, -x), Locks(NONE, NONE, NONE, False), TrainingSettings(batch=batch, batch_seed=seed))


@given(st.integers(1, 40), st.integers(1, 50), st.integers(0, 9), st.integers(0, 2**63 - 1))
def test_an_epoch_uses_every_point_once(points: int, batch: int, epoch: int, seed: int) -> None:
    problem = problem_of(points, batch, seed)
    steps = steps_per_epoch(problem)
    assert steps == -(-points // min(batch, points))
    parts = [problem_of_step(problem, epoch * steps + step).dataset for step in range(steps)]
    assert sorted(np.concatenate([part.x for part in parts]).tolist()) == list(range(points))
    assert all((part.y == -part.x).all() for part in parts)
    assert [len(part) for part in parts[:-1]] == [batch] * (steps - 1)


def test_epochs_and_seeds_deal_otherwise_and_always_alike() -> None:
    deals = {
        (seed, epoch): tuple(numbers(problem_of(30, 7, seed), range(epoch, epoch + 1))[0])
        for seed in (0, 1)
        for epoch in (0, 65)
    }
    assert len(set(deals.values())) == 4
    expected = np.random.default_rng([1, 1]).permuted([[n // 7 for n in range(30)]] * 64, axis=1)  # as the manual says
    assert deals[1, 65] == tuple(expected[1])
    together = numbers(problem_of(30, 7, 1), range(60, 70))
    assert together.shape == (10, 30)
    assert tuple(together[5]) == deals[1, 65]


def test_of_many_points_fewer_epochs_are_drawn_together() -> None:
    """Of 100,000: 10, which keep 4 MB."""
    expected = np.random.default_rng([0, 1]).permuted([[n // 30_000 for n in range(100_000)]] * 10, axis=1)
    assert (numbers(problem_of(100_000, 30_000), range(12, 13))[0] == expected[2]).all()


def test_without_a_batch_or_with_one_of_all_points_the_problem_is_the_same() -> None:
    for batch in (None, 5, 6):
        problem = problem_of(5, batch)
        assert not problem.uses_minibatches
        assert problem_of_step(problem, 3) is problem
        assert steps_per_epoch(problem) == 1
