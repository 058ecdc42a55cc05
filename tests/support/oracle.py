"""Training in float64 numpy with gradients derived by hand: what the engine has to agree with.

It shares nothing with relutui but the types it is called with.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relutui.model.network import Parameters
from relutui.model.training import Problem

Array = NDArray[np.float64]
GradientOf = Callable[[Array, Problem], tuple[float, Array, float]]


class Outcome(NamedTuple):
    """The parameters and the losses before each step and after the last; margin is the least |z| met at any point."""

    parameters: Parameters
    losses: list[float]
    margin: float


def train(start: Parameters, problem: Problem, steps: int, gradient_of: GradientOf | None = None) -> Outcome:
    """Full-batch training by the textbook's formulas, with the gradient below or another."""
    gradient_of = gradient_of or loss_and_gradient
    theta = flat(start)
    moments = np.zeros_like(theta), np.zeros_like(theta)
    losses, margin = [], np.inf
    for t in range(1, steps + 1):
        loss, gradient, least = gradient_of(theta, problem)
        losses.append(loss)
        margin = min(margin, least)
        theta, moments = step(theta, gradient, moments, t, problem)
    losses.append(loss_and_gradient(theta, problem)[0])
    return Outcome(unflat(theta), losses, margin)


def step(
    theta: Array, gradient: Array, moments: tuple[Array, Array], t: int, problem: Problem
) -> tuple[Array, tuple[Array, Array]]:
    """Parameters and moments after step number t of the optimizer, counted from 1."""
    locks, settings, (first, second) = problem.locks, problem.settings, moments
    free = ~np.concatenate([locks.w, locks.b, locks.v, [locks.c]])
    gradient = gradient + settings.weight_decay * theta
    move = gradient
    if settings.optimizer == "momentum":
        move = first = settings.momentum * first + gradient
    elif settings.optimizer == "adam":
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        move = (first / (1 - 0.9**t)) / (np.sqrt(second / (1 - 0.999**t)) + 1e-8)
    return np.where(free, theta - settings.learning_rate * move, theta), (first, second)


def flat(p: Parameters) -> Array:
    return np.concatenate([p.w, p.b, p.v, [p.c]])


def unflat(theta: Array) -> Parameters:
    w, b, v = theta[:-1].reshape(3, -1)
    return Parameters(w, b, v, theta[-1])


def loss_and_gradient(theta: Array, problem: Problem) -> tuple[float, Array, float]:
    """The loss, its gradient in the order w, b, v, c, and the least |z| of a kinked activation."""
    network, x, y = problem.network, problem.dataset.x, problem.dataset.y
    w, b, v = theta[:-1].reshape(3, -1)
    z = x[:, None] * w + b  # (points, units)
    a, da = value_and_slope(network.activation, z, network.slope_at_kink)
    s = theta[-1] + a @ v
    yhat, ds = value_and_slope(network.output_activation, s, network.slope_at_kink)
    scale = 1 / len(x) if problem.settings.loss == "mse" else 1.0
    r = 2 * scale * (yhat - y) * ds
    dz = r[:, None] * v * da
    gradient = np.concatenate([x @ dz, dz.sum(0), r @ a, [r.sum()]])
    kinked = [values for name, values in ((network.activation, z), (network.output_activation, s)) if "relu" in name]
    margin = min((float(np.abs(values).min()) for values in kinked), default=np.inf)
    return float(scale * ((yhat - y) ** 2).sum()), gradient, margin


def batch_loss_and_gradient(theta: Array, problem: Problem) -> tuple[Array, Array]:
    """The losses, of shape (networks,), and the gradients of many networks at once; theta of shape (networks, 3 units + 1)."""
    network, x, y = problem.network, problem.dataset.x, problem.dataset.y
    w, b, v = np.split(theta[:, :-1], 3, axis=1)
    z = w[:, None, :] * x[:, None] + b[:, None, :]  # (networks, points, units)
    a, da = value_and_slope(network.activation, z, network.slope_at_kink)
    s = theta[:, -1:] + (a * v[:, None, :]).sum(axis=2)
    yhat, ds = value_and_slope(network.output_activation, s, network.slope_at_kink)
    scale = 1 / len(x) if problem.settings.loss == "mse" else 1.0
    r = 2 * scale * (yhat - y) * ds
    dz = r[:, :, None] * v[:, None, :] * da
    gradient = [(x[:, None] * dz).sum(1), dz.sum(1), (r[:, :, None] * a).sum(1), r.sum(1, keepdims=True)]
    return scale * ((yhat - y) ** 2).sum(1), np.concatenate(gradient, axis=1)


def batch_loss(theta: Array, problem: Problem) -> Array:
    """The losses of many networks at once, of shape (networks,)."""
    network, x, y = problem.network, problem.dataset.x, problem.dataset.y
    w, b, v = np.split(theta[:, :-1], 3, axis=1)
    s = np.repeat(theta[:, -1:], len(x), axis=1)
    for j in range(w.shape[1]):
        z = w[:, j, None] * x + b[:, j, None]
        s += v[:, j, None] * value_and_slope(network.activation, z, network.slope_at_kink)[0]
    yhat, _ = value_and_slope(network.output_activation, s, network.slope_at_kink)
    scale = 1 / len(x) if problem.settings.loss == "mse" else 1.0
    losses: Array = scale * ((yhat - y) ** 2).sum(1)
    return losses


def value_and_slope(name: str, z: Array, at_kink: float) -> tuple[Array, Array]:
    """The activation and its derivative."""
    step = (z > 0) + at_kink * (z == 0)
    if name == "relu":
        return z * (z > 0), step
    if name == "leaky_relu":
        return np.where(z > 0, z, z / 100), 0.01 + 0.99 * step
    if name == "identity":
        return z, np.ones_like(z)
    if name == "tanh":
        return np.tanh(z), np.cosh(z) ** -2.0
    logistic = 1 / (1 + np.exp(-z))
    if name == "sigmoid":
        return logistic, logistic * (1 - logistic)
    return np.log1p(np.exp(-np.abs(z))) + z * (z > 0), logistic  # softplus
