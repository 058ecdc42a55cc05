"""Arrays of float64: their type, read-only copies, order statistics, and arithmetic without overflow warnings."""

import struct

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

_MAGNITUDE = 2**63 - 1  # the bits of a float64 number but for its sign


# Parameters are huge while training diverges or when typed so: inf and nan are then results, not worth a warning.
quiet = np.errstate(over="ignore", invalid="ignore")


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


def order_statistic(values: Array, rank: int) -> float:
    """The number that `rank` of the values come before in ascending order; none is nan.

    Found by halving the range of float64 numbers, where a sort or numpy's own selection would copy all values.
    """
    low, high = _ordinal(float(values.min())), _ordinal(float(values.max()))
    while low < high:
        middle = (low + high) // 2
        if np.count_nonzero(values <= _number(middle)) > rank:
            high = middle
        else:
            low = middle + 1
    return _number(low)


def _ordinal(number: float) -> int:
    """The place of a float64 number among all of them, 0 being that of 0.0."""
    bits: int
    (bits,) = struct.unpack("<q", struct.pack("<d", number))
    return bits if bits >= 0 else -(bits & _MAGNITUDE)


def _number(ordinal: int) -> float:
    (number,) = struct.unpack("<d", struct.pack("<q", ordinal if ordinal >= 0 else -ordinal | ~_MAGNITUDE))
    return float(number)
