"""Successive halving, on losses that are known for each setting and seed."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.scenario.library import find, load
from relutui.study.grid import Varied
from relutui.study.halving import Rung, Search, networks_of, ranked, rungs_of
from relutui.study.outcomes import code_of
from relutui.study.sweep import Sweep, SweepProgress
from relutui.study.sweep_results import Cell, Chunk, Ledger, Result

FREE = load(find("lab-free"))
RATES = (1.0, 2.0, 3.0, 4.0, 5.0)


def result(cell: Cell, losses: Sequence[float]) -> Result:
    codes = [code_of("solved" if loss < 0.1 else "stands still") for loss in losses]
    return Result(cell, np.array(losses), np.array(codes, np.uint8))


def search(seeds: int, rates: Sequence[float] = RATES) -> Search:
    rungs = rungs_of(len(rates), seeds)
    grid = (Varied("learning_rate", tuple(rates)),)
    return Search(Sweep(FREE, FREE.settings, (3,), range(10, 10 + rungs[-1].seeds), 9, 0.1, grid), rungs)


class Trained:
    """Trains by looking up losses, by rate and in the order of the seeds, in chunks of two, and says what it was asked for."""

    def __init__(self, search: Search, losses: Mapping[float, Sequence[float]], most: int = 10_000) -> None:
        self.asked: list[dict[float, list[int]]] = []
        self.done: list[int] = []
        self._search, self._losses, self._most = search, losses, most

    async def run(self, missing: Sequence[Chunk]) -> AsyncIterator[SweepProgress]:
        self.asked.append({cell.settings.learning_rate: list(seeds) for cell, seeds in missing})
        done = self._search.sweep.networks - sum(len(seeds) for _, seeds in missing)
        for cell, seeds in missing:
            for at in range(0, len(seeds), 2):
                own = seeds[at : at + 2]
                done += len(own)
                losses = [self._losses[cell.settings.learning_rate][seed - 10] for seed in own]
                yield SweepProgress(done, 0, 0.0, (Chunk(cell, own), result(cell, losses)))

    def through(self, ledger: Ledger) -> None:
        """To the end, or until so many networks are entered."""

        async def train() -> None:
            async for reached in self._search.run(self.run, ledger):
                self.done.append(reached.done)
                assert reached.finished
                ledger.enter(*reached.finished)
                if ledger.finished >= self._most:
                    return

        asyncio.run(train())


def ledger_of(search: Search) -> Ledger:
    return Ledger(search.sweep.cells, search.sweep.seeds)


@pytest.mark.parametrize(
    ("settings", "seeds", "rungs", "networks"),
    [
        (2, 3, [(2, 3)], 6),
        (3, 1, [(3, 1), (2, 2)], 3 + 2),
        (5, 2, [(5, 2), (3, 4), (2, 8)], 10 + 6 + 8),
        (24, 1, [(24, 1), (12, 2), (6, 4), (3, 8), (2, 16)], 24 + 12 + 12 + 12 + 16),
    ],
)
def test_each_rung_has_the_better_half_and_twice_the_seeds(
    settings: int, seeds: int, rungs: list[tuple[int, int]], networks: int
) -> None:
    found = rungs_of(settings, seeds)
    assert found == tuple(Rung(*rung) for rung in rungs)
    assert networks_of(found) == networks


def test_success_counts_first_then_the_median_then_the_order() -> None:
    cells = search(1).sweep.cells
    losses = [[1.0, 1.0, 9.0], [1.0, 2.0, 3.0], [0.01, 9.0, 9.0], [1.0, 1.0, 2.0], [np.inf] * 3]
    places = [cells.index(each.cell) for each in ranked([result(*each) for each in zip(cells, losses)])]
    assert places == [2, 0, 3, 1, 4]


LOSSES = {  # by rate; one of 0.01 is solved
    1.0: [9.0, 9.0] + [0.01] * 6,  # would have won, but for its first seeds
    2.0: [0.01, 9.0, 9.0, 0.01] + [9.0] * 4,
    3.0: [0.01, 9.0, 0.01, 0.01] + [0.01] * 4,
    4.0: [0.01, 0.01, 9.0, 9.0] + [0.01] * 4,
    5.0: [8.0, 8.0] + [0.01] * 6,
}


def test_by_hand() -> None:
    """After two seeds 4 leads before 2 and 3; after four 3 leads, and 2 and 4 are even in all, of which 4 came first."""
    planned = search(2)
    ledger, trained = ledger_of(planned), Trained(planned, LOSSES)
    trained.through(ledger)
    assert trained.asked == [
        {rate: [10, 11] for rate in RATES},
        {4.0: [12, 13], 2.0: [12, 13], 3.0: [12, 13]},
        {3.0: [14, 15, 16, 17], 4.0: [14, 15, 16, 17]},
    ]
    standings = planned.standings(ledger)
    places = [(rung, each.cell.settings.learning_rate, len(each), each.success) for rung, each in standings]
    assert places == [(3, 3.0, 8, 7 / 8), (3, 4.0, 8, 6 / 8), (2, 2.0, 4, 2 / 4), (1, 5.0, 2, 0.0), (1, 1.0, 2, 0.0)]
    assert trained.done == list(range(2, 25, 2))
    assert planned.networks == ledger.finished == 24


@pytest.mark.parametrize("rates", [RATES[:1], RATES[:2]])
def test_of_few_there_is_one_rung(rates: Sequence[float]) -> None:
    planned = search(4, rates)
    ledger = ledger_of(planned)
    Trained(planned, LOSSES).through(ledger)
    assert [rung for rung, _ in planned.standings(ledger)] == [1] * len(rates)


def test_of_rungs_that_are_not_finished_nothing_is_said() -> None:
    planned = search(2)
    ledger = ledger_of(planned)
    Trained(planned, LOSSES, most=8).through(ledger)
    assert planned.standings(ledger) == []
    Trained(planned, LOSSES, most=14).through(ledger)  # two seeds of the second rung are missing
    assert [rung for rung, _ in planned.standings(ledger)] == [1] * 5


@given(
    losses=st.lists(st.lists(st.sampled_from([0.01, 1.0, 2.0, np.inf]), min_size=8, max_size=8), min_size=5, max_size=5),
    most=st.integers(0, 24),
)
def test_going_on_comes_to_the_same_and_trains_nothing_twice(losses: list[list[float]], most: int) -> None:
    planned, known = search(2), dict(zip(RATES, losses))
    whole, parted = ledger_of(planned), ledger_of(planned)
    Trained(planned, known).through(whole)
    Trained(planned, known, most).through(parted)
    begun = parted.finished
    later = Trained(planned, known)
    later.through(parted)
    assert sum(len(seeds) for asked in later.asked for seeds in asked.values()) == 24 - begun
    places = [
        [(rung, each.cell, np.asarray(each.losses).tolist()) for rung, each in planned.standings(ledger)]
        for ledger in (whole, parted)
    ]
    assert places[0] == places[1]
