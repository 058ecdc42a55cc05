"""C: the engine's method by hand, built by clang from a source checkout; a yardstick for the others."""

import ctypes
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from relutui.bench.task import Optimizer, Run, Task, Values
from relutui.engine.devices.choice import clang, run_compiler

SOURCE = Path(__file__).parents[3] / "tests" / "benchmarks" / "by_pieces.c"  # not in a wheel
_FLAGS = ("-O3", "-march=native", "-fno-math-errno", "-shared", "-fPIC")


def version() -> str | None:
    """The version of clang; None where it, or the source, is missing."""
    compiler = clang()
    if compiler is None or not SOURCE.exists():
        return None
    found = re.search(r"version (\S+)", run_compiler([compiler, "--version"], b"").decode(errors="replace"))
    return found[1] if found else "of unknown version"


def prepare(task: Task, variant: str) -> Run:
    """Compile the training of so many units by the task's optimizer; float64; there is one variant only."""
    train = _built(task.units, task.optimizer).train
    x, y = (part.astype(np.float64) for part in (task.x, task.y))
    c, w, b, v = (np.atleast_2d(part.astype(np.float64)) for part in task.start)
    start = np.concatenate([c.reshape(-1, 1), np.stack([w, b, v], axis=2).reshape(len(w), -1)], axis=1)
    networks, points = ctypes.c_long(len(start)), ctypes.c_long(task.points)

    def run(steps: int) -> Values:
        values = start.copy()
        if train(
            _address(values), networks, _address(x), _address(y), points, ctypes.c_long(steps), ctypes.c_double(task.rate)
        ):
            raise MemoryError("no memory for the table")
        own = values if task.networks else values[0]
        c, w, b, v = (part.astype(np.float32) for part in (own[..., 0], own[..., 1::3], own[..., 2::3], own[..., 3::3]))
        return c, w, b, v

    return run


@cache
def _built(units: int, optimizer: Optimizer) -> ctypes.CDLL:
    compiler = clang()
    assert compiler
    constants = [f"-DUNITS={units}", *(["-DADAM"] if optimizer == "adam" else [])]
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        library = Path(folder, "by_pieces.so")
        run_compiler([compiler, *_FLAGS, *constants, str(SOURCE), "-lm", "-o", str(library)], b"")
        return ctypes.CDLL(str(library))


def _address(values: Any) -> ctypes.c_void_p:
    return ctypes.c_void_p(values.ctypes.data)
