"""The chart in its views other than the first, with all that these need."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.strip import Strip

from relutui.readout.activations import ActivationsReadout
from relutui.readout.contributions import ContributionsReadout
from relutui.readout.landscape import LandscapeReadout
from relutui.readout.layer_network import LayerNetworkReadout
from relutui.readout.loss import LossReadout
from relutui.readout.network import NetworkReadout
from relutui.readout.outputs import OutputsReadout
from relutui.readout.residual import ResidualReadout
from relutui.readout.sizes import SizesReadout
from relutui.readout.small_multiples import UnitsReadout
from relutui.readout.trace import TraceReadout
from relutui.readout.trail import TrailReadout
from relutui.readout.unshown import Unshown
from relutui.ui.widgets import small_multiples
from relutui.ui.widgets.contributions import contributions
from relutui.ui.widgets.landscape import landscape
from relutui.ui.widgets.layer_panels import layer_panel
from relutui.ui.widgets.loss import loss
from relutui.ui.widgets.network import network
from relutui.ui.widgets.outputs import outputs
from relutui.ui.widgets.residual import residual
from relutui.ui.widgets.sizes import sizes
from relutui.ui.widgets.strip_widget import strip_of
from relutui.ui.widgets.trace import trace
from relutui.ui.widgets.trail import trail

if TYPE_CHECKING:
    from relutui.readout.view import OtherReadout


def other_view(readout: "OtherReadout", width: int, height: int) -> Sequence[Strip]:
    """Draw the view of the readout."""
    match readout:
        case UnitsReadout():
            return small_multiples.units(readout, width, height)
        case ContributionsReadout():
            return contributions(readout, width, height)
        case OutputsReadout():
            return outputs(readout, width, height)
        case TraceReadout():
            return trace(readout, width, height)
        case ResidualReadout():
            return residual(readout, width, height)
        case SizesReadout():
            return list(sizes(readout, width, height))[:height]
        case NetworkReadout():
            return [strip_of(line, width) for line in network(readout, width, height)]
        case ActivationsReadout():
            return small_multiples.activations(readout, width, height)
        case TrailReadout():
            return trail(readout, width, height)
        case LandscapeReadout():
            return landscape(readout, width, height)
        case LossReadout():
            return loss(readout, width, height)
        case LayerNetworkReadout() | Unshown():
            return [strip_of(line, width) for line in layer_panel(readout, width, height)]
