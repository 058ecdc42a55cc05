"""Arrays of float64: their type, read-only copies, and arithmetic that overflows without a warning."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


# Parameters may be huge, while training diverges or because someone typed them; inf and nan are results then, not warnings.
quiet = np.errstate(over="ignore", invalid="ignore")


def distinct(*values: ArrayLike) -> Array:
    """All the values in ascending order, each once; np.unique would first import numpy.ma, a twentieth of the start."""
    ordered = np.sort(np.concatenate([np.atleast_1d(some) for some in values]))
    different: Array = ordered[np.diff(ordered, prepend=np.nan) != 0.0]
    return different


def read_only(values: ArrayLike) -> Array:
    """A float64 copy that cannot be written to."""
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array
