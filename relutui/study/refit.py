"""A network with one unit fewer or one more, refitted from the changed parameters and from random starts."""

import math
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from relutui.lib.arrays import Array
from relutui.model.batch import Batch
from relutui.model.initialization import Initialization, random_values
from relutui.model.network import Parameters
from relutui.model.trainer import Trainer
from relutui.model.training import Locks, Problem
from relutui.model.values import values_of
from relutui.session.unit_edits import with_unit, without_unit
from relutui.study.best_addition import best_addition
from relutui.study.sweep import train_in_slices

Change = Literal["one fewer", "one more"]


class Variant(NamedTuple):
    """A network to compare; its loss is nan if training diverged.

    seed: that of its random start, if any; grown: whether it was trained with one unit fewer before.
    """

    parameters: Parameters
    loss: float
    seed: int | None = None
    grown: bool = False


@dataclass(frozen=True, eq=False)
class Refit:
    """A network before and after a unit is removed or added, both trained from there and from random starts.

    unit: the one removed or added; changed: the parameters with it gone or there, the others unchanged; problem: that of the
    changed network; batch: the changed network and the random start of each seed.  problem_before and batch_before are the
    control: the network before the change, trained for as many steps from as many starts.  grown: the lowest network with one
    unit fewer, once it is trained, with a unit added: one with v = 0, and the one that lowers the loss most; trained on.
    """

    change: Change
    unit: int
    before: Parameters
    changed: Parameters
    problem: Problem
    problem_before: Problem
    seeds: tuple[int, ...]
    batch: Batch
    batch_before: Batch
    grown: Batch | None = None

    async def trained(self, trainer: Trainer, steps: int) -> AsyncIterator["Refit"]:
        """Train both batches, and yield the refit after each slice of as many steps of both, then of those grown from them.

        Raises TrainerUnavailable.
        """
        refit = self
        async for batch in train_in_slices(trainer, self.batch, self.problem, steps):
            before = await trainer.train_batch(refit.batch_before, self.problem_before, batch.step - refit.batch_before.step)
            refit = replace(refit, batch=batch, batch_before=before)
            yield refit
        if grown := refit._grow():
            async for batch in train_in_slices(trainer, grown, self._larger_problem, steps):
                yield replace(refit, grown=batch)

    def variants(self) -> tuple[Variant, ...]:
        """The network before and changed; after the first step also the changed one refitted, and the best random start."""
        untrained = tuple(Variant(p, self._loss(p)) for p in (self.before, self.changed))
        if not self.batch.step:
            return untrained
        best = 1 + _index_of_lowest(self.batch.losses[1:])
        refitted = self._variant(self.batch, 0)
        if self.grown and not self.is_removal:
            candidates = (refitted, *(self._variant(self.grown, network, grown=True) for network in range(len(self.grown))))
            refitted = min(candidates, key=lambda one: one.loss if math.isfinite(one.loss) else math.inf)
        return (*untrained, refitted, self._variant(self.batch, best, self.seeds[best - 1]))

    @property
    def is_removal(self) -> bool:
        """Whether the change is to one unit fewer."""
        return self.change == "one fewer"

    @property
    def lowest(self) -> float:
        """The lowest loss of all networks with the change; nan if none is finite."""
        return _lowest((*(one.loss for one in self.variants()[1:]), *self._grown_losses("one more")))

    @property
    def diverged(self) -> tuple[int, int]:
        """The number of starts from which training diverged, with the change and without it."""
        changed, before = (int((~np.isfinite(batch.losses)).sum()) if batch.step else 0 for batch in self._batches)
        return changed, before

    @property
    def compared(self) -> bool:
        """Whether some network with the change and some without it has a finite loss after training."""
        return all(bool(np.isfinite(batch.losses).any()) for batch in self._batches)

    @property
    def trained_before(self) -> float:
        """The lowest trained loss without the change, from the network itself or a random start; nan if none is finite."""
        return _lowest((self._trained(self.batch_before), *self._grown_losses("one fewer")))

    @property
    def lowest_before(self) -> float:
        """The lowest loss without the change, trained or not; nan if none is finite."""
        return _lowest((self._loss(self.before), self.trained_before))

    @property
    def growing_helps(self) -> bool:
        """Whether the lowest network with more units is one that was trained with one unit fewer before."""
        larger = self.batch_before if self.is_removal else self.batch
        return self.grown is not None and self._trained(self.grown) < _lowest((self._trained(larger), math.inf))

    @property
    def larger_locks(self) -> Locks:
        """The locks of the network with more units."""
        return self._larger_problem.locks

    @property
    def _batches(self) -> tuple[Batch, Batch]:
        return self.batch, self.batch_before

    @property
    def _larger_problem(self) -> Problem:
        return self.problem if self.change == "one more" else self.problem_before

    def _grow(self) -> Batch | None:
        """The lowest trained network with one unit fewer, with a unit added; None without one, or where v is locked.

        Where w or b is locked, or there is no better place, only the unit with v = 0 is added, in its place.
        """
        batch, locks, unit = self.batch if self.is_removal else self.batch_before, self.larger_locks, self.unit
        best = _index_of_lowest(batch.losses)
        if locks.v[unit] or not np.isfinite(batch.losses[best]):
            return None
        smaller, network = batch.parameters(best), self.problem.network
        added = best_addition(network, smaller, self.problem.dataset)
        w, b = added.side, -added.side * added.kink + 0.0  # + 0.0: no -0.0
        weights: tuple[float, ...] = (0.0, added.v)
        if locks.w[unit] or locks.b[unit]:
            w, b, weights = float(self.before.w[unit]), float(self.before.b[unit]), (0.0,)
        return Batch.of([_inserted(smaller, unit, w, b, v) for v in weights])

    def _grown_losses(self, change: Change) -> tuple[float, ...]:
        """The losses of the grown networks, trained or as they began, if they stand on the side of this change."""
        if not self.grown or self.change != change:
            return ()
        smaller = self.batch if change == "one fewer" else self.batch_before
        return self._trained(self.grown), self._trained(smaller)

    def _trained(self, batch: Batch) -> float:
        """The lowest loss of a batch; nan if none is finite."""
        return self._variant(batch, _index_of_lowest(batch.losses)).loss

    def _variant(self, batch: Batch, network: int, seed: int | None = None, *, grown: bool = False) -> Variant:
        p = batch.parameters(network)
        return Variant(p, self._loss(p) if np.isfinite(batch.losses[network]) else np.nan, seed, grown)

    def _loss(self, p: Parameters) -> float:
        x, y = self.problem.dataset.x, self.problem.dataset.y
        return self.problem.network.loss(p, x, y, self.problem.settings.loss)


