"""Networks of as many units, trained side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from relutui.network import Array, Network, Parameters, activate, quiet


@dataclass(frozen=True, eq=False)
class Batch:
    """So many networks, each with optimizer moments of its own, after as many steps.

    values, first, second: shape (networks, 1 + 3 units): the parameters c, w_0, b_0, v_0, w_1, ... and the first and second
    moments.  losses: shape (networks,), nan before they were measured; earlier: those of some time before, None if unknown.
    """

    values: Array
    first: Array
    second: Array
    step: int
    losses: Array
    earlier: Array | None = None

    @classmethod
    def start(cls, values: Array) -> "Batch":
        """Networks with these parameters, at step 0."""
        return cls(values, np.zeros_like(values), np.zeros_like(values), 0, np.full(len(values), np.nan))

    @classmethod
    def of(cls, networks: Sequence[Parameters]) -> "Batch":
        """These networks, at step 0."""
        return cls.start(np.stack([values_of(p) for p in networks]))

    @classmethod
    def joined(cls, parts: Sequence["Batch"]) -> "Batch":
        """The networks of several batches, which have all taken as many steps."""
        values, first, second, losses = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("values", "first", "second", "losses")
        )
        earlier = [part.earlier for part in parts if part.earlier is not None]
        known = np.concatenate(earlier) if len(earlier) == len(parts) else None
        return cls(values, first, second, parts[0].step, losses, known)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def units(self) -> int:
        """The number of hidden units of each network."""
        return int(self.values.shape[1]) // 3

    def parameters(self, network: int) -> Parameters:
        """The parameters of one of the networks."""
        values = self.values[network]
        return Parameters(values[1::3], values[2::3], values[3::3], float(values[0]))


class _Parted(Protocol):
    """Parameters, or something else that there is for each of them, such as locks."""

    @property
    def w(self) -> NDArray[Any]: ...
    @property
    def b(self) -> NDArray[Any]: ...
    @property
    def v(self) -> NDArray[Any]: ...
    @property
    def c(self) -> float: ...


def values_of(parts: _Parted) -> Array:
    """c, w_0, b_0, v_0, w_1, ... of shape (1 + 3 units,)."""
    values = np.empty(1 + 3 * len(parts.w))
    values[0], values[1::3], values[2::3], values[3::3] = parts.c, parts.w, parts.b, parts.v
    return values


@quiet
def predictions(network: Network, values: Array, x: Array) -> Array:
    """yhat(x) of each of the networks whose parameters are a batch's values, of shape (networks, points)."""
    c, w, b, v = values[:, :1], values[:, 1::3, None], values[:, 2::3, None], values[:, 3::3, None]
    return activate(network.output_activation, c + (v * activate(network.activation, w * x + b)).sum(axis=1))
