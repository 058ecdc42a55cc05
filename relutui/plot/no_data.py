"""The stretches of a chart beyond its data: hatched, and labelled where nothing is in the way of the words."""

import numpy as np

from relutui.plot.braille import Canvas

HATCH = "╱"
HATCH_SPACING = 4  # columns and rows from one diagonal to the next
LABELS = (" no data here ", " no data ")


def hatch(canvas: Canvas, first: int, last: int, owner: int) -> None:
    """Hatch the columns left of `first` and right of `last`, as cells of an owner."""
    codes, owners = canvas
    row, column = np.indices(codes.shape)
    covered = ((row + column) % HATCH_SPACING == 0) & ((column < first) | (column > last))
    codes[covered], owners[covered] = ord(HATCH), owner


def label(canvas: Canvas, first: int, last: int, behind: int) -> None:
    """Write into both stretches that there are no data, in the first row where no curve is: where all owners are <= behind."""
    codes, owners = canvas
    for start, end in ((max(0, first - len(LABELS[0])), first), (last + 1, codes.shape[1])):
        text = next((text for text in LABELS if len(text) <= end - start), None)
        free = np.flatnonzero((owners[:, start : start + len(text or "")] <= behind).all(axis=1))
        if text and len(free):
            cells = free[0], slice(start, start + len(text))
            codes[cells], owners[cells] = [*map(ord, text)], 0
