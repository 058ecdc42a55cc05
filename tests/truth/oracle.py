"""What is true of a network on data, in float64 numpy and by the formulas of textbooks.

Numbers may be huge: whoever calls this ignores numpy's warnings of overflow, once for many calls.
Nothing of relutui is imported here: what the program says is compared with what this module computes.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

KINKED = ("relu", "leaky_relu")
LEAK = 0.01  # slope of leaky_relu where z < 0, as the manual says
UNDERFLOW = 1e-30  # of a gradient: far from 0 a sigmoid may be flat in one way of computing it and not in another
MANUAL_NEAR = 1e-6  # of the domain's width: kinks no further apart count as one, and less is "hardly on", as the glossary says


def value(name: str, z: ArrayLike) -> Array:
    """act(z), elementwise."""
    z = np.asarray(z, np.float64)
    found: ArrayLike = z
    match name:
        case "relu":
            found = np.maximum(z, 0.0)
        case "leaky_relu":
            found = np.where(z > 0.0, z, LEAK * z)
        case "softplus":
            found = np.log1p(np.exp(-np.abs(z))) + np.where(z > 0.0, z, 0.0)
        case "sigmoid":
            tail = np.exp(-np.abs(z))
            found = np.where(z > 0.0, 1.0, tail) / (1.0 + tail)
        case "tanh":
            found = np.tanh(z)
        case "step":
            found = np.where(z > 0.0, 1.0, 0.0)
        case "rect":
            found = np.where(np.abs(z) < 0.5, 1.0, 0.0)
    return np.asarray(found, np.float64)


def slope(name: str, z: ArrayLike, at_kink: float = 0.0) -> Array:
    """act'(z), elementwise; at_kink: what training takes for relu'(0)."""
    z = np.asarray(z, np.float64)
    found: ArrayLike = z
    match name:
        case "identity":
            found = np.ones_like(z)
        case "relu":
            found = (z > 0.0) + at_kink * (z == 0.0)
        case "leaky_relu":
            found = LEAK + (1.0 - LEAK) * slope("relu", z, at_kink)
        case "step" | "rect":
            found = np.zeros_like(z)
        case "softplus":
            found = value("sigmoid", z)
        case "sigmoid":
            found = value("sigmoid", z) * value("sigmoid", -z)
        case "tanh":
            found = np.where(np.abs(z) < 300.0, np.cosh(np.clip(z, -300.0, 300.0)) ** -2.0, 0.0)
    return np.asarray(found, np.float64)


def within(low: ArrayLike, high: ArrayLike) -> Array:
    """An x between each low and high, but not in the middle: where two units cancel out, that may be the kink of both."""
    low, high = np.asarray(low, np.float64), np.asarray(high, np.float64)
    return np.asarray(low + 0.4871 * (high - low))


@dataclass(frozen=True, eq=False)
class Net:
    """yhat(x) = output(c + sum_j v_j act(w_j x + b_j)); w, b, v of shape (units,)."""

    w: Array
    b: Array
    v: Array
    c: float
    activation: str = "relu"
    output: str = "identity"
    at_kink: float = 0.0

    @property
    def units(self) -> int:
        return len(self.w)

    @property
    def kinked(self) -> bool:
        return self.activation in KINKED

    @property
    def stepped(self) -> bool:
        """Whether each unit is flat but for jumps."""
        return self.activation in ("step", "rect")

    def is_on(self, x: ArrayLike) -> Mask:
        """Whether each unit is on: z above 0, and of a box within 1/2 of 0; of shape (units, points)."""
        z = self.z(x)
        return np.asarray(np.abs(z) < 0.5 if self.activation == "rect" else z > 0.0)

    @property
    def straight(self) -> bool:
        """Whether the curve before the output consists of straight pieces."""
        return self.activation in (*KINKED, "identity")

    @cached_property
    def kinks(self) -> Array:
        """-b / w; nan where w = 0."""
        return np.asarray(np.where(self.w == 0.0, np.nan, -self.b / self.w))

    def z(self, x: ArrayLike) -> Array:
        """w x + b, of shape (units, points)."""
        return np.asarray(self.w[:, None] * np.atleast_1d(x) + self.b[:, None])

    def parts(self, x: ArrayLike) -> Array:
        """v act(z), of shape (units, points)."""
        return self.v[:, None] * value(self.activation, self.z(x))

    def total(self, x: ArrayLike) -> Array:
        """c + sum_j v_j act(z_j), of shape (points,)."""
        return np.asarray(self.c + self.parts(x).sum(axis=0))

    def predict(self, x: ArrayLike) -> Array:
        """yhat, of shape (points,)."""
        return value(self.output, self.total(x))

    def slopes(self, x: ArrayLike) -> Array:
        """v w act'(z), what each unit adds to the slope, of shape (units, points)."""
        return (self.v * self.w)[:, None] * slope(self.activation, self.z(x), self.at_kink)

    def size(self, x: ArrayLike) -> Array:
        """The sizes of all terms that a sum at x is made of: rounding errors are some 1e-16 of it; of shape (points,).

        A relu that is off adds an exact 0, and smooth units hardly pass on what z is off by where they are flat,
        but are off by 1e-16 themselves.
        """
        x = np.atleast_1d(x)
        inner = np.abs(self.w)[:, None] * np.abs(x) + np.abs(self.b)[:, None]
        if self.activation == "relu":
            inner = np.where(self.z(x) < -1e-12 * inner, 0.0, inner)
        elif not self.straight:  # the rounding of z counts by the slope there
            inner = inner * slope(self.activation, self.z(x)) + np.abs(value(self.activation, self.z(x))) + 1e-3
        return np.asarray(abs(self.c) + (np.abs(self.v)[:, None] * inner).sum(axis=0))

    def slope_size(self, x: ArrayLike) -> float:
        """The sizes of all terms that the slopes at these x are made of."""
        if not self.straight:  # act' is a difference of numbers near 1
            return float(np.abs(self.v * self.w).sum())
        return float(np.abs(self.slopes(x)).sum(axis=0).max())

    def on(self, unit: int, low: float, high: float) -> tuple[float, float] | None:
        """The part of [low, high] on which z > 0; None if it is empty."""
        w, b, kink = float(self.w[unit]), float(self.b[unit]), float(self.kinks[unit])
        if w == 0.0:
            return (low, high) if b > 0.0 else None
        left, right = (max(low, kink), high) if w > 0.0 else (low, min(high, kink))
        return (left, right) if left < right else None

    def only(self, units: list[int]) -> "Net":
        """The network of these units, without c."""
        return replace(self, w=self.w[units], b=self.b[units], v=self.v[units], c=0.0)


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
    first recorded parameters and their step, if any; before: the case before the last edit; edits: edits by hand since the
    start; corners: of the target, if that is straight between them and free of noise; units: the data's own, where all of this
    is in scaled ones.
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


