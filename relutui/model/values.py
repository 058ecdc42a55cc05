"""The order in which the parameters of a network are one row of numbers: in a Batch, a Sample, a gradient and the engine.

c, then unit by unit, layer by layer from the first: its incoming weights, its bias and, in the last hidden layer, its v.
So of one hidden layer it is c, w_0, b_0, v_0, w_1, ...
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array
from relutui.model.network import Layer, Parameters
from relutui.model.shapes import ParametersLike, Sizes, sizes_of


class LayerViews(NamedTuple):
    """Views of a hidden layer in values: w of shape (..., units, inputs), b of shape (..., units)."""

    w: Array
    b: Array


class Views(NamedTuple):
    """Views of the parameters in values of shape (..., values).

    c: shape (...); layers: the hidden layers from the first, which has one input; v: shape (..., units of the last layer).
    """

    c: Array
    layers: tuple[LayerViews, ...]
    v: Array


class Block(NamedTuple):
    """The values of a hidden layer: from start to stop, a row for each unit with its weights, its bias and perhaps its v."""

    start: int
    stop: int
    units: int
    inputs: int
    columns: int


@lru_cache(64)
def blocks(sizes: Sizes) -> tuple[Block, ...]:
    """The block of each hidden layer, from the first."""
    found, start = [], 1
    for number, (inputs, units) in enumerate(zip((1, *sizes), sizes), start=1):
        columns = inputs + 1 + (number == len(sizes))
        found.append(Block(start, start := start + units * columns, units, inputs, columns))
    return tuple(found)


def number_of_values(sizes: Sizes) -> int:
    """The number of parameters of a network whose hidden layers have so many units."""
    return blocks(sizes)[-1].stop


def sizes_of_values(values: NDArray[np.floating], sizes: Sizes = ()) -> Sizes:
    """The sizes, or, if there are none, those of the one hidden layer that has so many values.

    Raises ValueError unless that is the number of values of these sizes.
    """
    number = values.shape[-1]
    sizes = sizes or (number // 3,)
    if number != number_of_values(sizes):
        raise ValueError(f"layers of {sizes} units have {number_of_values(sizes)} parameters, got {number}")
    return sizes


def views_of(values: Array, sizes: Sizes = ()) -> Views:
    """The parameters in values of shape (..., values), by which these can also be changed; sizes as in sizes_of_values."""
    leading, layers = values.shape[:-1], []
    for block in blocks(sizes_of_values(values, sizes)):
        rows = values[..., block.start : block.stop].reshape(*leading, block.units, block.columns)
        layers.append(LayerViews(rows[..., : block.inputs], rows[..., block.inputs]))
    return Views(values[..., 0], tuple(layers), rows[..., -1])


def values_of(parts: ParametersLike) -> Array:
    """The values of parameters, or of locks as 0 and 1: float64 of shape (values,)."""
    if not parts.deeper:  # of one layer without blocks, which would make a burst of a few steps 5 % longer
        values = np.empty(1 + 3 * len(parts.b))
        values[0], values[1::3], values[2::3], values[3::3] = parts.c, parts.w, parts.b, parts.v
        return values
    first, *further = blocks(sizes_of(parts))
    last = further[-1]
    values = np.empty(last.stop)
    values[0] = parts.c  # below by strides where it can be, which take half the time of views
    values[1 : first.stop : first.columns], values[2 : first.stop : first.columns] = parts.w, parts.b
    for (start, stop, units, inputs, columns), layer in zip(further, parts.deeper):
        values[start:stop].reshape(units, columns)[:, :inputs] = layer.w
        values[start + inputs : stop : columns] = layer.b
    values[last.start + last.columns - 1 : last.stop : last.columns] = parts.v
    return values


def parameters_of(values: NDArray[np.floating], sizes: Sizes = ()) -> Parameters:
    """The parameters whose values these are, of shape (values,); sizes as in sizes_of_values."""
    exact: Array = values.astype(np.float64, copy=False)
    sizes = sizes_of_values(exact, sizes)
    if len(sizes) == 1:  # without blocks, as in values_of
        return Parameters(exact[1::3], exact[2::3], exact[3::3], float(exact[0]))
    first, *further = blocks(sizes)
    last = further[-1]
    w, b = exact[1 : first.stop : first.columns], exact[2 : first.stop : first.columns]
    deeper = [
        Layer(exact[start:stop].reshape(units, columns)[:, :inputs], exact[start + inputs : stop : columns])
        for start, stop, units, inputs, columns in further
    ]
    return Parameters(w, b, exact[last.start + last.columns - 1 : last.stop : last.columns], float(exact[0]), tuple(deeper))
