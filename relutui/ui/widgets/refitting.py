"""The refitting screen: the networks side by side, their comparison, and the keys."""

import textwrap
from collections.abc import Callable, Iterator

import numpy as np
from rich.text import Text
from textual.strip import Strip

from relutui.plot.axes import Axes
from relutui.plot.chart import Layer, Line, Marks, draw
from relutui.readout.refitting import RefittingReadout
from relutui.ui.widgets.fit import DOT_SPACING_COLUMNS, target
from relutui.ui.widgets.footer import footer
from relutui.ui.widgets.small_multiples import side_by_side
from relutui.ui.widgets.strip_widget import longest_fit, strip_of

MIN_PANEL_ROWS = 7
MIN_WIDTH_OF_TWO = 60  # columns from which two panels stand side by side
MIN_MESSAGE_ROWS = 2  # reserved, so that the panels do not move when the message grows


def columns(width: int) -> int:
    """Return how many panels stand side by side."""
    return 1 if width < MIN_WIDTH_OF_TWO else 2


def refitting(readout: RefittingReadout, width: int, height: int) -> Iterator[Text | Strip]:
    """Draw the whole screen."""
    problem = f"✗ {readout.problem}" if readout.problem else ""
    below = [*_wrapped(problem, width, "bold red"), *_wrapped(readout.comparison, width)]
    below += [Text()] * (MIN_MESSAGE_ROWS - len(below))
    room = max(0, height - 2 - len(below))
    yield _heading(readout, width)
    least = width // columns(width), MIN_PANEL_ROWS
    panels = side_by_side(len(readout.panels), readout.marked, _drawer(readout), least, width, room)
    yield from panels[:room]
    yield from [Text()] * (room - len(panels))
    yield from below
    yield from footer(readout.footer, width, 1)


def _heading(readout: RefittingReadout, width: int) -> Text:
    room = width - len(readout.progress) - 4
    line = Text(f" {longest_fit((f'{readout.title}: {readout.detail}', readout.title), room)}", style="bold")
    return line.append(f"  {readout.progress:>{max(0, width - line.cell_len - 3)}}")


def _drawer(readout: RefittingReadout) -> Callable[[int, int, int], list[Strip]]:
    axes = Axes(readout.x_limits, readout.y_limits, x_units=readout.scale.x, y_units=readout.scale.y)

    def one(index: int, width: int, height: int) -> list[Strip]:
        panel, marked = readout.panels[index], index == readout.marked
        head = [Text(f"{' ▸' if marked else '  '}{panel.title}", "bold" if marked else ""), Text(f"  {panel.note}")]
        layers: list[Layer] = [Line(*panel.prediction, 15)] if panel.prediction else []
        layers.append(target(readout.data, width))
        kinks = panel.kinks if len(panel.kinks) * DOT_SPACING_COLUMNS <= width else ()  # more would hide the curve
        layers += [Marks(np.array([kink.x]), np.array([kink.y]), "◆", kink.colour, bold=True) for kink in kinks]
        return [*(strip_of(line, width) for line in head), *draw(layers, axes, width, height - len(head))]

    return one


def _wrapped(text: str, width: int, style: str = "") -> list[Text]:
    return [Text(f" {line}", style=style) for line in textwrap.wrap(text, max(10, width - 2))]
