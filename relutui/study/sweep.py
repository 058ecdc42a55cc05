"""Many random starts of one problem, trained side by side."""

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

SLICE_S = 0.05  # s: a slice takes no longer, so that nothing else has to wait, and one can stop after each
FIRST_SLICE_WORK = 5_000_000  # points times units of all networks and steps in the first slice, before anything was measured
MAX_SLICE_GROWTH = 4  # times longer than the last a slice may be: the first one may have compiled
SOLVED_BELOW = 1e-4  # MSE, where the scenario has no bound
FIRST_CHUNK = 256  # networks at once at first: what is finished is kept where one stops; then four times as many,
MAX_CHUNK = 16_384  # at most,
SHORT_CHUNK_S = 3.0  # s, as long as the last ones took no longer than this,
MAX_CHUNK_PARAMETERS = 2**18  # and of no more parameters in all
MAX_BOUND_KINKS = 12  # to which the best possible is computed: it takes time


def random_starts(parameters: Parameters, locks: Locks, scale: float, seeds: Sequence[int]) -> Batch:
    """The start of each seed; what is locked is as in `parameters`."""
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
    """The batch after each slice of its training, until `steps` are taken; who stops asking stops the training.

    In its past are the losses at exactly the steps that outcomes look back to: those of its end and, where it may be trained
    `further` steps, and as many again, of these ends.  Raises TrainerUnavailable.
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
        await asyncio.sleep(0)  # a trainer that answers at once would leave the keys no time
        yield batch


def _marks(goal: int, further: int) -> tuple[int, ...]:
    """The steps up to a goal that outcomes look back to, there and after any number of times `further` steps."""
    if not further:
        return (earlier_step(goal),)
    return tuple(takewhile(lambda step: step <= goal, map(earlier_step, count(goal, further))))


def bound(scenario: Scenario, settings: TrainingSettings) -> float:
    """The loss below which a network counts as solved, of the kind that the settings are about."""
    points = len(scenario.dataset)
    if scenario.exercise:
        return same_bound(scenario.exercise.solved_below, scenario.settings.loss, settings.loss, points)
    return same_bound(SOLVED_BELOW, "mse", settings.loss, points) if settings.stop_below is None else settings.stop_below


@dataclass(frozen=True, eq=False)
class Result:
    """What became of the networks of so many units, one for each seed; losses: shape (seeds,), inf where one diverged."""

    units: int
    seeds: range
    losses: Array
    outcomes: tuple[Outcome, ...]

    @property
    def success(self) -> float:
        """The share of the networks that are solved, from 0 to 1."""
        return self.outcomes.count("solved") / len(self.outcomes)

    @property
    def error(self) -> float:
        """The binomial standard error of the success."""
        return float(np.sqrt(self.success * (1.0 - self.success) / len(self.outcomes)))

    @property
    def best(self) -> float:
        """The lowest loss; inf where all diverged."""
        return float(self.losses.min())

    def quantile(self, share: float) -> float:
        """The lowest loss of a network that so large a share of them do not exceed."""
        return float(np.quantile(self.losses, share, method="inverted_cdf"))

    def counts(self) -> dict[Outcome, int]:
        """How many networks had each outcome."""
        return {outcome: self.outcomes.count(outcome) for outcome in OUTCOMES}


class SweepProgress(NamedTuple):
    """How far a sweep is: the networks done, those in training, the share of their steps taken; and what was just finished."""

    done: int
    training: int
    share: float
    finished: Result | None

    @property
    def progress(self) -> float:
        """The networks done, one in training counting by the share of its steps."""
        return self.done + self.training * self.share


@dataclass(frozen=True)
class Sweep:
    """So many seeds for each number of units, trained for so many steps; solved: the loss is below `below` then."""

    scenario: Scenario
    settings: TrainingSettings
    units: tuple[int, ...]
    seeds: range
    steps: int
    below: float

    @property
    def networks(self) -> int:
        """How many there are in all."""
        return len(self.units) * len(self.seeds)

    async def run(self, trainer: Trainer) -> AsyncIterator[SweepProgress]:
        """Train them, chunk by chunk; after each slice, how far it is.  Raises TrainerUnavailable."""
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
        """The parameters of which those that are locked stand, and the problem: one without an early end."""
        s = self.scenario
        p, locks = (s.start, s.locks) if units == s.start.units else draw_units(s.init, units, s.start.c, s.locks.c)
        return p, Problem(s.network, s.dataset, locks, replace(self.settings, stop_below=None))

    def _result(self, batch: Batch, problem: Problem, seeds: range) -> Result:
        found = tuple(outcome for outcome in outcomes(batch, problem, self.below) if outcome)  # of all: it is at its end
        return Result(batch.units, seeds, np.where(batch.diverged, np.inf, batch.losses), found)


def join_results(parts: Iterable[Result]) -> tuple[Result, ...]:
    """The results of a sweep, one for each number of units, from its parts in their order."""
    return tuple(_join(list(same)) for _, same in groupby(parts, lambda part: part.units))


def _join(parts: list[Result]) -> Result:
    seeds = range(parts[0].seeds.start, parts[-1].seeds.stop)
    losses = np.concatenate([part.losses for part in parts])
    return Result(parts[0].units, seeds, losses, tuple(outcome for part in parts for outcome in part.outcomes))


async def best_possible(sweep: Sweep) -> tuple[float | None, ...]:
    """The lowest loss that each number of units could reach, having at most as many kinks; None where that is not known.

    Computed off the event loop's thread, one number of kinks after the other: who cancels it does not wait for all of them.
    """
    network, dataset = sweep.scenario.network, sweep.scenario.dataset
    known = [units for units in sweep.units if units <= MAX_BOUND_KINKS]
    if not (known and network.straight):
        return (None,) * len(sweep.units)
    each = each_best_error(dataset.x, dataset.y)
    errors = [await asyncio.to_thread(next, each) for _ in range(max(known) + 1)]
    losses = [same_bound(error, "mse", sweep.settings.loss, len(dataset)) for error in errors]
    return tuple(losses[units] if units <= MAX_BOUND_KINKS else None for units in sweep.units)
