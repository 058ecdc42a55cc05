"""Lines in braille: plotext's rasteriser, without the figure around it."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relutui.widgets.clip import Path

_COLOUR = re.compile(r"\x1b\[(?:0|38;5;(\d+))m")

Codes = NDArray[np.uint32]
Owners = NDArray[np.intp]
Canvas = tuple[Codes, Owners]


@cache
def _plotext() -> Any:
    """plotext, whose import takes a quarter of a second, at the first chart."""
    import plotext

    return plotext


@cache
def _signal_class() -> Any:
    from plotext._signal.signal import signal_class

    return signal_class


@cache
def _marker(number: int) -> Any:
    return _plotext().marker("braille", pixel=_plotext().pixel(number))


def braille(paths: Sequence[tuple[int, Path]], width: int, height: int) -> Canvas:
    """The paths in braille: character codes, and whose colour each cell shows, 0 where there is none.

    These are the steps by which plotext's figure draws a signal, without its rulers, its copies of the marker and its count of
    the colours used, with which a chart would take many times as long.  What they are given must have been clipped.
    """
    plotext = _plotext()
    matrix = plotext.matrix(width, height, pixel=plotext.pixel())
    for number, path in paths:
        signal = _signal_class()(len(path.joined))
        signal._append_points(*path.points.T.tolist(), [_marker(number)] * len(path.joined))
        for index in np.flatnonzero(path.joined).tolist():
            signal._set_connected(index)
        matrix._insert_points(signal._plot()._get_points())
    text = _COLOUR.split(matrix.string())
    codes = np.frombuffer("".join(text[::2]).encode("utf-32-le"), np.uint32).reshape(height, width + 1)
    numbers = [0, *(int(number or 0) for number in text[1::2])]
    owners = np.repeat(numbers, [len(part) for part in text[::2]]).reshape(height, width + 1)
    return codes[:, :width], owners[:, :width]
