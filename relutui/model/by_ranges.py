"""Sums over many units with kinks and many points, in units + points instead of units x points.

network.py and gradient.py define what is summed.  Over points in ascending order each unit is on at one range of them, so that
running sums over the ranges give the same, but for rounding.  act(z) is z where a unit is on, and leak z where it is off.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array

MANY = 1_000_000  # units x points, from which on a sum without ranges takes longer than a frame


class Ranges(NamedTuple):
    """The points [first, end) at which each unit is on, of shape (units,); rising: those that are on up to the last point."""

    first: NDArray[np.intp]
    end: NDArray[np.intp]
    rising: NDArray[np.bool_]


def suits(units: int, x: Array) -> bool:
    """Whether there are so many that ranges are worth while, and the points, of shape (points,), ascend."""
    return units * len(x) >= MANY and bool((x[1:] >= x[:-1]).all())


def on_ranges(w: Array, b: Array, x: Array, at_kink: bool = False) -> Ranges:
    """Find where z > 0, or z >= 0, by bisection of z as it is rounded, which is monotonic too."""
    rising = w > 0.0
    low, high = np.zeros(len(w), np.intp), np.full(len(w), len(x))
    while (unsure := low < high).any():
        middle = (low + high) // 2
        z = w * x[np.minimum(middle, len(x) - 1)] + b
        is_beyond = ((z >= 0.0) if at_kink else (z > 0.0)) != rising
        low, high = np.where(unsure & is_beyond, middle + 1, low), np.where(unsure & ~is_beyond, middle, high)
    return Ranges(np.where(rising, low, 0), np.where(rising, len(x), low), rising)


def output_sum(w: Array, b: Array, v: Array, c: float, x: Array, leak: float) -> Array:
    """c + sum_j v_j act(w_j x + b_j), of shape (points,): every unit adds a straight line where it is on."""
    ranges = on_ranges(w, b, x)
    slope, height = (_running_sum(ranges, (1.0 - leak) * v * each, len(x)) + leak * (v @ each) for each in (w, b))
    total: Array = slope * x + (height + c)
    return total


def _running_sum(ranges: Ranges, values: Array, points: int) -> Array:
    """The sum of the values of the units that are on at each point; a unit that is off is never added, so nothing cancels."""
    up = ranges.rising
    begun = np.bincount(ranges.first[up], values[up], points + 1)[:points].cumsum()
    not_ended = np.bincount(ranges.end[~up], values[~up], points + 1)[:0:-1].cumsum()[::-1]
    total: Array = begun + not_ended
    return total


def pushed_sums(w: Array, b: Array, x: Array, pushed: Array, leak: float, at_kink: float) -> tuple[Array, Array, Array]:
    """Return the sums over the points of pushed a' x, of pushed a' and of pushed a, each of shape (units,).

    pushed: a factor of each point, of shape (points,); at_kink: a' where z = 0, of the share 1 - leak.
    """
    running = [np.append(0.0, each.cumsum()) for each in (pushed * x, pushed)]

    def within(ranges: Ranges) -> Array:
        return np.stack([each[ranges.end] - each[ranges.first] for each in running])

    everywhere = leak * np.array([[each[-1]] for each in running])
    on = within(on_ranges(w, b, x))
    sloped = (1.0 - at_kink) * on + at_kink * within(on_ranges(w, b, x, at_kink=True)) if at_kink else on
    by_x, by_1 = (1.0 - leak) * sloped + everywhere
    z_x, z_1 = (1.0 - leak) * on + everywhere
    return by_x, by_1, w * z_x + b * z_1
