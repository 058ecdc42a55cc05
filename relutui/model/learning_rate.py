"""The automatic learning rate: the one that fits the curvature of the loss at the start."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_FLOOR, Context

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import quiet
from relutui.model.dataset import Dataset
from relutui.model.network import Parameters
from relutui.model.training import BETA1, Problem, TrainingSettings
from relutui.model.values import values_of

LEARNING_RATE_RANGE = (1e-12, 1e6)  # within which the keys and the automatic rate stay
LEAST_OF_ADAM = 0.001  # the rate that Kingma and Ba (2015) recommend: by a gradient of almost 0 nothing would move
MAX_WORK = 10**8  # points times parameters squared; of more points, evenly chosen ones count
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
    number = min(len(x), max(1, MAX_WORK // (1 + 3 * p.units) ** 2))
    chosen = np.linspace(0, len(x) - 1, number).round().astype(np.intp)
    share = number / len(x) if problem.settings.loss == "sse" else 1.0
    x = x[chosen]
    sizes = []
    for values in (y[chosen], problem.network.prediction(p, x)):  # without residuals the Gauss-Newton part is left
        curvatures = hessian(replace(problem, dataset=Dataset(x, values)), p)[np.ix_(free, free)]
        if not np.isfinite(curvatures).all():
            return np.inf
        sizes.append(float(np.abs(np.linalg.eigvalsh(curvatures)).max()))
    return max(sizes) / share
