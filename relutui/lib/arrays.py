"""Arrays of float64: their type, read-only copies, and arithmetic without overflow warnings."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


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
