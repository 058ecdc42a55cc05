"""The results of a sweep: what is kept of each network, in 9 bytes without its parameters, and the figures of its tables."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import order_statistic
from relutui.lib.file_array import FileArray, Numbers, blocks, joined
from relutui.lib.runs import add_run, gaps
from relutui.model.shapes import Sizes
from relutui.model.training import TrainingSettings
from relutui.model.values import number_of_values
from relutui.scenario.scenario import Init
from relutui.study.outcomes import OUTCOMES, Outcome, code_of

MAX_IN_MEMORY = 2**20  # networks, or parameters, that a ledger keeps in memory: 9 MB, or 8


@dataclass(frozen=True)
class Cell:
    """What all networks of a part of a sweep have in common, whatever their seed; init: how their starts are drawn.

    units: the number of units of each, those of all hidden layers together; layers: of each of several, none if there is one.
    """

    units: int
    settings: TrainingSettings
    init: Init
    layers: Sizes = ()

    @property
    def sizes(self) -> Sizes:
        """The number of units of each hidden layer."""
        return self.layers or (self.units,)

    @property
    def parameters(self) -> int:
        """The number of parameters of each network."""
        return number_of_values(self.sizes)


class Chunk(NamedTuple):
    """Some consecutive seeds of a cell, one network for each."""

    cell: Cell
    seeds: range


@dataclass(frozen=True, eq=False)
class Result:
    """What became of networks of a cell, in the order of their seeds.

    losses: shape (networks,), inf if one diverged; outcomes: their codes, of the same shape; parameters: those of one network
    after the other, each as in a Batch, nan if it diverged, or none at all where they are not kept.
    """

    cell: Cell
    losses: Numbers[np.float64]
    outcomes: Numbers[np.uint8]
    parameters: Numbers[np.float64] = field(default_factory=lambda: np.empty(0))

    def __len__(self) -> int:
        return len(self.losses)

    def first(self, networks: int) -> "Result":
        """The result of the first of these networks, without their parameters."""
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

    def __init__(self, cells: Sequence[Cell], seeds: range, parameters: bool = False) -> None:
        """parameters: whether those of each network are kept.  Raises OSError."""
        self._seeds, networks = seeds, len(cells) * len(seeds)
        self._firsts = {cell: place * len(seeds) for place, cell in enumerate(cells)}
        self._finished: dict[Cell, list[range]] = {cell: [] for cell in cells}  # runs of seeds
        zeros = FileArray.zeros if networks > MAX_IN_MEMORY else np.zeros
        self._losses: Numbers[np.float64] = zeros(networks, np.float64)
        self._outcomes: Numbers[np.uint8] = zeros(networks, np.uint8)
        self._parameters: dict[Cell, Numbers[np.float64]] = {}
        if parameters:
            numbers = len(seeds) * sum(cell.parameters for cell in cells)
            zeros = FileArray.zeros if numbers > MAX_IN_MEMORY else np.zeros
            self._parameters = {cell: zeros(len(seeds) * cell.parameters, np.float64) for cell in cells}

    @property
    def finished(self) -> int:
        """The number of networks that have a result."""
        return sum(len(seeds) for runs in self._finished.values() for seeds in runs)

    def enter(self, chunk: Chunk, result: Result) -> None:
        """Enter the result of a chunk.  Raises OSError."""
        entered = self._part(chunk)
        self._losses[entered] = result.losses
        self._outcomes[entered] = result.outcomes
        if chunk.cell in self._parameters:
            self._parameters[chunk.cell][self._parameters_part(chunk)] = result.parameters
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
            elif parts:  # a summary, which has no use for parameters
                found.append(Result(cell, joined([p.losses for p in parts]), joined([p.outcomes for p in parts])))
        return tuple(found)

    def _result(self, chunk: Chunk) -> Result:
        part = self._part(chunk)
        kept = self._parameters.get(chunk.cell, np.empty(0))
        return Result(chunk.cell, self._losses[part], self._outcomes[part], kept[self._parameters_part(chunk)])

    def _part(self, chunk: Chunk) -> slice:
        """The places of a chunk's networks among all."""
        first = self._firsts[chunk.cell] + self._seeds.index(chunk.seeds[0])
        return slice(first, first + len(chunk.seeds))

    def _parameters_part(self, chunk: Chunk) -> slice:
        """The places of a chunk's parameters among those of its cell."""
        first, each = self._seeds.index(chunk.seeds[0]), chunk.cell.parameters
        return slice(first * each, (first + len(chunk.seeds)) * each)
