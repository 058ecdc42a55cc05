"""The optimizers' update rules, as tinygrad expressions."""

from collections.abc import Sequence

from tinygrad.uop.ops import UOp

from relutui.model.training import BETA1, BETA2, EPSILON, Optimizer

MOMENTS = {"sgd": 0, "momentum": 1, "adam": 2}  # running means that an optimizer keeps of each parameter


def update_direction(
    optimizer: Optimizer, gradient: UOp, moments: Sequence[UOp], momentum: UOp, corrections: Sequence[UOp]
) -> tuple[UOp, list[UOp]]:
    """Return what a step of learning rate 1 subtracts from a parameter, and the new moments.

    sgd; momentum as in Polyak's heavy ball (mean = momentum * mean + gradient); adam after Kingma and Ba (2015), with
    corrections 1 / (1 - BETA1**t) and 1 / sqrt(1 - BETA2**t).
    """
    if optimizer == "sgd":
        return gradient, []
    if optimizer == "momentum":
        mean = momentum * moments[0] + gradient
        return mean, [mean]
    mean = BETA1 * moments[0] + (1.0 - BETA1) * gradient
    square = BETA2 * moments[1] + (1.0 - BETA2) * (gradient * gradient)
    return mean * corrections[0] / (square.sqrt() * corrections[1] + EPSILON), [mean, square]


def with_decay(gradient: UOp, parameter: UOp, decay: UOp | None) -> UOp:
    """Return the gradient of the loss and of decay / 2 times the square of the parameter; None for no decay, and no product."""
    return gradient if decay is None else gradient + decay * parameter
