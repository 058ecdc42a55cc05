"""Minibatches: which points each step of training goes by, if not all of them."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from relutui.model.dataset import Dataset
from relutui.model.training import Problem

MAX_EPOCHS_TOGETHER = 64  # whose minibatches are drawn together,
MAX_NUMBERS_TOGETHER = 2**20  # and the most numbers of all their points; but for one epoch


def steps_per_epoch(problem: Problem) -> int:
    """The number of steps in which every point is used once: 1 where each step goes by all of them."""
    return -(-len(problem.dataset) // problem.points_of_step)


def numbers(problem: Problem, epochs: range) -> NDArray[np.int32]:
    """The number in its epoch of the minibatch of each point, in the order of the data; of shape (epochs, points).

    The points are dealt out anew for each epoch.
    """
    points, size, seed = len(problem.dataset), problem.points_of_step, problem.settings.batch_seed
    together = max(1, min(MAX_EPOCHS_TOGETHER, MAX_NUMBERS_TOGETHER // points))
    first = epochs[0] // together
    drawn = [_drawn(points, size, seed, draw, together) for draw in range(first, epochs[-1] // together + 1)]
    return np.concatenate(drawn)[epochs[0] - first * together :][: len(epochs)]


@lru_cache(8)
def _drawn(points: int, size: int, seed: int, draw: int, epochs: int) -> NDArray[np.int32]:
    """The numbers of some epochs, drawn together, which takes a tenth of the time of each alone."""
    in_order = np.arange(points) // size
    return np.random.default_rng([seed, draw]).permuted(np.tile(in_order, (epochs, 1)), axis=1).astype(np.int32)


def problem_of_step(problem: Problem, step: int) -> Problem:
    """The problem that the step after `step` others goes by: with the points of its minibatch alone, if there are any."""
    if not problem.uses_minibatches:
        return problem
    epoch, number = divmod(step, steps_per_epoch(problem))
    data, chosen = problem.dataset, numbers(problem, range(epoch, epoch + 1))[0] == number
    return replace(problem, dataset=Dataset(data.x[chosen], data.y[chosen]))
