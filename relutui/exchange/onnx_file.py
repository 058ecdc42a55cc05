"""ONNX files of a network, for onnxruntime and whatever else reads them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from relutui.exchange.exported import Exported
from relutui.exchange.onnx_activations import STEPS
from relutui.exchange.problem import needing
from relutui.lib.safe_text import sanitize_line
from relutui.model.network import Activation
from relutui.model.scale import Units

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto

OPSET, IR_VERSION = 18, 10  # which runtimes of 2024 and later read


def onnx_of(taken: Exported) -> bytes:
    """Return the file, in float64: x of shape (points, 1), prediction likewise.

    Raises ExchangeError without the library.
    """
    with needing("an .onnx"):
        from onnx import TensorProto, helper, numpy_helper
    layers, values = taken.layers, [*_names(len(taken.layers))]
    constants: list[TensorProto] = []
    for layer, names in zip(layers, values):
        for name, array in ((names.weight, layer.weight.T), (names.bias, layer.bias)):
            constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
    nodes: list[NodeProto] = []
    last = "x"
    for layer, names in zip(layers, values):
        nodes.append(helper.make_node("MatMul", [last, names.weight], [names.product]))
        nodes.append(helper.make_node("Add", [names.product, names.bias], [names.z]))
        last = _activation(cast(Activation, layer.activation), names.z, names.a, nodes, constants)
    if taken.after != Units():
        constants += [numpy_helper.from_array(np.array(value), name) for name, value in taken.after._asdict().items()]
        nodes += [helper.make_node("Mul", [last, "width"], ["scaled"]), helper.make_node("Add", ["scaled", "shift"], ["own"])]
        last = "own"
    nodes.append(helper.make_node("Identity", [last], ["prediction"]))
    x, prediction = (helper.make_tensor_value_info(name, TensorProto.DOUBLE, ["points", 1]) for name in ("x", "prediction"))
    graph = helper.make_graph(nodes, sanitize_line(taken.name) or "network", [x], [prediction], constants)
    model = helper.make_model(
        graph, producer_name="relutui", ir_version=IR_VERSION, opset_imports=[helper.make_opsetid("", OPSET)]
    )
    return bytes(model.SerializeToString(deterministic=True))


class _Names(NamedTuple):
    """The names in the graph of what a layer has and computes; those of an activation begin with `a`."""

    weight: str
    bias: str
    product: str
    z: str
    a: str


def _names(layers: int) -> Iterator[_Names]:
    """The names of each layer: w, b, ... of the first, w1, b1, ... of further ones, and v, c, ... of the output."""
    for number in range(layers - 1):
        of = str(number or "")
        yield _Names(f"w{of}", f"b{of}", f"wx{of}", f"z{of}", f"a{of and of + '_'}")
    yield _Names("v", "c", "va", "sum", "g")


def _activation(activation: Activation, z: str, prefix: str, nodes: "list[NodeProto]", constants: "list[TensorProto]") -> str:
    """Append the nodes of an activation of the value z, and their constants; return the name of the result."""
    from onnx import TensorProto, helper, numpy_helper

    for number, step in enumerate(STEPS[activation]):
        takes = []
        for place, taken in enumerate(step.takes):
            if isinstance(taken, float):
                takes.append(f"{prefix}{number}_constant{place}")
                constants.append(numpy_helper.from_array(np.array(taken), takes[-1]))
            else:
                takes.append(z if isinstance(taken, str) else f"{prefix}{taken}")
        to = {"to": TensorProto.DOUBLE} if step.operator == "Cast" else {}
        nodes.append(helper.make_node(step.operator, takes, [f"{prefix}{number}"], **to))
    return f"{prefix}{len(STEPS[activation]) - 1}" if STEPS[activation] else z
