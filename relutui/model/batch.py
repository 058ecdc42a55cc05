"""Many networks with the same number of units, trained side by side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array, quiet
from relutui.model.network import Network, Parameters, activate
from relutui.model.shapes import Sizes
from relutui.model.values import Views, parameters_of, sizes_of_values, values_of, views_of


@dataclass(frozen=True, eq=False)
class Batch:
    """Networks with the same number of units after the same number of steps, each with its own optimizer moments.

    values, first, second: float64 of shape (networks, values), the parameters in the order of `values.py` and their first and
    second moments.  losses: shape (networks,), nan until they are measured; past: the losses at some earlier steps.
    sizes: the number of units of each hidden layer; of one layer, unless it is given.
    """

    values: Array
    first: Array
    second: Array
    step: int
    losses: Array
    past: Mapping[int, Array] = field(default_factory=dict)
    sizes: Sizes = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "sizes", sizes_of_values(self.values, self.sizes))

    @classmethod
    def start(cls, values: Array, sizes: Sizes = ()) -> "Batch":
        """Start networks with these parameters, of shape (networks, values), at step 0."""
        return cls(values, np.zeros_like(values), np.zeros_like(values), 0, np.full(len(values), np.nan), sizes=sizes)

    @classmethod
    def of(cls, networks: Sequence[Parameters]) -> "Batch":
        """Start these networks, all of the same number of units, at step 0."""
        return cls.start(np.stack([values_of(p) for p in networks]), networks[0].sizes)

    @classmethod
    def joined(cls, parts: Sequence["Batch"]) -> "Batch":
        """Join batches of the same number of units and the same step; `past` keeps the steps that all of them know."""
        values, first, second, losses = (
            np.concatenate([getattr(part, name) for part in parts]) for name in ("values", "first", "second", "losses")
        )
        known = set(parts[0].past).intersection(*(part.past for part in parts))
        past = {step: np.concatenate([part.past[step] for part in parts]) for step in sorted(known)}
        return cls(values, first, second, parts[0].step, losses, past, parts[0].sizes)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def units(self) -> int:
        """The number of hidden units of each network, those of all layers together."""
        return sum(self.sizes)

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
        return parameters_of(self.values[network], self.sizes)


@quiet
def predictions(network: Network, values: Array, x: Array, sizes: Sizes = ()) -> Array:
    """yhat(x) of each network, of shape (networks, points); values, sizes: as in a Batch."""
    views = views_of(values, sizes)
    *_, (_, a) = hidden_layers(network, views, x)
    return activate(network.output_activation, views.c[:, None] + (views.v[:, :, None] * a).sum(axis=1))


def hidden_layers(network: Network, views: Views, x: Array) -> Iterator[tuple[Array, Array]]:
    """z and a of each hidden layer of many networks, from the first, both of shape (networks, units, points)."""
    a = x
    for number, (name, layer) in enumerate(zip(network.layer_activations, views.layers, strict=True)):
        z = layer.w @ a if number else layer.w * a
        z += layer.b[:, :, None]
        a = activate(name, z)
        yield z, a
