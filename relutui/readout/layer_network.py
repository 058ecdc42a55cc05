"""The contents of the Network view of several hidden layers: the forward pass at the probe, to be drawn as a graph."""

from typing import NamedTuple

from relutui.readout.layer_pass import LayerPassReadout, UnitPass, read_layer_pass
from relutui.session.session import Session


class LayerNetworkReadout(NamedTuple):
    """The forward pass at the probe; chosen: the unit whose incoming weights are written, the output where c is selected."""

    forward_pass: LayerPassReadout

    @property
    def chosen(self) -> UnitPass | None:
        """The selected unit; None where c is selected."""
        layer, unit = self.forward_pass.selected
        units = self.forward_pass.layers[layer]
        return units[unit] if unit < len(units) else None


def read_layer_network(session: Session) -> LayerNetworkReadout:
    """Compute the network at the probe."""
    return LayerNetworkReadout(read_layer_pass(session))
