"""The memory of a ledger, in a process of its own."""

import subprocess
import sys

MANY = """
import resource
import numpy as np
from relutui.model.training import TrainingSettings
from relutui.study.sweep_results import Cell, Chunk, Ledger, Result

def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

cell, size = Cell(3, TrainingSettings(), 1.0), 2**14
losses, codes = np.arange(size) + 1.0, (1 + np.arange(size) % 7).astype(np.uint8)
for chunks in (4, 256):
    ledger = Ledger([cell], range(chunks * size))
    for chunk in reversed(range(chunks)):
        ledger.enter(Chunk(cell, range(chunk * size, (chunk + 1) * size)), Result(cell, losses * (chunk + 1), codes))
    (result,) = ledger.results()
    print(ledger.finished, result.best, result.quantile(1.0), result.counts()["solved"], peak_mb())
"""


def test_the_memory_of_four_million_results_is_that_of_few() -> None:
    """They are 38 MB; that of 65,536 is in memory."""
    lines = subprocess.run([sys.executable, "-c", MANY], capture_output=True, text=True, check=True).stdout.splitlines()
    (*few, before), (*many, after) = (list(map(float, line.split())) for line in lines)
    solved = -(-(2**14) // 7)  # of a chunk
    assert few == [2**16, 1.0, 4 * 2.0**14, 4 * solved]
    assert many == [2**22, 1.0, 256 * 2.0**14, 256 * solved]
    assert after - before < 12
