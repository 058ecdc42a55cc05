"""A network with one unit fewer or one more, refitted from the changed parameters and from random starts."""

import math
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from relutui.lib.arrays import Array, quiet
from relutui.model.batch import Batch, values_of
from relutui.model.dataset import Dataset
from relutui.model.network import Network, Parameters, activate, slope
from relutui.model.trainer import Trainer
from relutui.model.training import Locks, Problem
from relutui.session.unit_edits import Addition, append_unit, with_unit, without_unit
from relutui.study.sweep import random_starts, train_in_slices

Change = Literal["one fewer", "one more"]

MAX_TRIAL_WORK = 4_000_000  # points times trial kinks, at most: all points are tried up to 2,000 of them
MIN_TRIAL_KINKS = 100  # however many points there are
MAX_HALVINGS = 30  # of v, before a unit counts as of no help


class Variant(NamedTuple):
    """A network to compare; its loss is nan if training diverged, and seed is that of its random start, if any."""

    parameters: Parameters
    loss: float
    seed: int | None = None


@dataclass(frozen=True, eq=False)
class Refit:
    """A network before and after a unit is removed or added, both trained from there and from random starts.

    unit: the one removed or added; changed: the parameters with it gone or there, the others unchanged; problem: that of the
    changed network; batch: the changed network and the random start of each seed.  problem_before and batch_before are the
    control: the network before the change, trained for as many steps from as many starts.
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

    async def trained(self, trainer: Trainer, steps: int) -> AsyncIterator["Refit"]:
        """Train both batches, and yield the refit after each slice of as many steps of both.  Raises TrainerUnavailable."""
        before = self.batch_before
        async for batch in train_in_slices(trainer, self.batch, self.problem, steps):
            before = await trainer.train_batch(before, self.problem_before, batch.step - before.step)
            yield replace(self, batch=batch, batch_before=before)

    def variants(self) -> tuple[Variant, ...]:
        """The network before and changed; after the first step also the changed one refitted, and the best random start."""
        untrained = tuple(Variant(p, self._loss(p)) for p in (self.before, self.changed))
        if not self.batch.step:
            return untrained
        best = 1 + _index_of_lowest(self.batch.losses[1:])
        return (*untrained, self._refitted(0, None), self._refitted(best, self.seeds[best - 1]))

    @property
    def lowest(self) -> float:
        """The lowest loss of all variants with the change; nan if none is finite."""
        return _lowest(one.loss for one in self.variants()[1:])

    @property
    def compared(self) -> bool:
        """Whether some network with the change and some without it has a finite loss after training."""
        return all(bool(np.isfinite(batch.losses).any()) for batch in (self.batch, self.batch_before))

    @property
    def trained_before(self) -> float:
        """The lowest trained loss without the change, from the network itself or a random start; nan if none is finite."""
        best = _index_of_lowest(self.batch_before.losses)
        return self._loss(self.batch_before.parameters(best)) if np.isfinite(self.batch_before.losses[best]) else np.nan

    @property
    def lowest_before(self) -> float:
        """The lowest loss without the change, trained or not; nan if none is finite."""
        return _lowest((self._loss(self.before), self.trained_before))

    def _refitted(self, network: int, seed: int | None) -> Variant:
        p = self.batch.parameters(network)
        return Variant(p, self._loss(p) if np.isfinite(self.batch.losses[network]) else np.nan, seed)

    def _loss(self, p: Parameters) -> float:
        x, y = self.problem.dataset.x, self.problem.dataset.y
        return self.problem.network.loss(p, x, y, self.problem.settings.loss)


def _index_of_lowest(losses: Array) -> int:
    """The index of the lowest finite loss; 0 if none is finite."""
    return int(np.where(np.isfinite(losses), losses, np.inf).argmin())


def _lowest(losses: Iterable[float]) -> float:
    return min((loss for loss in losses if math.isfinite(loss)), default=math.nan)


def one_fewer(p: Parameters, problem: Problem, unit: int, scale: float, seeds: Sequence[int]) -> Refit:
    """Remove a unit; `problem` is that of the network with it, `scale` that of the random starts."""
    changed, locks = without_unit(p, problem.locks, unit)
    return _refit("one fewer", unit, p, changed, locks, problem, scale, seeds)


def one_more(p: Parameters, problem: Problem, scale: float, seeds: Sequence[int]) -> Refit:
    """Add an unlocked unit where it helps most; `problem` is that without it, `scale` that of the random starts."""
    changed, locks = with_unit(p, problem.locks, best_addition(problem.network, p, problem.dataset))
    return _refit("one more", p.units, p, changed, locks, problem, scale, seeds)


@quiet
def best_addition(network: Network, p: Parameters, dataset: Dataset) -> Addition:
    """The unit with |w| = 1 that lowers the sum of squared errors most, all other parameters unchanged.

    Kinks are tried at the data's x, on both sides.  By least squares in closed form, a unit with activations phi over the
    points is best with v = (r . phi) / (phi . phi), where r is the residual, and gains (r . phi)^2 / (phi . phi).  An output
    activation g multiplies phi by g', which holds only near v = 0 (Gauss-Newton), so v is halved until the loss falls.  If
    no unit helps, v is 0 and the kink is at the largest residual.
    """
    x, total = dataset.x, network.output_sum(p, dataset.x)
    r = dataset.y - activate(network.output_activation, total)
    g = slope(network.output_activation, total, network.slope_at_kink)
    best, most = Addition(float(x[np.abs(r).argmax()]), 1.0, 0.0), 0.0
    for kink in _trial_kinks(x).tolist():
        phi = g * activate(network.activation, np.array([[1.0], [-1.0]]) * (x - kink))  # (sides, points)
        along, size = phi @ r, (phi**2).sum(axis=1)
        v = np.divide(along, size, out=np.zeros(2), where=size > 0.0)
        gain = np.nan_to_num(v * along, nan=0.0, posinf=0.0)
        if gain.max() > most:
            side = int(gain.argmax())
            best, most = Addition(kink, (1.0, -1.0)[side], float(v[side])), float(gain[side])
    return _halved_until_lower(network, p, dataset, best)


def _trial_kinks(x: Array) -> Array:
    """The distinct x of the data, or evenly chosen ones if they are too many."""
    places, most = np.unique(x), max(MIN_TRIAL_KINKS, MAX_TRIAL_WORK // len(x))
    return places if len(places) <= most else places[np.linspace(0, len(places) - 1, most).round().astype(int)]


def _halved_until_lower(network: Network, p: Parameters, dataset: Dataset, added: Addition) -> Addition:
    """Halve the v of an addition until it lowers the loss; 0 if it never does."""
    before = network.loss(p, dataset.x, dataset.y)
    for _ in range(MAX_HALVINGS):
        if network.loss(append_unit(p, added), dataset.x, dataset.y) < before:
            return added
        added = added._replace(v=added.v / 2.0)
    return added._replace(v=0.0)


def _refit(
    change: Change,
    unit: int,
    before: Parameters,
    changed: Parameters,
    locks: Locks,
    problem: Problem,
    scale: float,
    seeds: Sequence[int],
) -> Refit:
    """Begin a refit without an early stop; `locks` are those of the changed network."""
    problem_before = replace(problem, settings=replace(problem.settings, stop_below=None))
    problem = replace(problem_before, locks=locks)
    batch, batch_before = (_with_random_starts(p, of, scale, seeds) for p, of in ((changed, problem), (before, problem_before)))
    return Refit(change, unit, before, changed, problem, problem_before, tuple(seeds), batch, batch_before)


def _with_random_starts(p: Parameters, problem: Problem, scale: float, seeds: Sequence[int]) -> Batch:
    """A batch of a network and of the random start of each seed."""
    starts = random_starts(p, problem.locks, scale, seeds)
    return Batch.start(np.concatenate([[values_of(p)], starts.values]))
