"""Successive halving: all settings with few seeds each, the better half with twice as many, and so on to the last two.

After Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization" (2016).
"""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from relutui.study.sweep import Sweep, SweepProgress
from relutui.study.sweep_results import Cell, Chunk, Ledger, Result

Run = Callable[[Sequence[Chunk]], AsyncIterator[SweepProgress]]


class Rung(NamedTuple):
    """How many settings are compared, by how many seeds each, those of the rungs before included."""

    settings: int
    seeds: int


def rungs_of(settings: int, seeds: int) -> tuple[Rung, ...]:
    """The rungs for so many settings, of which the first has so many seeds."""
    rungs = [Rung(settings, seeds)]
    while rungs[-1].settings > 2:
        rungs.append(Rung((rungs[-1].settings + 1) // 2, 2 * rungs[-1].seeds))
    return tuple(rungs)


def networks_of(rungs: Sequence[Rung]) -> int:
    """How many networks the rungs train, each once."""
    further = sum(rung.settings * (rung.seeds - before.seeds) for before, rung in pairwise(rungs))
    return rungs[0].settings * rungs[0].seeds + further


def ranked(results: Sequence[Result]) -> list[Result]:
    """Results of equally many networks, the best first: by their success, then by their median loss, else as they are."""
    return sorted(results, key=lambda result: (-result.success, result.quantile(0.5)))


class Standing(NamedTuple):
    """A setting's result at the last rung that it has reached, counted from 1."""

    rung: int
    result: Result


@dataclass(frozen=True)
class Search:
    """The plan of a search; sweep: the grid, with the seeds of the last rung."""

    sweep: Sweep
    rungs: tuple[Rung, ...]

    @property
    def networks(self) -> int:
        """The number of networks in all."""
        return networks_of(self.rungs)

    async def run(self, run: Run, ledger: Ledger) -> AsyncIterator[SweepProgress]:
        """Train rung by rung what the ledger has no result of, by `run`, and yield its progress.

        What is finished has to be in the ledger before more is asked for.  Raises what `run` does.
        """
        for number, rung in enumerate(self.rungs):
            missing = self._missing(ledger, self._contestants(ledger, number), rung.seeds)
            begun = ledger.finished + sum(len(seeds) for _, seeds in missing) - self.sweep.networks
            async for reached in run(missing):
                yield reached._replace(done=begun + reached.done)

    def standings(self, ledger: Ledger) -> list[Standing]:
        """The settings, the best first, as the rungs that are finished have it; none if not even the first is."""
        found: list[Standing] = []
        for number, results in enumerate(self._finished(ledger)):
            found[: len(results)] = [Standing(number + 1, result) for result in results]
        return found

    def _contestants(self, ledger: Ledger, number: int) -> Sequence[Cell]:
        """The cells of a rung, counted from 0, of which those before are finished."""
        if not number:
            return self.sweep.cells
        return [result.cell for result in self._finished(ledger)[number - 1][: self.rungs[number].settings]]

    def _finished(self, ledger: Ledger) -> list[list[Result]]:
        """The results of each rung that is finished, the best first, with no more seeds than it has."""
        found: list[list[Result]] = []
        cells: Sequence[Cell] = self.sweep.cells
        entered = {result.cell: result for result in ledger.results()}
        for rung in self.rungs:
            cells = cells[: rung.settings]
            if self._missing(ledger, cells, rung.seeds):
                break
            found.append(ranked([entered[cell].first(rung.seeds) for cell in cells]))
            cells = [result.cell for result in found[-1]]
        return found

    def _missing(self, ledger: Ledger, cells: Collection[Cell], seeds: int) -> list[Chunk]:
        """What has no result of the first seeds of these cells."""
        end = self.sweep.seeds[0] + seeds
        wanted = [(cell, own) for cell, own in ledger.missing() if cell in cells and own[0] < end]
        return [Chunk(cell, range(own[0], min(own[-1] + 1, end))) for cell, own in wanted]
