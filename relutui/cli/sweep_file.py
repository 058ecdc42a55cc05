"""The CSV file of a sweep: a header and a row for each network."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from relutui.lib.files import create_atomically
from relutui.lib.number_text import finite
from relutui.study.outcomes import outcomes_of
from relutui.study.sweep_results import Chunk, Ledger, Result

COLUMNS = ("units", "seed", "loss", "outcome")
BLOCK_ROWS = 16_384  # that are in memory as text at once


def write_file(file: Path, ledger: Ledger) -> None:
    """Write the file, whole or not at all, with a row for each network that has a result.  Raises OSError."""
    create_atomically(file, _blocks(ledger))


def header() -> str:
    """The first line, with the names of the columns."""
    return _text([COLUMNS])


def rows(chunk: Chunk, result: Result) -> Iterator[str]:
    """The rows of a chunk, in texts of BLOCK_ROWS rows."""
    for first in range(0, len(result), BLOCK_ROWS):
        block = slice(first, first + BLOCK_ROWS)
        losses, outcomes = map(finite, result.losses[block].tolist()), outcomes_of(result.outcomes[block])
        yield _text(zip([chunk.cell.units] * len(outcomes), chunk.seeds[block], losses, outcomes))


def _blocks(ledger: Ledger) -> Iterator[str]:
    yield header()
    for chunk, result in ledger.entered():
        yield from rows(chunk, result)


def _text(cells: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(cells)
    return text.getvalue()
