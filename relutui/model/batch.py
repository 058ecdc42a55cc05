"""Networks of as many units, trained side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array, quiet
from relutui.model.network import Network, Parameters, activate


@dataclass(frozen=True, eq=False)
class Batch:
    """So many networks, each with optimizer moments of its own, after as many steps.

    values, first, second: shape (networks, 1 + 3 units): the parameters c, w_0, b_0, v_0, w_1, ... and the first and second
    moments.  losses: shape (networks,), nan before they were measured; past: those after some of the steps before.
    """

    values: Array
    first: Array
    second: Array
    step: int
    losses: Array
    past: Mapping[int, Array] = field(default_factory=dict)

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
        """Whether the loss, a parameter or a moment of a network is no finite float32 any more; of shape (networks,)."""
        numbers = np.column_stack([self.losses, self.values, self.first, self.second]).astype(np.float32)
        diverged: NDArray[np.bool_] = np.logical_not(np.isfinite(numbers).all(axis=1))
        return diverged

    def losses_at(self, step: int) -> Array | None:
        """The losses after so many steps, None where they are not known."""
        return self.losses if step == self.step else self.past.get(step)

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
