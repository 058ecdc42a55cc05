"""The ledger of a sweep, against a dictionary of what was entered."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.lib.file_array import FileArray
from relutui.model.training import TrainingSettings
from relutui.scenario.scenario import Init
from relutui.study import sweep_results
from relutui.study.sweep_results import Cell, Chunk, Ledger, Result

CELLS = tuple(Cell(units, TrainingSettings(), Init()) for units in (1, 2, 5))
SEEDS = range(7, 27)

chunks = st.builds(
    lambda cell, first, count: Chunk(cell, SEEDS[first : first + count]),
    st.sampled_from(CELLS),
    st.integers(0, len(SEEDS) - 1),
    st.integers(1, 8),
)


def result(chunk: Chunk) -> Result:
    """Losses and outcomes that tell a network from every other."""
    losses = np.array([chunk.cell.units + seed / 100 for seed in chunk.seeds])
    return Result(chunk.cell, losses, np.array([1 + seed % 7 for seed in chunk.seeds], np.uint8))


@pytest.fixture(params=[True, False], ids=["in a file", "in memory"], autouse=True, scope="module")
def in_file(request: pytest.FixtureRequest) -> Iterator[bool]:
    """Whether ledgers keep their results in a file."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param:
            patch.setattr(sweep_results, "MAX_IN_MEMORY", 0)
        yield request.param


@given(st.lists(chunks, max_size=12))
def test_what_is_entered_in_any_order_comes_out_in_order_and_the_rest_is_missing(in_file: bool, entered: list[Chunk]) -> None:
    ledger = Ledger(CELLS, SEEDS)
    for chunk in entered:
        ledger.enter(chunk, result(chunk))
    has = {(chunk.cell, seed) for chunk in entered for seed in chunk.seeds}
    every = [(cell, seed) for cell in CELLS for seed in SEEDS]
    assert ledger.finished == len(has)
    assert [(cell, seed) for cell, seeds in ledger.missing() for seed in seeds] == [each for each in every if each not in has]
    assert [(cell, seed) for (cell, seeds), _ in ledger.entered() for seed in seeds] == [each for each in every if each in has]
    for chunk, found in ledger.entered():
        np.testing.assert_array_equal(found.losses, result(chunk).losses)
        np.testing.assert_array_equal(found.outcomes, result(chunk).outcomes)
    for found in ledger.results():
        assert isinstance(found.losses, FileArray) == in_file
        seeds = [seed for cell, seed in every if cell == found.cell and (cell, seed) in has]
        assert np.asarray(found.losses).tolist() == [found.cell.units + seed / 100 for seed in seeds]
    assert [found.cell for found in ledger.results()] == [cell for cell in CELLS if cell in {chunk.cell for chunk in entered}]


def test_neighbours_are_one_chunk_whatever_chunks_they_came_in() -> None:
    ledger = Ledger(CELLS, SEEDS)
    for first in (9, 7, 11, 20):
        chunk = Chunk(CELLS[1], range(first, first + 2))
        ledger.enter(chunk, result(chunk))
    assert [chunk for chunk, _ in ledger.entered()] == [Chunk(CELLS[1], range(7, 13)), Chunk(CELLS[1], range(20, 22))]
    assert ledger.missing() == (
        Chunk(CELLS[0], SEEDS), Chunk(CELLS[1], range(13, 20)), Chunk(CELLS[1], range(22, 27)), Chunk(CELLS[2], SEEDS),
    )  # fmt: skip
