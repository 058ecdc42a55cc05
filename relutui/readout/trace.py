"""The contents of the Trace view: the contributions, their sum and the prediction, each as far as the probe."""

from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array, distinct, quiet
from relutui.model.scale import UNSCALED, Scale
from relutui.readout.colour import UNIT_COLOURS, colour_of
from relutui.readout.curves import Curve, even_x, rounded_limits
from relutui.readout.forward_pass import read_forward_pass
from relutui.session.session import Session

Limits = tuple[float, float]


class TracedCurve(NamedTuple):
    """A curve up to the probe, its last point; colour None for a sum; dashed: what is on the way to another curve."""

    name: str
    colour: int | None
    curve: Curve
    dashed: bool = False


class TracePanel(NamedTuple):
    """Curves that share a chart; titles: what the last one is at the probe, longest first.

    y_limits: of the whole curves, beyond the probe too, so that they stay as it moves.
    """

    titles: tuple[str, ...]
    curves: tuple[TracedCurve, ...]
    y_limits: Limits
    with_target: bool = False


class TraceReadout(NamedTuple):
    """The panels from left to right, in the order in which the network computes them."""

    x_limits: Limits
    data_range: Limits | None
    data: Curve
    panels: tuple[TracePanel, ...]
    probe: float
    scale: Scale = UNSCALED


def _with_cut_off(limits: Limits, total: Array) -> Limits:
    """Widen limits to what the sum before the output has within their height below and above them."""
    low, high = limits
    return rounded_limits(np.array(limits), np.clip(total, 2.0 * low - high, 2.0 * high - low))


@quiet
def read_trace(session: Session) -> TraceReadout:
    """Compute the panels: v a of each unit, their sum with c if an output activation follows, and the prediction."""
    network, p, probe = session.state.network, session.state.parameters, session.view.probe
    x, walk = distinct(even_x(session), [probe]), read_forward_pass(session)
    parts = network.contributions(p, x)
    summed, total = network.output_sum(p, x) - p.c, network.output_sum(p, x)
    row, few = session.view.selection.row, p.units <= len(UNIT_COLOURS)

    passed = x <= probe

    def upto(name: str, y: Array, colour: int | None = None, dashed: bool = False) -> TracedCurve:
        return TracedCurve(name, colour, Curve(x[passed], y[passed]), dashed)

    units = tuple(upto(f"{j}" if few or j == row else "", parts[j], colour_of(j)) for j in range(p.units))
    bias = (upto("", summed, dashed=True),) if p.c else ()
    legend = "   ┅ Σ" if p.c else ""
    whole, outer = "Σ + c" if p.c else "Σ", network.output_activation
    panels = [TracePanel(("v a of each unit",), units, rounded_limits(parts))]
    if outer != "identity":
        limits = rounded_limits(summed, total)
        title = f"{whole} = {walk.written(walk.total)}"
        panels.append(TracePanel((f"{title}{legend}", title), (*bias, upto("", total)), limits))
        bias, legend, whole = (upto("", total, dashed=True),), "", f"{outer}(┅ {whole})"
    prediction = network.prediction(p, x)
    limits = rounded_limits(prediction, session.dataset.y, *((summed,) if bias and outer == "identity" else ()))
    if outer != "identity":
        limits = _with_cut_off(limits, total)
    result = walk.written(walk.prediction)
    titles = (f"ŷ = {whole} = {result}{legend}", f"ŷ = {whole} = {result}", f"ŷ = {result}")
    panels.append(TracePanel(titles, (*bias, upto("", prediction)), limits, with_target=True))
    data = Curve(session.dataset.x, session.dataset.y)
    return TraceReadout(session.x_range, session.data_range, data, tuple(panels), probe, session.scale)
