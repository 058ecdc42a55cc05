"""The chart in its views: Fit, the units one by one, and the loss."""

from collections.abc import Sequence
from itertools import zip_longest

import numpy as np
from rich.text import Text
from textual.strip import Strip

from relutui.network import Array
from relutui.readout.chart import ChartReadout, Curve, FitReadout, LossReadout, UnitCurves, UnitsReadout
from relutui.widgets.lines import hidden, strip_of
from relutui.widgets.plot import Axes, Line, Marks, draw

MARK_SPACING = 3  # columns between the dots of dense data, so that a line on the same cells stays readable
LEAST_DECADES = 0.1  # that the axis of the losses covers: less is rounding, and must look as flat as it is
MULTIPLE = (26, 7)  # the least columns and rows of a small multiple


def chart(readout: ChartReadout, width: int, height: int) -> Sequence[Strip]:
    """The view that the readout is of."""
    match readout:
        case FitReadout():
            return fit(readout, width, height)
        case UnitsReadout():
            return small_multiples(readout, width, height)
        case LossReadout():
            return loss(readout, width, height)


def fit(readout: FitReadout, width: int, height: int) -> Sequence[Strip]:
    """Target, prediction, the best so far, the selected unit's contribution, kinks and probe."""
    layers: list[Line | Marks] = []
    if readout.best:
        layers.append(Line(readout.best.x, readout.best.y, None, dashed=True, faint=True))
    if readout.contribution:
        layers.append(Line(readout.contribution.x, readout.contribution.y, readout.colour, dashed=True))
    layers.append(Line(readout.prediction.x, readout.prediction.y, 15))
    spaced = _spaced(readout.data, width)
    layers.append(Marks(spaced.x, spaced.y, "●", 2))
    layers += [Marks(np.array([kink.x]), np.array([kink.y]), "◆", kink.colour, bold=True) for kink in readout.kinks]
    return draw(layers, Axes(readout.x_limits, readout.y_limits), width, height, readout.probe)


def small_multiples(readout: UnitsReadout, width: int, height: int) -> Sequence[Strip]:
    """z (faint) and a (bold) of every unit, on one y-range; of more units than fit, those around the selected one."""
    columns = max(1, min(len(readout.units), width // MULTIPLE[0]))
    rows = max(1, min(-(-len(readout.units) // columns), height // MULTIPLE[1]))
    room = rows * columns
    if cut := len(readout.units) > room:
        height -= 1
    selected = next((index for index, unit in enumerate(readout.units) if unit.selected), 0)
    first = min(max(0, selected - room + 1), max(0, len(readout.units) - room))
    shown = readout.units[first : first + room]
    high = max(float(max(unit.a.max() for unit in readout.units)), 1e-9)
    low = max(min(float(min(unit.z.min() for unit in readout.units)), 0.0), -high)
    axes = Axes((float(readout.x[0]), float(readout.x[-1])), (low, high) if high > 1e-9 else (-1.0, 1.0))
    lines: list[Strip] = []
    for row in range(rows):
        here = shown[row * columns : (row + 1) * columns]
        drawn = [_multiple(unit, readout.x, axes, width // columns, height // rows) for unit in here]
        lines += [Strip.join(strips) for strips in zip_longest(*drawn, fillvalue=Strip.blank(width // columns))]
    if cut:
        lines.append(strip_of(hidden(first, len(readout.units) - first - room), width))
    return lines


def loss(readout: LossReadout, width: int, height: int) -> Sequence[Strip]:
    """The loss against the step, on a logarithmic scale."""
    steps, losses = np.array(readout.steps, float), np.array(readout.losses)
    shown = np.isfinite(losses) & (losses > 0.0)
    if shown.sum() < 2 or steps[shown].min() == steps[shown].max():
        return [strip_of(Text(" no steps yet: s takes one, space runs", style="dim"), width)]
    steps, logs = steps[shown], np.log10(losses[shown])
    middle, half = (logs.max() + logs.min()) / 2, max(0.55 * (logs.max() - logs.min()), LEAST_DECADES / 2)
    axes = Axes((steps.min(), steps.max()), (middle - half, middle + half), log_y=True)
    return draw([Line(steps, logs, 15)], axes, width, height)


def _multiple(unit: UnitCurves, x: Array, axes: Axes, width: int, height: int) -> list[Strip]:
    style = f"color({unit.colour})"
    title = Text(" ▸" if unit.selected else "  ", style=style)
    title.append(f"unit {unit.unit}", style=f"bold {style}" if unit.selected else style).append(f"  {unit.note}")
    layers = [Line(x, unit.z, unit.colour, dashed=True, faint=True), Line(x, unit.a, unit.colour)]
    return [strip_of(title, width), *draw(layers, axes, width, height - 1)]


def _spaced(data: Curve, width: int) -> Curve:
    """The data themselves if they are few, else the points nearest to every MARK_SPACING-th column."""
    wanted = max(2, width // MARK_SPACING)
    if len(data.x) <= wanted:
        return data
    at = np.linspace(data.x[0], data.x[-1], wanted)
    nearest = np.unique(np.clip(np.searchsorted(data.x, at), 0, len(data.x) - 1))
    return Curve(data.x[nearest], data.y[nearest])
