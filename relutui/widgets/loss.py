"""The Loss view: the loss against the step, on a logarithmic scale."""

from collections.abc import Sequence

import numpy as np
from rich.text import Text
from textual.strip import Strip

from relutui.readout.loss import LossReadout
from relutui.widgets.lines import strip_of
from relutui.widgets.plot import Axes, Line, draw

LEAST_DECADES = 0.1  # that the axis covers: less is rounding, and must look as flat as it is


def loss(readout: LossReadout, width: int, height: int) -> Sequence[Strip]:
    """The losses so far, as far as they have a logarithm."""
    steps, losses = np.array(readout.steps, float), np.array(readout.losses)
    shown = np.isfinite(losses) & (losses > 0.0)
    if shown.sum() < 2 or steps[shown].min() == steps[shown].max():
        return [strip_of(Text(" no steps yet: s takes one, space runs", style="dim"), width)]
    steps, logs = steps[shown], np.log10(losses[shown])
    middle, half = (logs.max() + logs.min()) / 2, max(0.55 * (logs.max() - logs.min()), LEAST_DECADES / 2)
    axes = Axes((steps.min(), steps.max()), (middle - half, middle + half), log_y=True)
    return draw([Line(steps, logs, 15)], axes, width, height)
