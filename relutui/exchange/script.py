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
    """How a framework writes each activation, of z or as a layer, and what has to be defined for some of them."""

    activations: Mapping[Activation, str]
    definitions: Mapping[Activation, str] = {}


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
        }
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
        }
    ),
}


def script_of(taken: Exported, framework: Framework) -> str:
    """Return the script, whose numbers are written with all digits."""
    words, network, p = _WORDS[framework], taken.network, taken.parameters
    needed = words.definitions.get(network.activation)
    text = Path(__file__).with_name("scripts").joinpath(f"{framework}.txt").read_text(encoding="utf-8")
    low, high = taken.domain
    return Template(text).substitute(
        title=sanitize_line(taken.title),
        units=p.units,
        activation=network.activation,
        output=network.output_activation,
        act=words.activations[network.activation],
        g=words.activations[network.output_activation],
        definitions=f"\n{needed}\n" if needed else "",
        w=_list(p.w.tolist()),
        b=_list(p.b.tolist()),
        v=_list(p.v.tolist()),
        c=repr(p.c),
        own="" if taken.after == Units() else f"{taken.after.shift!r} + {taken.after.width!r} * ",
        low=repr(low),
        high=repr(high),
        count=LINES_PRINTED,
    )


def _list(numbers: Iterable[float]) -> str:
    """Write numbers as a Python list, over several lines if they are many."""
    text = ", ".join(map(repr, numbers))
    return f"[{text}]" if len(text) <= COLUMNS else "[\n" + textwrap.indent(textwrap.fill(text, COLUMNS), "    ") + ",\n]"
