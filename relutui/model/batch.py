"""Many networks with the same number of units, trained side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array, quiet
from relutui.model.network import Network, Parameters, activate


@dataclass(frozen=True, eq=False)
class Batch:
    """Networks with the same number of units after the same number of steps, each with its own optimizer moments.

    values, first, second: float64 of shape (networks, 1 + 3 units), the parameters c, w_0, b_0, v_0, w_1, ... and their first
    and second moments.  losses: shape (networks,), nan until they are measured; past: the losses at some earlier steps.
    """

    values: Array
    first: Array
    second: Array
    step: int
    losses: Array
    past: Mapping[int, Array] = field(default_factory=dict)

    @classmethod
    def start(cls, values: Array) -> "Batch":
        """Start networks with these parameters, of shape (networks, 1 + 3 units), at step 0."""
        return cls(values, np.zeros_like(values), np.zeros_like(values), 0, np.full(len(values), np.nan))

    @classmethod
    def of(cls, networks: Sequence[Parameters]) -> "Batch":
        """Start these networks, all of the same number of units, at step 0."""
        return cls.start(np.stack([values_of(p) for p in networks]))

    @classmethod
    def joined(cls, parts: Sequence["Batch"]) -> "Batch":
        """Join batches of the same number of units and the same step; `past` keeps the steps that all of them know."""
        values, first, second, losses = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("values", "first", "second", "losses")
        )
        known = set(parts[0].past).intersection(*(part.past for part in parts))
        past = {step: np.concatenate([part.past[step] for part in parts]) for step in sorted(known)}
        return cls(values, first, second, parts[0].step, losses, past)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def units(self) -> int:
        """The number of hidden units of each network."""
        return int(self.values.shape[1]) // 3

    @property
    @quiet
    def diverged(self) -> NDArray[np.bool_]:
        """Whether the loss, a parameter or a moment of each network is not finite in float32; bool of shape (networks,)."""
        numbers = np.column_stack([self.losses, self.values, self.first, self.second]).astype(np.float32)
        diverged: NDArray[np.bool_] = np.logical_not(np.isfinite(numbers).all(axis=1))
        return diverged

    def losses_at(self, step: int) -> Array | None:
        """The losses after `step` steps, of shape (networks,); None if they were not recorded."""
        return self.losses if step == self.step else self.past.get(step)

    def parameters(self, network: int) -> Parameters:
        """The parameters of the network with this index."""
        values = self.values[network]
        return Parameters(values[1::3], values[2::3], values[3::3], float(values[0]))


class _Parted(Protocol):
    """Parameters, or anything that has one value for each of them, such as locks."""

    @property
    def w(self) -> NDArray[Any]: ...
    @property
    def b(self) -> NDArray[Any]: ...
    @property
    def v(self) -> NDArray[Any]: ...
    @property
    def c(self) -> float: ...


def values_of(parts: _Parted) -> Array:
    """Flatten to c, w_0, b_0, v_0, w_1, ...: float64 of shape (1 + 3 units,)."""
    values = np.empty(1 + 3 * len(parts.w))
    values[0], values[1::3], values[2::3], values[3::3] = parts.c, parts.w, parts.b, parts.v
    return values


@quiet
def predictions(network: Network, values: Array, x: Array) -> Array:
    """yhat(x) of each network, of shape (networks, points); `values` as in a Batch."""
    c, w, b, v = values[:, :1], values[:, 1::3, None], values[:, 2::3, None], values[:, 3::3, None]
    return activate(network.output_activation, c + (v * activate(network.activation, w * x + b)).sum(axis=1))