def bends(net: Net, low: float, high: float) -> list[tuple[float, float]]:
    """The x inside (low, high) at which the sum of the units bends and the change of its slope there, from left to right.

    A unit changes the slope by v |w| at its kink, whichever side it faces; a leak leaves 1 - leak of that.
    """
    whole = 1.0 - LEAK if net.activation == "leaky_relu" else 1.0
    changes: dict[float, float] = {}
    for kink, change in zip(net.kinks.tolist(), (net.v * np.abs(net.w) * whole).tolist()):
        if low < kink < high:
            changes[kink] = changes.get(kink, 0.0) + change
    return sorted(changes.items())


def zeros(net: Net, low: float, high: float) -> Array:
    """The x in (low, high) at which the sum before the output changes sign, for straight units; of shape (zeros,)."""
    ends = np.array([low, *(x for x, _ in bends(net, low, high)), high])
    heights = net.total(ends)
    heights = np.where(np.abs(heights) <= 1e-13 * net.size(ends), 0.0, heights)
    found = []
    for i in range(len(ends) - 1):
        a, b = heights[i], heights[i + 1]
        if a * b < 0.0:
            found.append(ends[i] + (ends[i + 1] - ends[i]) * (a / (a - b)))
        if i and a == 0.0 and heights[i - 1] * b <= 0.0:
            found.append(ends[i])
    return np.array(found)
