"""The Loss view: the loss against the step on a logarithmic scale, with marks at the edits."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from rich.text import Text
from textual.strip import Strip

from relutui.plot.axes import Axes, columns, plot_rows
from relutui.plot.chart import Beads, Line, Marks, draw
from relutui.plot.labels import Label
from relutui.readout.loss import LossReadout
from relutui.ui.widgets.strip_widget import strip_of

MIN_DECADES = 0.1  # on the y axis, so that rounding noise looks flat
MAX_POINT_MARKERS = 10  # losses up to which each is drawn as a point too
MIN_ROWS_WITH_MARKS = 6  # below which the curve takes the row of the marks
MARK = "▼"
MIN_MARK_GAP_COLUMNS = 3  # marks nearer to each other share a text


def loss(readout: LossReadout, width: int, height: int) -> Sequence[Strip]:
    """Draw the losses that have a logarithm, and above them a mark with a text at each edit."""
    steps, losses = np.array(readout.steps, float), np.array(readout.losses)
    shown = np.isfinite(losses) & (losses > 0.0)
    if shown.sum() < 2 or steps[shown].min() == steps[shown].max():
        remark = "nothing to draw: each loss is 0 or not finite"
        if steps.min() == steps.max():
            remark = f"no steps {'from here ' if steps.max() else ''}yet{': s takes one, space runs' * readout.trainable}"
        return [strip_of(Text(f" {remark}", style="dim"), width)]
    steps, logs = steps[shown], np.log10(losses[shown])
    middle, half = (logs.max() + logs.min()) / 2, max(0.55 * (logs.max() - logs.min()), MIN_DECADES / 2)
    axes = Axes((steps.min(), steps.max()), (middle - half, middle + half), log_y=True, whole=True)
    curve: list[Line | Beads] = [Line(steps, logs, 15)]
    if len(steps) <= MAX_POINT_MARKERS:
        curve.append(Beads(steps, logs, 15))
    marks = [mark for mark in readout.marks if axes.x[0] <= mark.step <= axes.x[1]]
    if not marks:
        return draw(curve, axes, width, height)
    above = int(height >= MIN_ROWS_WITH_MARKS)
    x, y = np.array([mark.step for mark in marks], float), np.linspace(*axes.y, max(0, plot_rows(axes, height - above)))
    verticals = Marks(np.repeat(x, len(y)), np.tile(y, len(x)), "┊", faint=True)
    chart = draw([verticals, *curve], axes, width, height - above)
    if not above:
        return chart
    area = columns(axes, width)
    places = area.columns([mark.step for mark in marks])
    labelled = _labelled([(place, mark.change) for place, mark in zip(places, marks)], area.left, width)
    return [_row(labelled, width), *chart]


class _Group(NamedTuple):
    """Neighbouring marks that share a text: their columns, their number, and the text."""

    columns: tuple[int, ...]
    size: int
    text: str

    def joined(self, other: "_Group") -> "_Group":
        """Return both groups as one, whose text counts the edits."""
        size = self.size + other.size
        return _Group(tuple(dict.fromkeys((*self.columns, *other.columns))), size, f"{size} edits")


def _labelled(marks: Sequence[tuple[int, str]], left: int, width: int) -> list[Label]:
    """Return the marks and their texts with their columns; marks without room for their own text share one."""
    groups: list[_Group] = []
    for column, text in marks:
        new = _Group((column,), 1, text)
        near = groups and column - groups[-1].columns[-1] < MIN_MARK_GAP_COLUMNS
        groups.append(groups.pop().joined(new) if near else new)
    while len(groups) > 1:
        texts, crowded = _placed(groups, left, width)
        if crowded is None:
            break
        beside = [first for first in (crowded - 1, crowded) if 0 <= first < len(groups) - 1]
        first = min(beside, key=lambda index: groups[index + 1].columns[0] - groups[index].columns[-1])
        groups[first : first + 2] = [groups[first].joined(groups[first + 1])]
    texts, _ = _placed(groups, left, width)
    return [*texts, *((MARK, column) for group in groups for column in group.columns)]


def _placed(groups: Sequence[_Group], left: int, width: int) -> tuple[list[Label], int | None]:
    """Return the texts, each right of its mark or else left of it, and the index of the first group without room, if any."""
    texts: list[Label] = []
    free = left
    for number, group in enumerate(groups):
        end = groups[number + 1].columns[0] - 1 if number + 1 < len(groups) else width
        room, behind = len(group.text), group.columns[-1] + 1
        if behind + room <= end:
            texts.append((group.text, behind))
            free = behind + room + 1
        elif free + room <= group.columns[0]:
            texts.append((group.text, group.columns[0] - room))
            free = behind + 1
        else:
            return texts, number
    return texts, None


def _row(labelled: Sequence[Label], width: int) -> Strip:
    cells = [" "] * width
    for text, column in labelled:
        cells[column : column + len(text)] = text
    return strip_of(Text("".join(cells)), width)
