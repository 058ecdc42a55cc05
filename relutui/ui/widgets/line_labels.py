"""The names of curves, each written on its curve where it is farthest from the others."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from relutui.lib.arrays import Array
from relutui.plot.axes import Axes, cell, columns, plot_rows
from relutui.plot.chart import Marks

MIN_LABEL_GAP_SHARE = 0.02  # of the y-range; the labels of curves that are nowhere farther apart stand side by side
OTHER_PLACES = 12  # at which a label is tried where the first place is taken by another
LABEL_MARGIN_SHARE = 0.05  # of the x-range at either end, kept free of labels; more where the longest would be cut


def line_labels(
    x: Array,
    curves: Array,
    names: Sequence[str],
    colours: Sequence[int | None],
    axes: Axes,
    size: tuple[int, int],
    apart_from: int | None = None,
) -> list[Marks]:
    """Return the names as marks on a chart of a size in columns and rows; an empty name, or one without room, has none.

    curves: of shape (curves, points) over an even x; apart_from: the number of curves, from the first on, that each name keeps
    away from, so that a curve that changes moves no label of the others; None for all.
    """
    area, tall, taken, marks = columns(axes, size[0]), plot_rows(axes, size[1]), set[tuple[int, int]](), list[Marks]()
    margin = max(LABEL_MARGIN_SHARE, (max(map(len, names), default=0) / 2 + 1) / max(1, area.width))
    shown = np.clip(curves, *axes.y)
    for number, (curve, name, colour) in enumerate(zip(curves, names, colours)):
        for at in _places(curves, shown, number, apart_from or len(curves), min(margin, 0.5), axes.y) if name else ():
            down = cell(float(curve[at]), axes.y[1], axes.y[0], tall)
            row = math.floor(min(max(down, -1.0), tall)) if down == down else -1
            first = area.column(float(x[at])) - len(name) // 2
            around = [(row, column) for column in range(first - 1, first + len(name) + 1)]
            if taken.isdisjoint(around):  # 1 and 2 side by side would read as 12
                marks.append(Marks(x[[at]], curve[[at]], name, colour, bold=True))
                taken.update(around[1:-1])
                break
    return marks


def _places(
    curves: Array, shown: Array, number: int, apart_from: int, margin_share: float, limits: tuple[float, float]
) -> Iterator[int]:
    """Yield the indices at which a curve may be labelled: where it is farthest from the others, or else a place of its own.

    If that is taken, others follow, those far from the other curves first. Curves from number `apart_from` on are ignored.
    """
    (count, points), height = curves.shape, limits[1] - limits[0]
    margin = int(margin_share * points)
    others = np.delete(shown[:apart_from], number, axis=0) if number < apart_from else shown[:apart_from]
    gaps = np.abs(others - shown[number]).min(axis=0, initial=height)
    gaps[:margin] = gaps[points - margin :] = 0.0
    gaps[shown[number] != curves[number]] = 0.0
    farthest = int(np.nanargmax(gaps))
    yield farthest if gaps[farthest] >= MIN_LABEL_GAP_SHARE * height else (number + 1) * points // (count + 1)
    places = np.linspace(margin, points - 1 - margin, OTHER_PLACES).astype(int)
    yield from places[np.argsort(-np.nan_to_num(gaps[places]), kind="stable")].tolist()
