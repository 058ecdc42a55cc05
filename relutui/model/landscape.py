"""The loss landscape: the loss over two of the parameters, around their present values."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array, quiet
from relutui.model.network import Loss, Network, Parameters, same_bound
from relutui.model.selection import Selection

COLUMNS, ROWS = 80, 48  # networks along the x-axis and along the y-axis
NETWORKS = COLUMNS * ROWS
WORK = 200_000_000  # networks times units times points measured at most, which takes about a second

Axes = tuple[Selection, Selection]  # the two different parameters on the x-axis and the y-axis
Interval = tuple[float, float]

_PLACES = ("w", "b", "v")


def place(parameter: Selection) -> int:
    """The index of a parameter in c, w_0, b_0, v_0, w_1, ..., as in a Batch and a Sample."""
    return 0 if parameter.field == "c" else 1 + 3 * parameter.row + _PLACES.index(parameter.field)


@dataclass(frozen=True)
class Plane:
    """The networks of a landscape: all parameters are the same but the two on the axes, which span the intervals x and y.

    values: c, w_0, b_0, v_0, w_1, ..., with 0 for the two parameters on the axes.
    """

    network: Network
    kind: Loss
    axes: Axes
    values: tuple[float, ...]
    x: Interval
    y: Interval

    def alike(self, other: "Plane") -> bool:
        """Whether the planes have the same network, loss, axes and number of units, whatever their numbers."""
        mine, its = ((plane.network, plane.kind, plane.axes, len(plane.values)) for plane in (self, other))
        return mine == its

    @cached_property
    def units(self) -> NDArray[np.intp]:
        """The units to measure: all of them, or only those of the axes where the prediction is a plain sum.

        What the other units contribute is then the same in every network and is subtracted from the targets, so a network of
        a hundred units is measured as fast as one of two.
        """
        if self.network.output_activation != "identity":
            return np.arange(len(self.values) // 3)
        return np.unique([parameter.row for parameter in self.axes if parameter.field != "c"])

    def points(self, x: Array, y: Array) -> tuple[Array, Array]:
        """The points (x, y) to measure at: all of them, or evenly chosen ones where all would exceed WORK."""
        some = np.linspace(0, len(x) - 1, self.measured(len(x))).round().astype(int)
        return x[some], y[some]

    def measured(self, points: int) -> int:
        """How many of so many points the losses are measured at."""
        return min(points, WORK // (NETWORKS * len(self.units)))

    def loss(self, p: Parameters, x: Array, y: Array) -> float:
        """The loss of a network over the measured ones of the points (x, y), comparable with the losses of the landscape."""
        return same_bound(self.network.loss(p, *self.points(x, y)), "mse", self.kind, len(x))

    @quiet
    def targets(self, x: Array, y: Array) -> Array:
        """y less what the unmeasured units contribute, of shape (points,)."""
        w, b, v = np.delete(np.array(self.values[1:]).reshape(-1, 3), self.units, axis=0).T
        return y - self.network.output_sum(Parameters(w, b, v, 0.0), x)

    def networks(self, first: int, last: int) -> Array:
        """The networks numbered first <= n < last, row by row; of shape (networks, 1 + 3 measured units)."""
        places = [0, *(1 + 3 * self.units[:, None] + np.arange(3)).ravel().tolist()]
        row, column = divmod(np.arange(first, min(last, NETWORKS)), COLUMNS)
        networks = np.tile(np.array(self.values)[places], (len(row), 1))
        for parameter, numbers in zip(self.axes, (np.linspace(*self.x, COLUMNS)[column], np.linspace(*self.y, ROWS)[row])):
            networks[:, places.index(place(parameter))] = numbers
        return networks


@dataclass(frozen=True, eq=False)
class Landscape:
    """The losses over a plane, of shape (ROWS, COLUMNS) with both axes ascending; not finite where a network overflows."""

    plane: Plane
    losses: Array

    def lowest(self) -> tuple[float, float, float] | None:
        """(x, y, loss) of the lowest loss, the first of several; None if no loss is finite."""
        losses = np.where(np.isfinite(self.losses), self.losses, np.inf)
        row, column = np.unravel_index(int(losses.argmin()), losses.shape)
        if not np.isfinite(losses[row, column]):
            return None
        x, y = np.linspace(*self.plane.x, COLUMNS)[column], np.linspace(*self.plane.y, ROWS)[row]
        return float(x), float(y), float(losses[row, column])
