"""The data as the burst by pieces reads them: sums over the first so many points, and where to look for a place."""

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relutui.data import Dataset
from relutui.network import Array

SLACK = 0.01  # of a cell, for the rounding of a kink's place in it


class Column(IntEnum):
    """Of the table: sums over the points before a place, and x of the point at it."""

    N = 0
    X = 1
    XX = 2
    Y = 3
    XY = 4
    AT = 5


ROW = 8  # numbers from one place to the next: a cache line, which the columns do not quite fill


class Tables(NamedTuple):
    """Sums over the points in order of x; points with the same x are one place.

    rows: shape (places + 2, ROW).  cells: the range of x in equal parts; cells[i] is the first place that a kink in cell i can
    have, of fewer than 2**rounds.  A kink k lies in cell k * scale + offset.
    """

    rows: Array
    cells: NDArray[np.int32]
    places: int
    rounds: int
    scale: float
    offset: float
    y_squares: float


def tables(dataset: Dataset) -> Tables:
    """The tables of the data."""
    x, first, n = np.unique(dataset.x, return_index=True, return_counts=True)
    y = np.add.reduceat(dataset.y, first)
    places = len(x)
    rows = np.zeros((places + 2, ROW))
    rows[1:-1, : Column.AT] = np.cumsum([n, n * x, n * x * x, y, x * y], axis=1).T
    rows[-1] = rows[-2]
    rows[:, Column.AT] = x[-1]
    rows[:places, Column.AT] = x

    # Each place of an even grid is the middle of a cell, so that one comparison finds it.
    scale = (places - 1) / (x[-1] - x[0]) if places > 1 else 1.0
    offset = 0.5 - x[0] * scale
    middles, edges = x * scale + offset, np.arange(places + 2.0)
    cells = np.searchsorted(middles, edges[:-1] - SLACK, "left")
    ends = np.searchsorted(middles, edges[1:] + SLACK, "right")
    cells[0], ends[-1] = 0, places  # kinks beyond the data are taken to the outer cells
    rounds = int((ends - cells).max()).bit_length()
    return Tables(rows, cells.astype(np.int32), places, rounds, scale, offset, float(dataset.y @ dataset.y))
