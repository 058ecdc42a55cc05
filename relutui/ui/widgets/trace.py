"""The Trace view: contributions, their sum and the prediction, drawn as far as the probe."""

from rich.text import Text
from textual.strip import Strip

from relutui.plot.axes import Axes
from relutui.plot.chart import Layer, Line, Marks, draw
from relutui.readout.trace import TraceReadout
from relutui.ui.widgets.fit import target
from relutui.ui.widgets.small_multiples import MIN_UNIT_SIZE, side_by_side
from relutui.ui.widgets.strip_widget import longest_fit, strip_of

POINT = "◉"  # the end of a curve, at the probe


def trace(readout: TraceReadout, width: int, height: int) -> list[Strip]:
    """Draw the panels side by side, each curve with a point at the probe and the number of its unit beside it."""

    def draw_one(index: int, width: int, height: int) -> list[Strip]:
        panel = readout.panels[index]
        axes = Axes(readout.x_limits, panel.y_limits, x_units=readout.scale.x)
        layers: list[Layer] = []
        for curve in panel.curves:
            layers.append(Line(*curve.curve, 15 if curve.colour is None else curve.colour, dashed=curve.dashed))
        if panel.with_target:
            layers.append(target(readout.data, width))
        for curve in panel.curves:
            end, colour = (curve.curve.x[-1:], curve.curve.y[-1:]), 15 if curve.colour is None else curve.colour
            layers.append(Marks(*end, f" {POINT}{curve.name}" if curve.name else POINT, colour, bold=True))
        title = strip_of(Text(f"  {longest_fit(panel.titles, width - 2)}"), width)
        return [title, *draw(layers, axes, width, height - 1, readout.probe, data=readout.data_range)]

    return side_by_side(len(readout.panels), len(readout.panels) - 1, draw_one, MIN_UNIT_SIZE, width, height)
