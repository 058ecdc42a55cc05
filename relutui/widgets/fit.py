"""The Fit view: target, prediction, the best so far, and the selected unit."""

from collections.abc import Sequence

import numpy as np
from textual.strip import Strip

from relutui.readout.colour import TARGET_COLOUR
from relutui.readout.curves import Curve
from relutui.readout.fit import FitReadout
from relutui.widgets.plot import Axes, Line, Marks, draw

SPACING = 3  # columns between the dots of dense data, so that a line on the same cells stays readable


def fit(readout: FitReadout, width: int, height: int) -> Sequence[Strip]:
    """The curves, the bends of the prediction in the colours of their units, and the probe."""
    layers: list[Line | Marks] = []
    if readout.best:
        layers.append(Line(*readout.best, None, dashed=True, faint=True))
    if readout.z:
        layers.append(Line(*readout.z, readout.colour, faint=True, dotted=True))
    if readout.contribution:
        layers.append(Line(*readout.contribution, readout.colour, dashed=True))
    layers.append(Line(*readout.prediction, 15))
    layers.append(target(readout.data, width))
    layers.append(Marks(*readout.output_kinks, "◇", 15, bold=True))
    crowded = len(readout.kinks) * SPACING > width  # so many would hide the curve
    kinks = [kink for kink in readout.kinks if kink.selected or not crowded]
    layers += [Marks(np.array([kink.x]), np.array([kink.y]), "◆", kink.colour, bold=True) for kink in kinks]
    return draw(layers, Axes(readout.x_limits, readout.y_limits), width, height, readout.probe)


def target(data: Curve, width: int, spacing: int = SPACING) -> Marks:
    """The data themselves if they are few, else the points nearest to every so many columns."""
    wanted = max(2, width // spacing)
    if len(data.x) > wanted:
        at = np.linspace(data.x[0], data.x[-1], wanted)
        nearest = np.unique(np.clip(np.searchsorted(data.x, at), 0, len(data.x) - 1))
        data = Curve(data.x[nearest], data.y[nearest])
    return Marks(data.x, data.y, "●", TARGET_COLOUR)
