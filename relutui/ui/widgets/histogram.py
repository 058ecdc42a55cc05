"""A histogram of losses on a logarithmic scale, and how many starts have which outcome."""

import math
from collections.abc import Iterator, Sequence
from itertools import count
from typing import NamedTuple

import numpy as np
from rich.text import Text

from relutui.lib.arrays import Array
from relutui.readout.seeds import LossesReadout

# Digits with which the edges in a decade begin, from fine to coarse; beyond, several decades are one bin.
_EDGE_DIGITS = (tuple(n / 10 for n in range(10, 100)), tuple(range(1, 10)), (1, 2, 5), (1, 3), (1,))
_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
_MIN_RELATIVE_GAP = 1e-3  # of an edge; one so near the next would be written as that
_COUNT_COLUMNS = 5  # columns
_SHARE_COLUMNS = 6


class Bin(NamedTuple):
    """How many losses are at least low and below high; in the first bin low is 0."""

    low: float
    high: float
    losses: int

    @property
    def label(self) -> str:
        """The edges."""
        return f"{self.low:g}-{self.high:g}" if self.low else f"< {self.high:g}"


def histogram(readout: LossesReadout, width: int, height: int) -> Iterator[Text]:
    """The losses and under them the outcomes; ▸ stands by those of the marked start."""
    yield from _bars(readout, width, height - len(readout.outcomes) - 1)
    yield Text()
    total = sum(number for _, number in readout.outcomes)
    for outcome, number in readout.outcomes:
        share = f"{100 * number / total:.0f} %" if total else ""
        name = f"{outcome:<{max(0, width - 2 - _SHARE_COLUMNS - _COUNT_COLUMNS)}}"
        yield _row(f"{name}{share:>{_SHARE_COLUMNS}}{number:>{_COUNT_COLUMNS}}", number, outcome == readout.marked_outcome)


def bins(losses: Array, below: float, most: int) -> list[Bin]:
    """Bins with round edges, as fine as `most` of them (at least 2) allow; the first has all losses below the bound.

    losses: finite, of shape (networks,).  From the bound on the bins are about equally wide on a logarithmic scale.
    """
    edges = [0.0, below, *_edges(below, float(losses.max(initial=0.0)), most - 1)]
    counts = np.histogram(losses, edges)[0].tolist()
    return [Bin(low, high, number) for low, high, number in zip(edges, edges[1:], counts)]


def _bars(readout: LossesReadout, width: int, height: int) -> Iterator[Text]:
    """A bar for each bin, at least a sliver where it is not empty."""
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


def _edges(low: float, high: float, most: int) -> list[float]:
    """Round numbers above low, about evenly spaced on a logarithmic scale, up to the first above high; none if high < low."""
    if high < low:
        return []
    first, last = math.floor(math.log10(low)), math.floor(math.log10(high))
    for digits in _EDGE_DIGITS:
        if (last - first - 1) * len(digits) > most:  # too many in the whole decades alone
            continue
        found = _between(low, high, [float(f"{digit}e{decade}") for decade in range(first, last + 2) for digit in digits])
        if len(found) <= most:
            return found
    decades = (range(first, last + step + 1, step) for step in count(2))
    wider = (_between(low, high, [float(f"1e{decade}") for decade in every]) for every in decades)
    return next(found for found in wider if len(found) <= most)


def _between(low: float, high: float, numbers: Sequence[float]) -> list[float]:
    """Those above low, clearly, up to the first above high."""
    above = [number for number in numbers if number > low * (1.0 + _MIN_RELATIVE_GAP)]
    return above[: next(place for place, number in enumerate(above, 1) if number > high)]
