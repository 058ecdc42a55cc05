"""Random starts: how the parameters of a network are drawn before it is trained."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal, get_args

import numpy as np

from relutui.lib.arrays import Array
from relutui.model.network import Parameters
from relutui.model.training import Locks
from relutui.model.values import parameters_of, values_of

Scheme = Literal["normal", "he", "torch", "balanced", "kinks"]
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)


@dataclass(frozen=True)
class Initialization:
    """How random starts are drawn: by a scheme, with factors of what it draws.

    normal: w, b, v ~ Normal(0, 1) and c = 0, as all others unless they say otherwise.
    he: w ~ Normal(0, sqrt(2)), v ~ Normal(0, sqrt(2 / units)), b = 0 (He, Zhang, Ren and Sun 2015, equation 10).
    torch: w, b ~ Uniform(-1, 1), v, c ~ Uniform(-1, 1) / sqrt(units), as torch.nn.Linear draws both of its layers.
    balanced: v = +-sqrt(w^2 + b^2), which an infinitely small step keeps (Du, Hu and Lee 2018, theorem 2.1).
    kinks: b = -w k, with the kink k of unit j at the quantile (j + 1) / (units + 1) of the points' x.

    scale: the factor of w, b, v and c; scale_w, scale_v: that of w or of v alone, scale_b: that of b and c alone, in the place
    of scale.  What a scheme sets by a formula has none: the b of he and kinks, and the v of balanced.
    """

    scheme: Scheme = "normal"
    scale: float = 1.0
    scale_w: float | None = None
    scale_b: float | None = None
    scale_v: float | None = None


def random_start(parameters: Parameters, locks: Locks, how: Initialization, x: Array, seed: int) -> Parameters:
    """The random start of a seed; locked parameters keep the values of `parameters`, x are those of the points."""
    return parameters_of(random_values(parameters, locks, how, x, [seed])[0], parameters.sizes)


def random_values(parameters: Parameters, locks: Locks, how: Initialization, x: Array, seeds: Sequence[int]) -> Array:
    """The random start of each seed, in the order of a Batch: c, w_0, b_0, v_0, w_1, ..., of shape (seeds, 1 + 3 units).

    The random numbers of a unit depend neither on how many units follow it nor on the device.
    """
    own, locked, units = values_of(parameters), values_of(locks) != 0.0, parameters.units
    w, b, v, c = _spreads(how.scheme, units)
    scale_w, scale_b, scale_v = (how.scale if s is None else s for s in (how.scale_w, how.scale_b, how.scale_v))
    factors = np.array([c * scale_b, *units * (w * scale_w, b * scale_b, v * scale_v)])
    random = _uniform if how.scheme == "torch" else _normal
    drawn = np.stack([random(units, seed) for seed in seeds]) * factors + 0.0  # + 0.0: no -0.0
    values = np.where(locked, own, drawn)
    each_w, each_b, each_v = (values[:, column::3] for column in (1, 2, 3))
    if how.scheme == "balanced":
        each_v[:] = np.where(locked[3::3], each_v, np.copysign(np.hypot(each_w, each_b), each_v))
    elif how.scheme == "kinks":
        places = np.quantile(x, np.arange(1, units + 1) / (units + 1))
        each_b[:] = np.where(locked[2::3], each_b, -each_w * places + 0.0)
    return values


def _spreads(scheme: Scheme, units: int) -> tuple[float, float, float, float]:
    """The factors by which a scheme multiplies the random numbers of w, b, v and c."""
    if scheme == "he":
        return sqrt(2.0), 0.0, sqrt(2.0 / units), 0.0
    if scheme == "torch":
        return 1.0, 1.0, 1.0 / sqrt(units), 1.0 / sqrt(units)
    return 1.0, 1.0, 1.0, 0.0


def _normal(units: int, seed: int) -> Array:
    """Numbers ~ Normal(0, 1), those of the units first: one for c, then three for each unit."""
    return np.append(0.0, np.random.default_rng(seed).standard_normal(3 * units))


def _uniform(units: int, seed: int) -> Array:
    """Numbers ~ Uniform(-1, 1): one for c, then three for each unit."""
    return np.random.default_rng(seed).uniform(-1.0, 1.0, 1 + 3 * units)
