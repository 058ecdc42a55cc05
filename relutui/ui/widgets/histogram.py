"""A histogram of losses on a logarithmic scale, and the number of starts with each outcome."""

import math
from collections.abc import Iterator, Sequence
from itertools import count
from typing import NamedTuple

import numpy as np
from rich.text import Text

from relutui.lib.arrays import Array
from relutui.readout.seeds import LossesReadout

# Leading digits of the edges within a decade, from fine to coarse; a still coarser bin spans several decades.
_EDGE_DIGITS = (tuple(n / 10 for n in range(10, 100)), tuple(range(1, 10)), (1, 2, 5), (1, 3), (1,))
_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
_MIN_RELATIVE_GAP = 1e-3  # between two edges; nearer ones would be written alike
_COUNT_COLUMNS = 5
_SHARE_COLUMNS = 6


class Bin(NamedTuple):
    """The number of losses in [low, high); low is 0 in the first bin."""

    low: float
    high: float
    losses: int

    @property
    def label(self) -> str:
        """The edges as text."""
        return f"{self.low:g}-{self.high:g}" if self.low else f"< {self.high:g}"


def histogram(readout: LossesReadout, width: int, height: int) -> Iterator[Text]:
    """Draw the histogram and under it the outcomes, with ▸ at the bin and the outcome of the marked start."""
    yield from _bars(readout, width, height - len(readout.outcomes) - 1)
    yield Text()
    total = sum(number for _, number in readout.outcomes)
    for outcome, number in readout.outcomes:
        share = f"{100 * number / total:.0f} %" if total else ""
        name = f"{outcome:<{max(0, width - 2 - _SHARE_COLUMNS - _COUNT_COLUMNS)}}"
        yield _row(f"{name}{share:>{_SHARE_COLUMNS}}{number:>{_COUNT_COLUMNS}}", number, outcome == readout.marked_outcome)


def bins(losses: Array, below: float, max_bins: int) -> list[Bin]:
    """Return at most `max_bins` (at least 2) bins with round edges, as fine as that allows.

    losses: finite, shape (networks,).  The first bin has all losses below `below`; the others are about equally wide on a
    logarithmic scale.
    """
    edges = [0.0, below, *_edges(below, float(losses.max(initial=0.0)), max_bins - 1)]
    counts = np.histogram(losses, edges)[0].tolist()
    return [Bin(low, high, number) for low, high, number in zip(edges, edges[1:], counts)]


def _bars(readout: LossesReadout, width: int, height: int) -> Iterator[Text]:
    """Draw a bar for each bin, at least a sliver if it is not empty."""
    shown = bins(readout.losses, readout.below, max(2, height))
    most, longest = max(bin.losses for bin in shown), max(len(bin.label) for bin in shown)
    room = max(0, width - longest - _COUNT_COLUMNS - 3)
    for bin in shown:
        eighths = max(1, round(8 * room * bin.losses / most)) if bin.losses else 0
        bar = "█" * (eighths // 8) + _EIGHTHS[eighths % 8]
        marked = bin.low <= readout.marked_loss < bin.high
        yield _row(f"{bin.label:>{longest}} {bar:<{room}}{bin.losses:>{_COUNT_COLUMNS}}", bin.losses, marked)


def _row(text: str, number: int, marked: bool) -> Text:
    return Text(f"{'▸' if marked else ' '}{text}", style="bold" if marked else "" if number else "dim")


def _edges(low: float, high: float, max_edges: int) -> list[float]:
    """Return round numbers above low up to the first above high, about evenly spaced on a log scale; none if high < low."""
    if high < low:
        return []
    first, last = math.floor(math.log10(low)), math.floor(math.log10(high))
    for digits in _EDGE_DIGITS:
        if (last - first - 1) * len(digits) > max_edges:  # too many in the whole decades alone
            continue
        edges = _between(low, high, [float(f"{digit}e{decade}") for decade in range(first, last + 2) for digit in digits])
        if len(edges) <= max_edges:
            return edges
    decades = (range(first, last + step + 1, step) for step in count(2))
    wider = (_between(low, high, [float(f"1e{decade}") for decade in every]) for every in decades)
    return next(edges for edges in wider if len(edges) <= max_edges)


def _between(low: float, high: float, numbers: Sequence[float]) -> list[float]:
    """Return the sorted numbers clearly above low, up to the first above high."""
    above = [number for number in numbers if number > low * (1.0 + _MIN_RELATIVE_GAP)]
    return above[: next(place for place, number in enumerate(above, 1) if number > high)]
