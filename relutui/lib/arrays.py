"""Arrays of float64: their type, read-only copies, order statistics, and arithmetic without overflow warnings."""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

ROUNDING = 1e-14  # of the sum of the terms' sizes: a sum no larger than this is 0

NUMBERS_OF_PART = 15_000  # 120 kB: the C library maps anew what is larger than 128, and hands it back at once

_SIGN = 2**63  # of the bits of a float64 number
_DIGIT = 11  # bits of a digit of an ordinal, which has six

# Parameters are huge while training diverges or when typed so: inf and nan are then results, not worth a warning.
quiet = np.errstate(over="ignore", invalid="ignore")


def parts_of(points: int, numbers: int) -> list[slice]:
    """Cut points into parts for arrays of so many numbers a point, that stay in the cache and for which no page is mapped."""
    size = max(1, NUMBERS_OF_PART // max(1, numbers))
    return [slice(first, first + size) for first in range(0, points, size)] or [slice(0)]


def distinct(*values: ArrayLike) -> Array:
    """The distinct values in ascending order; np.unique would import numpy.ma, which takes a twentieth of the start-up."""
    ordered = np.sort(np.concatenate([np.atleast_1d(some) for some in values]))
    different: Array = ordered[np.diff(ordered, prepend=np.nan) != 0.0]
    return different


def read_only(values: ArrayLike) -> Array:
    """A read-only float64 copy."""
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array


@quiet
def rounded_sum(terms: ArrayLike, sizes: ArrayLike | None = None) -> Array:
    """The sum of terms along the first axis, 0 where it is no larger than its rounding error, as in 0.1 + 0.2 - 0.3.

    sizes: those of the numbers that the terms were computed from, if these are larger.
    """
    total = np.asarray(terms).sum(axis=0)
    size = np.abs(terms if sizes is None else sizes).sum(axis=0)
    return np.asarray(np.where(np.abs(total) <= ROUNDING * size, 0.0, total))


def order_statistic(blocks: Callable[[], Iterable[Array]], rank: int) -> float:
    """The number that `rank` of some numbers come before in ascending order; none is nan.

    blocks: the numbers, block by block, whenever it is called: they are counted by one digit of their ordinals after the other,
    so that only a block has to be in memory.
    """
    ordinal = 0  # its digits so far
    for shift in range(5 * _DIGIT, -1, -_DIGIT):
        counts = np.zeros(2**_DIGIT, np.int64)
        for block in blocks():
            ordinals = _ordinals(block) >> shift
            digits = ordinals[ordinals >> _DIGIT == ordinal] % 2**_DIGIT
            counts += np.bincount(digits.astype(np.int64), minlength=len(counts))
        ends = np.cumsum(counts)
        digit = int(np.searchsorted(ends, rank, side="right"))
        rank -= int(ends[digit] - counts[digit])
        ordinal = ordinal << _DIGIT | digit
    bits = ordinal ^ _SIGN if ordinal & _SIGN else ordinal ^ 2**64 - 1
    return float(np.uint64(bits).view(np.float64))


def _ordinals(numbers: Array) -> NDArray[np.uint64]:
    """The place of each number among all of float64, as an unsigned whole number of 64 bits."""
    bits = np.ascontiguousarray(numbers, np.float64).view(np.uint64)
    return np.where(bits & _SIGN, ~bits, bits ^ _SIGN)
