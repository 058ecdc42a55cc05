"""A network as it is taken out: in the data's own units, whatever it was trained in."""

from typing import NamedTuple

import numpy as np

from relutui.exchange.layers import Layer
from relutui.exchange.problem import ExchangeError
from relutui.lib.arrays import Array
from relutui.model.dataset import Dataset
from relutui.model.network import Network, Parameters
from relutui.model.scale import UNSCALED, Scale, Units, rescaled
from relutui.scenario.scenario import Interval, Scenario


class Exported(NamedTuple):
    """A network and its data: yhat(x) = after.shift + after.width * g(c + sum of v a), all in the data's own units.

    after: changes nothing but where y is scaled and g is not the identity, which v and c cannot take the scale through.
    """

    name: str
    title: str
    network: Network
    parameters: Parameters
    after: Units
    dataset: Dataset
    domain: Interval

    @property
    def layers(self) -> list[Layer]:
        """Every layer, from the first hidden one to the output."""
        network, p = self.network, self.parameters
        hidden = [Layer(layer.w, layer.b, name) for layer, name in zip(p.layers, network.layer_activations)]
        return [*hidden, Layer(p.v[None, :], np.array([p.c]), network.output_activation)]

    @property
    def activations(self) -> dict[str, str]:
        """The names of the activations, those of several hidden layers with commas between them."""
        names = ",".join(self.network.layer_activations)
        return {"activation": names, "output_activation": self.network.output_activation}

    def prediction(self, x: Array) -> Array:
        """Return yhat(x), of shape (points,)."""
        return self.after.own(self.network.prediction(self.parameters, x))


def exported(scenario: Scenario) -> Exported:
    """Return the network at a scenario's start.  Raises ExchangeError if it has a number that is none."""
    network, scale = scenario.network, scenario.dataset.scale
    within = UNSCALED if network.output_activation == "identity" else Scale(y=scale.y)
    p = rescaled(scenario.start, scale, within)
    if not p.finite:
        raise ExchangeError("a parameter is no finite number; u undoes what made it so")
    own = Dataset(*scenario.target.values())
    return Exported(scenario.name, scenario.title, network, p, within.y, own, scenario.target.domain)
