"""The network in plain numpy: yhat(x) = g(c + sum_j v_j act(w_j x + b_j)).

This is the one written definition.  It draws every curve that is not being trained, and the engine is tested against it.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from relutui.lib.arrays import Array, quiet, read_only
from relutui.lib.identity_cache import cached_by_identity

Activation = Literal["relu", "leaky_relu", "softplus", "sigmoid", "tanh", "identity", "step", "rect"]
Loss = Literal["mse", "sse"]


LEAK = 0.01  # slope of leaky_relu where z < 0, the default of PyTorch
KINKED: tuple[Activation, ...] = ("relu", "leaky_relu")
SOFT_STEPS: tuple[Activation, ...] = ("sigmoid", "tanh")  # whose slope is largest at z = 0 and vanishes on both sides
STEPPED: tuple[Activation, ...] = ("step", "rect")  # flat but for jumps, so that no gradient reaches w and b: never trained
RECT_HALF_WIDTH = 0.5  # of |z|, up to which rect is on
SLOPES_AT_KINK = (0.0, 0.5, 1.0)  # what frameworks use for relu'(0)


@dataclass(frozen=True, eq=False)
class Parameters:
    """The parameters of a network: w, b, v of shape (units,) and the output bias c; all float64, read-only.

    Raises ValueError if w, b and v differ in length.
    """

    w: Array
    b: Array
    v: Array
    c: float

    def __post_init__(self) -> None:
        for field in ("w", "b", "v"):
            object.__setattr__(self, field, read_only(getattr(self, field)))
        object.__setattr__(self, "c", float(self.c))
        if not self.w.ndim == 1 or not self.w.shape == self.b.shape == self.v.shape:
            raise ValueError(f"w, b, v must be of one length: {self.w.shape}, {self.b.shape}, {self.v.shape}")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Parameters):
            return NotImplemented
        return self.c == other.c and all(
            np.array_equal(mine, its) for mine, its in zip((self.w, self.b, self.v), (other.w, other.b, other.v))
        )

    @property
    def units(self) -> int:
        """The number of hidden units."""
        return len(self.w)

    @property
    def finite(self) -> bool:
        """Whether every parameter is a finite number."""
        return bool(np.isfinite([*self.w, *self.b, *self.v, self.c]).all())


@dataclass(frozen=True)
class Network:
    """The architecture of a network, all but its parameters; slope_at_kink is relu'(0): 0, 0.5 or 1."""

    activation: Activation = "relu"
    output_activation: Activation = "identity"
    slope_at_kink: float = 0.0

    @property
    def kinked(self) -> bool:
        """Whether each hidden unit bends at a single point, so that it has an on and an off side and the network has pieces."""
        return self.activation in KINKED

    @property
    def stepped(self) -> bool:
        """Whether each hidden unit is flat but for jumps, so that it is drawn and never trained."""
        return self.activation in STEPPED

    @property
    def straight(self) -> bool:
        """Whether the prediction is piecewise linear with bends only at the units' kinks: n units make at most n + 1 pieces."""
        return self.kinked and self.output_activation == "identity"

    @quiet
    def pre_activations(self, p: Parameters, x: ArrayLike) -> Array:
        """z_j(x) = w_j x + b_j, of shape (units, points)."""
        at: Array = np.atleast_1d(np.asarray(x, np.float64))
        z: Array = p.w[:, None] * at
        z += p.b[:, None]
        return z

    def activations(self, p: Parameters, x: ArrayLike) -> Array:
        """a_j(x) = act(z_j), of shape (units, points)."""
        return activate(self.activation, self.pre_activations(p, x))

    @quiet
    def contributions(self, p: Parameters, x: ArrayLike) -> Array:
        """v_j a_j(x), of shape (units, points)."""
        parts = self.activations(p, x)
        parts *= p.v[:, None]
        return parts

    @quiet
    def output_sum(self, p: Parameters, x: ArrayLike) -> Array:
        """c + sum_j v_j a_j(x), the input of the output activation, of shape (points,)."""
        total: Array = self.contributions(p, x).sum(axis=0)
        total += p.c
        return total

    @cached_by_identity(8)
    def prediction(self, p: Parameters, x: ArrayLike) -> Array:
        """yhat(x), of shape (points,), read-only."""
        y = activate(self.output_activation, self.output_sum(p, x))
        y.setflags(write=False)
        return y

    @quiet
    def loss(self, p: Parameters, x: Array, y: Array, kind: Loss = "mse") -> float:
        """The mean ("mse") or the sum ("sse") of the squared errors over the points x and y, both of shape (points,)."""
        squares = (self.prediction(p, x) - y) ** 2
        return float(squares.mean() if kind == "mse" else squares.sum())


def same_bound(bound: float, was: Loss, now: Loss, points: int) -> float:
    """Convert a bound on one kind of loss to the other, over so many points; never more than the largest float64."""
    return bound if was == now else min(bound * points, sys.float_info.max) if now == "sse" else bound / points


@quiet
def activate(name: Activation, z: Array) -> Array:
    """act(z) of the named activation, elementwise."""
    return _ACTIVATIONS[name](z)


@quiet
def slope(name: Activation, z: Array, slope_at_kink: float = 0.0) -> Array:
    """act'(z) of the named activation, elementwise; slope_at_kink is relu'(0)."""
    return _SLOPES[name](z, slope_at_kink)


def _sigmoid(z: Array) -> Array:
    tail = np.exp(-np.abs(z))
    share: Array = np.where(z > 0.0, 1.0, tail) / (1.0 + tail)
    return share


def _sigmoid_slope(z: Array) -> Array:
    tail = np.exp(-np.abs(z))
    share: Array = tail / (1.0 + tail) ** 2
    return share


def _step(z: Array, slope_at_kink: float) -> Array:
    on = z > 0.0
    return on + slope_at_kink * ~(on | (z < 0.0)) if slope_at_kink else on.astype(np.float64)


_ACTIVATIONS: dict[Activation, Callable[[Array], Array]] = {
    "relu": lambda z: np.maximum(z, 0.0),
    "leaky_relu": lambda z: np.where(z > 0.0, z, LEAK * z),
    "softplus": lambda z: np.logaddexp(0.0, z),
    "sigmoid": _sigmoid,
    "tanh": np.tanh,
    "identity": lambda z: z,
    "step": lambda z: (z > 0.0).astype(np.float64),
    "rect": lambda z: (np.abs(z) < RECT_HALF_WIDTH).astype(np.float64),
}

_SLOPES: dict[Activation, Callable[[Array, float], Array]] = {
    "relu": _step,
    "leaky_relu": lambda z, at_kink: LEAK + (1.0 - LEAK) * _step(z, at_kink),
    "softplus": lambda z, _: _sigmoid(z),
    "sigmoid": lambda z, _: _sigmoid_slope(z),  # in full precision where 1 - sigmoid(z) is lost in rounding
    "tanh": lambda z, _: 4.0 * _sigmoid_slope(2.0 * z),  # as tanh(z) = 2 sigmoid(2 z) - 1
    "identity": lambda z, _: np.ones_like(z),
    "step": lambda z, _: np.zeros_like(z),
    "rect": lambda z, _: np.zeros_like(z),
}

UNIT_ACTIVATIONS: tuple[Activation, ...] = tuple(_ACTIVATIONS)
ACTIVATIONS = tuple(name for name in UNIT_ACTIVATIONS if name not in STEPPED)  # that are trained, of units and of the output
