"""The second derivatives of the loss, in plain numpy."""

from collections.abc import Callable

import numpy as np

from relutui.lib.arrays import Array, quiet
from relutui.model.network import Activation, Parameters, activate, slope
from relutui.model.training import Problem


@quiet
def hessian(problem: Problem, p: Parameters) -> Array:
    """d² loss / d each two parameters, locked or not, of shape (1 + 3 units, 1 + 3 units), in the order of a Batch.

    At a point on a kink, where there are none, those of one side count.
    """
    network, x, settings = problem.network, problem.dataset.x, problem.settings
    z, total = network.pre_activations(p, x), network.output_sum(p, x)
    a, da = activate(network.activation, z), slope(network.activation, z, network.slope_at_kink)
    dda = second_derivative(network.activation, z)
    weight = 2.0 / len(x) if settings.loss == "mse" else 2.0
    error = activate(network.output_activation, total) - problem.dataset.y
    passed = slope(network.output_activation, total, network.slope_at_kink)
    first = np.empty((1 + 3 * p.units, len(x)))  # d total / d parameter
    first[0], first[1::3], first[2::3], first[3::3] = 1.0, p.v[:, None] * da * x, p.v[:, None] * da, a
    bent = passed**2 + error * second_derivative(network.output_activation, total)
    result: Array = (weight * bent * first) @ first.T
    pushed = weight * error * passed  # d loss / d total
    own = np.empty((p.units, 3, 3))  # of the total's own second derivatives, which only w, b, v of one unit have together
    for row, column, each in (
        (0, 0, p.v[:, None] * dda * x * x),
        (0, 1, p.v[:, None] * dda * x),
        (1, 1, p.v[:, None] * dda),
        (0, 2, da * x),
        (1, 2, da),
        (2, 2, np.zeros_like(a)),
    ):
        own[:, row, column] = own[:, column, row] = each @ pushed
    for unit in range(p.units):
        here = slice(1 + 3 * unit, 4 + 3 * unit)
        result[here, here] += own[unit]
    return result


def second_derivative(name: Activation, z: Array) -> Array:
    """act''(z) of the named activation, elementwise; 0 at a kink."""
    bend = _BENDS.get(name)
    return bend(z) if bend else np.zeros_like(z)


def _softplus_bend(z: Array) -> Array:
    s = activate("sigmoid", z)
    return s * (1.0 - s)


def _sigmoid_bend(z: Array) -> Array:
    s = activate("sigmoid", z)
    return s * (1.0 - s) * (1.0 - 2.0 * s)


def _tanh_bend(z: Array) -> Array:
    t = np.tanh(z)
    return -2.0 * t * (1.0 - t * t)


_BENDS: dict[Activation, Callable[[Array], Array]] = {
    "softplus": _softplus_bend,
    "sigmoid": _sigmoid_bend,
    "tanh": _tanh_bend,
}
