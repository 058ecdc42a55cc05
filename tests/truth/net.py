"""A network by the formulas of textbooks: its units, its curve, and where that bends."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tests.truth.activation import KINKED, LEAK, Array, slope, value

Mask = NDArray[np.bool_]


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
