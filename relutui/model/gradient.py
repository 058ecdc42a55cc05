"""The gradient of the loss and the next optimizer step, in plain numpy.

This is their one written definition, as network.py is for the prediction: the screen shows it while a number is typed and
before a device is open, and the engine is tested against it.
"""

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array, parts_of, quiet
from relutui.lib.identity_cache import cached_by_identity
from relutui.model import by_ranges
from relutui.model.batch import hidden_layers
from relutui.model.minibatch import problem_of_step
from relutui.model.network import Parameters, activate, slope
from relutui.model.pieces import kinks
from relutui.model.shapes import Sizes
from relutui.model.training import BETA1, BETA2, EPSILON, Checkpoint, Problem
from relutui.model.values import parameters_of, values_of, views_of

State = tuple[Array, ...]  # parameters, first and second moments, each float64 of shape (networks, values)

GREATEST = 3.4e38  # size of a loss, parameter or moment: float32 ends there, and training that exceeds it has diverged
COASTING_STEPS = 400  # of Adam without a gradient: 0.9^400 is 5e-19, below the rounding of float64


@cached_by_identity(2)
def gradient(problem: Problem, p: Parameters) -> Parameters:
    """d loss / d each parameter, locked or not, by all points."""
    return parameters_of(losses_and_gradients(problem, values_of(p)[None], p.sizes)[1][0], p.sizes)


