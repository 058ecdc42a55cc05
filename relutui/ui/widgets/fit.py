"""The Fit view: target, prediction, the best curve so far, and the selected unit."""

import math
from collections.abc import Sequence

import numpy as np
from textual.strip import Strip

from relutui.lib.arrays import Array
from relutui.lib.identity_cache import cached_by_identity
from relutui.plot.axes import Axes, columns
from relutui.plot.chart import Arrow, Beads, Layer, Line, Marks, draw
from relutui.readout.asking import Guess
from relutui.readout.colour import TARGET_COLOUR
from relutui.readout.curves import Curve
from relutui.readout.fit import MAX_LARGE_MARKERS, FitReadout, Kink

DOT_SPACING_COLUMNS = 3  # between the points of dense data, so that a line over them stays readable
LARGE_BEAD_DOTS = (2, 3)  # braille dots across and down of a point
SMALL_BEAD_DOTS = (1, 1)  # the same where there are more points than columns
SCATTER_SHARE = 0.01  # of the data's y-range; points are no curve if half of them are farther from the line through some
OUTLIER_SHARE = 0.1  # of the data's y-range; a point of a curve that is farther from that line is always drawn
MAX_ARROW_COLUMNS = 8  # of the arrow of the kink that moves farthest
GUESS_COLUMNS = 3  # between the learner's mark and the true one, at the same x
TRUTH_COLOUR = 10
MAX_CROWDED_ARROWS = 5  # besides the selected kink's, where there are too many kinks


def fit_axes(readout: FitReadout) -> Axes:
    """Return the axes of the chart, in the data's own units."""
    return Axes(readout.x_limits, readout.y_limits, x_units=readout.scale.x, y_units=readout.scale.y)


def fit(readout: FitReadout, width: int, height: int) -> Sequence[Strip]:
    """Draw the curves, the kinks in the colours of their units with arrows for their next moves, and the probe."""
    axes, layers = fit_axes(readout), list[Layer]()
    if readout.clean:
        layers.append(Line(*readout.clean, TARGET_COLOUR, faint=True))
    if readout.best:
        layers.append(Line(*readout.best, None, dashed=True, faint=True))
    if readout.before:
        layers.append(Line(*readout.before, 15, faint=True, dotted=True))
    if readout.z:
        layers.append(Line(*readout.z, readout.colour, faint=True, dotted=True))
    if readout.contribution:
        layers.append(Line(*readout.contribution, readout.colour, dashed=True))
    if readout.ghost:
        layers.append(Line(*readout.ghost.prediction, 15, faint=True, dotted=True))
    layers.append(Line(*readout.prediction, 15))
    if readout.truth:
        layers.append(Line(*readout.truth, TRUTH_COLOUR, dashed=True))
    layers.append(Marks(*readout.data, "●", TARGET_COLOUR) if readout.cursor else target(readout.data, width))
    if readout.ghost and len(readout.ghost.kinks.x) * DOT_SPACING_COLUMNS <= width:
        layers.append(Marks(*readout.ghost.kinks, "□", 15))
    layers.append(Marks(*readout.output_kinks, "◇", 15, bold=True))
    crowded = len(readout.kinks) * DOT_SPACING_COLUMNS > width  # so many would hide the curve
    kinks = [kink for kink in readout.kinks if kink.selected or not crowded]
    layers += [Marks(np.array([kink.x]), np.array([kink.y]), _mark(kink), kink.colour, bold=True) for kink in kinks]
    layers += _numbers(readout, axes, width)
    if readout.cursor:
        on_point = bool(((readout.data.x == readout.cursor.x) & (readout.data.y == readout.cursor.y)).any())
        layers.append(Marks(*readout.cursor, "⊕" if on_point else "+", 15, bold=True))
    if readout.guess:
        layers += _guess(readout.guess, axes, width)
    pushed = arrows(readout.kinks, crowded)
    return draw(layers, axes, width, height, readout.probe, under=pushed, data=readout.data_range)


def _mark(kink: Kink) -> str:
    """Return the mark of a kink: where there are several hidden layers, the last digit of the number of its own."""
    return str(kink.layer % 10) if kink.layer else "◆"


