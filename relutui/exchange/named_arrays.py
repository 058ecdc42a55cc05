"""The layers of a file that has arrays with names, and nothing that says how they are joined."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from relutui.exchange.layers import Layer
from relutui.exchange.problem import ExchangeError
from relutui.lib.arrays import Array
from relutui.lib.safe_text import quote_value

MAX_ARRAYS = 64
MATRIX_WORDS, BIAS_WORDS = ("weight", "kernel", "w"), ("bias", "b")
# A name is that of the layer and what the array is in it: 0.weight, fc1/bias, W1, b1.
_NAME = re.compile(rf"(.*?)[./_]?({'|'.join((*MATRIX_WORDS, *BIAS_WORDS))})_?(\d*)", re.IGNORECASE)
_DIGITS = re.compile(r"(\d+)")


@dataclass
class _Arrays:
    """The arrays of a layer, word being what its matrix is called."""

    word: str = ""
    matrix: Array | None = None
    bias: Array | None = None


def state_dict(layers: list[Layer]) -> dict[str, Array]:
    """The arrays of layers, named as by PyTorch's Sequential(Linear, activation, Linear, ...): 0.weight, 0.bias, 2.weight."""
    return {
        f"{2 * number}.{name}": array
        for number, layer in enumerate(layers)
        for name, array in (("weight", layer.weight), ("bias", layer.bias))
    }


def layers_of(arrays: Mapping[str, Array]) -> list[Layer]:
    """Return the layers in the order of their names, in which numbers count as such: dense_2 comes before dense_10.

    Of arrays without such names each matrix begins a layer, and a vector after it is its bias.  Raises ExchangeError.
    """
    layers: dict[str, _Arrays] = {}
    latest = ""
    for name in sorted(arrays, key=_in_order):
        array, found = arrays[name], _NAME.fullmatch(name)
        word = found[2].lower() if found else ""
        key = f"{found[1]}/{found[3]}" if found else latest if array.ndim < 2 else name
        layer = layers.setdefault(key, _Arrays())
        if array.ndim == 2 and array.size and layer.matrix is None and word not in BIAS_WORDS:
            layer.matrix, layer.word, latest = array, word, key
        elif array.ndim < 2 and layer.bias is None and word not in MATRIX_WORDS and key:
            layer.bias = array.reshape(-1)
        else:
            shape = " x ".join(map(str, array.shape)) or "one number"
            raise ExchangeError(f"expected the matrices and biases of layers, found {quote_value(name)}: {shape}")
    found_layers = [_layer(name, each, _is_out_first(layers)) for name, each in layers.items()]
    for before, after in pairwise(found_layers):
        if len(before.weight) != after.weight.shape[1]:
            shapes = ", ".join(f"{each.weight.shape[1]} -> {len(each.weight)}" for each in found_layers[:MAX_ARRAYS])
            raise ExchangeError(f"expected layers of which each takes what the one before gives, found {shapes}")
    return found_layers


def _is_out_first(layers: Mapping[str, _Arrays]) -> bool | None:
    """Whether matrices are (out, in), by the first that its bias tells it of; None where none does."""
    for each in layers.values():
        if each.matrix is not None and each.bias is not None and each.matrix.shape[0] != each.matrix.shape[1]:
            return bool(len(each.bias) == each.matrix.shape[0])
    return None


def _layer(name: str, arrays: _Arrays, is_out_first: bool | None) -> Layer:
    """The layer: its matrix gives as many numbers as the bias has; where both sides do, it is as the others, or by its name.

    PyTorch's `weight` is (out, in).
    """
    if arrays.matrix is None:
        raise ExchangeError(f"expected a matrix beside the bias of {quote_value(name.strip('/'))}, found none")
    rows, columns = arrays.matrix.shape
    if arrays.bias is None:
        arrays.bias = np.zeros(rows if arrays.word == "weight" else columns)
    if (size := len(arrays.bias)) not in (rows, columns):
        raise ExchangeError(f"expected a bias of {rows} or {columns} in {quote_value(name.strip('/'))}, found {size}")
    square = arrays.word == "weight" if is_out_first is None else is_out_first
    return Layer(arrays.matrix if (square if rows == columns else size == rows) else arrays.matrix.T, arrays.bias)


def _in_order(name: str) -> list[tuple[bool, int, str]]:
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in _DIGITS.split(name[:1000])]
