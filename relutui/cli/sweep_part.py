"""FILE.part: what is finished of a sweep, written chunk by chunk, so that a later one goes on from it."""

import fcntl
import hashlib
import io
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import groupby, islice
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np

from relutui import __version__
from relutui.cli.sweep_columns import columns, from_columns, parameter_columns, values
from relutui.cli.sweep_file import block_rows, header, rows
from relutui.cli.usage import UsageError
from relutui.lib.arrays import Array
from relutui.lib.safe_text import quote_value
from relutui.scenario.writer import problem_toml
from relutui.study.outcomes import Outcome, code_of
from relutui.study.sweep import Sweep
from relutui.study.sweep_results import Cell, Chunk, Ledger, Result

_MARK = b'# {"relutui": '  # how a part begins


class _Network(NamedTuple):
    """A row of the file: the code of its outcome, and its parameters in their columns."""

    cell: Cell
    seed: int
    loss: float
    code: int
    parameters: Array


def part_of(file: Path) -> Path:
    """The path of FILE.part."""
    return file.with_name(f"{file.name}.part")


def check_part(file: Path, resume: bool) -> None:
    """Refuse to begin a sweep anew where a part of one is there.  Raises UsageError."""
    if not resume and os.path.lexists(part_of(file)):
        raise UsageError(f"{part_of(file)} is there, from a sweep that did not end; --resume goes on from it")


class Part:
    """FILE.part, open and locked, as a context that removes it at the end if nothing in it is worth keeping.

    Its first line says what it is a part of; then come the header and the rows of the CSV file, in the order in which their
    chunks were finished.
    """

    def __init__(self, file: Path, sweep: Sweep, networks: int) -> None:
        """Open the part of a file, or an empty one; networks: how many the file will have.

        Raises UsageError if another process has it open, and OSError.
        """
        self.path, self._sweep, self._networks = part_of(file), sweep, networks
        self._file = io.FileIO(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666), "r+")
        self._size = os.fstat(self._file.fileno()).st_size
        self._kept = self._size > 0
        try:
            self._lock()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> "Part":
        return self

    def __exit__(self, *error: object) -> None:
        if not self._kept:
            self.path.unlink(missing_ok=True)
        self._file.close()

    def read(self, renderer: str, ledger: Ledger) -> None:
        """Enter its rows in the ledger, and drop a last line that is not whole; write what it is a part of if it is empty.

        Raises UsageError if it is of another sweep or not readable, and OSError.
        """
        identity = _identity(self._sweep, renderer) | {"networks": self._networks}
        self._size = _read(self.path, self._sweep, identity, ledger)
        self._file.truncate(self._size)
        if not self._size:
            self._write(f"# {json.dumps(identity)}\n{header(self._sweep)}")
        self._kept = ledger.finished > 0

    def append(self, chunk: Chunk, result: Result) -> None:
        """Write the rows of a chunk to the disk.  Raises OSError."""
        for text in rows(self._sweep, chunk, result):
            self._write(text)
        self._kept = True

    def drop(self) -> None:
        """Let the part be removed at the end."""
        self._kept = False

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(f"{self.path}: another sweep is writing it") from None
        except OSError:  # a file system without locks
            pass

    def _write(self, text: str) -> None:
        """Append a text; what was written of it before an error is taken back."""
        left = memoryview(text.encode())
        try:
            self._file.seek(self._size)
            while left:
                left = left[self._file.write(left) :]
            os.fsync(self._file.fileno())
        except OSError as error:
            with suppress(OSError):
                self._file.truncate(self._size)
            error.filename = str(self.path)
            raise
        self._size = self._file.tell()


