"""What the Fit view shows: target and prediction, where it bends, and the selected unit."""

from typing import NamedTuple

from relutui.pieces import kinks, output_kinks
from relutui.readout.colour import colour_of
from relutui.readout.curves import Curve, drawn_x
from relutui.session import Session


class Kink(NamedTuple):
    """A bend of the prediction: where it is, and whose."""

    x: float
    y: float
    colour: int
    selected: bool


class FitReadout(NamedTuple):
    """The chart of target and prediction.

    `contribution` is the selected unit's v a; `z` its pre-activation, while it is edited by its kink; `output_kinks` where
    the output activation switches on or off.
    """

    x_limits: tuple[float, float]
    y_limits: tuple[float, float]
    data: Curve
    prediction: Curve
    best: Curve | None
    contribution: Curve | None
    z: Curve | None
    colour: int
    kinks: tuple[Kink, ...]
    output_kinks: Curve
    probe: float


def read_fit(session: Session) -> FitReadout:
    """The chart: curves are drawn at their kinks too, so that every bend is where it is."""
    network, p = session.state.network, session.state.parameters
    low, high = session.domain
    x, at, bends = drawn_x(session), kinks(p), output_kinks(network, p, session.domain)
    visible = [j for j in range(p.units) if network.kinked and low <= at[j] <= high]
    unit = session.selection.row
    best, heights = session.best, network.prediction(p, at[visible])
    return FitReadout(
        x_limits=session.domain,
        y_limits=session.y_limits,
        data=Curve(session.dataset.x, session.dataset.y),
        prediction=Curve(x, network.prediction(p, x)),
        best=None if best.parameters == p else Curve(x, best.network.prediction(best.parameters, x)),
        contribution=Curve(x, network.contributions(p, x)[unit]) if unit < p.units else None,
        z=Curve(x, network.pre_activations(p, x)[unit]) if unit < p.units and session.handle else None,
        colour=colour_of(unit),
        kinks=tuple(Kink(float(at[j]), float(y), colour_of(j), j == unit) for j, y in zip(visible, heights)),
        output_kinks=Curve(bends, network.prediction(p, bends)),
        probe=session.probe,
    )
