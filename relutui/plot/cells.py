"""Lines and points in whole cells, for the plain drawing."""

import numpy as np

from relutui.lib.arrays import Array
from relutui.plot.axes import CELL_MIDDLE
from relutui.plot.braille import Canvas
from relutui.plot.clipping import Path

POINT = "o"


def trace(canvas: Canvas, number: int, mark: str, path: Path) -> None:
    """Draw a clipped path: a mark in each column that it passes, or in each row where it is steep."""
    start, end = path.points[:-1][path.joined[1:]], path.points[1:][path.joined[1:]]
    steep = np.abs(end[:, 1] - start[:, 1]) > np.abs(end[:, 0] - start[:, 0])
    across = _at_middles(start[~steep], end[~steep])
    down = _at_middles(start[steep][:, ::-1], end[steep][:, ::-1])[:, ::-1]
    single = start[(start == end).all(axis=1)]
    _put(canvas, number, mark, np.concatenate([across, down, single]))


def points(canvas: Canvas, number: int, x: Array, y: Array, over: int) -> None:
    """Draw points, in cells, where an owner below `over` is."""
    height, width = canvas[0].shape
    inside = (x >= 0.0) & (x < width) & (y >= 0.0) & (y < height)
    places = np.column_stack([x[inside], y[inside]])
    column, row = places.T.astype(np.intp)
    _put(canvas, number, POINT, places[canvas[1][row, column] < over])


def _at_middles(start: Array, end: Array) -> Array:
    """Return where segments cross the middles of cells on the first axis, of shape (crossings, 2)."""
    low, high = np.minimum(start[:, 0], end[:, 0]), np.maximum(start[:, 0], end[:, 0])
    first = np.ceil(low - CELL_MIDDLE)
    counts = np.maximum(np.floor(high - 0.5) - first + 1.0, 0.0).astype(np.intp)
    segment = np.repeat(np.arange(len(start)), counts)
    place = first[segment] + np.arange(len(segment)) - np.repeat(np.cumsum(counts) - counts, counts) + 0.5
    way = end - start
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(way[segment, 0] == 0.0, 0.0, (place - start[segment, 0]) / way[segment, 0])
    return np.column_stack([place, start[segment, 1] + share * way[segment, 1]])


def _put(canvas: Canvas, number: int, mark: str, places: Array) -> None:
    codes, owners = canvas
    height, width = codes.shape
    column, row = np.clip(np.floor(places).T.astype(np.intp), 0, [[width - 1], [height - 1]])
    codes[row, column], owners[row, column] = ord(mark), number
