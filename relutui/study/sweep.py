"""Sweeps: many random starts of one problem, trained side by side."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count, groupby, takewhile
from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array
from relutui.lib.pacing import next_count
from relutui.model.batch import Batch
from relutui.model.network import Parameters, same_bound
from relutui.model.trainer import Trainer
from relutui.model.training import Locks, Problem, TrainingSettings, random_start
from relutui.scenario.scenario import Scenario, draw_units
from relutui.study.best_fit import each_best_error
from relutui.study.outcomes import OUTCOMES, Outcome, earlier_step, outcomes

SLICE_S = 0.05  # target time of a slice: after each, other calls get their turn and training can stop
FIRST_SLICE_WORK = 5_000_000  # networks times units times points times steps in the first slice, before its time is known
MAX_SLICE_GROWTH = 4  # largest ratio of a slice to the previous one, which may have been slow because it compiled
SOLVED_BELOW = 1e-4  # MSE below which a network is solved, if the scenario gives no bound
FIRST_CHUNK = 256  # networks trained at once at first; finished chunks are kept if the sweep stops
MAX_CHUNK = 16_384  # networks trained at once
SHORT_CHUNK_S = 3.0  # after a chunk that took less than this, the next one may be four times as large
MAX_CHUNK_PARAMETERS = 2**18  # parameters of all networks in a chunk
MAX_BOUND_KINKS = 12  # largest number of kinks whose lowest loss is computed, which takes time


def random_starts(parameters: Parameters, locks: Locks, scale: float, seeds: Sequence[int]) -> Batch:
    """A batch of the random start of each seed; locked parameters have the values of `parameters`."""
    return Batch.of([random_start(parameters, locks, scale, seed) for seed in seeds])


async def train_in_slices(
    trainer: Trainer,
    batch: Batch,
    problem: Problem,
    steps: int,
    further: int = 0,
    *,
    clock: Callable[[], float] = time.perf_counter,
) -> AsyncIterator[Batch]:
    """Train a batch for `steps` steps and yield it after each slice; closing the generator stops the training.

    Its `past` gets the losses at exactly the steps that outcomes look back to from the end, and from every later end if the
    training may go on for `further` steps, any number of times.  Raises TrainerUnavailable.
    """
    goal = batch.step + steps
    marks = _marks(goal, further)
    past = {step: losses for step, losses in batch.past.items() if step in marks}
    if 0 in marks and not batch.step:
        past[0] = (await trainer.train_batch(batch, problem, 0)).losses
    size = max(1, FIRST_SLICE_WORK // (len(batch) * batch.units * len(problem.dataset)))
    while batch.step < goal:
        asked = min(size, next(stop for stop in (*marks, goal) if stop > batch.step) - batch.step)
        began = clock()
        batch = await trainer.train_batch(batch, problem, asked)
        seconds = clock() - began
        if batch.step in marks:
            past = past | {batch.step: batch.losses}
        batch = replace(batch, past=past)
        size = next_count(asked, seconds, SLICE_S, MAX_SLICE_GROWTH * size)
        await asyncio.sleep(0)  # if the trainer answers at once, key presses would otherwise wait
        yield batch


def _marks(goal: int, further: int) -> tuple[int, ...]:
    """The steps up to a goal that outcomes look back to, at the goal and at any multiple of `further` steps after it."""
    if not further:
        return (earlier_step(goal),)
    return tuple(takewhile(lambda step: step <= goal, map(earlier_step, count(goal, further))))


def bound(scenario: Scenario, settings: TrainingSettings) -> float:
    """The loss below which a network counts as solved, as the kind of loss of the settings."""
    points = len(scenario.dataset)
    if scenario.exercise:
        return same_bound(scenario.exercise.solved_below, scenario.settings.loss, settings.loss, points)
    return same_bound(SOLVED_BELOW, "mse", settings.loss, points) if settings.stop_below is None else settings.stop_below


@dataclass(frozen=True, eq=False)
class Result:
    """The results for one number of units, one network for each seed; losses: shape (seeds,), inf if one diverged."""

    units: int
    seeds: range
    losses: Array
    outcomes: tuple[Outcome, ...]

    @property
    def success(self) -> float:
        """The share of solved networks, from 0 to 1."""
        return self.outcomes.count("solved") / len(self.outcomes)

    @property
    def error(self) -> float:
        """The binomial standard error of `success`."""
        return float(np.sqrt(self.success * (1.0 - self.success) / len(self.outcomes)))

    @property
    def best(self) -> float:
        """The lowest loss; inf if all diverged."""
        return float(self.losses.min())

    def quantile(self, share: float) -> float:
        """The lowest of the losses that at least this share of the networks do not exceed."""
        return float(np.quantile(self.losses, share, method="inverted_cdf"))

    def counts(self) -> dict[Outcome, int]:
        """The number of networks with each outcome."""
        return {outcome: self.outcomes.count(outcome) for outcome in OUTCOMES}


class SweepProgress(NamedTuple):
    """The progress of a sweep: networks done, networks in training, the share of their steps taken, and a finished result."""

    done: int
    training: int
    share: float
    finished: Result | None

    @property
    def progress(self) -> float:
        """The number of networks done, counting those in training by the share of their steps."""
        return self.done + self.training * self.share


@dataclass(frozen=True)
class Sweep:
    """The plan to train so many seeds for each number of units; a network is solved if its loss ends below `below`."""

    scenario: Scenario
    settings: TrainingSettings
    units: tuple[int, ...]
    seeds: range
    steps: int
    below: float

    @property
    def networks(self) -> int:
        """The number of networks in all."""
        return len(self.units) * len(self.seeds)

    async def run(self, trainer: Trainer) -> AsyncIterator[SweepProgress]:
        """Train chunk by chunk, and yield the progress after each slice.  Raises TrainerUnavailable."""
        done, size = 0, FIRST_CHUNK
        for units in self.units:
            parameters, problem = self.start(units)
            left, most = self.seeds, MAX_CHUNK_PARAMETERS // (3 * units + 1)
            while left:
                began, chunk = time.perf_counter(), min(size, most)
                seeds, left = left[:chunk], left[chunk:]
                starts = random_starts(parameters, problem.locks, self.scenario.init.scale, seeds)
                async for batch in train_in_slices(trainer, starts, problem, self.steps):
                    if batch.step < self.steps:
                        yield SweepProgress(done, len(seeds), batch.step / self.steps, None)
                done += len(seeds)
                yield SweepProgress(done, 0, 0.0, self._result(batch, problem, seeds))
                if time.perf_counter() - began < SHORT_CHUNK_S:
                    size = max(size, min(4 * size, MAX_CHUNK))

    def start(self, units: int) -> tuple[Parameters, Problem]:
        """The parameters whose locked values every start of so many units has, and the problem, without an early stop."""
        s = self.scenario
        p, locks = (s.start, s.locks) if units == s.start.units else draw_units(s.init, units, s.start.c, s.locks.c)
        return p, Problem(s.network, s.dataset, locks, replace(self.settings, stop_below=None))

    def _result(self, batch: Batch, problem: Problem, seeds: range) -> Result:
        final = tuple(outcome for outcome in outcomes(batch, problem, self.below) if outcome)  # none is None at the end
        return Result(batch.units, seeds, np.where(batch.diverged, np.inf, batch.losses), final)


def join_results(parts: Iterable[Result]) -> tuple[Result, ...]:
    """Join the partial results of a sweep, in their order, into one for each number of units."""
    return tuple(_join(list(same)) for _, same in groupby(parts, lambda part: part.units))


def _join(parts: list[Result]) -> Result:
    seeds = range(parts[0].seeds.start, parts[-1].seeds.stop)
    losses = np.concatenate([part.losses for part in parts])
    return Result(parts[0].units, seeds, losses, tuple(outcome for part in parts for outcome in part.outcomes))


async def best_possible(sweep: Sweep) -> tuple[float | None, ...]:
    """The lowest loss that each number of units, with as many kinks, could reach; None where it is not known.

    Computed in another thread, one number of kinks at a time, so that a cancellation need not wait for all of them.
    """
    network, dataset = sweep.scenario.network, sweep.scenario.dataset
    known = [units for units in sweep.units if units <= MAX_BOUND_KINKS]
    if not (known and network.straight):
        return (None,) * len(sweep.units)
    each = each_best_error(dataset.x, dataset.y)
    errors = [await asyncio.to_thread(next, each) for _ in range(max(known) + 1)]
    losses = [same_bound(error, "mse", sweep.settings.loss, len(dataset)) for error in errors]
    return tuple(losses[units] if units <= MAX_BOUND_KINKS else None for units in sweep.units)