def _numbers(readout: FitReadout, axes: Axes, width: int) -> list[Marks]:
    """Return the numbers of the pieces, each on the middle of its piece where that is wide enough, at the edge if it is off."""
    area, marks = columns(axes, width), list[Marks]()
    for number, low, high, y in readout.numbers:
        room, text = area.column(high) - area.column(low), f"{number}"
        if len(text) < room:
            text = f" {text} " if len(text) + 4 < room else text
            place = min(max(y, readout.y_limits[0]), readout.y_limits[1])
            marks.append(Marks(np.array([(low + high) / 2.0]), np.array([place]), text, 15, bold=True))
    return marks


def _guess(guess: Guess, axes: Axes, width: int) -> list[Layer]:
    """Return the place where the learner has put it, and the true one beside it, each with a line from bottom to top.

    The marks of both are in other rows on a line, and at a height in other columns, so that neither hides the other.
    """
    (left, right), (bottom, top) = axes.x, axes.y
    aside = GUESS_COLUMNS * (right - left) / width if guess.truth is not None and guess.at is not None else 0.0
    if guess.at is not None and guess.at - aside >= left:
        aside = -aside
    layers: list[Layer] = []
    for value, marker, colour, marks, beside in ((guess.value, "?", 15, 2, aside), (guess.truth, "T", TRUTH_COLOUR, 3, 0.0)):
        if value is None:
            continue
        x = value if guess.at is None else guess.at
        y = np.linspace(bottom, top, 2 * marks + 1)[1::2] if guess.at is None else np.array([value])
        layers.append(Line(np.array([x, x]), np.array([bottom, top]), colour, dotted=True))
        layers.append(Marks(np.full(len(y), x + beside), y, marker, colour, bold=True))
    return layers


def arrows(kinks: Sequence[Kink], crowded: bool) -> list[Arrow]:
    """Return arrows for how the next step moves the kinks, relative to the longest move; short arrows lie over long ones."""
    moves = [(abs(kink.move), kink.move, kink) for kink in kinks if kink.move is not None]
    moves.sort(key=lambda move: -move[0])
    largest = moves[0][0] if moves else 0.0
    if crowded:
        moves = [move for rank, move in enumerate(moves) if move[2].selected or (move[0] and rank < MAX_CROWDED_ARROWS)]
    moves.sort(key=lambda move: move[2].selected)

    def cells(size: float, move: float) -> int:
        return int(math.copysign(max(1, round(MAX_ARROW_COLUMNS * (size / largest))), move)) if size else 0

    return [Arrow(kink.x, cells(size, move), kink.colour, kink.selected) for size, move, kink in moves]


def target(data: Curve, width: int, spacing: int = DOT_SPACING_COLUMNS) -> Marks | Beads:
    """Return the data as large markers if they are few, or else as beads that a line can pass through."""
    if len(data.x) <= min(MAX_LARGE_MARKERS, width // DOT_SPACING_COLUMNS):
        return Marks(*data, "●", TARGET_COLOUR)
    shown = _thinned(*data, max(2, width // spacing))
    if len(shown.x) <= width:
        return Beads(*shown, TARGET_COLOUR, LARGE_BEAD_DOTS)
    return Beads(*shown, TARGET_COLOUR, SMALL_BEAD_DOTS, under=True)  # over the lines, so many would cover them


@cached_by_identity(4)
def _thinned(x: Array, y: Array, count: int) -> Curve:
    """Return about `count` evenly spaced points and the outliers from the line through them, or all points if most are such."""
    kept = np.zeros(len(x), np.bool_)
    kept[np.searchsorted(x, np.linspace(x[0], x[-1], count)).clip(0, len(x) - 1)] = True
    off = np.abs(y / 4.0 - np.interp(x, x[kept], y[kept] / 4.0))  # quarters, because differences could overflow
    height = y.max() / 4.0 - y.min() / 4.0
    if np.count_nonzero(off > SCATTER_SHARE * height) * 2 > np.count_nonzero(~kept):
        return Curve(x, y)
    shown = kept | (off > OUTLIER_SHARE * height)
    return Curve(x[shown], y[shown])
