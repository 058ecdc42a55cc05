"""Lines in braille: plotext draws them; those too dense for it are drawn here."""

import re
from collections.abc import Sequence
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import Array
from relutui.plot.clipping import Path
from relutui.plot.plotext_private import rasterize

_COLOUR = re.compile(r"\x1b\[(?:0|38;5;(\d+))m")

_EMPTY = 0x2800  # the braille cell without dots
_BITS = np.array([[1, 8], [2, 16], [4, 32], [64, 128]], np.uint32)  # of the dots of a cell

Codes = NDArray[np.uint32]
Owners = NDArray[np.intp]
Canvas = tuple[Codes, Owners]


def braille(paths: Sequence[tuple[int, Path]], width: int, height: int) -> Canvas:
    """Draw clipped paths in braille: the character code of each cell, and the number of the path it shows, 0 for none."""
    dense = [_is_dense(path, width) for _, path in paths]
    sparse = [item for item, is_dense in zip(paths, dense) if not is_dense]
    text = _COLOUR.split(rasterize(sparse, width, height))
    codes = np.frombuffer("".join(text[::2]).encode("utf-32-le"), np.uint32).reshape(height, width + 1)
    numbers = [0, *(int(number or 0) for number in text[1::2])]
    owners = np.repeat(numbers, [*map(len, text[::2])]).reshape(height, width + 1)
    canvas = codes[:, :width].copy(), owners[:, :width].copy()
    for number, path in compress(paths, dense):
        _fill(canvas, number, path)
    return canvas


def beads(canvas: Canvas, number: int, x: Array, y: Array, size: tuple[int, int], under: bool) -> None:
    """Set a block of `size` dots, across and down, around each (x, y), in cells, on the canvas; other dots stay.

    under: a cell of another path stays that path's.
    """
    codes, owners = canvas
    height, width = codes.shape
    inside = (x >= 0.0) & (x < width) & (y >= 0.0) & (y < height)
    x, y = 2.0 * x[inside, None, None], 4.0 * y[inside, None, None]
    across, down = np.arange(size[0]) - (size[0] - 1) / 2.0, np.arange(size[1])[:, None] - (size[1] - 1) / 2.0
    places = np.broadcast_arrays(np.floor(x + across), np.floor(y + down))
    column, row = (each.ravel().astype(np.intp) for each in places)
    on = (column >= 0) & (column < 2 * width) & (row >= 0) & (row < 4 * height)
    column, row = column[on], row[on]
    cells = row // 4, column // 2
    drawn = codes[cells]
    shared = drawn >> 8 == _EMPTY >> 8
    codes[cells] = np.where(shared, drawn, _EMPTY)
    np.bitwise_or.at(codes, cells, _BITS[row % 4, column % 2])
    owners[cells] = np.where(shared & under, owners[cells], number)


def _is_dense(path: Path, width: int) -> bool:
    """Whether a line runs from left to right without a break and has more vertices than there are columns."""
    return len(path.joined) > width and bool(path.joined[1:].all() and (np.diff(path.points[:, 0]) >= 0.0).all())


def _fill(canvas: Canvas, number: int, path: Path) -> None:
    """Draw a dense line: in each column of dots, all dots from its lowest to its highest.

    plotext follows the line up and down dot by dot, which takes ten times as long.
    """
    codes, owners = canvas
    height, width = codes.shape
    x, y = path.points.T * [[2.0], [4.0]]
    edges = np.arange(2 * width + 1)
    inside = (edges >= x[0]) & (edges <= x[-1])
    crossed = np.interp(edges, x, y)
    column = np.concatenate([x.astype(np.intp), edges[inside] - 1, edges[inside]]).clip(0, 2 * width - 1)
    row = np.floor(np.concatenate([y, crossed[inside], crossed[inside]]))
    lowest, highest = np.full(2 * width, np.inf), np.full(2 * width, -np.inf)
    np.minimum.at(lowest, column, row)
    np.maximum.at(highest, column, row)
    rows = np.arange(4 * height)[:, None]
    dots = (rows >= lowest) & (rows <= highest)
    bits = (dots.reshape(height, 4, width, 2) * _BITS[:, None, :]).sum(axis=(1, 3))
    drawn = bits > 0
    codes[drawn] = np.where(owners > 0, codes, _EMPTY)[drawn] | bits[drawn].astype(np.uint32)
    owners[drawn] = np.maximum(owners, number)[drawn]
