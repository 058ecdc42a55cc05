"""The Contributions view: every term, and the sum as the terms are added."""

from collections.abc import Sequence

import numpy as np
from rich.text import Text
from textual.strip import Strip

from relutui.plot.axes import Axes
from relutui.plot.chart import Layer, Line, draw
from relutui.readout.contributions import ContributionsReadout
from relutui.ui.widgets.fit import target
from relutui.ui.widgets.line_labels import line_labels
from relutui.ui.widgets.strip_widget import longest_fit, strip_of

DOT_SPACING_COLUMNS = 6  # between the points of dense data, so that the sum stands out
MIN_ROWS_WITH_SUM = 7  # from which a row is spared for the written sum


def contributions_axes(readout: ContributionsReadout) -> Axes:
    """Return the axes of the chart: x in the data's own units, and y as the terms are added, in scaled ones."""
    return Axes(readout.x_limits, readout.y_limits, x_units=readout.scale.x)


def contributions(readout: ContributionsReadout, width: int, height: int) -> Sequence[Strip]:
    """Draw the written sum, and under it the terms, the sum and the partial sums; a + marks the terms that are in the sum."""
    layers: list[Layer] = [Line(readout.x, before, None, faint=True, dotted=True) for before in readout.before]
    if readout.cut is not None:
        layers.append(Line(readout.x, readout.cut, None, dotted=True))
    layers += [Line(readout.x, term.y, term.colour, dashed=True, faint=not term.added) for term in readout.terms]
    layers.append(Line(readout.x, readout.total, 15))
    layers.append(target(readout.data, width, DOT_SPACING_COLUMNS))
    curves = np.array([*(term.y for term in readout.terms), readout.total])
    names = [f"{'▸' * term.selected}{'+' * term.added}{term.label}" if term.label else "" for term in readout.terms]
    axes = contributions_axes(readout)
    height -= (roomy := height >= MIN_ROWS_WITH_SUM)
    labels = [*names, "Σ"], [*(term.colour for term in readout.terms), 15]
    layers += line_labels(readout.x, curves, *labels, axes, (width, height), apart_from=len(names))
    rows = draw(layers, axes, width, height, readout.probe, data=readout.data_range)
    return [strip_of(_sum_line(readout, width), width), *rows] if roomy else rows


def _sum_line(readout: ContributionsReadout, width: int) -> Text:
    """Return the sum as written on paper, or only its end if it is long, and the next term."""
    short = [name.removeprefix("unit ") for name in readout.order]
    ends = [short, *(["…", *short[cut:]] for cut in range(2, len(short)))]
    before, after = (f" Σ = {readout.outer}(", ")") if readout.outer else (" Σ = ", "")
    after += f"   c adds {readout.next}" if readout.next else " = ŷ, the prediction"
    forms = [f"{before}{' + '.join(names) or 'nothing yet'}{after}" for names in (readout.order, *ends)]
    return Text(longest_fit(forms, width))
