"""The network in plain numpy: yhat(x) = g(c + sum_j v_j a_j(x)), with a = act(w x + b) in the first hidden layer.

In each further one a = act(w a + b), of the a of the layer before it.  This is the one written definition.  It draws every
curve that is not being trained, and the engine is tested against it.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from relutui.lib.arrays import Array, parts_of, quiet, read_only
from relutui.lib.identity_cache import cached_by_identity
from relutui.model import by_ranges
from relutui.model.shapes import Sizes, check_layer, check_shapes, same_arrays, sizes_of

Activation = Literal["relu", "leaky_relu", "softplus", "sigmoid", "tanh", "identity", "step", "rect"]
Loss = Literal["mse", "sse"]

LEAK = 0.01  # slope of leaky_relu where z < 0, the default of PyTorch
KINKED: tuple[Activation, ...] = ("relu", "leaky_relu")
SOFT_STEPS: tuple[Activation, ...] = ("sigmoid", "tanh")  # whose slope is largest at z = 0 and vanishes on both sides
STEPPED: tuple[Activation, ...] = ("step", "rect")  # flat but for jumps, so that no gradient reaches w and b: never trained
RECT_HALF_WIDTH = 0.5  # of |z|, up to which rect is on
SLOPES_AT_KINK = (0.0, 0.5, 1.0)  # what frameworks use for relu'(0)


@dataclass(frozen=True, eq=False)
class Layer:
    """The parameters of a hidden layer: w of shape (units, inputs) and b of shape (units,); both float64, read-only.

    Raises ValueError if w and b are not of so many units.
    """

    w: Array
    b: Array

    def __post_init__(self) -> None:
        for field in ("w", "b"):
            object.__setattr__(self, field, read_only(getattr(self, field)))
        check_layer(self)

    def __eq__(self, other: object) -> bool:
        return same_arrays(self, other, ("w", "b")) if isinstance(other, Layer) else NotImplemented


@dataclass(frozen=True, eq=False)
class Parameters:
    """The parameters of a network; all float64, read-only.

    w, b: those of the first hidden layer, of shape (units,), as x is its only input; deeper: the hidden layers after it.
    v: the weights of the output, of shape (units of the last hidden layer,); c: its bias.

    Raises ValueError if their shapes do not fit together.
    """

    w: Array
    b: Array
    v: Array
    c: float
    deeper: tuple[Layer, ...] = ()

    def __post_init__(self) -> None:
        for field in ("w", "b", "v"):
            object.__setattr__(self, field, read_only(getattr(self, field)))
        object.__setattr__(self, "c", float(self.c))
        check_shapes(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Parameters):
            return NotImplemented
        return self.c == other.c and self.deeper == other.deeper and same_arrays(self, other, ("w", "b", "v"))

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Every hidden layer, from the first."""
        return (Layer(self.w[:, None], self.b), *self.deeper)

    @property
    def sizes(self) -> Sizes:
        """The number of units of each hidden layer."""
        return sizes_of(self)

    @property
    def units(self) -> int:
        """The number of hidden units, those of all layers together."""
        return len(self.b) + sum([len(layer.b) for layer in self.deeper])

    @property
    def finite(self) -> bool:
        """Whether every parameter is a finite number."""
        deeper = [array for layer in self.deeper for array in (layer.w, layer.b)]
        return np.isfinite(self.c).item() and all(np.isfinite(array).all() for array in (self.w, self.b, self.v, *deeper))


@dataclass(frozen=True)
class Network:
    """The architecture of a network, all but its parameters; slope_at_kink is relu'(0): 0, 0.5 or 1.

    activation: that of the first hidden layer; deeper: those of the hidden layers after it.
    """

    activation: Activation = "relu"
    output_activation: Activation = "identity"
    slope_at_kink: float = 0.0
    deeper: tuple[Activation, ...] = ()

    @property
    def layer_activations(self) -> tuple[Activation, ...]:
        """The activation of each hidden layer, from the first."""
        return (self.activation, *self.deeper)

    @property
    def kinked(self) -> bool:
        """Whether each hidden unit bends where its z crosses 0, and is on at one side of it, so that the network has pieces."""
        return all(name in KINKED for name in self.layer_activations)

    @property
    def stepped(self) -> bool:
        """Whether a hidden unit is flat but for jumps, so that the network is drawn and never trained."""
        return any(name in STEPPED for name in self.layer_activations)

    @property
    def straight(self) -> bool:
        """Whether the prediction is piecewise linear, bent only at kinks: n units of one layer make n + 1 pieces at most."""
        return self.kinked and self.output_activation == "identity"

    @quiet
    def pre_activations(self, p: Parameters, x: ArrayLike, layer: int = -1) -> Array:
        """z_j(x) of the units of a hidden layer, the last unless said otherwise, of shape (units, points).

        layer: its index from 0, or from -1 backwards.  z_j = w_j x + b_j in the first, and the sum of w_jk a_k, and b_j, in the
        others.  Raises ValueError if the parameters have another number of layers than the network.
        """
        if len(p.deeper) != len(self.deeper):
            raise ValueError(f"expected parameters of {1 + len(self.deeper)} hidden layers, got {1 + len(p.deeper)}")
        at: Array = np.atleast_1d(np.asarray(x, np.float64))
        z: Array = p.w[:, None] * at
        z += p.b[:, None]
        for name, after in zip(self.layer_activations, p.deeper[: range(1 + len(p.deeper))[layer]]):
            z = after.w @ activate(name, z)
            z += after.b[:, None]
        return z

    def activations(self, p: Parameters, x: ArrayLike, layer: int = -1) -> Array:
        """a_j(x) = act(z_j) of the units of a hidden layer, as in pre_activations, of shape (units, points)."""
        return activate(self.layer_activations[layer], self.pre_activations(p, x, layer))

    @quiet
    def contributions(self, p: Parameters, x: ArrayLike) -> Array:
        """v_j a_j(x) of the units of the last hidden layer, of shape (units, points)."""
        parts = self.activations(p, x)
        parts *= p.v[:, None]
        return parts

    @quiet
    def output_sum(self, p: Parameters, x: ArrayLike) -> Array:
        """c + sum_j v_j a_j(x), the input of the output activation, of shape (points,)."""
        at = np.atleast_1d(np.asarray(x, np.float64))
        total: Array
        if self.sums_by_ranges(p.units, at):
            total = by_ranges.output_sum(p.w, p.b, p.v, p.c, at, self.leak)
            if np.isfinite(total).all():
                return total
        total = np.concatenate([self.contributions(p, at[part]).sum(axis=0) for part in parts_of(len(at), p.units)])
        total += p.c
        return total

    @property
    def leak(self) -> float:
        """The slope of the first hidden layer's activation where a unit with a kink is off."""
        return LEAK if self.activation == "leaky_relu" else 0.0

    def sums_by_ranges(self, units: int, x: Array) -> bool:
        """Whether sums over the units, or over points x of shape (points,), are to go by ranges: see by_ranges.py."""
        return self.kinked and not self.deeper and by_ranges.suits(units, x)

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
