"""The state of each unit: dead, parked, always on, or the twin of another."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array, quiet
from relutui.lib.identity_cache import cached_by_identity
from relutui.model.dataset import Dataset
from relutui.model.network import Network, Parameters
from relutui.model.pieces import SAME_KINK, kinks

PARKED = 1e-6  # of the domain's width: a unit that is on over less than this at its edge,
PARKED_Y = 1e-3  # and adds there no more than this share of the size of y, has no weight in the loss

UnitState = Literal["dead", "parked", "twin", "always on"]


class Diagnosis(NamedTuple):
    """Why a unit adds nothing of its own; `other` is the unit that a twin duplicates."""

    state: UnitState
    other: int | None = None


@cached_by_identity(2)
@quiet
def diagnose(network: Network, p: Parameters, data: Dataset, domain: tuple[float, float]) -> tuple[Diagnosis | None, ...]:
    """The diagnosis of each unit on the data; None for one that works, as every unit without a kink does."""
    if not network.kinked:
        return (None,) * p.units
    at_ends = network.pre_activations(p, [data.x[0], data.x[-1]])  # z is straight, so it is largest and smallest there
    least, most = at_ends.min(axis=1).tolist(), at_ends.max(axis=1).tolist()
    width, relu = domain[1] - domain[0], network.activation == "relu"
    twins = _twins(p, SAME_KINK * width)
    parked = adds_next_to_nothing(at_ends.max(axis=1), p.w, p.v, width, data.y_size).tolist()

    def of(j: int) -> Diagnosis | None:
        if relu and most[j] <= 0.0:
            return Diagnosis("dead")
        if relu and parked[j]:
            return Diagnosis("parked")
        if least[j] > 0.0:
            return Diagnosis("always on")
        return Diagnosis("twin", twins[j]) if j in twins else None

    return tuple(of(j) for j in range(p.units))


@quiet
def adds_next_to_nothing(most: Array, w: Array, v: Array, width: float, y_size: float) -> NDArray[np.bool_]:
    """Whether each unit is on only at the edge of data of this width, and adds next to nothing there; of the shape of `most`.

    most: the largest z at any point; the unit is on over most / abs(w), and adds v most at most.
    """
    return (most <= PARKED * width * np.abs(w)) & (np.abs(v) * most <= PARKED_Y * y_size)


def _twins(p: Parameters, near: float) -> dict[int, int]:
    """Map each unit that shares its kink and side with another to the first such other."""
    at, sign = kinks(p), np.sign(p.w)
    same = (np.abs(at[:, None] - at) <= near) & (sign[:, None] == sign)
    np.fill_diagonal(same, False)
    units = np.flatnonzero(same.any(axis=1))
    return dict(zip(units.tolist(), same[units].argmax(axis=1).tolist()))
