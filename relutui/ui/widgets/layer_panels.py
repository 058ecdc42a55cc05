"""The panels of a network of several hidden layers, by what their readout is."""

from collections.abc import Iterable

from rich.text import Text

from relutui.readout.layer_network import LayerNetworkReadout
from relutui.readout.layer_pass import LayerPassReadout
from relutui.readout.unshown import Unshown
from relutui.ui.widgets.layer_network import layer_network
from relutui.ui.widgets.layer_pass import layer_pass

LayerReadout = LayerPassReadout | LayerNetworkReadout | Unshown


def layer_panel(readout: LayerReadout, width: int, height: int) -> Iterable[Text]:
    """Draw a panel."""
    match readout:
        case LayerPassReadout():
            return layer_pass(readout, width, height)
        case LayerNetworkReadout():
            return layer_network(readout, width, height)
        case Unshown():
            return [Text(f" {readout.why}", style="dim")]
