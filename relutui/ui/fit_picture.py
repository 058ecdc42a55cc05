"""The Fit view as a picture for a file, and below it what each unit adds."""

import numpy as np

from relutui.lib.arrays import Array
from relutui.lib.number_text import loss_text
from relutui.plot.axes import Axes
from relutui.plot.chart import Layer, Line, Marks
from relutui.plot.picture import Panel, Picture, compose
from relutui.readout.colour import TARGET_COLOUR, UNIT_COLOURS, colour_of
from relutui.readout.curves import Curve, rounded_limits
from relutui.readout.fit import MAX_LARGE_MARKERS, FitReadout, read_fit
from relutui.session.own_units import loss_name
from relutui.session.session import Session

INK_COLOUR = 0
POINTS_ACROSS, POINTS_DOWN = 310, 105  # of the data, in pairs of pixels; of points in the same one only the first is drawn


def fit_picture(session: Session) -> Picture:
    """Return target, prediction and kinks, and the curve v a of each unit if there are few."""
    readout, p = read_fit(session), session.state.parameters
    data = Marks(*_spread(readout), "●" if len(readout.data.x) <= MAX_LARGE_MARKERS else "·", TARGET_COLOUR)
    kinks = [Marks(np.array([kink.x]), np.array([kink.y]), "◆", kink.colour) for kink in readout.kinks]
    signs = "dots: target, line: prediction" + (", diamonds: kinks" if kinks else "")
    axes = Axes(readout.x_limits, readout.y_limits, x_units=readout.scale.x, y_units=readout.scale.y)
    panels = [Panel(signs, [data, Line(*readout.prediction, INK_COLOUR), *kinks], axes, "x")]
    if p.units <= len(UNIT_COLOURS):
        panels.append(_units(readout, session.state.network.contributions(p, readout.prediction.x)))
    loss = f"{loss_name(session)} {loss_text(session.loss)}"
    return compose(session.scenario.title, panels, [loss])


def _units(readout: FitReadout, contributions: Array) -> Panel:
    """The panel of the curves v a, each with the number of its unit on it, at another x for each."""
    x, (low, high) = readout.prediction.x, readout.x_limits
    at = low + (high - low) * (np.arange(len(contributions)) + 0.5) / len(contributions)
    layers: list[Layer] = [Line(x, y, colour_of(unit)) for unit, y in enumerate(contributions)]
    layers += [
        Marks(at[[unit]], np.interp(at[[unit]], x, y), str(unit), colour_of(unit)) for unit, y in enumerate(contributions)
    ]
    axes = Axes(readout.x_limits, rounded_limits(contributions), x_units=readout.scale.x)
    scaled = ", scaled" if readout.scale.changes else ""
    return Panel(f"what each unit adds: v a{scaled}", layers, axes, "x")


def _spread(readout: FitReadout) -> Curve:
    """The data that the chart has room for."""
    (left, right), (bottom, top), (x, y) = readout.x_limits, readout.y_limits, readout.data
    across = (x / 2.0 - left / 2.0) / (right / 2.0 - left / 2.0) * POINTS_ACROSS
    down = (y / 2.0 - bottom / 2.0) / (top / 2.0 - bottom / 2.0) * POINTS_DOWN
    inside = (across >= 0.0) & (across <= POINTS_ACROSS) & (down >= 0.0) & (down <= POINTS_DOWN)
    pairs = np.floor(np.column_stack([across, down])[inside])
    first = np.sort(np.unique(pairs, axis=0, return_index=True)[1])
    return Curve(x[inside][first], y[inside][first])