def _inserted(p: Parameters, unit: int, w: float, b: float, v: float) -> Parameters:
    return Parameters(np.insert(p.w, unit, w), np.insert(p.b, unit, b), np.insert(p.v, unit, v), p.c)


def _index_of_lowest(losses: Array) -> int:
    """The index of the lowest finite loss; 0 if none is finite."""
    return int(np.where(np.isfinite(losses), losses, np.inf).argmin())


def _lowest(losses: Iterable[float]) -> float:
    return min((loss for loss in losses if math.isfinite(loss)), default=math.nan)


def one_fewer(p: Parameters, problem: Problem, unit: int, init: Initialization, seeds: Sequence[int]) -> Refit:
    """Remove a unit; `problem` is that of the network with it, `init` how random starts are drawn."""
    changed, locks = without_unit(p, problem.locks, unit)
    return _refit("one fewer", unit, p, changed, locks, problem, init, seeds)


def one_more(p: Parameters, problem: Problem, init: Initialization, seeds: Sequence[int]) -> Refit:
    """Add an unlocked unit where it helps most; `problem` is that without it, `init` how random starts are drawn."""
    changed, locks = with_unit(p, problem.locks, best_addition(problem.network, p, problem.dataset))
    return _refit("one more", p.units, p, changed, locks, problem, init, seeds)


def _refit(
    change: Change,
    unit: int,
    before: Parameters,
    changed: Parameters,
    locks: Locks,
    problem: Problem,
    init: Initialization,
    seeds: Sequence[int],
) -> Refit:
    """Begin a refit without an early stop; `locks` are those of the changed network."""
    problem_before = replace(problem, settings=replace(problem.settings, stop_below=None))
    problem = replace(problem_before, locks=locks)
    batch, batch_before = (_with_random_starts(p, of, init, seeds) for p, of in ((changed, problem), (before, problem_before)))
    return Refit(change, unit, before, changed, problem, problem_before, tuple(seeds), batch, batch_before)


def _with_random_starts(p: Parameters, problem: Problem, init: Initialization, seeds: Sequence[int]) -> Batch:
    """A batch of a network and of the random start of each seed."""
    starts = random_values(p, problem.locks, init, problem.dataset.x, seeds)
    return Batch.start(np.concatenate([[values_of(p)], starts]))
