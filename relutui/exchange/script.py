"""Python scripts that are the network in numpy, PyTorch, Keras or JAX: each runs by itself and prints predictions.

scripts/*.txt are their texts, in which every $name stands for a value.
"""

import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Template
from typing import NamedTuple

from relutui.exchange.exported import Exported
from relutui.exchange.kinds import Framework
from relutui.lib.safe_text import sanitize_line
from relutui.model.network import LEAK, RECT_HALF_WIDTH, Activation
from relutui.model.scale import Units

LINES_PRINTED = 11  # by a script to which no numbers are given
COLUMNS = 110  # of the numbers of a list


class _Words(NamedTuple):
    """How a framework writes each activation, of z or as a layer, and what has to be defined for some of them.

    layer: how an activation stands in a list of layers.
    """

    activations: Mapping[Activation, str]
    definitions: Mapping[Activation, str] = {}
    layer: str = "{}"


_WORDS: dict[Framework, _Words] = {
    "numpy": _Words(
        {
            "relu": "np.maximum(z, 0.0)",
            "leaky_relu": f"np.where(z > 0.0, z, {LEAK} * z)",
            "softplus": "np.logaddexp(0.0, z)",
            "sigmoid": "np.exp(-np.logaddexp(0.0, -z))",
            "tanh": "np.tanh(z)",
            "identity": "z",
            "step": "np.where(z > 0.0, 1.0, 0.0)",
            "rect": f"np.where(np.abs(z) < {RECT_HALF_WIDTH}, 1.0, 0.0)",
        },
        layer="lambda z: {}",
    ),
    "torch": _Words(
        {
            "relu": "nn.ReLU()",
            "leaky_relu": f"nn.LeakyReLU({LEAK})",
            "softplus": "nn.Softplus()",
            "sigmoid": "nn.Sigmoid()",
            "tanh": "nn.Tanh()",
            "identity": "nn.Identity()",
            "step": "Step()",
            "rect": "Rect()",
        },
        {
            "step": "class Step(nn.Module):\n    def forward(self, z):\n        return (z > 0.0).to(z.dtype)\n",
            "rect": "class Rect(nn.Module):\n"
            f"    def forward(self, z):\n        return (z.abs() < {RECT_HALF_WIDTH}).to(z.dtype)\n",
        },
    ),
    "keras": _Words(
        {
            "relu": "layers.ReLU()",
            "leaky_relu": f"layers.LeakyReLU({LEAK})",
            "softplus": 'layers.Activation("softplus")',
            "sigmoid": 'layers.Activation("sigmoid")',
            "tanh": 'layers.Activation("tanh")',
            "identity": 'layers.Activation("linear")',
            "step": "layers.Activation(step)",
            "rect": "layers.Activation(rect)",
        },
        {
            "step": "def step(z):\n    return keras.ops.cast(z > 0.0, z.dtype)\n",
            "rect": f"def rect(z):\n    return keras.ops.cast(keras.ops.abs(z) < {RECT_HALF_WIDTH}, z.dtype)\n",
        },
    ),
    "jax": _Words(
        {
            "relu": "jax.nn.relu(z)",
            "leaky_relu": f"jax.nn.leaky_relu(z, {LEAK})",
            "softplus": "jax.nn.softplus(z)",
            "sigmoid": "jax.nn.sigmoid(z)",
            "tanh": "jnp.tanh(z)",
            "identity": "z",
            "step": "jnp.where(z > 0.0, 1.0, 0.0)",
            "rect": f"jnp.where(jnp.abs(z) < {RECT_HALF_WIDTH}, 1.0, 0.0)",
        },
        layer="lambda z: {}",
    ),
}


def script_of(taken: Exported, framework: Framework) -> str:
    """Return the script, whose numbers are written with all digits."""
    low, high = taken.domain
    name, values = (f"{framework}_layers", _of_layers) if taken.network.deeper else (framework, _of_units)
    text = Path(__file__).with_name("scripts").joinpath(f"{name}.txt").read_text(encoding="utf-8")
    return Template(text).substitute(
        values(taken, _WORDS[framework]),
        title=sanitize_line(taken.title),
        own="" if taken.after == Units() else f"{taken.after.shift!r} + {taken.after.width!r} * ",
        low=repr(low),
        high=repr(high),
        count=LINES_PRINTED,
    )


def _of_units(taken: Exported, words: _Words) -> dict[str, object]:
    """The values in the text of a script of one hidden layer."""
    network, p = taken.network, taken.parameters
    return {
        "units": p.units,
        "activation": network.activation,
        "output": network.output_activation,
        "act": words.activations[network.activation],
        "g": words.activations[network.output_activation],
        "definitions": _definitions(words, [network.activation]),
        "w": _list(p.w.tolist()),
        "b": _list(p.b.tolist()),
        "v": _list(p.v.tolist()),
        "c": repr(p.c),
    }


def _of_layers(taken: Exported, words: _Words) -> dict[str, object]:
    """The values in the text of a script of several hidden layers."""
    names: list[Activation] = [*taken.network.layer_activations, taken.network.output_activation]
    return {
        "sizes": " -> ".join(map(str, taken.parameters.sizes)),
        "definitions": _definitions(words, names),
        "layers": "".join(
            f"    (\n        [\n{_rows(layer.weight.tolist())}        ],\n        {_list(layer.bias.tolist(), 8)},\n"
            f"        {words.layer.format(words.activations[name])},\n    ),\n"
            for layer, name in zip(taken.layers, names)
        ),
    }


def _rows(rows: list[list[float]]) -> str:
    return "".join(f"            {_list(row, 12)},\n" for row in rows)


def _definitions(words: _Words, names: Iterable[Activation]) -> str:
    """What has to be defined for some activations, each once."""
    return "".join(f"\n{words.definitions[name]}\n" for name in dict.fromkeys(names) if name in words.definitions)


def _list(numbers: Iterable[float], indent: int = 0) -> str:
    """Write numbers as a Python list, over several lines if they are many; indent: of the line that it is on."""
    text, before = ", ".join(map(repr, numbers)), " " * indent
    if len(text) <= COLUMNS - indent:
        return f"[{text}]"
    return "[\n" + textwrap.indent(textwrap.fill(text, COLUMNS - indent), f"{before}    ") + f",\n{before}]"
