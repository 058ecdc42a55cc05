"""How the cost of a step grows: a power law fitted to it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from relutui.bench.measure import Figure


class Growth(NamedTuple):
    """The cost of a step along an axis, in seconds at each size, and its exponent: cost ~ size ** exponent."""

    contender: str
    sizes: tuple[int, ...]
    seconds: tuple[float, ...]
    exponent: float


def growth(contender: str, sizes: Sequence[int], figures: Sequence[Figure]) -> Growth:
    """Fit a power law to the figures at these sizes, two at least, by least squares on the logarithms."""
    seconds = tuple(figure.median for figure in figures)
    exponent = np.polyfit(np.log(sizes), np.log(seconds), 1)[0]
    return Growth(contender, tuple(sizes), seconds, float(exponent))
