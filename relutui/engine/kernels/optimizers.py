"""What an optimizer makes of a gradient, as tinygrad expressions."""

from collections.abc import Sequence

from tinygrad.uop.ops import UOp

from relutui.model.training import BETA1, BETA2, EPSILON, Optimizer

MOMENTS = {"sgd": 0, "momentum": 1, "adam": 2}  # running means that an optimizer has of each parameter


def update_direction(
    optimizer: Optimizer, gradient: UOp, moments: Sequence[UOp], momentum: UOp, corrections: Sequence[UOp]
) -> tuple[UOp, list[UOp]]:
    """What a step of learning rate 1 takes from a parameter, and the new moments.

    corrections: adam's 1 / (1 - BETA1**t) and 1 / sqrt(1 - BETA2**t).
    """
    if optimizer == "sgd":
        return gradient, []
    if optimizer == "momentum":
        mean = momentum * moments[0] + gradient
        return mean, [mean]
    mean = BETA1 * moments[0] + (1.0 - BETA1) * gradient
    square = BETA2 * moments[1] + (1.0 - BETA2) * (gradient * gradient)
    return mean * corrections[0] / (square.sqrt() * corrections[1] + EPSILON), [mean, square]
