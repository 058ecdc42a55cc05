"""What every contender computes: full-batch training on the mean squared error from a random start, in float32."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from relutui.model.batch import predictions
from relutui.model.network import Activation, Network
from relutui.model.shapes import Sizes
from relutui.model.values import number_of_values, views_of

Optimizer = Literal["sgd", "adam"]
Array32 = NDArray[np.float32]
Values = tuple[Array32, ...]
"""c, w, b, v: of shape () and (units,), of a batch (networks,) and (networks, units); then w and b of each deeper layer."""
Run = Callable[[int], Values]
"""Trains from the task's start for a number of steps that is a multiple of UNROLLED, and returns the parameters."""

UNROLLED = 20  # steps that a contender without loops in its kernels compiles as one
_MAX_LOSS_POINTS = 256  # at which the loss is taken, which is only compared
_MAX_LOSS_WORK = 2**23  # units x points of all networks whose loss is taken


@dataclass(frozen=True)
class Task:
    """One network, or a batch of `networks`, and evenly spaced points on a line of three pieces.

    deeper: the units of the hidden layers after the first.
    """

    units: int
    points: int = 256
    optimizer: Optimizer = "sgd"
    networks: int | None = None
    deeper: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "deeper", tuple(self.deeper))  # JSON makes lists of tuples

    def __str__(self) -> str:
        batch = f"{self.networks:,} networks of " if self.networks else ""
        units = self.shape if self.deeper else f"{self.units:,} units"
        return f"{batch}{units}, {self.points:,} points, {self.optimizer}"

    @property
    def sizes(self) -> Sizes:
        """The units of each hidden layer."""
        return self.units, *self.deeper

    @property
    def shape(self) -> str:
        """The units of each layer, input and output included: "1-8-8-1"."""
        return "-".join(map(str, (1, *self.sizes, 1)))

    @property
    def network(self) -> Network:
        """All of whose units are relus."""
        relu: Activation = "relu"
        return Network(deeper=(relu,) * len(self.deeper))

    @property
    def rate(self) -> float:
        """A learning rate at which no such start diverges, however many units there are."""
        return min(0.01, 0.2 / self.units)

    @property
    def work(self) -> int:
        """The product of units, or of weights between them, points and networks: what a step by points visits."""
        weights = sum(inputs * units for inputs, units in zip((1, *self.sizes), self.sizes))
        return weights * self.points * (self.networks or 1)

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
        """w, b, v ~ Normal(0, 1), c = 0; between hidden layers w and after them v with variance 2 / inputs, and b = 0."""
        many, dice = () if self.networks is None else (self.networks,), np.random.default_rng(0)
        w, b, v = dice.normal(size=(3, *many, self.units)).astype(np.float32)
        layers: list[Array32] = []
        for inputs, units in zip(self.sizes, self.deeper):
            drawn = dice.normal(scale=np.sqrt(2 / inputs), size=(*many, units, inputs))
            layers += [drawn.astype(np.float32), np.zeros((*many, units), np.float32)]
        if self.deeper:
            v = dice.normal(scale=np.sqrt(2 / self.deeper[-1]), size=(*many, self.deeper[-1])).astype(np.float32)
        return np.zeros(many, np.float32), w, b, v, *layers

    def rows(self, values: Values) -> NDArray[np.float64]:
        """Return the parameters as in a Batch, of shape (networks, values)."""
        networks = self.networks or 1
        flat = np.empty((networks, number_of_values(self.sizes)))
        views = views_of(flat, self.sizes)
        c, w, b, v, *deeper = (part.reshape(networks, *part.shape[self.networks is not None :]) for part in values)
        views.c[:], views.v[:] = c, v
        for layer, one, other in zip(views.layers, (w[..., None], *deeper[::2]), (b, *deeper[1::2])):
            layer.w[:], layer.b[:] = one, other
        return flat

    def values(self, rows: NDArray[np.float64]) -> Values:
        """Return what `rows` was made of."""
        (first, *deeper), found = (views := views_of(rows, self.sizes)).layers, slice(None) if self.networks else 0
        parts = views.c, first.w[..., 0], first.b, views.v, *(part for layer in deeper for part in layer)
        return tuple(part[found].astype(np.float32) for part in parts)

    def losses(self, values: Values) -> NDArray[np.float64]:
        """The losses of the networks in float64, or of every nth where all would take too much memory; shape (compared,)."""
        few = slice(None, None, -(-self.points // _MAX_LOSS_POINTS))
        x, y = self.x[few].astype(np.float64), self.y[few].astype(np.float64)
        networks = self.networks or 1
        some = slice(None, None, -(-networks * sum(self.sizes) * len(x) // _MAX_LOSS_WORK))
        losses: NDArray[np.float64] = np.square(predictions(self.network, self.rows(values)[some], x, self.sizes) - y).mean(
            axis=1
        )
        return losses


def gradient(where: Any, values: Any, x: Any, y: Any) -> tuple[Any, ...]:
    """Of the mean squared error by c, w, b and v, derived by hand; `where` is that of numpy, or of a library like it.

    The sum of r a over the points is not taken: a = w x + b where the unit is on.
    """
    if len(values) > 4:
        return _gradient_of_layers(where, values, x, y)
    c, w, b, v = values
    z = w[..., None] * x + b[..., None]  # (networks, units, points)
    on = z > 0
    r = ((v[..., None, :] @ where(on, z, 0))[..., 0, :] + c[..., None] - y) * (2 / len(x))
    r_on = where(on, r[..., None, :], 0)
    r_x, r_1 = r_on @ x, r_on.sum(-1)
    return r.sum(-1), v * r_x, v * r_1, w * r_x + b * r_1


def _gradient_of_layers(where: Any, values: Any, x: Any, y: Any) -> tuple[Any, ...]:
    """As `gradient` of a network of several hidden layers."""
    c, w, b, v, *deeper = values
    weights, biases = deeper[::2], deeper[1::2]
    zs = [w[..., None] * x + b[..., None]]  # (networks, units, points)
    for one, other in zip(weights, biases):
        zs.append(one @ where(zs[-1] > 0, zs[-1], 0) + other[..., None])
    a = [where(z > 0, z, 0) for z in zs]
    r = ((v[..., None, :] @ a[-1])[..., 0, :] + c[..., None] - y) * (2 / len(x))
    pushed, slopes = where(zs[-1] > 0, v[..., None] * r[..., None, :], 0), list[Any]()
    for n in reversed(range(len(weights))):
        slopes = [pushed @ a[n].swapaxes(-1, -2), pushed.sum(-1), *slopes]
        pushed = where(zs[n] > 0, weights[n].swapaxes(-1, -2) @ pushed, 0)
    return r.sum(-1), pushed @ x, pushed.sum(-1), (a[-1] @ r[..., None])[..., 0], *slopes
