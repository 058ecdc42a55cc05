"""One unit fewer, one unit more: the network so changed, and then refitted, from there and from random starts."""

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
from relutui.session.unit_edits import Addition, grown, with_unit, without_unit
from relutui.study.sweep import random_starts, train_in_slices

Change = Literal["one fewer", "one more"]

MAX_TRIAL_WORK = 4_000_000  # points times the x at which a new unit is tried: at every point of 2,000, at fewer of more
MIN_TRIAL_KINKS = 100
MAX_HALVINGS = 30  # of its v, until it lowers the loss


class Variant(NamedTuple):
    """A network to compare with; the loss is not finite where training diverged, the seed that of its random start."""

    parameters: Parameters
    loss: float
    seed: int | None = None


@dataclass(frozen=True, eq=False)
class Refit:
    """A network before and after a change of its units, and how both of them train.

    unit: the one removed, or added; changed: all others as they were before; problem: that of the changed network;
    batch: the changed network and the random start of each seed, trained side by side.  problem_before and batch_before are
    those of the network before, trained as long from as many starts: only so one sees what the change alone does.
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
        """The same after each piece of the training, both batches having taken as many steps.  Raises TrainerUnavailable."""
        before = self.batch_before
        async for batch in train_in_slices(trainer, self.batch, self.problem, steps):
            before = await trainer.train_batch(before, self.problem_before, batch.step - before.step)
            yield replace(self, batch=batch, batch_before=before)

    def variants(self) -> tuple[Variant, ...]:
        """Before and changed; once there was a step, also refitted from there, and the best of those from random starts."""
        untrained = tuple(Variant(p, self._loss(p)) for p in (self.before, self.changed))
        if not self.batch.step:
            return untrained
        best = 1 + _index_of_lowest(self.batch.losses[1:])
        return (*untrained, self._refitted(0, None), self._refitted(best, self.seeds[best - 1]))

    @property
    def lowest(self) -> float:
        """The lowest loss since the change; nan where none is finite."""
        return _lowest(one.loss for one in self.variants()[1:])

    @property
    def compared(self) -> bool:
        """Whether networks of both kinds were trained, and of neither all diverged."""
        return all(bool(np.isfinite(batch.losses).any()) for batch in (self.batch, self.batch_before))

    @property
    def trained_before(self) -> float:
        """The lowest loss of the network before, and of its random starts, trained as long; nan where none is finite."""
        best = _index_of_lowest(self.batch_before.losses)
        return self._loss(self.batch_before.parameters(best)) if np.isfinite(self.batch_before.losses[best]) else np.nan

    @property
    def lowest_before(self) -> float:
        """The lowest loss without the change, trained or not; nan where none is finite."""
        return _lowest((self._loss(self.before), self.trained_before))

    def _refitted(self, network: int, seed: int | None) -> Variant:
        p = self.batch.parameters(network)
        return Variant(p, self._loss(p) if np.isfinite(self.batch.losses[network]) else np.nan, seed)

    def _loss(self, p: Parameters) -> float:
        x, y = self.problem.dataset.x, self.problem.dataset.y
        return self.problem.network.loss(p, x, y, self.problem.settings.loss)


def _index_of_lowest(losses: Array) -> int:
    """Where the lowest is; the first where none is finite."""
    return int(np.where(np.isfinite(losses), losses, np.inf).argmin())


def _lowest(losses: Iterable[float]) -> float:
    return min((loss for loss in losses if math.isfinite(loss)), default=math.nan)


def one_fewer(p: Parameters, problem: Problem, unit: int, scale: float, seeds: Sequence[int]) -> Refit:
    """One unit removed; the problem is that of all units, scale that of the random starts."""
    changed, locks = without_unit(p, problem.locks, unit)
    return _refit("one fewer", unit, p, changed, locks, problem, scale, seeds)


def one_more(p: Parameters, problem: Problem, scale: float, seeds: Sequence[int]) -> Refit:
    """A unit added where it helps most, itself not locked; the problem is that without it, scale that of the random starts."""
    changed, locks = with_unit(p, problem.locks, best_addition(problem.network, p, problem.dataset))
    return _refit("one more", p.units, p, changed, locks, problem, scale, seeds)


@quiet
def best_addition(network: Network, p: Parameters, dataset: Dataset) -> Addition:
    """The unit with |w| = 1 that lowers the sum of squared errors most, all else as it is: where the residual r calls for it.

    Tried with its kink at the data's x, on both sides.  For a unit of activation phi the best v is (r . phi) / (phi . phi),
    and the gain (r . phi)^2 / (phi . phi), least squares in closed form.  With an activation g on the output phi is
    multiplied by g', which holds only near v = 0 (Gauss-Newton), so v is halved until the loss falls.  Where nothing helps
    it has v = 0, and its kink at the largest residual.
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
    """The different x of the data; where they are too many, some of them, evenly chosen."""
    places, most = np.unique(x), max(MIN_TRIAL_KINKS, MAX_TRIAL_WORK // len(x))
    return places if len(places) <= most else places[np.linspace(0, len(places) - 1, most).round().astype(int)]


def _halved_until_lower(network: Network, p: Parameters, dataset: Dataset, added: Addition) -> Addition:
    """The addition with its v halved until the loss falls, or 0."""
    before = network.loss(p, dataset.x, dataset.y)
    for _ in range(MAX_HALVINGS):
        if network.loss(grown(p, added), dataset.x, dataset.y) < before:
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
    """The beginning; both are trained as long as one likes, whatever the loss.  locks: those of the changed network."""
    problem_before = replace(problem, settings=replace(problem.settings, stop_below=None))
    problem = replace(problem_before, locks=locks)
    batch, batch_before = (_with_random_starts(p, of, scale, seeds) for p, of in ((changed, problem), (before, problem_before)))
    return Refit(change, unit, before, changed, problem, problem_before, tuple(seeds), batch, batch_before)


def _with_random_starts(p: Parameters, problem: Problem, scale: float, seeds: Sequence[int]) -> Batch:
    """A network as it is, and the random start of each seed."""
    starts = random_starts(p, problem.locks, scale, seeds)
    return Batch.start(np.concatenate([[values_of(p)], starts.values]))
