"""The peaks of a slope along x, and the stretches around them: what the sum of soft steps is told by."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array

VALLEY_SHARE = 0.5  # of the smaller of two peaks of one sign: without a place below this between them they are one
MIN_PEAK_SHARE = 1e-3  # of the largest; a smaller peak is left to its neighbours


def slope_peaks(slopes: Array) -> list[tuple[int, int, float]]:
    """Divide places into stretches with a peak each: (first, end, slope at the peak), end exclusive; one at least.

    slopes: shape (places,), finite.  Stretches meet where the slope changes its sign, or is smallest between two peaks.
    """
    sizes = np.abs(slopes)
    large = sizes > MIN_PEAK_SHARE * sizes.max()
    tops = np.flatnonzero(large & np.where(slopes > 0.0, _is_top(slopes), _is_top(-slopes)))
    peaks: list[int] = []
    for top in tops.tolist():
        if peaks and not _are_two(slopes, peaks[-1], top):
            top = max(peaks.pop(), top, key=lambda place: float(sizes[place]))
        peaks.append(top)
    peaks = peaks or [0]
    cuts = [_cut(slopes, left, right) for left, right in pairwise(peaks)]
    bounds = pairwise([0, *cuts, len(slopes)])
    return [(first, end, float(slopes[peak])) for (first, end), peak in zip(bounds, peaks)]


def _is_top(values: Array) -> NDArray[np.bool_]:
    """Whether each value is above the next and not below the one before."""
    around = np.pad(values, 1, constant_values=-np.inf)
    return np.asarray((values >= around[:-2]) & (values > around[2:]))


def _are_two(slopes: Array, left: int, right: int) -> bool:
    """Whether two peaks have different signs, or a valley between them."""
    between = slopes[left : right + 1] * np.sign(slopes[left])
    return bool(between.min() < VALLEY_SHARE * min(between[0], abs(between[-1])))


def _cut(slopes: Array, left: int, right: int) -> int:
    """The first place after a peak that belongs to the next one."""
    between = slopes[left + 1 : right + 1] * np.sign(slopes[left])
    return left + 1 + int((between < 0.0).argmax() if between[-1] < 0.0 else between.argmin())
