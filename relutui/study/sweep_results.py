"""The results of a sweep: what is kept of each network, in 9 bytes, and the figures of its tables."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array, order_statistic
from relutui.model.training import TrainingSettings
from relutui.study.outcomes import OUTCOMES, Codes, Outcome, code_of


@dataclass(frozen=True)
class Cell:
    """What all networks of a part of a sweep have in common, whatever their seed; scale: of their random starts."""

    units: int
    settings: TrainingSettings
    scale: float


class Chunk(NamedTuple):
    """Some consecutive seeds of a cell, one network for each."""

    cell: Cell
    seeds: range


@dataclass(frozen=True, eq=False)
class Result:
    """What became of networks of a cell, in the order of their seeds.

    losses: shape (networks,), inf if one diverged; outcomes: their codes, of the same shape.
    """

    cell: Cell
    losses: Array
    outcomes: Codes

    def __len__(self) -> int:
        return len(self.losses)

    def first(self, networks: int) -> "Result":
        """The result of the first of these networks."""
        return Result(self.cell, self.losses[:networks], self.outcomes[:networks])

    @property
    def success(self) -> float:
        """The share of solved networks, from 0 to 1."""
        return self._count("solved") / len(self)

    @property
    def error(self) -> float:
        """The binomial standard error of `success`."""
        return float(np.sqrt(self.success * (1.0 - self.success) / len(self)))

    @property
    def best(self) -> float:
        """The lowest loss; inf if all diverged."""
        return float(self.losses.min())

    def quantile(self, share: float) -> float:
        """The lowest of the losses that at least this share of the networks do not exceed."""
        return order_statistic(self.losses, max(math.ceil(len(self) * share - 1.0), 0))

    def counts(self) -> dict[Outcome, int]:
        """The number of networks with each outcome of training, and of those without any where there are some."""
        untrained = self._count("untrained")
        return {outcome: self._count(outcome) for outcome in OUTCOMES} | ({"untrained": untrained} if untrained else {})

    def _count(self, outcome: Outcome) -> int:
        return int(np.count_nonzero(self.outcomes == code_of(outcome)))


class Ledger:
    """The results of all networks of a sweep, entered chunk by chunk in any order."""

    def __init__(self, cells: Sequence[Cell], seeds: range) -> None:
        self._cells, self._seeds = tuple(cells), seeds
        # Zeros take no memory until something else is written over them.
        self._losses = {cell: np.zeros(len(seeds)) for cell in cells}
        self._outcomes = {cell: np.zeros(len(seeds), np.uint8) for cell in cells}

    @property
    def finished(self) -> int:
        """The number of networks that have a result."""
        return sum(int(np.count_nonzero(outcomes)) for outcomes in self._outcomes.values())

    def enter(self, chunk: Chunk, result: Result) -> None:
        """Enter the result of a chunk."""
        first = self._seeds.index(chunk.seeds[0])
        entered = slice(first, first + len(chunk.seeds))
        self._losses[chunk.cell][entered] = result.losses
        self._outcomes[chunk.cell][entered] = result.outcomes

    def missing(self) -> tuple[Chunk, ...]:
        """The networks without a result, cell by cell, in as few chunks as possible."""
        return tuple(Chunk(cell, seeds) for cell in self._cells for seeds in self._runs(cell, finished=False))

    def entered(self) -> tuple[tuple[Chunk, Result], ...]:
        """The results, cell by cell in the order of their seeds, in as few chunks as possible."""
        return tuple((Chunk(cell, seeds), self._result(cell, seeds)) for cell in self._cells for seeds in self._runs(cell))

    def results(self) -> tuple[Result, ...]:
        """The results of each cell that has any."""
        found = []
        for cell in self._cells:
            parts = [self._result(cell, seeds) for seeds in self._runs(cell)]
            if len(parts) == 1:
                found += parts  # without a copy
            elif parts:
                losses, outcomes = (np.concatenate(each) for each in zip(*((p.losses, p.outcomes) for p in parts)))
                found.append(Result(cell, losses, outcomes))
        return tuple(found)

    def _runs(self, cell: Cell, finished: bool = True) -> list[range]:
        """The runs of consecutive seeds of a cell that have a result, or have none."""
        wanted = np.concatenate([[False], (self._outcomes[cell] != 0) == finished, [False]])
        ends = np.flatnonzero(wanted[1:] != wanted[:-1]).reshape(-1, 2)
        return [self._seeds[first:last] for first, last in ends.tolist()]

    def _result(self, cell: Cell, seeds: range) -> Result:
        part = slice(self._seeds.index(seeds[0]), self._seeds.index(seeds[-1]) + 1)
        return Result(cell, self._losses[cell][part], self._outcomes[cell][part])
