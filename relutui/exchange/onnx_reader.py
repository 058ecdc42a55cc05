"""Reading ONNX files: a chain of matrices, biases and activations from the input to the output."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from relutui.exchange.layers import Layer
from relutui.exchange.onnx_activations import STEPS
from relutui.exchange.problem import ExchangeError, needing
from relutui.lib.arrays import Array, quiet
from relutui.lib.safe_text import quote_value
from relutui.model.network import LEAK, Activation

if TYPE_CHECKING:
    from onnx import GraphProto, NodeProto, TensorProto

MAX_ONNX_BYTES = 500_000  # protobuf makes a hundred times as much of some files
MAX_NODES = 200
MAX_TENSOR_SIDES = 4
_ACTIVATIONS = {"Relu": "relu", "LeakyRelu": "leaky_relu", "Softplus": "softplus", "Sigmoid": "sigmoid", "Tanh": "tanh"}
_PASSED_OVER = ("Identity", "Cast", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Dropout")  # which change no number
DEFAULT_SLOPE = 0.01  # of LeakyRelu


def layers_of(content: bytes) -> list[Layer]:
    """Return the layers of a file, which names nothing else to be opened.  Raises ExchangeError."""
    with needing("an .onnx"):
        import onnx
        from google.protobuf.message import DecodeError
        from onnx import TensorProto
    if len(content) > MAX_ONNX_BYTES:
        raise ExchangeError(f"expected at most {MAX_ONNX_BYTES // 1000} kB, as a network 1 -> n -> 1 has")
    try:
        graph = onnx.load_model_from_string(content).graph
    except DecodeError:
        raise ExchangeError("no ONNX file: its bytes are not those of a model") from None
    if len(graph.node) > MAX_NODES:
        raise ExchangeError(f"expected a network 1 -> n -> 1, found {len(graph.node)} operators")
    if not all(len(node.output) == 1 for node in graph.node):
        raise ExchangeError("expected operators with one output each")
    constants = {tensor.name: _array(tensor) for tensor in graph.initializer[: 2 * MAX_NODES]}
    for node in graph.node:
        if node.op_type == "Constant":
            constants[node.output[0]] = _array(next((each.t for each in node.attribute if each.name == "value"), TensorProto()))
    return _Chain(graph, constants).layers()


def _array(tensor: "TensorProto") -> Array:
    """The numbers of a tensor, which are in the file itself and as many as it says."""
    from onnx import TensorProto, numpy_helper

    if tensor.data_location == TensorProto.EXTERNAL or tensor.external_data:
        raise ExchangeError(f"{quote_value(tensor.name)} is in another file, which is not opened: save it all in one")
    if len(tensor.dims) > MAX_TENSOR_SIDES or not 0 <= math.prod(tensor.dims) <= MAX_ONNX_BYTES:
        raise ExchangeError(f"{quote_value(tensor.name)} says that it is larger than the file")
    try:
        return np.asarray(numpy_helper.to_array(tensor), np.float64)
    except (ValueError, TypeError, NotImplementedError, KeyError, AttributeError, IndexError, OverflowError):
        raise ExchangeError(f"{quote_value(tensor.name)} has other numbers than it says") from None


class _Chain:
    """Follows the one value that leads from the input to the output, node by node."""

    def __init__(self, graph: "GraphProto", constants: Mapping[str, Array]) -> None:
        self._graph, self._constants = graph, constants
        self._nodes = [node for node in graph.node if node.op_type != "Constant"]
        inputs = [each.name for each in graph.input if each.name not in constants]
        if len(inputs) != 1 or len(graph.output) != 1:
            raise ExchangeError(f"expected one input and one output, found {len(inputs)} and {len(graph.output)}")
        self._value = inputs[0]
        self._layers: list[Layer] = []

    def layers(self) -> list[Layer]:
        """Return the layers that the nodes make together."""
        while self._nodes:
            if activation := next((name for name in STEPS if self._begins_with(name)), None):
                node = self._nodes[len(STEPS[activation]) - 1]
                self._nodes = self._nodes[len(STEPS[activation]) :]
                self._activate(activation)
            else:
                node = self._nodes.pop(0)
                self._take(node)
            self._value = node.output[0]
        if self._value != self._graph.output[0].name:
            raise ExchangeError("expected a chain of layers that ends in the output")
        return self._layers

    def _begins_with(self, activation: Activation) -> bool:
        """Whether the next nodes are an activation that is several nodes."""
        steps, nodes = STEPS[activation], self._nodes
        if len(steps) < 2 or [node.op_type for node in nodes[: len(steps)]] != [step.operator for step in steps]:
            return False
        for step, node in zip(steps, nodes):
            if len(node.input) != len(step.takes):
                return False
            for name, taken in zip(node.input, step.takes):
                if isinstance(taken, float):
                    constant = self._constants.get(name)
                    if constant is None or constant.size != 1 or not math.isclose(constant.item(), taken, rel_tol=1e-6):
                        return False
                elif name != (self._value if isinstance(taken, str) else nodes[taken].output[0]):
                    return False
        return True

    @quiet
    def _take(self, node: "NodeProto") -> None:
        """Take the next node into the layers."""
        constants = [self._constants.get(name) for name in node.input if name != self._value and name]
        if list(node.input).count(self._value) != 1 or any(constant is None for constant in constants):
            raise ExchangeError(f"expected a chain of layers, found a branch at {quote_value(node.op_type)}")
        attributes = {each.name: each for each in node.attribute}
        match node.op_type, [constant for constant in constants if constant is not None]:
            case "MatMul", [matrix] if matrix.ndim == 2 and node.input[0] == self._value:
                self._begin(matrix.T, np.zeros(matrix.shape[1]))
            case "Gemm", [matrix, *bias] if matrix.ndim == 2 and node.input[0] == self._value and "transA" not in attributes:
                alpha, beta = (attributes[name].f if name in attributes else 1.0 for name in ("alpha", "beta"))
                weight = alpha * (matrix if "transB" in attributes and attributes["transB"].i else matrix.T)
                self._begin(weight, np.zeros(len(weight)))
                if bias:
                    self._add(beta * bias[0])
            case "Add", [bias]:
                self._add(bias)
            case operator, [] if operator in _ACTIVATIONS:
                slope = attributes["alpha"].f if "alpha" in attributes else DEFAULT_SLOPE
                self._activate(_ACTIVATIONS[operator], slope)
            case operator, _ if operator in _PASSED_OVER:
                pass
            case _:
                raise ExchangeError(f"expected layers and activations, found the operator {quote_value(node.op_type)}")

    def _begin(self, weight: Array, bias: Array) -> None:
        self._layers.append(Layer(weight, bias, "identity"))  # unless an activation comes after it

    @quiet
    def _add(self, bias: Array) -> None:
        if not self._layers or bias.size not in (1, len(self._layers[-1].bias)) or self._layers[-1].activation != "identity":
            raise ExchangeError("expected that only biases of layers are added")
        last = self._layers[-1]
        self._layers[-1] = last._replace(bias=last.bias + bias.reshape(-1))

    def _activate(self, activation: str, slope: float = LEAK) -> None:
        if not self._layers or self._layers[-1].activation != "identity":
            raise ExchangeError(f"expected a layer before each {activation}")
        self._layers[-1] = self._layers[-1]._replace(activation=activation, slope=slope)
