"""The file of a sweep as Parquet, by pyarrow or polars, whichever is there."""

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import numpy as np

from relutui.cli.sweep_columns import columns, parameter_columns, values
from relutui.cli.sweep_file import parameter_cells
from relutui.cli.usage import UsageError
from relutui.lib.files import create_by
from relutui.lib.number_text import finite
from relutui.study.outcomes import outcomes_of
from relutui.study.sweep import Sweep
from relutui.study.sweep_results import Ledger

SUFFIX = ".parquet"
BLOCK_ROWS = 131_072  # in a row group

Block = dict[str, Sequence[object]]  # of rows, by column


def check_library() -> None:
    """Refuse where neither library is there.  Raises UsageError."""
    if not (find_spec("pyarrow") or find_spec("polars")):
        raise UsageError(f"a file that ends in {SUFFIX} needs pyarrow: pip install 'relutui[parquet]'")


def write_parquet(file: Path, sweep: Sweep, ledger: Ledger) -> None:
    """Write the file, whole or not at all, with the rows of the CSV file; where one diverged its loss is null.

    Raises OSError.
    """
    blocks, numbers = _blocks(sweep, ledger), ("loss", *parameter_columns(sweep))
    write = _with_pyarrow if find_spec("pyarrow") else _with_polars
    create_by(file, lambda opened: write(opened, blocks, numbers))


def _with_pyarrow(file: BinaryIO, blocks: Iterator[Block], numbers: Sequence[str]) -> None:
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    first = next(blocks)
    types = {name: pyarrow.array(cells[:1]).type for name, cells in first.items()} | dict.fromkeys(numbers, pyarrow.float64())
    schema = pyarrow.schema(types)  # of a block in which all diverged no type of a number can be told
    with ParquetWriter(file, schema) as writer:
        for block in chain([first], blocks):
            writer.write_table(pyarrow.table(block, schema))


def _with_polars(file: BinaryIO, blocks: Iterator[Block], numbers: Sequence[str]) -> None:
    import polars

    frames = [polars.DataFrame(block, schema_overrides=dict.fromkeys(numbers, polars.Float64)) for block in blocks]
    polars.concat(frames).write_parquet(file)


def _blocks(sweep: Sweep, ledger: Ledger) -> Iterator[Block]:
    for chunk, result in ledger.entered():
        varied = values(sweep, chunk.cell)
        for first in range(0, len(result), BLOCK_ROWS):
            part = slice(first, first + BLOCK_ROWS)
            losses = [finite(loss) for loss in np.asarray(result.losses[part]).tolist()]
            own = chunk.seeds[part], losses, outcomes_of(np.asarray(result.outcomes[part]))
            cells = *([value] * len(losses) for value in varied), *own, *parameter_cells(sweep, chunk.cell, result, part)
            yield dict(zip(columns(sweep), cells))
