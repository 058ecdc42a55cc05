"""The Landscape view: the loss over two parameters in shades of braille, and on it the way of the run."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from rich.text import Text
from textual.strip import Strip

from relutui.lib.arrays import Array
from relutui.plot.axes import Axes, columns, plot_rows
from relutui.plot.chart import Line, Marks, draw
from relutui.readout.landscape import LandscapeReadout, Map
from relutui.ui.widgets.strip_widget import longest_fit, strip_of

DOTS_OF_BAND = np.array([0, 1, 2, 4, 6, 8])  # of a cell, by the band of the loss that it is in
BANDS = len(DOTS_OF_BAND)
MAX_BOUND_DIGITS = 4  # of the losses that part the bands, at most: they are as round as they can be apart
FLAT_RELATIVE_RANGE = 1e-4  # losses that differ by no more, relatively, are the same
EXTREME_BAND_SHARE = 0.02  # of the map is in the lowest band, and in the highest, but for rounding
MIN_RELATIVE_LOSS = 1e-12  # of the highest: what is less has no logarithm worth telling apart
KEY_COLUMNS = 12  # columns of the key to the bands
MIN_WIDTH_WITH_KEY = 60  # for which there is room for it
_Y_LABEL_COLUMNS = 7  # columns of the y axis and its labels, above which stands its name

_DOT_ORDER = np.array([[0, 4], [6, 2], [1, 5], [7, 3]])  # in which the dots of a cell come, so that they are spread evenly
_DOT_BITS = np.array([[1, 8], [2, 16], [4, 32], [64, 128]])  # of the dots in the character's code
_EMPTY_BRAILLE = 0x2800


def landscape(readout: LandscapeReadout, width: int, height: int) -> Sequence[Strip]:
    """What it says and the map, with a key to its shades where there is room."""
    if readout.map is None:
        return [strip_of(Text(f" {longest_fit(readout.said, width - 2)}", style="dim"), width)]
    side = KEY_COLUMNS if width >= MIN_WIDTH_WITH_KEY else len(readout.across) + 3
    head = f"{readout.up + ' ↑':>{_Y_LABEL_COLUMNS}} "
    said = longest_fit(readout.said, width - len(head))
    axes, bounds = Axes(readout.map.x_limits, readout.map.y_limits), band_bounds(readout.map.losses)
    chart = draw(_layers(readout, axes, bounds, width - side, height - 1), axes, width - side, height - 1)
    beside = [strip_of(line, side) for line in _side(readout.across, bounds if side == KEY_COLUMNS else None, height - 1)]
    return [strip_of(Text(head + said), width), *(Strip.join(pair) for pair in zip(chart, beside))]


def band_bounds(losses: Array) -> list[float]:
    """The losses that part the bands: evenly on a logarithmic scale, and round; none where the map is flat."""
    finite = losses[np.isfinite(losses)]
    if not len(finite) or finite.max() <= finite.min() * (1.0 + FLAT_RELATIVE_RANGE):
        return []
    logs = np.log10(np.maximum(finite, MIN_RELATIVE_LOSS * finite.max()))
    low, high = np.quantile(logs, [EXTREME_BAND_SHARE, 1.0 - EXTREME_BAND_SHARE])
    if low == high:
        low, high = logs.min(), logs.max()
    exact = np.logspace(low, high, BANDS - 1)
    for digits in range(1, MAX_BOUND_DIGITS + 1):
        found = sorted({float(f"{bound:.{digits}g}") for bound in exact})
        if len(found) == len(exact):
            break
    return found


def _layers(readout: LandscapeReadout, axes: Axes, bounds: list[float], width: int, height: int) -> list[Line | Marks]:
    """The shades, and on them the way, the lowest point and the present one."""
    shown = readout.map
    assert shown
    layers: list[Line | Marks] = list(_shades(shown, axes, bounds, columns(axes, width).width, plot_rows(axes, height)))
    layers.append(Marks(*shown.way, "•", readout.colour, bold=True))
    layers.append(Marks(shown.way.x[:1], shown.way.y[:1], "○", readout.colour, bold=True))
    for point, marker in ((shown.lowest, " ✕ "), (shown.here, " ◆ ")):
        if point:
            layers.append(Marks(np.array(point[:1]), np.array(point[1:]), marker, 15, bold=True))
    return layers


def _shades(shown: Map, axes: Axes, bounds: list[float], width: int, rows: int) -> Iterator[Marks]:
    """The cells of the plot area by their characters; those without dots are left out."""
    if width < 2 or rows < 2:
        return
    bands = np.searchsorted(bounds, shown.losses)  # the last where a loss is no number
    up, across = bands.shape
    # Dots lie a quarter of a cell left and right of its middle, and in quarters from its top to its bottom.
    x = _nearest(np.arange(width)[:, None] + [-0.25, 0.25], width, across)
    y = _nearest(np.arange(rows)[:, None] + [-0.375, -0.125, 0.125, 0.375], rows, up)[::-1]
    dots = np.tile(_DOT_ORDER, (rows, width)) < _dots(bounds)[bands[np.ix_(y, x)]]
    codes = (dots.reshape(rows, 4, width, 2) * _DOT_BITS[:, None, :]).sum(axis=(1, 3))
    at_x, at_y = np.meshgrid(np.linspace(*axes.x, width), np.linspace(*axes.y[::-1], rows))
    for code in np.unique(codes[codes > 0]).tolist():
        here = codes == code
        yield Marks(at_x[here], at_y[here], chr(_EMPTY_BRAILLE + code))


def _nearest(places: Array, cells: int, networks: int) -> NDArray[np.intp]:
    """Which of the networks is nearest to each place, in cells from the middle of the first; of shape (places,)."""
    share = places.ravel() / (cells - 1)
    return np.asarray(np.clip(np.round(share * (networks - 1)), 0, networks - 1), np.intp)


def _dots(bounds: list[float]) -> NDArray[np.intp]:
    """The number of dots in a cell of each band, of as many as there are."""
    return DOTS_OF_BAND[np.linspace(0, BANDS - 1, len(bounds) + 1).round().astype(np.intp)]


def _side(across: str, bounds: list[float] | None, rows: int) -> Iterator[Text]:
    """What stands right of the map: the key to the bands, the highest on top, and at the bottom the name of the x axis."""
    lines: list[str] = []
    if bounds and len(bounds) + 1 < rows:
        shades = [chr(_EMPTY_BRAILLE + int(_DOT_BITS[dots > _DOT_ORDER].sum())) for dots in _dots(bounds)[1:]]
        lines = [f"    < {bounds[0]:g}", *(f" {shade * 2} > {bound:g}" for bound, shade in zip(bounds, shades))][::-1]
    for line in [*lines, *[""] * (rows - 1 - len(lines)), f" → {across}"]:
        yield Text(line)