def _identity(sweep: Sweep, renderer: str) -> dict[str, object]:
    """All that the rows depend on."""
    varied = {name: ", ".join(map(str, taken)) for name, taken in sweep.grid}
    return {
        "relutui": __version__,
        "renderer": renderer,
        "grid": ", ".join(varied),
        "units": varied["units"],
        "seeds": f"{sweep.seeds[0]} to {sweep.seeds[-1]}",
        "steps": sweep.steps,
        "below": sweep.below,
        "optimizer": varied.get("optimizer", sweep.settings.optimizer),
        "learning rate": varied.get("learning_rate", sweep.settings.learning_rate),
        "momentum": varied.get("momentum", sweep.settings.momentum),
        "weight decay": varied.get("weight_decay", sweep.settings.weight_decay),
        "scheme": varied.get("scheme", sweep.scenario.init.scheme),
        "scale": varied.get("scale", sweep.scenario.init.scale),
        "number of parameters": len(parameter_columns(sweep)),
        "scenario": hashlib.sha256(problem_toml(sweep.scenario).encode()).hexdigest()[:16],
    }


def _read(path: Path, sweep: Sweep, identity: dict[str, object], ledger: Ledger) -> int:
    """Enter the rows of a part in the ledger, and return the size of its whole lines; 0 if it is new."""
    with path.open("rb") as lines:
        first, second = lines.readline(), lines.readline()
        if not first.startswith(_MARK[: len(first)]):
            raise UsageError(f"{path}: line 1: expected what it is a part of, got {_quoted(first)}")
        if not second.endswith(b"\n"):  # not even the beginning was written
            return 0
        _check_identity(path, first, identity)
        size, number = len(first) + len(second), 3
        cells = {tuple(map(str, values(sweep, cell))): cell for cell in sweep.cells}
        while block := list(islice(lines, block_rows(sweep))):
            if not block[-1].endswith(b"\n"):
                block.pop()
            networks = []
            for at, line in enumerate(block, number):
                try:
                    networks.append(_network(line, cells, sweep))
                except (KeyError, ValueError):
                    expected = ", ".join(columns(sweep))
                    raise UsageError(f"{path}: line {at}: expected {expected}, got {_quoted(line)}") from None
            for chunk, result in _chunks(networks, sweep):
                ledger.enter(chunk, result)
            size, number = size + sum(map(len, block)), number + len(block)
    return size


def _check_identity(path: Path, line: bytes, here: dict[str, object]) -> None:
    try:
        there = json.loads(line[2:])
    except ValueError:
        raise UsageError(f"{path}: line 1: expected what it is a part of, got {_quoted(line)}") from None
    for key, value in here.items():
        if there.get(key) != value:
            has, asked = quote_value(there.get(key)), quote_value(value)
            raise UsageError(f"{path} is a part of another sweep: its {key} is {has}, and {asked} is asked for")


def _network(line: bytes, cells: dict[tuple[str, ...], Cell], sweep: Sweep) -> _Network:
    """The network of a row.  Raises KeyError and ValueError."""
    written = line.decode().rstrip("\n").split(",")
    if len(written) != len(columns(sweep)):
        raise ValueError(f"{len(written)} cells")
    cell = cells[tuple(written[: len(sweep.grid)])]
    seed, loss, outcome, *parameters = written[len(sweep.grid) :]
    return _Network(
        cell,
        sweep.seeds[sweep.seeds.index(int(seed))],
        float(loss) if loss else np.inf,
        code_of(cast(Outcome, outcome)),
        np.array([float(number) if number else np.nan for number in parameters]),
    )


def _chunks(networks: Sequence[_Network], sweep: Sweep) -> Iterator[tuple[Chunk, Result]]:
    """Networks as chunks, one for each run of consecutive seeds."""
    for _, run in groupby(enumerate(networks), lambda placed: (placed[1].cell, placed[1].seed - placed[0])):
        cells, seeds, losses, codes, parameters = zip(*(network for _, network in run))
        kept = from_columns(sweep, cells[0], np.array(parameters)) if sweep.parameters else np.empty(0)
        result = Result(cells[0], np.array(losses), np.array(codes, np.uint8), kept)
        yield Chunk(cells[0], range(seeds[0], seeds[-1] + 1)), result


def _quoted(line: bytes) -> str:
    return quote_value(line.decode(errors="replace").rstrip("\n"))
