"""The results of a sweep: what is kept of each network, in 9 bytes, and the figures of its tables."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import order_statistic
from relutui.lib.file_array import FileArray, Numbers, blocks, joined
from relutui.lib.runs import add_run, gaps
from relutui.model.training import TrainingSettings
from relutui.study.outcomes import OUTCOMES, Outcome, code_of

MAX_IN_MEMORY = 2**20  # networks whose results a ledger keeps in memory: 9 MB


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
    losses: Numbers[np.float64]
    outcomes: Numbers[np.uint8]

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
        return min(float(block.min()) for block in blocks(self.losses))

    def quantile(self, share: float) -> float:
        """The lowest of the losses that at least this share of the networks do not exceed."""
        return order_statistic(lambda: blocks(self.losses), max(math.ceil(len(self) * share - 1.0), 0))

    def counts(self) -> dict[Outcome, int]:
        """The number of networks with each outcome of training, and of those without any where there are some."""
        untrained = self._count("untrained")
        return {outcome: self._count(outcome) for outcome in OUTCOMES} | ({"untrained": untrained} if untrained else {})

    def _count(self, outcome: Outcome) -> int:
        return sum(int(np.count_nonzero(block == code_of(outcome))) for block in blocks(self.outcomes))


class Ledger:
    """The results of all networks of a sweep, entered chunk by chunk in any order; of many networks, they are in a file."""

    def __init__(self, cells: Sequence[Cell], seeds: range) -> None:
        """Raises OSError."""
        self._seeds, networks = seeds, len(cells) * len(seeds)
        self._firsts = {cell: place * len(seeds) for place, cell in enumerate(cells)}
        self._finished: dict[Cell, list[range]] = {cell: [] for cell in cells}  # runs of seeds
        zeros = FileArray.zeros if networks > MAX_IN_MEMORY else np.zeros
        self._losses: Numbers[np.float64] = zeros(networks, np.float64)
        self._outcomes: Numbers[np.uint8] = zeros(networks, np.uint8)

    @property
    def finished(self) -> int:
        """The number of networks that have a result."""
        return sum(len(seeds) for runs in self._finished.values() for seeds in runs)

    def enter(self, chunk: Chunk, result: Result) -> None:
        """Enter the result of a chunk.  Raises OSError."""
        entered = self._part(chunk)
        self._losses[entered] = result.losses
        self._outcomes[entered] = result.outcomes
        add_run(self._finished[chunk.cell], chunk.seeds)

    def missing(self) -> tuple[Chunk, ...]:
        """The networks without a result, cell by cell, in as few chunks as possible."""
        return tuple(Chunk(cell, seeds) for cell, runs in self._finished.items() for seeds in gaps(runs, self._seeds))

    def entered(self) -> tuple[tuple[Chunk, Result], ...]:
        """The results, cell by cell in the order of their seeds, in as few chunks as possible."""
        chunks = [Chunk(cell, seeds) for cell, runs in self._finished.items() for seeds in runs]
        return tuple((chunk, self._result(chunk)) for chunk in chunks)

    def results(self) -> tuple[Result, ...]:
        """The results of each cell that has any."""
        found = []
        for cell, runs in self._finished.items():
            parts = [self._result(Chunk(cell, seeds)) for seeds in runs]
            if len(parts) == 1:
                found += parts  # without a copy
            elif parts:
                found.append(Result(cell, joined([p.losses for p in parts]), joined([p.outcomes for p in parts])))
        return tuple(found)

    def _result(self, chunk: Chunk) -> Result:
        part = self._part(chunk)
        return Result(chunk.cell, self._losses[part], self._outcomes[part])

    def _part(self, chunk: Chunk) -> slice:
        """Where the networks of a chunk are among all."""
        first = self._firsts[chunk.cell] + self._seeds.index(chunk.seeds[0])
        return slice(first, first + len(chunk.seeds))
