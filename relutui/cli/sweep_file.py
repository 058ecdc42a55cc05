"""The CSV file of a sweep: a header and a row for each network."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import repeat
from pathlib import Path

import numpy as np

from relutui.cli.sweep_columns import columns, in_columns, values
from relutui.lib.files import create_atomically
from relutui.lib.number_text import finite
from relutui.study.outcomes import outcomes_of
from relutui.study.sweep import Sweep
from relutui.study.sweep_results import Cell, Chunk, Ledger, Result

BLOCK_CELLS = 65_536  # that are in memory as text at once


def write_file(file: Path, sweep: Sweep, ledger: Ledger) -> None:
    """Write the file, whole or not at all, with a row for each network that has a result.  Raises OSError."""
    create_atomically(file, _blocks(sweep, ledger))


def block_rows(sweep: Sweep) -> int:
    """How many rows are in memory as text at once."""
    return max(1, BLOCK_CELLS // len(columns(sweep)))


def header(sweep: Sweep) -> str:
    """The first line, with the names of the columns."""
    return _text([columns(sweep)])


def rows(sweep: Sweep, chunk: Chunk, result: Result) -> Iterator[str]:
    """The rows of a chunk, in texts of so many rows as `block_rows` has it."""
    varied = values(sweep, chunk.cell)
    for first in range(0, len(result), block_rows(sweep)):
        block = slice(first, first + block_rows(sweep))
        losses, outcomes = np.asarray(result.losses[block]), np.asarray(result.outcomes[block])
        own = chunk.seeds[block], map(finite, losses.tolist()), outcomes_of(outcomes)
        yield _text(zip(*map(repeat, varied), *own, *parameter_cells(sweep, chunk.cell, result, block)))


def parameter_cells(sweep: Sweep, cell: Cell, result: Result, block: slice) -> list[list[float | None]]:
    """The columns of parameters of some networks of a result, with None where there is no number."""
    if not sweep.parameters:
        return []
    numbers = slice(block.start * cell.parameters, block.stop * cell.parameters)
    table = in_columns(sweep, cell, np.asarray(result.parameters[numbers]))
    return [[finite(number) for number in column] for column in table.T.tolist()]


def _blocks(sweep: Sweep, ledger: Ledger) -> Iterator[str]:
    yield header(sweep)
    for chunk, result in ledger.entered():
        yield from rows(sweep, chunk, result)


def _text(cells: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(cells)
    return text.getvalue()
