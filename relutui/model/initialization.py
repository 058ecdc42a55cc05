"""Random starts: how the parameters of a network are drawn before it is trained."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from math import sqrt
from typing import Literal, get_args

import numpy as np

from relutui.lib.arrays import Array
from relutui.model.network import Network, Parameters
from relutui.model.shapes import Sizes
from relutui.model.training import Locks
from relutui.model.values import number_of_values, parameters_of, values_of, views_of

Scheme = Literal["normal", "he", "torch", "balanced", "kinks"]
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)
ONE_LAYER = Network()


@dataclass(frozen=True)
class Initialization:
    """How random starts are drawn: by a scheme, with factors of what it draws.

    Of a hidden layer with so many inputs, 1 in the first, and of the output, whose inputs are the units of the last:

    normal: w, b, v ~ Normal(0, 1) and c = 0, as all others unless they say otherwise.
    he: w, v ~ Normal(0, sqrt(2 / inputs)), b = 0 (He, Zhang, Ren and Sun 2015, equation 10).
    torch: w, b, v, c ~ Uniform(-1, 1) / sqrt(inputs), as torch.nn.Linear draws its layers.
    balanced: a unit's outgoing weights are as large as its incoming ones and b together, sum v^2 = sum w^2 + b^2, which an
    infinitely small step keeps (Du, Hu and Lee 2018, theorem 2.1).
    kinks: b is what makes z = 0 at the quantile (j + 1) / (units + 1) of the points' x, for unit j of its layer.

    scale: the factor of w, b, v and c; scale_w, scale_v: that of w or of v alone, scale_b: that of b and c alone, in the place
    of scale.  What a scheme sets by a formula has none: the b of he and kinks, and the outgoing weights of balanced.
    """

    scheme: Scheme = "normal"
    scale: float = 1.0
    scale_w: float | None = None
    scale_b: float | None = None
    scale_v: float | None = None


def random_start(
    parameters: Parameters, locks: Locks, how: Initialization, x: Array, seed: int, network: Network = ONE_LAYER
) -> Parameters:
    """The random start of a seed, as in random_values."""
    return parameters_of(random_values(parameters, locks, how, x, [seed], network)[0], parameters.sizes)


def random_values(
    parameters: Parameters, locks: Locks, how: Initialization, x: Array, seeds: Sequence[int], network: Network = ONE_LAYER
) -> Array:
    """The random start of each seed, in the order of a Batch, of shape (seeds, values).

    Locked parameters keep the values of `parameters`; x: those of the points; network: matters where there are several hidden
    layers.  The random numbers of a unit depend neither on how many units follow it nor on the device.
    """
    own, locked, sizes = values_of(parameters), values_of(locks), parameters.sizes
    random = _uniform if how.scheme == "torch" else _normal
    drawn = np.stack([random(len(own), seed) for seed in seeds]) * _factors(how, sizes) + 0.0  # + 0.0: no -0.0
    values: Array = np.where(locked, own, drawn)
    if how.scheme == "balanced":
        _balance(values, locked, sizes)
    elif how.scheme == "kinks":
        _place_kinks(values, locked, sizes, network, x)
    return values


def _factors(how: Initialization, sizes: Sizes) -> Array:
    """The factors by which a scheme multiplies the random numbers, in the order of a Batch."""
    w, b, v = (how.scale if scale is None else scale for scale in (how.scale_w, how.scale_b, how.scale_v))
    factors = np.empty(number_of_values(sizes))
    views = views_of(factors, sizes)
    for inputs, layer in zip((1, *sizes), views.layers):
        weights, biases = _spreads(how.scheme, inputs)
        layer.w[:], layer.b[:] = weights * w, biases * b
    weights, biases = _spreads(how.scheme, sizes[-1])
    views.v[:], factors[0] = weights * v, (biases if how.scheme == "torch" else 0.0) * b
    return factors


def _spreads(scheme: Scheme, inputs: int) -> tuple[float, float]:
    """The factors by which a scheme multiplies the random numbers of the weights and biases of a layer with so many inputs."""
    if scheme == "he":
        return sqrt(2.0 / inputs), 0.0
    if scheme == "torch":
        return 1.0 / sqrt(inputs), 1.0 / sqrt(inputs)
    return 1.0, 1.0


def _balance(values: Array, locked: Array, sizes: Sizes) -> None:
    """Give the free outgoing weights of each unit the size of its incoming ones and b, in the proportions they have."""
    views, held = views_of(values, sizes), views_of(locked, sizes)
    weights = [*(layer.w for layer in views.layers[1:]), views.v[:, None, :]]
    kept = [*(layer.w for layer in held.layers[1:]), held.v]
    for layer, outgoing, fixed in zip(views.layers, weights, kept):
        size = np.hypot(np.linalg.norm(layer.w, axis=-1), layer.b)[:, None, :]
        own = np.linalg.norm(outgoing, axis=1, keepdims=True)
        shares = np.where(own > 0.0, outgoing / np.where(own > 0.0, own, 1.0), 1.0 / sqrt(outgoing.shape[1]))
        outgoing[:] = np.where(fixed, outgoing, size * shares)


def _place_kinks(values: Array, locked: Array, sizes: Sizes, network: Network, x: Array) -> None:
    """Choose the free b of each layer, from the first, by which the z of its units are 0 at even quantiles of x."""
    views, held = views_of(values, sizes), views_of(locked, sizes)
    for number, (units, layer, kept) in enumerate(zip(sizes, views.layers, held.layers)):
        inputs = places = np.quantile(x, np.arange(1, units + 1) / (units + 1))[None, None, :]
        if number:
            from relutui.model.batch import hidden_layers  # imported on demand: start-up time counts

            _, inputs = next(islice(hidden_layers(network, views, places), number - 1, None))  # of the layer before
        layer.b[:] = np.where(kept.b, layer.b, -(layer.w * inputs.swapaxes(1, 2)).sum(axis=-1) + 0.0)


def _normal(numbers: int, seed: int) -> Array:
    """Numbers ~ Normal(0, 1), those of the units first: one for c, then those of each unit."""
    return np.append(0.0, np.random.default_rng(seed).standard_normal(numbers - 1))


def _uniform(numbers: int, seed: int) -> Array:
    """Numbers ~ Uniform(-1, 1): one for c, then those of each unit."""
    return np.random.default_rng(seed).uniform(-1.0, 1.0, numbers)
