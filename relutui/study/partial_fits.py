"""Fits of the points up to a stop, as the two lists that the exact search lets grow."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array
from relutui.study.segment_costs import Indices

START, KNOT, JOIN, JUMP = range(4)  # origins: the first point; a kink at a point; one kink between points; two of them
CEILING = -1  # the origin of a parabola that is no fit: others are dropped where they are above it


class Parabolas(NamedTuple):
    """Squares a q^2 + b q + c for a height q from low to high, at a stop; each of shape (parabolas,).

    origin, parent: how the fit came there and from which line or parabola, as exact_kinks.py numbers them.
    """

    stop: Indices
    a: Array
    b: Array
    c: Array
    low: Array
    high: Array
    origin: Indices
    parent: Indices

    def at(self, chosen: NDArray[np.intp] | NDArray[np.bool_]) -> "Parabolas":
        """Return the chosen ones."""
        return Parabolas._make(field[chosen] for field in self)


class Lines(NamedTuple):
    """Fits up to a stop, followed by a kink between this and the next point; each of shape (lines,).

    height, slope: of the last line, at the stop; origin, parent: as in Parabolas.
    """

    stop: Indices
    squares: Array
    height: Array
    slope: Array
    origin: Indices
    parent: Indices

    def at(self, chosen: NDArray[np.intp] | NDArray[np.bool_]) -> "Lines":
        """Return the chosen ones."""
        return Lines._make(field[chosen] for field in self)


Rows = TypeVar("Rows", Parabolas, Lines)


def everywhere(stop: Indices, a: Array, b: Array, c: Array, origin: int, parent: Indices) -> Parabolas:
    """Parabolas that hold for every height."""
    ends = np.full(len(stop), np.inf)
    return Parabolas(stop, a, b, c, -ends, ends, np.full(len(stop), origin), parent)


def joined(parts: Sequence[Rows]) -> Rows:
    """The rows of all parts."""
    return type(parts[0])(*(np.concatenate(field) for field in zip(*parts)))


_NONE, _NO_NUMBERS = np.empty(0), np.empty(0, np.intp)
NO_PARABOLAS = Parabolas(_NO_NUMBERS, _NONE, _NONE, _NONE, _NONE, _NONE, _NO_NUMBERS, _NO_NUMBERS)
