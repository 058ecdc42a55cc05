"""The data as the burst by pieces reads them: sums over the first so many points, and where to look for a place."""

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array, quiet
from relutui.lib.identity_cache import cached_by_identity
from relutui.model.dataset import Dataset

SLACK = 0.01  # of a cell, for the rounding of a kink's place in it
FAR = 16.0  # times their spread the x may be away from 0 and stay as they are
FAR_Y = 2.0  # and the y, whose squares are summed for the loss
SWAMPED = 1e3  # times the x at the right end that the largest x may be, for sums to the right to be differences
LARGE = 1e4  # times the spread of y that the parts of a prediction may be, for its loss
FEW_ROUNDINGS = 2.0**-50  # of the largest x, which points at equal distances may be off
MOST_EVEN = 2.0**26  # distances of points at equal distances from 0
MOST_INVERTED = 1e150  # inverse of a part, whose square is still a number
ROUNDING = 1e-10  # a float64's, in terms of the 1e-6 to which sums are to be right


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

    Differences of two rows are what counts.  So that they keep their digits, x and y are taken from a centre, and the sums
    begin at the place nearest to that of x and go both ways: what lies further out is not smaller than what it is added to.

    rows: shape (places + 2, ROW).  cells: the range of x in equal parts; cells[i] is the first place that a kink in cell i can
    have, of fewer than 2**rounds.  A kink k, counted from the centre, lies in cell k * scale + offset.  parts: see `doubt`.
    """

    rows: Array
    cells: NDArray[np.int32]
    places: int
    rounds: int
    scale: float
    offset: float
    y_squares: float
    centre: float
    middle: float
    parts: tuple[float, float]

    @quiet
    def doubt(self, values: Array, leak: float) -> NDArray[np.bool_]:
        """Which of the networks with these parameters, of shape (networks, 1 + 3 units), the tables may not do for.

        They do where sum_j (v_j b_j)^2 parts[0] + (v_j w_j)^2 parts[1], over the units that are on anywhere, is below 1.
        """
        c, w, b, v = values[:, 0], values[:, 1::3], values[:, 2::3], values[:, 3::3]
        b = b + w * self.centre
        first, last = (w * self.rows[place, Column.AT] + b > 0.0 for place in (0, self.places - 1))
        jump = np.where(first == last, 0.0, np.where(first, leak - 1.0, 1.0 - leak) * v)
        part = np.where(first, v, leak * v) - jump
        each = part**2 * (b**2 * self.parts[0] + w**2 * self.parts[1])
        size: Array = (c - self.middle) ** 2 * self.parts[0] + each.sum(axis=1)
        return ~(size < 1.0)


@cached_by_identity(1)
def tables(dataset: Dataset) -> Tables:
    """The tables of the data."""
    centre, middle = centre_of(dataset.x), _middle_of(dataset.y)
    x, first, n = np.unique(dataset.x - centre, return_index=True, return_counts=True)
    y_off = dataset.y - middle
    y = np.add.reduceat(y_off, first)
    places = len(x)
    rows = np.zeros((places + 2, ROW))
    rows[:-1, : Column.AT] = _sums(np.stack([n, n * x, n * x * x, y, x * y]), int(np.abs(x).argmin()))
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
    parts = _parts(dataset.x - centre, dataset.y)
    squares = float(y_off @ y_off)
    return Tables(rows, cells.astype(np.int32), places, rounds, scale, offset, squares, centre, middle, parts)


def centre_of(x: Array) -> float:
    """What x is counted from: 0, or where they are far from it, about their median.

    In so few digits that x - centre, and centre * w for a w of few digits, are exact.
    """
    median = float(np.median(x))
    spread = _typical(x - median)
    if not spread or abs(median) <= FAR * spread:
        return 0.0
    step = 2.0 ** np.floor(np.log2(spread))
    return float(np.round(median / step) * step)


class EvenSpacing(NamedTuple):
    """Points at equal distances: that of place i, from the centre, is start + (i - origin) * step; sums begin at the origin."""

    origin: int
    start: float
    step: float


def even_spacing(dataset: Dataset) -> EvenSpacing | None:
    """Return how the points lie if all distances are the same, as far as float64 tells; else None.

    Then sums of 1, x and x^2 follow from places alone: with n = place - origin, s = start and d = step they are n,
    n (s + (n - 1) d / 2) and n (s^2 + (n - 1) (s d - d^2 / 6 + n d^2 / 3)), each as exact as the table's.
    """
    x, places = dataset.x - centre_of(dataset.x), len(dataset.x)
    step = float(x[-1] - x[0]) / (places - 1) if places > 1 else 0.0
    origin, farthest = int(np.abs(x).argmin()), float(np.abs(x).max())
    if not 0.0 < farthest < MOST_EVEN * step:
        return None
    start = float(x[origin])
    off = np.abs(start + step * (np.arange(places) - origin) - x)
    return EvenSpacing(origin, start, step) if off.max() <= FEW_ROUNDINGS * farthest else None


def is_swamped(dataset: Dataset) -> bool:
    """Whether points far to the left would leave no digits of those to the right in the difference of two sums of r x.

    r grows as x does, so that its terms grow as x^2: 1e6 times as large, they cost 6 of the 10 digits that may be lost.
    """
    x = dataset.x - centre_of(dataset.x)
    ends = x[x != 0.0]
    return bool(len(ends) and np.abs(x).max() > SWAMPED * abs(ends.max()))


def _middle_of(y: Array) -> float:
    """What y is counted from: 0, or where they are far from it, their median.

    Near 0 their own digits are kept, for a prediction may be as small as the smallest of them.
    """
    median = float(np.median(y))
    spread = _typical(y - median)
    return 0.0 if spread and abs(median) <= FAR_Y * spread else median


def _sums(columns: Array, origin: int) -> Array:
    """The sums of each column from the origin on to each place, or back to it; of shape (places + 1, columns)."""
    terms = columns.astype(np.longdouble)
    right, left = np.cumsum(terms[:, origin:], axis=1), np.cumsum(terms[:, :origin][:, ::-1], axis=1)[:, ::-1]
    summed: Array = np.concatenate([-left, np.zeros((len(terms), 1)), right], axis=1).T.astype(np.float64)
    return summed


def _parts(x: Array, y: Array) -> tuple[float, float]:
    """The squares of what A, and B, may be at most, inverted.

    So large that a loss is right to 1e-8 of the spread of y, squared, and that the rounding of the sums of r and r x over all
    points is below 1e-6 of a typical y, and of that times a typical x.
    """
    spread = float(np.abs(y - np.median(y)).mean()) or float(np.abs(y).max()) or 1.0
    typical, points, size, squares = _typical(x) or 1.0, len(x), float(np.abs(x).sum()), float(x @ x)
    by_a = max(1.0 / LARGE, ROUNDING * max(points, size / typical)) / spread
    by_b = max(np.sqrt(squares / points) / LARGE, ROUNDING * max(size, squares / typical)) / spread
    return float(min(by_a, MOST_INVERTED) ** 2), float(min(by_b, MOST_INVERTED) ** 2)


def _typical(x: Array) -> float:
    """The median of the sizes that are not 0; 0 where all are."""
    sizes = np.abs(x[x != 0.0])
    return float(np.median(sizes)) if len(sizes) else 0.0
