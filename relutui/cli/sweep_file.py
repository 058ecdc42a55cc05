"""The CSV file of a sweep: a header and a row for each network."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import repeat
from pathlib import Path

import numpy as np

from relutui.lib.files import create_atomically
from relutui.lib.number_text import finite
from relutui.study.grid import Value, value_of
from relutui.study.outcomes import outcomes_of
from relutui.study.sweep import Sweep
from relutui.study.sweep_results import Cell, Chunk, Ledger, Result

BLOCK_ROWS = 16_384  # that are in memory as text at once


def write_file(file: Path, sweep: Sweep, ledger: Ledger) -> None:
    """Write the file, whole or not at all, with a row for each network that has a result.  Raises OSError."""
    create_atomically(file, _blocks(sweep, ledger))


def columns(sweep: Sweep) -> tuple[str, ...]:
    """The names of the columns: those of what is varied, then what each network has of its own."""
    return *(varied.name for varied in sweep.grid), "seed", "loss", "outcome"


def values(sweep: Sweep, cell: Cell) -> tuple[Value, ...]:
    """What the networks of a cell have in the columns of what is varied."""
    return tuple(value_of(cell, varied.name) for varied in sweep.grid)


def header(sweep: Sweep) -> str:
    """The first line, with the names of the columns."""
    return _text([columns(sweep)])


def rows(sweep: Sweep, chunk: Chunk, result: Result) -> Iterator[str]:
    """The rows of a chunk, in texts of BLOCK_ROWS rows."""
    varied = values(sweep, chunk.cell)
    for first in range(0, len(result), BLOCK_ROWS):
        block = slice(first, first + BLOCK_ROWS)
        losses, outcomes = np.asarray(result.losses[block]), np.asarray(result.outcomes[block])
        yield _text(zip(*map(repeat, varied), chunk.seeds[block], map(finite, losses.tolist()), outcomes_of(outcomes)))


def _blocks(sweep: Sweep, ledger: Ledger) -> Iterator[str]:
    yield header(sweep)
    for chunk, result in ledger.entered():
        yield from rows(sweep, chunk, result)


def _text(cells: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(cells)
    return text.getvalue()
