"""Arrays in HDF5 files, read by a process of its own, which may crash or be ended."""

import json
import math
import subprocess
import sys
from typing import NamedTuple

import numpy as np

from relutui.exchange.problem import ExchangeError, missing
from relutui.lib.arrays import Array

LIMIT_S = 10.0


class Hdf5(NamedTuple):
    """The arrays of a file by their paths, and one of its attributes, empty if there is none."""

    arrays: dict[str, Array]
    text: str


def read_hdf5(content: bytes, attribute: str) -> Hdf5:
    """Read a file, and an attribute that is a text.  Raises ExchangeError."""
    # -P: nothing is imported from the present folder, where anyone's files may lie.
    command = [sys.executable, "-P", "-m", "relutui.exchange.hdf5_worker", attribute]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=LIMIT_S, check=False)
        line, _, numbers = done.stdout.partition(b"\n")
        answer = json.loads(line)
    except (subprocess.TimeoutExpired, ValueError):  # ValueError: it has crashed without an answer
        raise ExchangeError("no HDF5 file that can be read") from None
    if "missing" in answer:
        raise missing("an HDF5", answer["missing"])
    if "problem" in answer:
        raise ExchangeError(answer["problem"])
    arrays: dict[str, Array] = {}
    start = 0
    for name, shape in answer["shapes"].items():
        arrays[name] = np.frombuffer(numbers, np.float64, math.prod(shape), start).reshape(shape)
        start += arrays[name].nbytes
    return Hdf5(arrays, answer["text"])
