"""The contents of the chart in each of its views."""

from relutui.readout.activations import ActivationsReadout, read_activations
from relutui.readout.contributions import ContributionsReadout, read_contributions
from relutui.readout.fit import FitReadout, read_fit
from relutui.readout.landscape import LandscapeReadout, read_landscape
from relutui.readout.loss import LossReadout, read_loss
from relutui.readout.network import NetworkReadout, read_network
from relutui.readout.outputs import OutputsReadout, read_outputs
from relutui.readout.residual import ResidualReadout, read_residual
from relutui.readout.sizes import SizesReadout, read_sizes
from relutui.readout.small_multiples import UnitsReadout, read_units
from relutui.readout.trace import TraceReadout, read_trace
from relutui.readout.trail import TrailReadout, read_trail
from relutui.session.session import Session

ChartReadout = (
    FitReadout
    | UnitsReadout
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
)


def read_chart(session: Session) -> ChartReadout:
    """Compute the contents of the chart in the present view."""
    match session.view.name:
        case "fit":
            return read_fit(session)
        case "units":
            return read_units(session)
        case "contributions":
            return read_contributions(session)
        case "outputs":
            return read_outputs(session)
        case "trace":
            return read_trace(session)
        case "residual":
            return read_residual(session)
        case "sizes":
            return read_sizes(session)
        case "network":
            return read_network(session)
        case "activations":
            return read_activations(session)
        case "trail":
            return read_trail(session)
        case "landscape":
            return read_landscape(session)
        case "loss":
            return read_loss(session)
