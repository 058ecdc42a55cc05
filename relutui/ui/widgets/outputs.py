"""The Outputs view: a of all units, v a of all units, and z, a and v a of the selected one, in three charts."""

import numpy as np
from rich.text import Text
from textual.strip import Strip

from relutui.lib.arrays import Array
from relutui.plot.axes import Axes
from relutui.plot.chart import Layer, Line, draw
from relutui.readout.outputs import OutputsReadout, UnitOutput
from relutui.ui.widgets.line_labels import line_labels
from relutui.ui.widgets.small_multiples import MIN_UNIT_SIZE, side_by_side
from relutui.ui.widgets.strip_widget import longest_fit, strip_of


def outputs(readout: OutputsReadout, width: int, height: int) -> list[Strip]:
    """Draw the charts side by side; a label on each line is the number of its unit, or the name of what it is."""
    charts: list[tuple[tuple[str, ...], tuple[float, float]]] = [
        (("a of every unit",), readout.a_limits),
        (("v a of every unit",), readout.contribution_limits),
    ]
    if readout.alone:
        number = readout.alone.label
        charts.append(((f"unit {number}:  ┈ z  ┅ a  ━ v a", f"{number}:  ┈ z  ┅ a  ━ v a"), readout.alone_limits))

    def draw_one(index: int, width: int, height: int) -> list[Strip]:
        titles, limits = charts[index]
        axes, size = Axes(readout.x_limits, limits, x_units=readout.scale.x), (width, height - 1)
        if index == 2 and readout.alone:
            layers = _alone(readout, readout.alone, axes, size)
        else:
            layers = _all(readout, [unit.contribution if index else unit.a for unit in readout.units], axes, size)
        title = strip_of(Text(f"  {longest_fit(titles, width - 2)}"), width)
        return [title, *draw(layers, axes, *size, readout.probe, data=readout.data_range)]

    return side_by_side(len(charts), 0, draw_one, MIN_UNIT_SIZE, width, height)


def _all(readout: OutputsReadout, curves: list[Array], axes: Axes, size: tuple[int, int]) -> list[Layer]:
    """Return the curve of each unit, the selected one on top, with their numbers on them."""
    colours = [unit.colour for unit in readout.units]
    chosen = {j for j, unit in enumerate(readout.units) if unit.selected}
    layers: list[Layer] = []
    for colour in dict.fromkeys(colours):
        layers += _joined(
            readout.x, [curves[j] for j, each in enumerate(colours) if each == colour and j not in chosen], colour
        )
    layers += [Line(readout.x, curves[j], colours[j]) for j in chosen]
    names = [f"{'▸' * unit.selected}{unit.label}" if unit.label else "" for unit in readout.units]
    return layers + line_labels(readout.x, np.array(curves), names, colours, axes, size)


def _joined(x: Array, curves: list[Array], colour: int) -> list[Line]:
    """Return one line for all curves of a colour, if any, with breaks between them: to draw hundreds one by one takes 0.1 s."""
    if not curves:
        return []
    breaks = np.full((len(curves), 1), np.nan)
    return [Line(np.tile(np.append(x, np.nan), len(curves)), np.hstack([curves, breaks]).ravel(), colour)]


def _alone(readout: OutputsReadout, unit: UnitOutput, axes: Axes, size: tuple[int, int]) -> list[Layer]:
    """Return z, a and v a of a unit, with their names on them."""
    curves = np.array([unit.z, unit.a, unit.contribution])
    layers: list[Layer] = [
        Line(readout.x, unit.z, unit.colour, faint=True, dotted=True),
        Line(readout.x, unit.a, unit.colour, dashed=True),
        Line(readout.x, unit.contribution, unit.colour),
    ]
    return layers + line_labels(readout.x, curves, ["z", "a", "v a"], [unit.colour] * 3, axes, size)
