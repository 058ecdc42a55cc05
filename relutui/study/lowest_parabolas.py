"""Parabolas that are the lowest somewhere: those of which the least squares up to a kink consist.

By the functional pruning of Fearnhead, Maidstone and Letchford (2019), "Detecting changes in slope with an L0 penalty", a
parabola that is nowhere the lowest is dropped.  Here each holds for some heights only.
"""

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array
from relutui.study.partial_fits import CEILING, Parabolas

HEIGHT_CELLS = (12, 96)  # into which the heights at a stop are split, coarsely and then finely
SAME_SQUARES = 1e-15  # of the squares of the straight fit: a parabola that is lower by less is not kept for that
WIDER = 1.0 + 1e-9  # times the range of heights, so that rounding leaves no height out


def below(some: Parabolas, ceiling: Array) -> Parabolas:
    """Those that are anywhere at most as high as their ceiling, each limited to where it is."""
    with np.errstate(invalid="ignore", divide="ignore"):
        vertex = -some.b / (2.0 * some.a)
        reach = np.sqrt((ceiling - (some.c - some.b**2 / (4.0 * some.a))) / some.a)
    low, high = np.maximum(some.low, vertex - reach), np.minimum(some.high, vertex + reach)
    return some._replace(low=low, high=high).at(low <= high)


def lowest(some: Parabolas) -> Parabolas:
    """Those that may be the lowest at their stop for some height; none of the ceilings."""
    some = some.at(np.argsort(some.stop, kind="stable"))
    for cells in HEIGHT_CELLS:
        if len(some.stop):
            some = some.at(_possibly_lowest(some, cells))
    return some.at(some.origin != CEILING)


def _possibly_lowest(some: Parabolas, cells: int) -> NDArray[np.bool_]:
    """Which are in some cell of heights lower than every other's maximum there; of equal ones the first."""
    new = np.append(True, some.stop[1:] != some.stop[:-1])
    starts, group = np.flatnonzero(new), np.cumsum(new) - 1
    fit, number = some.origin != CEILING, np.arange(len(new))
    lowest_height = np.minimum.reduceat(np.where(fit, some.low, np.inf), starts)
    with np.errstate(invalid="ignore", divide="ignore"):
        size = (np.maximum.reduceat(np.where(fit, some.high, -np.inf), starts) - lowest_height) * (WIDER / cells)
        vertex = -some.b / (2.0 * some.a)
        possible = np.zeros(len(new), np.bool_)
        for cell in range(cells):
            left, right = (lowest_height + cell * size)[group], (lowest_height + (cell + 1) * size)[group]
            top = np.maximum((some.a * left + some.b) * left + some.c, (some.a * right + some.b) * right + some.c)
            top = np.where((some.low <= left) & (some.high >= right), top, np.inf)
            ceiling = np.minimum.reduceat(top, starts)[group]
            first = np.minimum.reduceat(np.where(np.isfinite(top) & (top == ceiling), number, len(number)), starts)[group]
            height = np.clip(vertex, np.maximum(some.low, left), np.minimum(some.high, right))
            bottom = (some.a * height + some.b) * height + some.c
            meets = (some.low <= right) & (some.high >= left)
            possible |= meets & ((bottom < ceiling - SAME_SQUARES) | (number == first))
    return possible
