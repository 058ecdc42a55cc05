"""The activations as nodes of an ONNX graph, for float64.

In that onnxruntime has neither LeakyRelu nor Softplus, and Sigmoid to 16 digits of 1 alone: 0 from z = -37 on.
"""

from typing import NamedTuple

from relutui.model.network import LEAK, RECT_HALF_WIDTH, Activation


class Step(NamedTuple):
    """A node: its operator and what it takes, "z", the number of an earlier step, or a constant."""

    operator: str
    takes: tuple[str | int | float, ...]


# softplus(z) = max(z, 0) + log(1 + u), u = exp(-|z|); log(s) + (u - (s - 1)) / s keeps the digits that s = 1 + u rounds off.
STEPS: dict[Activation, tuple[Step, ...]] = {
    "identity": (),
    "relu": (Step("Relu", ("z",)),),
    "leaky_relu": (Step("Mul", ("z", LEAK)), Step("Max", ("z", 0))),
    "softplus": (
        Step("Abs", ("z",)),
        Step("Neg", (0,)),
        Step("Exp", (1,)),
        Step("Add", (2, 1.0)),
        Step("Log", (3,)),
        Step("Sub", (3, 1.0)),
        Step("Sub", (2, 5)),
        Step("Div", (6, 3)),
        Step("Add", (4, 7)),
        Step("Relu", ("z",)),
        Step("Add", (8, 9)),
    ),
    "sigmoid": (Step("Neg", ("z",)), Step("Exp", (0,)), Step("Add", (1, 1.0)), Step("Div", (1.0, 2))),
    "tanh": (Step("Tanh", ("z",)),),
    "step": (Step("Greater", ("z", 0.0)), Step("Cast", (0,))),
    "rect": (Step("Abs", ("z",)), Step("Less", (0, RECT_HALF_WIDTH)), Step("Cast", (1,))),
}
