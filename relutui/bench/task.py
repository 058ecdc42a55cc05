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
"""Trains from the task's start for a number of steps that is a multiple of UNROLLED, and returns the parameters."""

UNROLLED = 20  # steps that a contender without loops in its kernels compiles as one
_MAX_LOSS_POINTS = 256  # at which the loss is taken, which is only compared
_MAX_LOSS_WORK = 2**23  # units x points of all networks whose loss is taken


@dataclass(frozen=True)
class Task:
    """One network, or a batch of `networks`, and evenly spaced points on a line of three pieces."""

    units: int
    points: int = 256
    optimizer: Optimizer = "sgd"
    networks: int | None = None

    def __str__(self) -> str:
        batch = f"{self.networks:,} networks of " if self.networks else ""
        return f"{batch}{self.units:,} units, {self.points:,} points, {self.optimizer}"

    @property
    def rate(self) -> float:
        """A learning rate at which no such start diverges, however many units there are."""
        return min(0.01, 0.2 / self.units)

    @property
    def work(self) -> int:
        """The product of units, points and networks: what a step by points visits."""
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
        """The losses of the networks in float64, or of every nth where all would take too much memory; shape (compared,)."""
        few = slice(None, None, -(-self.points // _MAX_LOSS_POINTS))
        x, y = self.x[few].astype(np.float64), self.y[few].astype(np.float64)
        networks = self.networks or 1
        some = slice(None, None, -(-networks * self.units * len(x) // _MAX_LOSS_WORK))
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
