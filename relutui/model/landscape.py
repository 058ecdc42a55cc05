"""The loss over two parameters around the present point."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array, quiet
from relutui.model.network import Loss, Network, Parameters, same_bound
from relutui.model.selection import Selection

COLUMNS, ROWS = 80, 48  # networks across and up
NETWORKS = COLUMNS * ROWS
WORK = 200_000_000  # networks times units times points that are measured at most: a second's

Axes = tuple[Selection, Selection]  # the parameters across and up, not the same
Interval = tuple[float, float]

_PLACES = ("w", "b", "v")


def place(parameter: Selection) -> int:
    """Where a parameter stands among c, w_0, b_0, v_0, w_1, ..., as in a batch and in a sample."""
    return 0 if parameter.field == "c" else 1 + 3 * parameter.row + _PLACES.index(parameter.field)


@dataclass(frozen=True)
class Plane:
    """The networks that a landscape is of: they differ in the parameters of the axes, each within its limits.

    values: c, w_0, b_0, v_0, w_1, ... of all of them, 0 in place of the two, which are on the axes.
    """

    network: Network
    kind: Loss
    axes: Axes
    values: tuple[float, ...]
    x: Interval
    y: Interval

    def alike(self, other: "Plane") -> bool:
        """Whether they differ in numbers only."""
        mine, its = ((plane.network, plane.kind, plane.axes, len(plane.values)) for plane in (self, other))
        return mine == its

    @cached_property
    def units(self) -> NDArray[np.intp]:
        """The units to measure: all, or where the prediction is a plain sum only those of the axes.

        What the others contribute is then the same in all networks, and can be taken from the targets: it is as quick to
        measure with a hundred of them.
        """
        if self.network.output_activation != "identity":
            return np.arange(len(self.values) // 3)
        return np.unique([parameter.row for parameter in self.axes if parameter.field != "c"])

    def points(self, x: Array, y: Array) -> tuple[Array, Array]:
        """The points (x, y) to measure at: where all would be more than WORK, some of them, evenly chosen."""
        some = np.linspace(0, len(x) - 1, self.measured(len(x))).round().astype(int)
        return x[some], y[some]

    def measured(self, points: int) -> int:
        """At how many of the points the losses are measured."""
        return min(points, WORK // (NETWORKS * len(self.units)))

    def loss(self, p: Parameters, x: Array, y: Array) -> float:
        """The loss of a network by those of the points (x, y) that are measured, so that it compares with the landscape's."""
        return same_bound(self.network.loss(p, *self.points(x, y)), "mse", self.kind, len(x))

    @quiet
    def targets(self, x: Array, y: Array) -> Array:
        """The y without what the units that are not measured contribute, of shape (points,)."""
        w, b, v = np.delete(np.array(self.values[1:]).reshape(-1, 3), self.units, axis=0).T
        return y - self.network.output_sum(Parameters(w, b, v, 0.0), x)

    def networks(self, first: int, last: int) -> Array:
        """Of the networks, row by row, those from `first` on and before `last`; of shape (networks, 1 + 3 units measured)."""
        places = [0, *(1 + 3 * self.units[:, None] + np.arange(3)).ravel().tolist()]
        row, column = divmod(np.arange(first, min(last, NETWORKS)), COLUMNS)
        networks = np.tile(np.array(self.values)[places], (len(row), 1))
        for parameter, numbers in zip(self.axes, (np.linspace(*self.x, COLUMNS)[column], np.linspace(*self.y, ROWS)[row])):
            networks[:, places.index(place(parameter))] = numbers
        return networks


@dataclass(frozen=True, eq=False)
class Landscape:
    """The losses of the networks of a plane, of shape (ROWS, COLUMNS), both axes rising; not finite where they diverge."""

    plane: Plane
    losses: Array

    def lowest(self) -> tuple[float, float, float] | None:
        """Across, up, and the loss there; of several the first, None where no loss is finite."""
        losses = np.where(np.isfinite(self.losses), self.losses, np.inf)
        row, column = np.unravel_index(int(losses.argmin()), losses.shape)
        if not np.isfinite(losses[row, column]):
            return None
        x, y = np.linspace(*self.plane.x, COLUMNS)[column], np.linspace(*self.plane.y, ROWS)[row]
        return float(x), float(y), float(losses[row, column])
