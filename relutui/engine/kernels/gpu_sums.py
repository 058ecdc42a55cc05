"""Sums in the kernels for a GPU, in the registers of a thread and over the threads of a group."""

from collections.abc import Sequence

from tinygrad import dtypes
from tinygrad.dtype import AddrSpace
from tinygrad.uop.ops import UOp

from relutui.engine.kernels.arguments import register

LANES = 16  # threads that visit the points for a unit


def zeros(number: int, slot: int, after: UOp) -> tuple[UOp, UOp]:
    """Return registers for `number` sums, and the store that sets them to 0."""
    sums = register(number, dtypes.float32, slot)
    return sums, UOp.group(*(sums.after(after)[n].store(0.0) for n in range(number)))


def add(sums: UOp, terms: Sequence[UOp], started: UOp, loop: UOp) -> list[UOp]:
    """Return the stores that add the terms to the sums."""
    before = sums.after(started, loop)
    return [sums[n].store(before[n].load() + term) for n, term in enumerate(terms)]


def over_all(threads: int, thread: UOp, terms: Sequence[UOp], slots: tuple[int, int]) -> list[UOp]:
    """Sum the terms of all threads of a group, for each thread, in two steps: every LANES-th, then these."""
    for slot in slots:
        parts = UOp.placeholder((len(terms) * threads,), dtypes.float32, slot=slot, addrspace=AddrSpace.LOCAL)
        stored = parts.after(UOp.group(*(parts[k * threads + thread].store(term) for k, term in enumerate(terms))))
        every_lane = [thread % LANES + n for n in range(0, threads, LANES)]
        read = every_lane if slot == slots[0] else range(LANES)
        terms = [pairwise([stored[k * threads + n].load() for n in read]) for k in range(len(terms))]
    return list(terms)


def pairwise(terms: list[UOp]) -> UOp:
    """Add a power of two of terms, in pairs."""
    while len(terms) > 1:
        terms = [a + b for a, b in zip(terms[::2], terms[1::2])]
    return terms[0]
