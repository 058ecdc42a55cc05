"""The state of each unit: dead, parked, always on, or the twin of another."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from relutui.lib.arrays import Array, quiet
from relutui.lib.identity_cache import cached_by_identity
from relutui.model.network import Network, Parameters
from relutui.model.pieces import SAME_KINK, kinks

PARKED = 1e-6  # of the domain's width: a unit that is on over less than this at its edge has no weight in the loss


UnitState = Literal["dead", "parked", "twin", "always on"]


@dataclass(frozen=True)
class Diagnosis:
    """Why a unit adds nothing of its own; `other` is the unit that a twin duplicates."""

    state: UnitState
    other: int | None = None


@cached_by_identity(2)
@quiet
def diagnose(network: Network, p: Parameters, x: Array, domain: tuple[float, float]) -> tuple[Diagnosis | None, ...]:
    """The diagnosis of each unit on data x of shape (points,); None for one that works, as every unit without a kink does."""
    if not network.kinked:
        return (None,) * p.units
    at_ends = network.pre_activations(p, [x.min(), x.max()])  # z is straight, so it is largest and smallest there
    least, most = at_ends.min(axis=1).tolist(), at_ends.max(axis=1).tolist()
    width, relu = domain[1] - domain[0], network.activation == "relu"
    twins, parked = _twins(p, SAME_KINK * width), (PARKED * width * np.abs(p.w)).tolist()

    def of(j: int) -> Diagnosis | None:
        if relu and most[j] <= parked[j]:
            return Diagnosis("dead" if most[j] <= 0.0 else "parked")
        if least[j] > 0.0:
            return Diagnosis("always on")
        return Diagnosis("twin", twins[j]) if j in twins else None

    return tuple(of(j) for j in range(p.units))


def _twins(p: Parameters, near: float) -> dict[int, int]:
    """Map each unit that shares its kink and side with another to the first such other."""
    at, sign = kinks(p), np.sign(p.w)
    same = (np.abs(at[:, None] - at) <= near) & (sign[:, None] == sign)
    np.fill_diagonal(same, False)
    units = np.flatnonzero(same.any(axis=1))
    return dict(zip(units.tolist(), same[units].argmax(axis=1).tolist()))
