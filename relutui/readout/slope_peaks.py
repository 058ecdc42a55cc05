"""The peaks of a slope along x, and the stretches around them: what the sum of soft steps is told by."""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array

VALLEY_SHARE = 0.5  # of the smaller of two peaks of one sign: without a place below this between them they are one
MIN_PEAK_SHARE = 1e-3  # of the largest; a smaller peak is left to its neighbours
ZOOMS, ZOOMED = 4, 17  # how often a peak or a change of sign is looked at more closely, and at how many places each time


class Peak(NamedTuple):
    """A stretch of x and the slope of largest size in it."""

    low: float
    high: float
    slope: float


def peaks_along(slope: Callable[[Array], Array], x: Array) -> list[Peak]:
    """Divide the range of x into stretches with a peak of the slope each; one at least.

    x: ascending, shape (places,), so close that each peak is steeper at one of them than at those beside it.
    """
    slopes = slope(x)
    found = slope_peaks(slopes)
    sign = np.array([1.0 if slopes[peak] > 0.0 else -1.0 for _, peak, _ in found])
    around = np.array([(x[max(peak - 1, 0)], x[min(peak + 1, len(x) - 1)]) for _, peak, _ in found])
    low, high = around.T
    steepest = sign * slopes[[peak for _, peak, _ in found]]
    for _ in range(ZOOMS):
        low, high, closer = _zoomed(slope, sign, low, high)
        steepest = np.maximum(steepest, closer)
    cuts = [_meeting(slope, x[first - 1 : first + 1], slopes[first - 1 : first + 1]) for first, _, _ in found[1:]]
    return [Peak(*span, its) for span, its in zip(pairwise([float(x[0]), *cuts, float(x[-1])]), (sign * steepest).tolist())]


def slope_peaks(slopes: Array) -> list[tuple[int, int, int]]:
    """Divide places into stretches with a peak each: (first, place of the peak, end), end exclusive; one at least.

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
    return [(first, peak, end) for (first, end), peak in zip(bounds, peaks)]


def _zoomed(slope: Callable[[Array], Array], sign: Array, low: Array, high: Array) -> tuple[Array, Array, Array]:
    """The places beside the largest slope, times its sign, between each low and high, and that slope; of shape (peaks,)."""
    places = np.linspace(low, high, ZOOMED, axis=1)
    sizes = sign[:, None] * slope(places.ravel()).reshape(places.shape)
    rows, best = np.arange(len(places)), sizes.argmax(axis=1)
    return places[rows, np.maximum(best - 1, 0)], places[rows, np.minimum(best + 1, ZOOMED - 1)], sizes[rows, best]


def _meeting(slope: Callable[[Array], Array], ends: Array, slopes: Array) -> float:
    """Where the slope changes its sign between two places; the second of them where it does not."""
    low, high = ends
    if slopes[0] * slopes[1] >= 0.0:
        return float(high)
    for _ in range(ZOOMS):
        places = np.linspace(low, high, ZOOMED)
        after = max(int((slope(places) * slopes[1] > 0.0).argmax()), 1)
        low, high = places[after - 1 : after + 1]
    return float(high)


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
