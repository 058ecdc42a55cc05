"""The contents of the chart in each of its views.

All but those of the first view are imported when they are first shown, because start-up time counts.
"""

from typing import TYPE_CHECKING

from relutui.readout.fit import FitReadout, read_fit
from relutui.readout.unshown import Unshown
from relutui.session.session import Session
from relutui.session.shown import VIEWS_OF_LAYERS, why_one_layer

if TYPE_CHECKING:
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

    OtherReadout = (
        UnitsReadout
        | ContributionsReadout
        | OutputsReadout
        | TraceReadout
        | ResidualReadout
        | SizesReadout
        | NetworkReadout
        | ActivationsReadout
        | LossReadout
        | TrailReadout
        | LandscapeReadout
        | LayerNetworkReadout
        | Unshown
    )
    ChartReadout = FitReadout | OtherReadout


def read_chart(session: Session) -> "ChartReadout":
    """Compute the contents of the chart in the present view."""
    name = session.view.name
    if name not in VIEWS_OF_LAYERS and (why := why_one_layer(session, name.capitalize())):
        return Unshown(why)
    match name:
        case "fit":
            return read_fit(session)
        case "units":
            from relutui.readout.small_multiples import read_units

            return read_units(session)
        case "contributions":
            from relutui.readout.contributions import read_contributions

            return read_contributions(session)
        case "outputs":
            from relutui.readout.outputs import read_outputs

            return read_outputs(session)
        case "trace":
            from relutui.readout.trace import read_trace

            return read_trace(session)
        case "residual":
            from relutui.readout.residual import read_residual

            return read_residual(session)
        case "sizes":
            from relutui.readout.sizes import read_sizes

            return read_sizes(session)
        case "network" if session.state.network.deeper:
            from relutui.readout.layer_network import read_layer_network

            return read_layer_network(session)
        case "network":
            from relutui.readout.network import read_network

            return read_network(session)
        case "activations":
            from relutui.readout.activations import read_activations

            return read_activations(session)
        case "trail":
            from relutui.readout.trail import read_trail

            return read_trail(session)
        case "landscape":
            from relutui.readout.landscape import read_landscape

            return read_landscape(session)
        case "loss":
            from relutui.readout.loss import read_loss

            return read_loss(session)
