"""The automatic learning rate: the one that fits the curvature of the loss at the start."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_FLOOR, Context

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import ROUNDING, Array, quiet
from relutui.model.dataset import Dataset
from relutui.model.network import Parameters
from relutui.model.training import BETA1, Problem, TrainingSettings
from relutui.model.values import number_of_values, values_of

LEARNING_RATE_RANGE = (1e-12, 1e6)  # within which the keys and the automatic rate stay
LEAST_OF_ADAM = 0.001  # the rate that Kingma and Ba (2015) recommend: by a gradient of almost 0 nothing would move
MAX_WORK = 10**8  # points times parameters, of one layer times those squared; of more points, evenly chosen ones count
LANCZOS_STEPS = 20  # within which the largest eigenvalue has two digits
DIFFERENCE = 1e-6  # of the parameters' size: how far apart gradients are compared
_DIGITS = Context(prec=2, rounding=ROUND_FLOOR)  # so that what is shown is the rate itself


def with_automatic_rate(problem: Problem, starts: Sequence[Parameters]) -> TrainingSettings:
    """The settings of a problem; an automatic learning rate is the least of those of the starts."""
    settings = problem.settings
    if not settings.automatic_rate:
        return settings
    return replace(settings, learning_rate=min(automatic_rate(problem, p) for p in starts))


@quiet
def automatic_rate(problem: Problem, p: Parameters) -> float:
    """The learning rate for training that starts at p, rounded down to two digits.

    sgd: 1 / lambda, half of what diverges where the curvature stays lambda: LeCun, Simard and Pearlmutter, "Automatic Learning
    Rate Maximization by On-Line Estimation of the Hessian's Eigenvectors" (1993).  momentum m: (1 - m) / lambda, as its steps
    add up to 1 / (1 - m) times their length.  adam, whose first steps change every parameter by the rate whatever the gradient:
    as if it were momentum beta1 with gradients of the mean size, (1 - beta1) mean |gradient| / lambda, and at least 0.001.

    lambda: the size of the largest curvature, of the Hessian of the free parameters or of its Gauss-Newton part, which is left
    where the residuals are 0; with the weight decay.
    """
    settings, free = problem.settings, np.flatnonzero(values_of(problem.locks) == 0.0)
    curvature = _largest_curvature(problem, p, free) + settings.weight_decay
    if not 0.0 < curvature < np.inf:  # nothing moves, or everything too far
        return TrainingSettings().learning_rate if curvature == 0.0 else LEARNING_RATE_RANGE[0]
    rate = 1.0 / curvature
    if settings.optimizer == "momentum":
        rate *= 1.0 - settings.momentum
    elif settings.optimizer == "adam":
        from relutui.model.gradient import gradient  # imported on demand: start-up time counts

        mean = np.abs(values_of(gradient(problem, p))[free]).mean()
        rate = max(LEAST_OF_ADAM, rate * (1.0 - BETA1) * mean)
    low, high = LEARNING_RATE_RANGE
    return float(_DIGITS.create_decimal_from_float(min(max(rate, low), high)))


def _largest_curvature(problem: Problem, p: Parameters, free: NDArray[np.intp]) -> float:
    """The largest size of an eigenvalue; 0 without free parameters, inf where the numbers are too large."""
    if not len(free):
        return 0.0
    from relutui.model.curvature import hessian

    x, y = problem.dataset.x, problem.dataset.y
    number = min(len(x), max(1, MAX_WORK // number_of_values(p.sizes) ** (1 if p.deeper else 2)))
    chosen = np.linspace(0, len(x) - 1, number).round().astype(np.intp)
    share = number / len(x) if problem.settings.loss == "sse" else 1.0
    x = x[chosen]
    sizes = []
    for values in (y[chosen], problem.network.prediction(p, x)):  # without residuals the Gauss-Newton part is left
        of_points = replace(problem, dataset=Dataset(x, values))
        curvatures = _tridiagonal(of_points, p, free) if p.deeper else hessian(of_points, p)[np.ix_(free, free)]
        if not np.isfinite(curvatures).all():
            return np.inf
        sizes.append(float(np.abs(np.linalg.eigvalsh(curvatures)).max()))
    return max(sizes) / share


def _tridiagonal(problem: Problem, p: Parameters, free: NDArray[np.intp]) -> Array:
    """A small matrix with nearly the largest eigenvalues of the Hessian of the free parameters, by the method of Lanczos.

    Its products with directions are differences of gradients, as by LeCun, Simard and Pearlmutter: for several hidden layers,
    whose Hessian may have a thousand million numbers.
    """
    from relutui.model.gradient import losses_and_gradients

    values, steps = values_of(p), min(LANCZOS_STEPS, len(free))
    near = DIFFERENCE * (1.0 + float(np.abs(values).max()))
    basis, matrix = np.zeros((steps, len(free))), np.zeros((steps, steps))
    direction = np.random.default_rng(0).standard_normal(len(free))
    for step in range(steps):
        basis[step] = direction / np.linalg.norm(direction)
        move = np.zeros_like(values)
        move[free] = near * basis[step]
        _, (ahead, behind) = losses_and_gradients(problem, np.stack([values + move, values - move]), p.sizes)
        curved = (ahead - behind)[free] / (2.0 * near)
        if not np.isfinite(curved).all():
            return np.full((1, 1), np.inf)
        along = basis[: step + 1] @ curved
        matrix[step, : step + 1] = matrix[: step + 1, step] = along
        direction = curved - along @ basis[: step + 1]
        direction -= (basis[: step + 1] @ direction) @ basis[: step + 1]
        if not np.linalg.norm(direction) > ROUNDING * np.linalg.norm(curved):
            return matrix[: step + 1, : step + 1]
    return matrix
