"""The y-range of a chart, from the y of its data and of its curve."""

import math

import numpy as np

from relutui.lib.arrays import Array

MARGIN_SHARE = 0.05  # of the y-range, added above and below when it is fitted
HEADROOM_SHARE = 0.25  # of the y-range, added on the side where the curve has left it
MAX_OVERSHOOT_HEIGHTS = 3.0  # of the data, beyond which the y-range no longer follows the curve
MIN_RELATIVE_HEIGHT = 1e-9  # of the largest |y|: a flatter range gets the height of the data

Limits = tuple[float, float]


def fit(data: Array, curve: Array) -> Limits:
    """Return the limits of data and curve with a margin; bounded where the curve is far off."""
    low, high = _extent(data, curve)
    margin = MARGIN_SHARE * (high - low)
    return low - margin, high + margin


def widen(limits: Limits, data: Array, curve: Array) -> Limits:
    """Return the limits, widened only on the side where the curve has left them: a chart that jumps cannot be read."""
    (low, high), (lowest, highest) = limits, _extent(data, curve)
    headroom = HEADROOM_SHARE * (max(high, highest) - min(low, lowest))
    return (lowest - headroom if lowest < low else low), (highest + headroom if highest > high else high)


def _extent(data: Array, curve: Array) -> Limits:
    """Return the lowest and highest y of data and curve, bounded by MAX_OVERSHOOT_HEIGHTS and never of zero height."""
    low, high = float(data.min()), float(data.max())
    height = (high - low) or max(1.0, abs(high))
    curve = curve[np.isfinite(curve)]
    if len(curve):
        low = max(min(low, float(curve.min())), low - MAX_OVERSHOOT_HEIGHTS * height)
        high = min(max(high, float(curve.max())), high + MAX_OVERSHOOT_HEIGHTS * height)
    if not math.isfinite(high - low) or high - low <= MIN_RELATIVE_HEIGHT * max(abs(low), abs(high), 1e-300):
        low, high = low - height / 2, high + height / 2
    return low, high
