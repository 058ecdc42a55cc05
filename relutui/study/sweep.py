"""Sweeps: many random starts of one problem, trained side by side."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count, takewhile
from typing import NamedTuple

import numpy as np

from relutui.lib.pacing import next_count
from relutui.model.batch import Batch
from relutui.model.initialization import random_values
from relutui.model.learning_rate import with_automatic_rate
from relutui.model.network import Parameters, same_bound
from relutui.model.trainer import Trainer
from relutui.model.training import Problem, TrainingSettings
from relutui.model.values import parameters_of, values_of
from relutui.scenario.scenario import Scenario, draw_units, with_layers
from relutui.study.best_network import BestKnown, each_best
from relutui.study.grid import Name, Value, Varied, cells_of, sizes_of_value
from relutui.study.outcomes import earlier_step, outcome_codes, start_codes
from relutui.study.sweep_results import Cell, Chunk, Result

SLICE_S = 0.05  # target time of a slice: after each, other calls get their turn and training can stop
SWEEP_SLICE_S = 0.25  # where no other call waits: between slices, all networks of a chunk are written and read, for 10 ms
FIRST_SLICE_WORK = 5_000_000  # networks times units times points times steps in the first slice, before its time is known
MAX_SLICE_GROWTH = 4  # largest ratio of a slice to the previous one, which may have been slow because it compiled
SOLVED_BELOW = 1e-4  # MSE below which a network is solved, if the scenario gives no bound
FIRST_CHUNK = 256  # networks trained at once at first; finished chunks are kept if the sweep stops
MAX_CHUNK = 16_384  # networks trained at once
SHORT_CHUNK_S = 3.0  # after a chunk that took less than this, the next one may be four times as large
MAX_CHUNK_PARAMETERS = 2**18  # parameters of all networks in a chunk
RATE_STARTS = 16  # of the first seeds, from which the automatic learning rate of a cell is found
MAX_BOUND_KINKS = 12  # largest number of kinks whose lowest loss is computed, which takes time


async def train_in_slices(
    trainer: Trainer,
    batch: Batch,
    problem: Problem,
    steps: int,
    further: int = 0,
    *,
    slice_s: float = SLICE_S,
    clock: Callable[[], float] = time.perf_counter,
) -> AsyncIterator[Batch]:
    """Train a batch for `steps` steps and yield it after each slice; closing the generator stops the training.

    With 0 steps it is yielded once, its losses measured.

    Its `past` gets the losses at exactly the steps that outcomes look back to from the end, and from every later end if the
    training may go on for `further` steps, any number of times.  Raises TrainerUnavailable.

    slice_s: the target time of a slice.
    """
    if not steps:
        yield await trainer.train_batch(batch, problem, 0)
        return
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
        size = next_count(asked, seconds, slice_s, MAX_SLICE_GROWTH * size)
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


class SweepProgress(NamedTuple):
    """The progress of a sweep: networks done, networks in training, and the share of their steps taken.

    finished: a chunk that has just been finished, and its result.
    """

    done: int
    training: int
    share: float
    finished: tuple[Chunk, Result] | None

    @property
    def progress(self) -> float:
        """The number of networks done, counting those in training by the share of their steps."""
        return self.done + self.training * self.share


@dataclass(frozen=True)
class Sweep:
    """The plan to train so many seeds for each number of units; a network is solved if its loss ends below `below`.

    units: those of all hidden layers together.
    vary: what else is varied, each combination with each number of units; `units` itself may be in it, to have its place there,
    and is where there are several hidden layers;
    parameters: whether the results have the parameters of each network.
    """

    scenario: Scenario
    settings: TrainingSettings
    units: tuple[int, ...]
    seeds: range
    steps: int
    below: float
    vary: tuple[Varied, ...] = ()
    parameters: bool = False

    @property
    def grid(self) -> tuple[Varied, ...]:
        """What is varied, in the order of all that is written; the number of units is there even if it is only one."""
        named = any(varied.name == "units" for varied in self.vary)
        return self.vary if named else (Varied("units", self.units), *self.vary)

    @property
    def varied(self) -> tuple[Varied, ...]:
        """What differs between cells, or was asked for as if it did."""
        return tuple(varied for varied in self.grid if varied in self.vary or len(varied.values) > 1)

    @property
    def told(self) -> tuple[Name, ...]:
        """The names of what a table has of each cell: what is varied, and the learning rate where each cell has its own."""
        names = tuple(varied.name for varied in self.varied or self.grid)
        return (*names, "learning_rate") if self.settings.automatic_rate and "learning_rate" not in names else names

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """The cells, in the order of all that is written; an automatic learning rate is a number in each."""
        return tuple(map(self._with_rate, cells_of(Cell(self.units[0], self.settings, self.scenario.init), self.grid)))

    @property
    def networks(self) -> int:
        """The number of networks in all."""
        return len(self.cells) * len(self.seeds)

    async def run(self, trainer: Trainer, missing: Sequence[Chunk] | None = None) -> AsyncIterator[SweepProgress]:
        """Train chunk by chunk, and yield the progress after each slice.  Raises TrainerUnavailable.

        missing: what is still to be trained, if not all; the chunks are parts of these.
        """
        wanted = [Chunk(cell, self.seeds) for cell in self.cells] if missing is None else missing
        done, size = self.networks - sum(len(seeds) for _, seeds in wanted), FIRST_CHUNK
        for cell, left in wanted:
            most = max(1, MAX_CHUNK_PARAMETERS // cell.parameters)
            while left:
                began, take = time.perf_counter(), min(size, most)
                chunk, left = Chunk(cell, left[:take]), left[take:]
                async for batch in self.train(trainer, chunk):
                    if batch.step < self.steps:
                        yield SweepProgress(done, len(chunk.seeds), batch.step / self.steps, None)
                done += len(chunk.seeds)
                yield SweepProgress(done, 0, 0.0, (chunk, self.result(batch, chunk)))
                if time.perf_counter() - began < SHORT_CHUNK_S:
                    size = max(size, min(4 * size, MAX_CHUNK))

    def train(self, trainer: Trainer, chunk: Chunk) -> AsyncIterator[Batch]:
        """Train a chunk, and yield its batch after each slice.  Raises TrainerUnavailable."""
        parameters, problem = self.start(chunk.cell)
        network, x = problem.network, problem.dataset.x
        starts = random_values(parameters, problem.locks, chunk.cell.init, x, chunk.seeds, network)
        batch = Batch.start(starts, parameters.sizes)
        return train_in_slices(trainer, batch, problem, self.steps, slice_s=SWEEP_SLICE_S)

    def result(self, batch: Batch, chunk: Chunk) -> Result:
        """The result of a chunk whose batch has taken all steps."""
        problem = self.start(chunk.cell)[1]
        codes = outcome_codes(batch, problem, self.below) if self.steps else start_codes(batch, self.below)
        parameters = np.where(batch.diverged[:, None], np.nan, batch.values).ravel() if self.parameters else np.empty(0)
        return Result(chunk.cell, np.where(batch.diverged, np.inf, batch.losses), codes, parameters)

    def _with_rate(self, cell: Cell) -> Cell:
        """The cell with the least automatic rate of its first starts, if it is to have one."""
        if not cell.settings.automatic_rate:
            return cell
        p, problem = self.start(cell)
        rows = random_values(p, problem.locks, cell.init, problem.dataset.x, self.seeds[:RATE_STARTS], problem.network)
        starts = [parameters_of(row, p.sizes) for row in rows]
        rate = with_automatic_rate(problem, starts).learning_rate
        return replace(cell, settings=replace(cell.settings, learning_rate=rate, automatic_rate=False))

    def start(self, cell: Cell) -> tuple[Parameters, Problem]:
        """The parameters whose locked values every start of a cell has, and the problem, without an early stop."""
        s, sizes = self.scenario, cell.sizes
        p, locks, network = s.start, s.locks, with_layers(s.network, len(sizes))
        if sizes != p.sizes:
            p, locks = draw_units(s.init, sizes, s.dataset.x, p.c, locks.c, network)
        return p, Problem(network, s.dataset, locks, replace(cell.settings, stop_below=None))


def of_units(values: Sequence[Value], vary: tuple[Varied, ...]) -> tuple[tuple[int, ...], tuple[Varied, ...]]:
    """The numbers of units of a sweep, and what it varies, for these values of `units`, which may be of several layers."""
    named = any(varied.name == "units" for varied in vary)
    layered = any(len(sizes_of_value(value)) > 1 for value in values)
    numbers = tuple(sum(sizes_of_value(value)) for value in values)
    return numbers, (Varied("units", tuple(values)), *vary) if layered and not named else vary


async def best_known(sweep: Sweep) -> tuple[BestKnown | None, ...]:
    """What is known of the best loss of each number of units and of as many kinks; None where nothing is.

    Networks are looked for where nothing is locked.  Computed in another thread, one number of kinks at a time, so that a
    cancellation need not wait for all of them.
    """
    network, dataset = sweep.scenario.network, sweep.scenario.dataset
    numbers = [units for units in sweep.units if units <= MAX_BOUND_KINKS]
    if any(cell.layers for cell in sweep.cells):  # a bound by the number of kinks, which several layers make more of
        numbers = []
    if not (numbers and network.straight):
        return (None,) * len(sweep.units)
    each = each_best(dataset.x, dataset.y, network.activation, not values_of(sweep.scenario.locks).any())
    best = [await asyncio.to_thread(next, each) for _ in range(max(numbers) + 1)]

    losses = [known.times(same_bound(1.0, "mse", sweep.settings.loss, len(dataset))) for known in best]
    return tuple(losses[units] if units <= MAX_BOUND_KINKS else None for units in sweep.units)
