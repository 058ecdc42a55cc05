"""The Contributions view: every term, and the sum as the terms are added."""

import math
from collections.abc import Sequence

import numpy as np
from rich.text import Text
from textual.strip import Strip

from relutui.lib.arrays import Array
from relutui.plot.axes import Axes, cell, columns, plot_rows
from relutui.plot.chart import Layer, Line, Marks, draw
from relutui.readout.contributions import ContributionsReadout
from relutui.ui.widgets.fit import target
from relutui.ui.widgets.strip_widget import longest_fit, strip_of

DOT_SPACING_COLUMNS = 6  # between the points of dense data, so that the sum stands out
MIN_ROWS_WITH_SUM = 7  # from which a row is spared for the written sum
MIN_LABEL_GAP_SHARE = 0.02  # of the y-range; the labels of curves that are nowhere farther apart stand side by side
LABEL_MARGIN_SHARE = 0.05  # of the x-range at either end, kept free of labels


def contributions(readout: ContributionsReadout, width: int, height: int) -> Sequence[Strip]:
    """Draw the written sum, and under it the terms, the sum and the partial sums; a + marks the terms that are in the sum."""
    layers: list[Layer] = [Line(readout.x, before, None, faint=True, dotted=True) for before in readout.before]
    layers += [Line(readout.x, term.y, term.colour, dashed=True, faint=not term.added) for term in readout.terms]
    layers.append(Line(readout.x, readout.total, 15))
    layers.append(target(readout.data, width, DOT_SPACING_COLUMNS))
    curves = np.array([*(term.y for term in readout.terms), readout.total])
    names = [f"{'▸' * term.selected}{'+' * term.added}{term.label}" if term.label else "" for term in readout.terms]
    places = _label_places(curves, *readout.y_limits)
    axes, taken = Axes(readout.x_limits, readout.y_limits), set[tuple[int, int]]()
    height -= (roomy := height >= MIN_ROWS_WITH_SUM)
    area, tall = columns(axes, width), plot_rows(axes, height)
    for curve, name, colour, at in zip(curves, [*names, "Σ"], [*(term.colour for term in readout.terms), 15], places):
        down = cell(float(curve[at]), axes.y[1], axes.y[0], tall)
        row = math.floor(min(max(down, -1.0), tall)) if down == down else -1
        first = area.column(float(readout.x[at])) - len(name) // 2
        around = [(row, column) for column in range(first - 1, first + len(name) + 1)]
        if name and taken.isdisjoint(around):  # 1 and 2 side by side would read as 12
            layers.append(Marks(readout.x[[at]], curve[[at]], name, colour, bold=True))
            taken.update(around[1:-1])
    rows = draw(layers, axes, width, height, readout.probe, data=readout.data_range)
    return [strip_of(_sum_line(readout, width), width), *rows] if roomy else rows


def _label_places(curves: Array, low: float, high: float) -> list[int]:
    """Return the index at which each curve is labelled: where it is farthest from the others, or else at a place of its own.

    The last curve is the sum, which the others ignore, so that adding a term moves no label.
    """
    count, points = curves.shape
    margin = int(LABEL_MARGIN_SHARE * points)
    shown = np.clip(curves, low, high)
    places = []
    for index in range(count):
        others = np.delete(shown[:-1], index, axis=0) if index < count - 1 else shown[:-1]
        gaps = np.abs(others - shown[index]).min(axis=0, initial=high - low)
        gaps[:margin] = gaps[points - margin :] = 0.0
        gaps[shown[index] != curves[index]] = 0.0
        farthest = int(np.nanargmax(gaps))
        places.append(farthest if gaps[farthest] >= MIN_LABEL_GAP_SHARE * (high - low) else (index + 1) * points // (count + 1))
    return places


def _sum_line(readout: ContributionsReadout, width: int) -> Text:
    """Return the sum as written on paper, or only its end if it is long, and the next term."""
    short = [name.removeprefix("unit ") for name in readout.order]
    ends = [short, *(["…", *short[cut:]] for cut in range(2, len(short)))]
    before, after = (f" Σ = {readout.outer}(", ")") if readout.outer else (" Σ = ", "")
    after += f"   c adds {readout.next}" if readout.next else " = ŷ, the prediction"
    forms = [f"{before}{' + '.join(names) or 'nothing yet'}{after}" for names in (readout.order, *ends)]
    return Text(longest_fit(forms, width))
