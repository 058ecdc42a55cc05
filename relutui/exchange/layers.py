"""The layers that a file of another program has, and the network that they are if they are 1 -> n -> ... -> 1."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from relutui.exchange.problem import ExchangeError
from relutui.lib.arrays import Array
from relutui.lib.safe_text import quote_value
from relutui.model import network as parameters
from relutui.model.network import ACTIVATIONS, LEAK, UNIT_ACTIVATIONS, Activation, Network, Parameters
from relutui.scenario.scenario import MAX_LAYER_UNITS, MAX_LAYERS, MAX_UNITS
from relutui.scenario.sections import PARAMETER_LIMIT

SLOPE_TOLERANCE = 1e-6  # relative: float32 has the slope of leaky_relu to 7 digits
MAX_WIDTHS_TOLD = 6
NAMES: Mapping[str, Activation] = {name: name for name in UNIT_ACTIVATIONS} | {"linear": "identity", "none": "identity"}


class Layer(NamedTuple):
    """A layer of weight (out, in) and bias (out,); activation: what comes after it, "" if the file does not say.

    slope: of leaky_relu where z < 0.
    """

    weight: Array
    bias: Array
    activation: str = ""
    slope: float = LEAK


class Found(NamedTuple):
    """The network of a file; assumed: whether the file does not name its activation."""

    network: Network
    parameters: Parameters
    assumed: bool


def network_of(layers: list[Layer], activation: Activation | None, output: Activation | None) -> Found:
    """Return the network of two layers or more; its activations are those given, else the file's, else relu and identity.

    Raises ExchangeError with what the layers are if they are no network 1 -> n -> ... -> 1 that relutui knows.
    """
    if not layers:
        raise ExchangeError("expected the weights of a network, found none")
    widths = [layers[0].weight.shape[1], *(len(layer.weight) for layer in layers)]
    if len(layers) < 2 or widths[0] != 1 or widths[-1] != 1:
        raise ExchangeError(f"expected a network 1 -> n -> 1, found {_described(widths)}")
    *hidden, last = layers
    if len(hidden) > MAX_LAYERS:
        raise ExchangeError(f"expected at most {MAX_LAYERS} hidden layers, found {_described(widths)}")
    most, each = (MAX_UNITS, "") if len(hidden) == 1 else (MAX_LAYER_UNITS, " in each of several hidden layers")
    if not 1 <= min(widths) <= max(widths) <= most:
        raise ExchangeError(f"expected at most {most} units{each}, found {_described(widths)}")
    numbers = np.concatenate([array.ravel() for layer in layers for array in (layer.weight, layer.bias)])
    if not (np.abs(numbers) <= PARAMETER_LIMIT).all():
        raise ExchangeError(f"expected weights up to {PARAMETER_LIMIT:g} in size, found one that is none")
    names = [activation or _known(layer, "relu", UNIT_ACTIVATIONS) for layer in hidden]
    network = Network(names[0], output or _known(last, "identity", ACTIVATIONS), deeper=tuple(names[1:]))
    first, deeper = hidden[0], tuple(parameters.Layer(layer.weight, layer.bias) for layer in hidden[1:])
    p = Parameters(first.weight[:, 0], first.bias, last.weight[0], float(last.bias[0]), deeper)
    return Found(network, p, not activation and not all(layer.activation for layer in hidden))


def _described(widths: list[int]) -> str:
    """How many layers of how many numbers, as in "3 layers: 2 -> 16 -> 1"."""
    shown = [str(width) for width in widths]
    if len(shown) > MAX_WIDTHS_TOLD:
        shown[MAX_WIDTHS_TOLD - 2 : -1] = ["..."]
    return f"{len(widths)} layers: {' -> '.join(shown)}"


def _known(layer: Layer, default: Activation, known: tuple[Activation, ...]) -> Activation:
    name = NAMES.get(layer.activation.lower()) if layer.activation else default
    if name is None or name not in known:
        where = "activation of the output" if known == ACTIVATIONS and default == "identity" else "activation"
        raise ExchangeError(f"expected as {where} one of {', '.join(known)}; found {quote_value(layer.activation)}")
    if name == "leaky_relu" and not math.isclose(layer.slope, LEAK, rel_tol=SLOPE_TOLERANCE):
        raise ExchangeError(f"expected leaky_relu with slope {LEAK} below 0, found {layer.slope:.6g}")
    return name
