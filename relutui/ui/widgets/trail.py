"""The Trail view: the position of each kink over the run."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from rich.text import Text
from textual.strip import Strip

from relutui.plot.axes import Axes, columns, plot_rows
from relutui.plot.chart import Line, Marks, draw
from relutui.readout.trail import KinkTrail, TrailReadout
from relutui.ui.widgets.strip_widget import count_of_hidden, strip_of

MAX_END_COLUMNS = 8  # of the units' numbers at the end of a line


class _End(NamedTuple):
    """The point where lines end on the chart, and the text there."""

    step: float
    x: float
    text: str
    colour: int | None
    bold: bool


def trail(readout: TrailReadout, width: int, height: int) -> Sequence[Strip]:
    """Draw a line for each kink, x upward, and at its end the number of its unit, in brackets if selected."""
    steps, left_out = readout.steps, bool(readout.above or readout.below)
    ends = list(_ends(readout, plot_rows(Axes((0.0, 1.0), readout.domain, y_units=readout.x_units), height - left_out)))
    if steps[0] == steps[-1] or not ends:
        return [strip_of(Text(f" {_missing(readout)}", style="dim"), width)]
    room = max(len(end.text) for end in ends)
    cell = (steps[-1] - steps[0]) / max(1, columns(Axes((0.0, 1.0), readout.domain), width).width - 1 - room)
    layers: list[Line | Marks] = [
        Line(steps, trail.x, trail.colour) for trail in sorted(readout.trails, key=lambda trail: trail.selected)
    ]
    for step, x, text, colour, bold in ends:
        beside = len(text) // 2 + (step == steps[-1])  # a marker is centred on its point
        layers.append(Marks(np.array([step + beside * cell]), np.array([x]), text, colour, bold))
    axes = Axes((steps[0], steps[-1] + room * cell), readout.domain, whole=True, y_units=readout.x_units)
    chart = draw(layers, axes, width, height - left_out)
    return [*chart, strip_of(count_of_hidden(readout.above, readout.below), width)] if left_out else chart


def _missing(readout: TrailReadout) -> str:
    if not readout.kinked:
        return "no trail: these units have no kinks"
    if readout.steps[0] == readout.steps[-1]:
        which = "from here" if readout.steps[-1] else "of these units"  # earlier steps were of other units or not recorded
        return f"no steps {which} yet: s takes one, space runs"
    return "no trail: no kink was within the chart"


def _ends(readout: TrailReadout, rows: int) -> Iterator[_End]:
    """Yield the end of each line at its last point on the chart; lines that end on one row at the present step share one."""
    (low, high), now = readout.domain, float(readout.steps[-1])
    rows = max(rows, 2)
    together: defaultdict[int, list[KinkTrail]] = defaultdict(list)
    for trail in sorted(readout.trails, key=lambda trail: not trail.selected):
        visible = np.flatnonzero((trail.x >= low) & (trail.x <= high))
        if len(visible) and visible[-1] == len(trail.x) - 1:
            together[round((high - float(trail.x[-1])) / (high - low) * (rows - 1))].append(trail)
        elif len(visible):
            last = visible[-1]
            yield _End(float(readout.steps[last]), float(trail.x[last]), _name(trail), trail.colour, trail.selected)
    for row, trails in together.items():
        text = ",".join(map(_name, trails))
        text = text if len(text) <= MAX_END_COLUMNS else f"{text[: MAX_END_COLUMNS - 1]}…"
        x = high - row / (rows - 1) * (high - low)
        yield _End(now, x, text, trails[0].colour if len(trails) == 1 else None, trails[0].selected)


def _name(trail: KinkTrail) -> str:
    return f"[{trail.unit}]" if trail.selected else str(trail.unit)
