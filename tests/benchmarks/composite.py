"""How long the pieces of networks of several hidden layers take to find, and the memory that takes.

Run: python -m tests.benchmarks.composite.
"""

import tracemalloc
from time import perf_counter

import numpy as np

from relutui.model.composite import Composite, composite
from relutui.model.network import Layer, Parameters
from relutui.model.values import number_of_values, parameters_of
from tests.benchmarks.sessions import verdict
from tests.model.test_composite import UNIT, folds, relus

TARGET = 0.2  # s for 10,000 pieces
RUNS = 5


def through_wide_layers(times: int) -> Parameters:
    """So many lines within so many, three layers of them, passed on by seven layers of 64 units that bend nowhere else."""
    narrow, sizes = folds(times, 3), (64,) * 7
    rest = parameters_of(np.abs(np.random.default_rng(0).normal(size=number_of_values(sizes))) / 64, sizes)
    first = Layer(np.tile(narrow.v, (64, 1)), np.full(64, 1.0))
    return Parameters(narrow.w, narrow.b, rest.v, 0.0, (*narrow.deeper, first, *rest.deeper))


def main() -> None:
    """Print a line for each network, and of those with about 10,000 pieces the verdict."""
    for name, p in (
        ("10 lines, 4 layers", folds(10, 4)),
        ("22 lines, 3 layers, and 7 layers of 64 units", through_wide_layers(22)),
        ("3 lines, 10 layers", folds(3, 10)),
        ("2 lines, 10 layers", folds(2, 10)),
        ("4 lines, 10 layers: a million pieces", folds(4, 10)),
    ):
        times = []
        for _ in range(RUNS):
            p = Parameters(p.w, p.b, p.v, p.c, p.deeper)  # another one, as answers are remembered by identity
            begun = perf_counter()
            found = composite(relus(len(p.sizes)), p, UNIT)
            times.append(perf_counter() - begun)
        tracemalloc.start()
        composite(relus(len(p.sizes)), Parameters(p.w, p.b, p.v, p.c, p.deeper), UNIT)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        pieces = f"{found.pieces:,} pieces" if isinstance(found, Composite) else str(found)
        met = f"   target {TARGET}: {verdict(min(times) <= TARGET)}" if pieces.startswith("10,") else ""
        print(f"{name}: {pieces}, {min(times):.3f} s, {peak / 1e6:.0f} MB{met}")


if __name__ == "__main__":
    main()
