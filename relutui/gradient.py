"""Where training pushes the parameters: the gradient of the loss and the next step, in plain numpy.

As network.py is for the prediction, this is the one written definition: it is shown while one types and before a device is
open, and training has to agree with it.
"""

import numpy as np

from relutui.network import Array, Parameters, activate, quiet, slope
from relutui.pieces import kinks
from relutui.training import BETA1, BETA2, EPSILON, Checkpoint, Problem, TrainingSettings


@quiet
def gradient(problem: Problem, p: Parameters) -> Parameters:
    """d loss / d each parameter, whether it is locked or not."""
    network, x = problem.network, problem.dataset.x
    z = network.pre_activations(p, x)
    a, da = activate(network.activation, z), slope(network.activation, z, network.slope_at_kink)
    total = p.c + p.v @ a
    error = activate(network.output_activation, total) - problem.dataset.y
    weight = 1 / len(x) if problem.settings.loss == "mse" else 1.0
    pushed = 2.0 * weight * error * slope(network.output_activation, total, network.slope_at_kink)  # d loss / d total
    return Parameters(p.v * (da @ (pushed * x)), p.v * (da @ pushed), a @ pushed, float(pushed.sum()))


@quiet
def next_step(checkpoint: Checkpoint, problem: Problem) -> Parameters:
    """The parameters after the next step; what is locked stays."""
    p, locks, settings = checkpoint.parameters, problem.locks, problem.settings
    known, slopes = checkpoint.optimizer, gradient(problem, p)

    def new(field: str) -> Array:
        old, pushed, first, second = (getattr(of, field) for of in (p, slopes, known.first, known.second))
        moved = old - settings.learning_rate * _direction(settings, pushed, first, second, known.steps + 1)
        return np.asarray(np.where(getattr(locks, field), old, moved))

    return Parameters(new("w"), new("b"), new("v"), float(new("c")))


def _direction(settings: TrainingSettings, gradient: Array, first: Array, second: Array, t: int) -> Array:
    """What the learning rate is multiplied with in step number t of the optimizer, which counts from 1."""
    if settings.optimizer == "sgd":
        return gradient
    if settings.optimizer == "momentum":
        return settings.momentum * first + gradient
    mean = (BETA1 * first + (1.0 - BETA1) * gradient) / (1.0 - BETA1**t)
    square = (BETA2 * second + (1.0 - BETA2) * np.square(gradient)) / (1.0 - BETA2**t)
    return np.asarray(mean / (np.sqrt(square) + EPSILON))


@quiet
def kink_moves(checkpoint: Checkpoint, problem: Problem) -> Array:
    """How far each kink moves in the next step, of shape (units,); nan where there is none before or after it."""
    if not problem.network.kinked:
        return np.full(checkpoint.parameters.units, np.nan)
    return kinks(next_step(checkpoint, problem)) - kinks(checkpoint.parameters)
