"""What is true of a network in training on data, in float64 numpy and by the formulas of textbooks.

Numbers may be huge: whoever calls this ignores numpy's warnings of overflow, once for many calls.
Nothing of relutui is imported here: what the program says is compared with what this module computes.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from tests.truth.activation import Array, slope, value
from tests.truth.net import Mask, Net

UNDERFLOW = 1e-30  # of a gradient: far from 0 a sigmoid may be flat in one way of computing it and not in another
MANUAL_NEAR = 1e-6  # of the domain's width: kinks no further apart count as one, and less is "hardly on", as the glossary says


class Units(NamedTuple):
    """What the data's own units are: own = shift + width * scaled, of x and of y."""

    x: tuple[float, float] = (0.0, 1.0)
    y: tuple[float, float] = (0.0, 1.0)

    @property
    def scaled(self) -> bool:
        return self != UNSCALED


UNSCALED = Units()


@dataclass(frozen=True, eq=False)
class Case:
    """A network in training on data, as far as sentences speak of it.

    x, y: of shape (points,), x ascending; locked, first, second: of shape (3 units + 1,), in the order w, b, v, c; began: the
    first recorded parameters and their step, if any; before: the case before the last edit; entries: the networks
    before the last two entries of the history; edits: edits by hand since the start; corners: of the target, if that is
    straight between them and free of noise; units: the data's own, where all of this is in scaled ones.
    """

    net: Net
    x: Array
    y: Array
    low: float
    high: float
    kind: str
    optimizer: str
    rate: float
    momentum: float
    locked: Mask
    first: Array
    second: Array
    t: int
    step: int = 0
    edits: int = 0
    began: tuple[int, Net] | None = None
    corners: tuple[tuple[float, float], ...] = ()
    solved_below: float | None = None
    solved_kind: str = "mse"
    before: "Case | None" = field(default=None, repr=False)
    entries: tuple[Net, ...] = ()
    units: Units = UNSCALED

    @property
    def width(self) -> float:
        return self.high - self.low

    @property
    def near(self) -> float:
        """How far apart two kinks may be that the program takes for one."""
        return MANUAL_NEAR * self.width

    @cached_property
    def loss(self) -> float:
        return loss(self.net, self.x, self.y, self.kind)

    def locks(self, unit: int) -> tuple[bool, bool, bool]:
        """Whether w, b and v of a unit are locked."""
        units = self.net.units
        return bool(self.locked[unit]), bool(self.locked[units + unit]), bool(self.locked[2 * units + unit])

    def whole(self, unit: int) -> bool:
        """Whether all of a unit is locked."""
        return all(self.locks(unit))

    @cached_property
    def gradient(self) -> Array:
        """d loss / d (w, b, v, c), locked or not, of shape (3 units + 1,)."""
        return gradient(self.net, self.x, self.y, self.kind)

    @cached_property
    def after(self) -> Net:
        """The network after one step of the optimizer; locked parameters stay."""
        theta, _, _ = moved(self, flat(self.net), self.first, self.second, self.t + 1, self.gradient)
        return unflat(self.net, theta)


def loss(net: Net, x: Array, y: Array, kind: str) -> float:
    """The mean or the sum of the squared errors."""
    squares = (net.predict(x) - y) ** 2
    return float(squares.mean() if kind == "mse" else squares.sum())


def flat(net: Net) -> Array:
    """The parameters in the order w, b, v, c."""
    return np.concatenate([net.w, net.b, net.v, [net.c]])


def unflat(net: Net, theta: Array) -> Net:
    """The network with other parameters."""
    w, b, v = theta[:-1].reshape(3, -1)
    return replace(net, w=w, b=b, v=v, c=float(theta[-1]))


def gradient(net: Net, x: Array, y: Array, kind: str) -> Array:
    """The gradient of the loss by the chain rule, point by point."""
    z = net.z(x)
    a = value(net.activation, z)
    total = net.c + net.v @ a
    share = 1.0 / len(x) if kind == "mse" else 1.0
    pushed = 2.0 * share * (value(net.output, total) - y) * slope(net.output, total, net.at_kink)
    inner = net.v[:, None] * slope(net.activation, z, net.at_kink) * pushed
    return np.concatenate([inner @ x, inner.sum(axis=1), a @ pushed, [pushed.sum()]])


def moved(case: Case, theta: Array, first: Array, second: Array, t: int, slopes: Array) -> tuple[Array, Array, Array]:
    """Parameters and moments after step t: gradient descent, momentum (Polyak), or Adam (Kingma and Ba, algorithm 1)."""
    move = slopes
    if case.optimizer == "momentum":
        move = first = case.momentum * first + slopes
    elif case.optimizer == "adam":
        first, second = 0.9 * first + 0.1 * slopes, 0.999 * second + 0.001 * slopes**2
        move = first / (1.0 - 0.9**t) / (np.sqrt(second / (1.0 - 0.999**t)) + 1e-8)
    return np.where(case.locked, theta, theta - case.rate * move), first, second


@lru_cache(maxsize=8)
def trained(case: Case, steps: int) -> Case:
    """The case so many steps on, or fewer if it diverges or rests."""
    net, theta, first, second, taken = case.net, flat(case.net), case.first, case.second, steps
    for done in range(steps):
        slopes = gradient(net, case.x, case.y, case.kind)
        new, *moments = moved(case, theta, first, second, case.t + 1 + done, slopes)
        if not np.abs(new).max() < 1e30:
            taken = done
            break
        if case.optimizer == "sgd" and (new == theta).all():
            break
        theta, (first, second) = new, moments
        w, b, v = theta[:-1].reshape(3, -1)
        net = Net(w, b, v, float(theta[-1]), net.activation, net.output, net.at_kink)
    return replace(case, net=net, first=first, second=second, t=case.t + taken, step=case.step + taken)


@lru_cache(maxsize=8)
def best_output(case: Case) -> float:
    """The lowest loss with the present w and b, by least squares for the free v and c; the output is the identity."""
    net, units = case.net, case.net.units
    free = [unit for unit in range(units) if not case.locked[2 * units + unit]]
    columns = [value(net.activation, net.z(case.x)[unit]) for unit in free]
    rest = case.y - net.total(case.x)
    if not case.locked[-1]:
        columns.append(np.ones(len(case.x)))
    if columns:
        matrix = np.stack([column / (np.linalg.norm(column) or 1.0) for column in columns], axis=1)
        rest = rest - matrix @ np.linalg.lstsq(matrix, rest, rcond=None)[0]
    return float((rest**2).mean() if case.kind == "mse" else (rest**2).sum())
