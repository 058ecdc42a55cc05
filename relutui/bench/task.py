"""What every contender computes: full-batch training on the mean squared error from a random start, in float32."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from relutui.model.batch import predictions
from relutui.model.network import Network

Optimizer = Literal["sgd", "adam"]
Array32 = NDArray[np.float32]
Values = tuple[Array32, Array32, Array32, Array32]
"""c, w, b, v: of shape () and (units,), of a batch (networks,) and (networks, units)."""
Run = Callable[[int], Values]
"""Trains for so many steps, a multiple of UNROLLED, always from the task's start, and gives what it has come to."""

UNROLLED = 20  # steps that a contender without loops in its kernels compiles as one
_MEASURED = 256  # points at which the loss is taken, which is only compared, at most
_COMPARED = 2**23  # units at points of all networks whose loss is taken, at most


@dataclass(frozen=True)
class Task:
    """One network, or a batch of so many, on points that lie evenly on a line of three pieces."""

    units: int
    points: int = 256
    optimizer: Optimizer = "sgd"
    networks: int | None = None

    def __str__(self) -> str:
        batch = f"{self.networks:,} networks of " if self.networks else ""
        return f"{batch}{self.units:,} units, {self.points:,} points, {self.optimizer}"

    @property
    def rate(self) -> float:
        """The learning rate: one that does not diverge from such starts, however many units."""
        return min(0.01, 0.2 / self.units)

    @property
    def work(self) -> int:
        """What a step visits that visits every point, of every unit of every network."""
        return self.units * self.points * (self.networks or 1)

    @property
    def x(self) -> Array32:
        """Of shape (points,)."""
        return np.linspace(0, 3, self.points).astype(np.float32)

    @property
    def y(self) -> Array32:
        """Of shape (points,)."""
        return np.interp(self.x, [0, 1, 2, 3], [2, 0, 1, 4]).astype(np.float32)

    @property
    def start(self) -> Values:
        """w, b, v ~ Normal(0, 1), c = 0."""
        shape = (self.units,) if self.networks is None else (self.networks, self.units)
        w, b, v = np.random.default_rng(0).normal(size=(3, *shape)).astype(np.float32)
        return np.zeros(shape[:-1], np.float32), w, b, v

    def losses(self, values: Values) -> NDArray[np.float64]:
        """Of each network, or of every so manyth where that would take too much memory, in float64; of shape (compared,)."""
        few = slice(None, None, -(-self.points // _MEASURED))
        x, y = self.x[few].astype(np.float64), self.y[few].astype(np.float64)
        networks = self.networks or 1
        some = slice(None, None, -(-networks * self.units * len(x) // _COMPARED))
        c, w, b, v = (np.asarray(part.reshape(networks, -1)[some], np.float64) for part in values)
        flat = np.concatenate([c, np.stack([w, b, v], axis=2).reshape(len(c), -1)], axis=1)
        losses: NDArray[np.float64] = np.square(predictions(Network(), flat, x) - y).mean(axis=1)
        return losses


def gradient(where: Any, values: Any, x: Any, y: Any) -> tuple[Any, Any, Any, Any]:
    """Of the mean squared error by c, w, b and v, derived by hand; `where` is that of numpy, or of a library like it.

    The sum of r a over the points is not taken: a = w x + b where the unit is on.
    """
    c, w, b, v = values
    z = w[..., None] * x + b[..., None]  # (networks, units, points)
    on = z > 0
    r = ((v[..., None, :] @ where(on, z, 0))[..., 0, :] + c[..., None] - y) * (2 / len(x))
    r_on = where(on, r[..., None, :], 0)
    r_x, r_1 = r_on @ x, r_on.sum(-1)
    return r.sum(-1), v * r_x, v * r_1, w * r_x + b * r_1