@quiet
def losses_and_gradients(problem: Problem, values: Array, sizes: Sizes = ()) -> tuple[Array, Array]:
    """The loss of each network, of shape (networks,), and its gradient, of the shape of `values`.

    values: the parameters as in a Batch, of shape (networks, values); sizes: of the hidden layers, or () of one.
    """
    network, x = problem.network, problem.dataset.x
    if len(values) == 1 and network.sums_by_ranges(values.shape[1] // 3, x):
        loss, slopes = _by_ranges(problem, values)
        if np.isfinite(slopes).all():
            return loss, slopes
    losses, slopes = np.zeros(len(values)), np.zeros_like(values)
    for part in parts_of(len(x), values.size // 3):
        of_part = _losses_and_gradients(problem, part, values, sizes)
        losses += of_part[0]
        slopes += of_part[1]
    return losses, slopes


def _losses_and_gradients(problem: Problem, part: slice, values: Array, sizes: Sizes) -> tuple[Array, Array]:
    """What some of the points add to the loss and the gradient of each network."""
    network, x = problem.network, problem.dataset.x[part]
    _, layers, v = views = views_of(values, sizes)
    outputs = list(hidden_layers(network, views, x))
    losses, pushed = _pushed(problem, part, values[:, :1] + (v[:, None, :] @ outputs[-1][1])[:, 0])
    slopes = np.empty_like(values)
    into = views_of(slopes, sizes)
    into.c[:], into.v[:] = pushed.sum(axis=1), _over_points(outputs[-1][1], pushed)
    bends = [slope(name, z, network.slope_at_kink) for name, (z, _) in zip(network.layer_activations, outputs)]
    factor, each = v, bends[-1]  # d total / d z of each unit is its factor times `each`
    for number in reversed(range(len(layers))):
        inputs = outputs[number - 1][1] if number else x
        weights = each @ (pushed[:, None, :] * inputs).swapaxes(1, 2)
        into.layers[number].w[:], into.layers[number].b[:] = factor[:, :, None] * weights, factor * _over_points(each, pushed)
        if number:
            each = ((factor[:, :, None] * layers[number].w).swapaxes(1, 2) @ each) * bends[number - 1]
            factor = np.ones(each.shape[:2])
    return losses, slopes


def _pushed(problem: Problem, part: slice, total: Array) -> tuple[Array, Array]:
    """What some points add to the losses, of shape (networks,), and d loss / d total, of the shape of `total`.

    total: the output sum, of shape (networks, points).
    """
    network = problem.network
    error = activate(network.output_activation, total) - problem.dataset.y[part]
    weight = 1 / len(problem.dataset) if problem.settings.loss == "mse" else 1.0
    pushed = 2.0 * weight * error * slope(network.output_activation, total, network.slope_at_kink)
    return weight * (error * error).sum(axis=1), pushed


def _by_ranges(problem: Problem, values: Array) -> tuple[Array, Array]:
    """The loss and the gradient of one network of one layer, of whose units each is on at one range of the points."""
    network, x, p = problem.network, problem.dataset.x, parameters_of(values[0], ())
    losses, pushed = _pushed(problem, slice(None), network.output_sum(p, x)[None])
    by_x, by_1, by_a = by_ranges.pushed_sums(p.w, p.b, x, pushed[0], network.leak, network.slope_at_kink)
    slopes = np.empty_like(values)
    into = views_of(slopes, ())
    into.c[:], into.v[:] = pushed.sum(axis=1), by_a
    into.layers[0].w[:], into.layers[0].b[:] = (p.v * by_x)[:, None], p.v * by_1
    return losses, slopes


def _over_points(each: Array, factor: Array) -> Array:
    """sum over points of each[n, j, i] * factor[n, i], of shape (networks, units)."""
    summed: Array = (each @ factor[:, :, None])[:, :, 0]
    return summed


def next_step(checkpoint: Checkpoint, problem: Problem) -> Parameters:
    """The parameters after the next step, by the points of its minibatch if there are any; locked ones do not change."""
    known = checkpoint.optimizer
    sizes = checkpoint.parameters.sizes
    state = tuple(values_of(part)[None] for part in (checkpoint.parameters, known.first, known.second))
    slopes = values_of(gradient(problem_of_step(problem, checkpoint.step), checkpoint.parameters))
    return parameters_of(step(problem, state, slopes[None], np.array([known.steps + 1]))[0][0], sizes)


@quiet
def step(problem: Problem, state: State, slopes: Array, t: NDArray[np.int64]) -> State:
    """The state after one optimizer step, with what weight decay adds to the slopes; locked parameters do not change.

    t: the number of the step, from 1, of shape (networks,); Adam as in Kingma and Ba (2015), algorithm 1.
    """
    settings, (values, first, second) = problem.settings, state
    free = values_of(problem.locks) == 0.0
    if settings.weight_decay:
        slopes = slopes + settings.weight_decay * values
    moved = slopes
    if settings.optimizer == "momentum":
        moved = first = np.where(free, settings.momentum * first + slopes, first)
    elif settings.optimizer == "adam":
        first = np.where(free, BETA1 * first + (1.0 - BETA1) * slopes, first)
        second = np.where(free, BETA2 * second + (1.0 - BETA2) * np.square(slopes), second)
        mean, square = first / (1.0 - BETA1 ** t[:, None]), second / (1.0 - BETA2 ** t[:, None])
        moved = mean / (np.sqrt(square) + EPSILON)
    return np.where(free, values - settings.learning_rate * moved, values), first, second


@quiet
def coasting_end(checkpoint: Checkpoint, problem: Problem) -> Parameters:
    """The parameters to which the moments alone would lead, if every gradient were 0 from here on; locked ones stay.

    sgd has none.  Those of momentum add up to a geometric sum; Adam's fade as beta1^t, in a few hundred steps.
    """
    settings, known = problem.settings, checkpoint.optimizer
    values, first, second = (values_of(part) for part in (checkpoint.parameters, known.first, known.second))
    far = np.zeros_like(values)
    if settings.optimizer == "momentum":
        far = settings.momentum / (1.0 - settings.momentum) * first
    elif settings.optimizer == "adam":
        t = np.arange(1, COASTING_STEPS + 1)[:, None]
        mean = first * BETA1**t / (1.0 - BETA1 ** (known.steps + t))
        square = second * BETA2**t / (1.0 - BETA2 ** (known.steps + t))
        far = (mean / (np.sqrt(square) + EPSILON)).sum(axis=0)
    end = np.where(values_of(problem.locks) == 0.0, values - settings.learning_rate * far, values)
    return parameters_of(end, checkpoint.parameters.sizes)


@quiet
def kink_moves(checkpoint: Checkpoint, problem: Problem) -> Array:
    """How far each kink of a network of one layer moves in the next step, of shape (units,).

    nan for a unit without a kink before or after it.
    """
    if not problem.network.kinked:
        return np.full(checkpoint.parameters.units, np.nan)
    return kinks(next_step(checkpoint, problem)) - kinks(checkpoint.parameters)
