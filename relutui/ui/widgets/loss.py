"""The Loss view: the loss against the step, on a logarithmic scale, and the changes by hand on the way."""

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

MIN_DECADES = 0.1  # that the axis covers: less is rounding, and must look as flat as it is
MAX_POINT_MARKERS = 10  # losses that are drawn as points too: a line through so few says nothing of what is between them
MIN_ROWS_WITH_MARKS = 6  # below which the curve needs the row of the marks itself
MARK = "▼"
MIN_MARK_GAP_COLUMNS = 3  # columns: marks that are nearer to each other share a text


def loss(readout: LossReadout, width: int, height: int) -> Sequence[Strip]:
    """The losses so far, as far as they have a logarithm; above them where changes were made, and what they were."""
    steps, losses = np.array(readout.steps, float), np.array(readout.losses)
    shown = np.isfinite(losses) & (losses > 0.0)
    if shown.sum() < 2 or steps[shown].min() == steps[shown].max():
        said = "nothing to draw: each loss is 0 or not finite"
        if steps.min() == steps.max():
            said = f"no steps {'from here ' if steps.max() else ''}yet: s takes one, space runs"
        return [strip_of(Text(f" {said}", style="dim"), width)]
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
    at, down = np.array([mark.step for mark in marks], float), np.linspace(*axes.y, max(0, plot_rows(axes, height - above)))
    verticals = Marks(np.repeat(at, len(down)), np.tile(down, len(at)), "┊", faint=True)
    chart = draw([verticals, *curve], axes, width, height - above)
    if not above:
        return chart
    area = columns(axes, width)
    places = area.columns([mark.step for mark in marks])
    labelled = _labelled([(place, mark.change) for place, mark in zip(places, marks)], area.left, width)
    return [_row(labelled, width), *chart]


class _Group(NamedTuple):
    """Neighbouring marks that share a text: their columns, how many marks they are, and the text."""

    columns: tuple[int, ...]
    size: int
    text: str

    def joined(self, other: "_Group") -> "_Group":
        """The two as one, its changes counted."""
        size = self.size + other.size
        return _Group(tuple(dict.fromkeys((*self.columns, *other.columns))), size, f"{size} edits")


def _labelled(marks: Sequence[tuple[int, str]], left: int, width: int) -> list[Label]:
    """What to write at which columns: the marks, and beside each its text; those that have no room for theirs share one."""
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
        first = min(beside, key=lambda at: groups[at + 1].columns[0] - groups[at].columns[-1])
        groups[first : first + 2] = [groups[first].joined(groups[first + 1])]
    texts, _ = _placed(groups, left, width)
    return [*texts, *((MARK, column) for group in groups for column in group.columns)]


def _placed(groups: Sequence[_Group], left: int, width: int) -> tuple[list[Label], int | None]:
    """The texts right of their marks, or left of them where that is too near the next; and the first without room, if any."""
    found: list[Label] = []
    free = left
    for number, group in enumerate(groups):
        end = groups[number + 1].columns[0] - 1 if number + 1 < len(groups) else width
        room, behind = len(group.text), group.columns[-1] + 1
        if behind + room <= end:
            found.append((group.text, behind))
            free = behind + room + 1
        elif free + room <= group.columns[0]:
            found.append((group.text, group.columns[0] - room))
            free = behind + 1
        else:
            return found, number
    return found, None


def _row(labelled: Sequence[Label], width: int) -> Strip:
    cells = [" "] * width
    for text, column in labelled:
        cells[column : column + len(text)] = text
    return strip_of(Text("".join(cells)), width)
