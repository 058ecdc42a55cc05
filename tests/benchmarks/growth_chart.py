"""How the cost of a step grows, as a chart."""

from collections.abc import Sequence

import numpy as np

from relutui.bench.scaling import Growth

_COLOURS = (2, 5, 3, 6)  # ANSI
_HEIGHT = 16  # rows


def chart(lines: Sequence[Growth], width: int, coloured: bool) -> list[str]:
    """Draw microseconds a step over size, both logarithmic, as rows of text; a, b, ... mark what was measured."""
    import plotext

    plotext.terminal.limit(False, False)  # else the size is that of the terminal at most
    figure = type(plotext.figure)(parent=plotext.terminal)  # no public constructor
    figure.theme("simple")
    figure.plot_size(width, _HEIGHT)
    xs = [np.log10(line.sizes) for line in lines]
    ys = [np.log10(line.seconds) + 6 for line in lines]
    for letter, colour, x, y in zip("abcd", _COLOURS, xs, ys):
        pixel = plotext.pixel(colour)
        for drawn in (
            figure.signal(x.tolist(), y.tolist(), marker=plotext.marker("braille", pixel=pixel)).lines(),
            figure.signal(x.tolist(), y.tolist(), marker=plotext.marker(letter, pixel=pixel)),
        ):
            figure.draw(drawn)
    for axis, parts in (
        ("x", xs),
        ("y", ys),
    ):  # logarithms, as plotext's own take no ticks
        values = np.concatenate(parts)
        ticks = np.arange(np.ceil(values.min()), values.max() + 1e-9)
        figure.ruler(axis).ticks(ticks.tolist(), [_power(int(tick)) for tick in ticks])
    text: str = figure.build().string()
    text = text if coloured else plotext.uncolorize(text)
    return text.rstrip().split("\n")


def _power(n: int) -> str:
    """Write 10 ** n shortly: 0.1, 1, 10, 100, 1k, ... 1M; plotext leaves out what has no room."""
    return f"{10.0**n:g}" if n < 3 else f"{10 ** (n % 3)}{'kMG'[n // 3 - 1]}"
