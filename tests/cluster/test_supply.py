"""How a sweep is cut into chunks for a cluster."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from relutui.cluster.client import CHUNK_S, FIRST_WORK, MAX_GROWTH, Supply
from relutui.model.training import TrainingSettings
from relutui.scenario.scenario import Init
from relutui.study.sweep import MAX_CHUNK
from relutui.study.sweep_results import Cell, Chunk

CELLS = tuple(Cell(units, TrainingSettings(), Init()) for units in (1, 3, 256))


def missing(*ranges: tuple[int, int, int]) -> list[Chunk]:
    return [Chunk(CELLS[cell], range(first, first + count)) for cell, first, count in ranges]


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 100), st.integers(1, 5000)), max_size=5),
    st.lists(st.floats(1e-6, 100.0), min_size=1, max_size=10),
)
def test_every_network_is_in_one_chunk_whatever_the_chunks_took(ranges: list[tuple[int, int, int]], took: list[float]) -> None:
    supply, taken = Supply(missing(*ranges)), []
    while chunk := supply.take():
        taken.append(chunk)
        supply.learn(chunk, took[len(taken) % len(took)])
    wanted = [(cell, seed) for cell, seeds in missing(*ranges) for seed in seeds]
    assert [(cell, seed) for cell, seeds in taken for seed in seeds] == wanted
    assert all(1 <= len(chunk.seeds) <= MAX_CHUNK for chunk in taken)


def test_chunks_come_to_take_the_time_that_they_should() -> None:
    each_s = 1e-3  # a network of 3 units takes a worker
    supply, sizes = Supply(missing((1, 0, 100_000))), []
    while chunk := supply.take():
        sizes.append(len(chunk.seeds))
        supply.learn(chunk, len(chunk.seeds) * each_s)
    assert sizes[0] == FIRST_WORK // 3
    assert all(after <= MAX_GROWTH * before + 3 for before, after in pairwise(sizes))
    assert all(abs(size * each_s - CHUNK_S) < 0.01 for size in sizes[4:-1])


def test_the_rest_of_a_cell_teaches_little_and_larger_networks_come_in_smaller_chunks() -> None:
    supply = Supply(missing((1, 0, 2 * (FIRST_WORK // 3) + 1), (2, 0, 10), (0, 0, 1000)))
    sizes = []
    while chunk := supply.take():
        sizes.append(len(chunk.seeds))
        if len(chunk.seeds) == 1 and chunk.cell is CELLS[1]:
            supply.learn(chunk, 1000.0)  # as if it had stood still
    assert sizes == [85, 85, 1] + [1] * 10 + [256, 256, 256, 232]
