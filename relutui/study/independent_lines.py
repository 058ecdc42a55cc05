"""What no fit with free kinks can beat: as many independent lines, which need not meet.

The classic dynamic programme for segmented lines, forward and backward; the two together tell where a kink may be at all.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array
from relutui.study.segment_costs import Indices, Points, line_squares


@dataclass
class IndependentLines:
    """The least squares by independent lines over cells of points, each up to a stop, as in segment_costs.

    divisible: whether a kink may divide the cell before a stop; possible: whether a kink may be at or right after a stop, or in
    its cell if that is divisible.  Each of shape (stops,).  A line that ends inside a cell is not charged for its points.
    """

    points: Points
    stops: Indices
    divisible: NDArray[np.bool_]
    possible: NDArray[np.bool_]

    def __post_init__(self) -> None:
        squares = line_squares(self.points, self.stops)
        later = np.append(squares[1:], np.full((1, len(squares)), np.inf), axis=0)
        np.fill_diagonal(later[:, 1:], 0.0)
        later[~np.append(self.divisible[1:], False)] = np.inf
        self._runs = np.minimum(squares, later)
        self._barred = ~(self.possible | np.append(self.divisible[1:], False))  # where no line ends
        self._barred[[0, -1]] = False
        self._forward = [self._open(np.append(0.0, squares[0, 1:]))]
        self._backward = [self._open(np.append(self._runs[:-1, -1], 0.0))]

    def up_to(self, kinks: int) -> Array:
        """The least squares of the points up to each stop by kinks + 1 lines, of shape (stops,)."""
        while len(self._forward) <= kinks:
            fewer = self._forward[-1]
            self._forward.append(self._open(np.minimum(fewer, (fewer[:, None] + self._runs).min(axis=0))))
        return self._forward[kinks]

    def after(self, kinks: int) -> Array:
        """The least squares of the points after each stop by kinks + 1 lines, of shape (stops,)."""
        while len(self._backward) <= kinks:
            fewer = self._backward[-1]
            self._backward.append(self._open(np.append(np.minimum(fewer, (self._runs + fewer).min(axis=1))[:-1], 0.0)))
        return self._backward[kinks]

    def _open(self, squares: Array) -> Array:
        return np.where(self._barred, np.inf, squares)

    def breaks(self, kinks: int) -> Array:
        """Where the best kinks + 1 lines follow one another, in ascending order, each break halfway between two points."""
        x, stops, stop = self.points.x, list[int](), len(self.stops) - 1
        for fewer in range(kinks - 1, -1, -1):
            stop = int((self.up_to(fewer) + self._runs[:, stop]).argmin())
            stops.append(int(self.stops[stop]))
        inner = np.clip(np.array(stops[::-1], np.intp), 0, len(x) - 2)
        return np.asarray((x[inner] + x[inner + 1]) / 2.0)

    def narrowed(self, kinks: int, ceiling: float) -> "IndependentLines":
        """The lines over cells of half the size, where a fit below the ceiling with so many kinks can have a kink at all."""
        possible = np.zeros(len(self.stops), np.bool_)
        for kink in range(kinks):
            earlier, later = self.up_to(kink), self.after(kinks - 1 - kink)
            possible[1:] |= np.where(self.divisible[1:], earlier[:-1], earlier[1:]) + later[1:] <= ceiling
        possible &= self.possible
        first, end = np.append(0, self.stops[:-1] + 1)[possible], self.stops[possible]
        first = np.where(self.divisible[possible], first, end)  # what else is before the stop has no kink
        middle = (first + end) // 2
        halves = [(first, middle), (middle + 1, end)]
        inner = np.concatenate([stop[start <= stop] for start, stop in halves])
        stops = np.unique([-1, *(first - 1), *inner, self.stops[-1]])
        possible = np.isin(stops, inner)
        return IndependentLines(self.points, stops, possible & (np.diff(stops, prepend=-1) > 1), possible)


def lines_over_cells(points: Points, cells: int) -> IndependentLines:
    """The independent lines over so many cells of points, or over single points if they are fewer."""
    count = len(points.x)
    cells = min(cells, count)
    stops = np.append(-1, np.arange(1, cells + 1) * count // cells - 1)
    inner = stops >= 0
    return IndependentLines(points, stops, inner & (np.diff(stops, prepend=-1) > 1), inner)


def lines_with_stops(points: Points, stops: Indices) -> IndependentLines:
    """The independent lines whose kinks are at or right after stops."""
    inner = stops >= 0
    return IndependentLines(points, stops, np.zeros(len(stops), np.bool_), inner)
