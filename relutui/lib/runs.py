"""Runs of whole numbers: ranges of step 1 in ascending order, of which no two touch."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import chain


def add_run(runs: list[range], new: range) -> None:
    """Add the numbers of a range that is not empty to runs."""
    first = bisect_left(runs, new.start, key=lambda run: run.stop)
    last = bisect_right(runs, new.stop, key=lambda run: run.start)
    joined = [new, *runs[first:last]]  # with those that it touches
    runs[first:last] = [range(min(run.start for run in joined), max(run.stop for run in joined))]


def gaps(runs: Sequence[range], whole: range) -> list[range]:
    """The runs of the numbers of a range that are in none of these, which lie within it."""
    edges = [whole.start, *chain.from_iterable((run.start, run.stop) for run in runs), whole.stop]
    return [range(start, stop) for start, stop in zip(edges[::2], edges[1::2]) if start < stop]
