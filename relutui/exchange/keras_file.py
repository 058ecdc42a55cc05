"""Reading the files of Keras: weights alone (.weights.h5), or with the description of the model (.keras, .h5)."""

import json
from itertools import pairwise
from typing import Any

from relutui.exchange.archive import members_of
from relutui.exchange.hdf5 import read_hdf5
from relutui.exchange.layers import Layer
from relutui.exchange.named_arrays import layers_of
from relutui.exchange.problem import ExchangeError
from relutui.lib.arrays import Array
from relutui.lib.safe_text import quote_value

MAX_UNPACKED_BYTES = 4_000_000
DESCRIPTION = "model_config"  # the attribute of an .h5 file
DENSE_SLOPE = 0.2  # of leaky_relu by its name, which a file does not say; the layer has its own
KNOWN = ("Dense", "Activation", "ReLU", "LeakyReLU")
PASSED_OVER = ("InputLayer", "Dropout", "GaussianNoise", "Flatten", "ActivityRegularization")  # that change no prediction


def keras_layers(content: bytes) -> list[Layer]:
    """Return the layers of a .keras file.  Raises ExchangeError."""
    members = members_of(content, MAX_UNPACKED_BYTES)
    for name in ("config.json", "model.weights.h5"):
        if name not in members:
            raise ExchangeError(f"no file of Keras: expected {name} in it")
    arrays = read_hdf5(members["model.weights.h5"], DESCRIPTION).arrays
    return _joined(arrays, members["config.json"].decode(errors="replace"))


def h5_layers(content: bytes) -> list[Layer]:
    """Return the layers of an .h5 file of Keras.  Raises ExchangeError."""
    return _joined(*read_hdf5(content, DESCRIPTION))


def _joined(arrays: dict[str, Array], description: str) -> list[Layer]:
    """The layers, with the activations of the description if there is one."""
    named = {_name(path): array for path, array in arrays.items()}
    if not description:
        return layers_of(named)
    steps = _steps(description)
    order = [str(config.get("name")) for kind, config in steps if kind == "Dense"]
    if not any("/vars/" in path for path in arrays):  # else layers are numbered by their class, whatever their names
        named = {_numbered(name, order): array for name, array in named.items()}
    layers = layers_of(named)
    if len(layers) != len(order):
        raise ExchangeError(f"expected weights of the {len(order)} layers that it describes, found {len(layers)}")
    return _activated(layers, steps)


def _numbered(name: str, order: list[str]) -> str:
    """The name of an array with the place of its layer in the model."""
    layer, _, word = name.rpartition("/")
    if layer not in order:
        raise ExchangeError(f"expected weights of the layers that it describes, found {quote_value(name)}")
    return f"{order.index(layer)}/{word}"


def _name(path: str) -> str:
    """The name of an array with that of its layer: of layers/dense_1/vars/0 it is dense_1/kernel."""
    *_, layer, _, word = ["", "", *path.removesuffix(":0").split("/")]
    if "/vars/" in path:
        return f"{layer}/{('kernel', 'bias')[int(word)] if word in ('0', '1') else word}"
    return "/".join(path.removesuffix(":0").split("/")[-2:])


def _steps(description: str) -> list[tuple[str, dict[str, Any]]]:
    """The class and the settings of each layer of a model that is a chain.  Raises ExchangeError."""
    try:
        layers = json.loads(description)["config"]["layers"]
        steps = [(str(layer["class_name"]), dict(layer["config"])) for layer in layers]
        for kind, _ in steps:
            if kind not in (*KNOWN, *PASSED_OVER):
                raise ExchangeError(f"expected Dense layers and activations, found {quote_value(kind)}")
        for before, layer in pairwise(layers):
            wired = json.dumps(layer.get("inbound_nodes") or "")
            if wired != '""' and json.dumps(before["config"]["name"]) not in wired:
                raise ExchangeError(f"expected a chain of layers, found a branch at {quote_value(layer['config']['name'])}")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ExchangeError("no model of Keras: its description cannot be read") from None
    return steps


def _activated(layers: list[Layer], steps: list[tuple[str, dict[str, Any]]]) -> list[Layer]:
    """The layers with the activations that the description names."""
    result: list[Layer] = []
    for kind, config in steps:
        if kind in PASSED_OVER:
            continue
        slope = config.get("negative_slope", config.get("alpha", 0.0))
        if kind == "Dense":
            result.append(layers[len(result)]._replace(activation="identity"))
            activation = config.get("activation")
        elif kind == "Activation":
            activation = config.get("activation")
        elif kind == "LeakyReLU":
            activation = "leaky_relu"
        elif config.get("max_value") is None and not config.get("threshold"):
            activation = "leaky_relu" if slope else "relu"
        else:
            raise ExchangeError("expected a ReLU without max_value and threshold")
        if activation in (None, "linear"):
            continue
        if not result or result[-1].activation != "identity":
            raise ExchangeError(f"expected one activation after each layer, found {quote_value(activation)} besides")
        slope = DENSE_SLOPE if kind in ("Dense", "Activation") else slope
        if not isinstance(activation, str) or not isinstance(slope, int | float):
            raise ExchangeError("expected an activation with a name, found a function")
        result[-1] = result[-1]._replace(activation=activation, slope=float(slope))
    return result
