"""What the chart shows: the fit, the units one by one, or the loss."""

from typing import NamedTuple

import numpy as np

from relutui.network import Array
from relutui.numbers import number
from relutui.pieces import kinks
from relutui.readout.colour import colour_of
from relutui.session import Session


class Curve(NamedTuple):
    """y against x."""

    x: Array
    y: Array


class Kink(NamedTuple):
    """A bend of the prediction: where it is, and whose."""

    x: float
    y: float
    colour: int


class FitReadout(NamedTuple):
    """The chart of target and prediction; `contribution` is the selected unit's v a."""

    x_limits: tuple[float, float]
    y_limits: tuple[float, float]
    data: Curve
    prediction: Curve
    best: Curve | None
    contribution: Curve | None
    colour: int
    kinks: tuple[Kink, ...]
    probe: float


class UnitCurves(NamedTuple):
    """One small multiple: z and a of a unit, and the interval where it is off, in words."""

    unit: int
    colour: int
    z: Array
    a: Array
    note: str
    selected: bool


class UnitsReadout(NamedTuple):
    """z and a of every unit over the same x."""

    x: Array
    units: tuple[UnitCurves, ...]


class LossReadout(NamedTuple):
    """The recorded losses and the present one, last."""

    steps: tuple[int, ...]
    losses: tuple[float, ...]


ChartReadout = FitReadout | UnitsReadout | LossReadout


def read_chart(session: Session) -> ChartReadout:
    """What the chart shows in the present view."""
    match session.view:
        case "fit":
            return read_fit(session)
        case "units":
            return read_units(session)
        case "loss":
            return read_loss(session)


def read_fit(session: Session) -> FitReadout:
    """The chart: curves are drawn at their kinks too, so that every bend is where it is."""
    network, p = session.state.network, session.state.parameters
    low, high = session.domain
    at = kinks(p)
    visible = [j for j in range(p.units) if network.kinked and low <= at[j] <= high]
    x = np.union1d(session.curve_x(), at[visible])
    unit = session.selection.row
    best = session.best
    return FitReadout(
        x_limits=session.domain,
        y_limits=session.y_limits,
        data=Curve(session.dataset.x, session.dataset.y),
        prediction=Curve(x, network.prediction(p, x)),
        best=None if best.parameters == p else Curve(x, best.network.prediction(best.parameters, x)),
        contribution=Curve(x, network.contributions(p, x)[unit]) if unit < p.units else None,
        colour=colour_of(unit),
        kinks=tuple(map(Kink, at[visible].tolist(), network.prediction(p, at[visible]).tolist(), map(colour_of, visible))),
        probe=session.probe,
    )


def read_units(session: Session) -> UnitsReadout:
    """The small multiples."""
    network, p = session.state.network, session.state.parameters
    x = np.union1d(session.curve_x(), _inside(kinks(p), session.domain))
    z, a = network.pre_activations(p, x), network.activations(p, x)
    return UnitsReadout(
        x,
        tuple(
            UnitCurves(j, colour_of(j), z[j], a[j], _off_note(session, j), j == session.selection.row) for j in range(p.units)
        ),
    )


def read_loss(session: Session) -> LossReadout:
    """The loss curve, the present state last."""
    checkpoint = session.state.checkpoint
    return LossReadout(
        (*(sample.step for sample in checkpoint.history), checkpoint.step),
        (*(sample.loss for sample in checkpoint.history), session.loss),
    )


def _inside(values: Array, domain: tuple[float, float]) -> Array:
    return values[(values >= domain[0]) & (values <= domain[1])]


def _off_note(session: Session, unit: int) -> str:
    """Where a unit is off, in words."""
    network, p = session.state.network, session.state.parameters
    if not network.kinked:
        return ""
    (low, high), at = session.domain, float(kinks(p)[unit])
    on_at_ends = [float(p.w[unit]) * x + float(p.b[unit]) > 0.0 for x in (low, high)]
    match on_at_ends:
        case [False, False]:
            return "off everywhere"
        case [True, True]:
            return "on everywhere"
        case [False, True]:
            return f"off until {number(at)}"
        case _:
            return f"off from {number(at)}"
