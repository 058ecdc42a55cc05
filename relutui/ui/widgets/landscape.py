"""The Landscape view: the loss over two parameters as braille shades, with the path of the run on top."""

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

DOTS_OF_BAND = np.array([0, 1, 2, 4, 6, 8])  # braille dots in a cell of each band, from the lowest losses up
BANDS = len(DOTS_OF_BAND)
MAX_BOUND_DIGITS = 4  # of the losses between bands; fewer digits are used if they still differ
FLAT_RELATIVE_RANGE = 1e-4  # losses that differ by less are drawn as flat
EXTREME_BAND_SHARE = 0.02  # of the map that the lowest and the highest band each cover, before rounding
MIN_RELATIVE_LOSS = 1e-12  # of the highest loss; smaller losses count as this
KEY_COLUMNS = 14
MIN_WIDTH_WITH_KEY = 60  # columns from which the key to the bands is shown

_DOT_ORDER = np.array([[0, 4], [6, 2], [1, 5], [7, 3]])  # the order in which the dots of a cell fill up, spread evenly
_DOT_BITS = np.array([[1, 8], [2, 16], [4, 32], [64, 128]])  # of each dot in the character code
_EMPTY_BRAILLE = 0x2800


def landscape(readout: LandscapeReadout, width: int, height: int) -> Sequence[Strip]:
    """Draw the remark and the map, with a key to the shades where there is room."""
    if readout.map is None:
        return [strip_of(Text(f" {longest_fit(readout.said, width - 2)}", style="dim"), width)]
    side = KEY_COLUMNS if width >= MIN_WIDTH_WITH_KEY else max(len(readout.across), len(readout.up)) + 3
    remark = longest_fit(readout.said, width - 1)
    axes, bounds = Axes(readout.map.x_limits, readout.map.y_limits), band_bounds(readout.map.losses, readout.map.rim)
    chart = draw(_layers(readout, axes, bounds, width - side, height - 1), axes, width - side, height - 1)
    beside = [strip_of(line, side) for line in _side(readout, bounds if side == KEY_COLUMNS else None, height - 1)]
    return [strip_of(Text(f" {remark}"), width), *(Strip.join(pair) for pair in zip(chart, beside))]


def band_bounds(losses: Array, rim: float | None = None) -> list[float]:
    """Return the losses between the bands, round and evenly spaced on a logarithmic scale, or none if the map is flat.

    rim: the lowest of them, if given, so that the valley of the present point is a spot of its own.
    """
    finite = losses[np.isfinite(losses)]
    if not len(finite) or finite.max() <= finite.min() * (1.0 + FLAT_RELATIVE_RANGE):
        return []
    logs = np.log10(np.maximum(finite, MIN_RELATIVE_LOSS * finite.max()))
    low, high = np.quantile(logs, [EXTREME_BAND_SHARE, 1.0 - EXTREME_BAND_SHARE])
    if low == high:
        low, high = logs.min(), logs.max()
    if rim is not None:
        low, high = np.log10(rim), max(high, logs.max())
    exact = np.logspace(low, high, BANDS - 1)
    for digits in range(1, MAX_BOUND_DIGITS + 1):
        rounded = {float(f"{bound:.{digits}g}") for bound in exact[rim is not None :]}
        bounds = sorted(rounded if rim is None else {rim, *(bound for bound in rounded if bound > rim)})
        if len(bounds) == len(exact):
            break
    return bounds


def _layers(readout: LandscapeReadout, axes: Axes, bounds: list[float], width: int, height: int) -> list[Line | Marks]:
    """Return the shades, and on top the path of the run, the lowest point and the present one."""
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
    """Yield the cells of the plot area, grouped by character; empty cells are left out."""
    if width < 2 or rows < 2:
        return
    bands = np.searchsorted(bounds, shown.losses)  # NaN falls into the last band
    up, across = bands.shape
    # A cell has dots at 1/4 left and right of its centre, and at 1/8 and 3/8 above and below it.
    x = _nearest(np.arange(width)[:, None] + [-0.25, 0.25], width, across)
    y = _nearest(np.arange(rows)[:, None] + [-0.375, -0.125, 0.125, 0.375], rows, up)[::-1]
    dots = np.tile(_DOT_ORDER, (rows, width)) < _dots(bounds)[bands[np.ix_(y, x)]]
    codes = (dots.reshape(rows, 4, width, 2) * _DOT_BITS[:, None, :]).sum(axis=(1, 3))
    x_of_cell, y_of_cell = np.meshgrid(np.linspace(*axes.x, width), np.linspace(*axes.y[::-1], rows))
    for code in np.unique(codes[codes > 0]).tolist():
        cells = codes == code
        yield Marks(x_of_cell[cells], y_of_cell[cells], chr(_EMPTY_BRAILLE + code))


def _nearest(places: Array, cells: int, networks: int) -> NDArray[np.intp]:
    """Return the index of the network nearest to each place, shape (places,); places count in cells from the first's centre."""
    share = places.ravel() / (cells - 1)
    return np.asarray(np.clip(np.round(share * (networks - 1)), 0, networks - 1), np.intp)


def _dots(bounds: list[float]) -> NDArray[np.intp]:
    """Return the number of dots in a cell of each band between these bounds."""
    return DOTS_OF_BAND[np.linspace(0, BANDS - 1, len(bounds) + 1).round().astype(np.intp)]


def _side(readout: LandscapeReadout, bounds: list[float] | None, rows: int) -> Iterator[Text]:
    """Draw the column right of the map: the key to the bands, highest on top, and the names of the axes at the bottom."""
    lines: list[str] = []
    if bounds and len(bounds) + 2 < rows:
        shades = [chr(_EMPTY_BRAILLE + int(_DOT_BITS[dots > _DOT_ORDER].sum())) for dots in _dots(bounds)[1:]]
        lines = [f" blank < {bounds[0]:g}", *(f" {shade * 2} > {bound:g}" for bound, shade in zip(bounds, shades))][::-1]
    for line in [*lines, *[""] * (rows - 2 - len(lines)), f" ↑ {readout.up}", f" → {readout.across}"]:
        yield Text(line)
