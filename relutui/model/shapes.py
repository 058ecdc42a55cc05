"""The shapes of the parameters of a network, and of whatever has one value for each of them, such as locks."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Sizes = tuple[int, ...]  # the number of units of each hidden layer, from the first


class LayerLike(Protocol):
    """The parameters of a hidden layer after the first, or one value for each of them."""

    @property
    def w(self) -> NDArray[Any]:
        """Those of the weights, of shape (units, inputs)."""

    @property
    def b(self) -> NDArray[Any]:
        """Those of the biases, of shape (units,)."""


class ParametersLike(Protocol):
    """The parameters of a network, or one value for each of them."""

    @property
    def w(self) -> NDArray[Any]:
        """Those of the weights of the first hidden layer, of shape (units,)."""

    @property
    def b(self) -> NDArray[Any]:
        """Those of its biases, of shape (units,)."""

    @property
    def v(self) -> NDArray[Any]:
        """Those of the weights of the output, of shape (units of the last hidden layer,)."""

    @property
    def c(self) -> float:
        """That of the bias of the output."""

    @property
    def deeper(self) -> Sequence[LayerLike]:
        """Those of the hidden layers after the first."""


def sizes_of(parts: ParametersLike) -> Sizes:
    """The number of units of each hidden layer."""
    return (len(parts.b), *[len(layer.b) for layer in parts.deeper]) if parts.deeper else (len(parts.b),)


def check_layer(layer: LayerLike) -> None:
    """Raise ValueError unless w is of shape (units, inputs) and b of shape (units,)."""
    if layer.w.ndim != 2 or layer.b.shape != layer.w.shape[:1]:
        raise ValueError(f"w of a layer must have a row for each number of b, got {layer.w.shape}, {layer.b.shape}")


def check_shapes(parts: ParametersLike) -> None:
    """Raise ValueError unless every layer, and v, take as many inputs as the layer before them has units."""
    if parts.w.ndim != 1 or parts.w.shape != parts.b.shape:
        raise ValueError(f"w and b must be of one length, got {parts.w.shape}, {parts.b.shape}")
    before = parts.b
    for number, layer in enumerate(parts.deeper, start=2):
        if layer.w.shape[1] != len(before):
            raise ValueError(f"w of layer {number} must take the {len(before)} units before it, got {layer.w.shape}")
        before = layer.b
    if parts.v.shape != before.shape:
        raise ValueError(f"b of the last layer and v must be of one length, got {before.shape}, {parts.v.shape}")


def same_arrays(mine: object, its: object, names: tuple[str, ...]) -> bool:
    """Whether the arrays of these names are equal in both."""
    return all(np.array_equal(getattr(mine, name), getattr(its, name)) for name in names)
