"""The straight segments of a target, where it has any, and how well a prediction matches each."""

from itertools import pairwise
from typing import NamedTuple

from relutui.lib.arrays import Array, quiet
from relutui.lib.identity_cache import cached_by_identity
from relutui.model.dataset import Dataset
from relutui.scenario.target import Target

MAX_SEGMENTS = 12  # segments; more points than this are measurements, not corners


class Segment(NamedTuple):
    """A straight part of the target, from (low, start) to the right with its slope; number counts from 1."""

    number: int
    low: float
    high: float
    start: float
    slope: float


@cached_by_identity(1)
def segments(target: Target) -> tuple[Segment, ...]:
    """The target between neighbouring knots, or few points, within its domain; nothing for a curve or for noisy data."""
    corners = sorted(target.knots or target.points)
    low, high = target.domain
    if target.noise or not 2 <= len(corners) <= MAX_SEGMENTS + 1 or len({x for x, _ in corners}) < len(corners):
        return ()
    parts: list[Segment] = []
    for (x, y), (next_x, next_y) in pairwise(corners):
        slope = (next_y - y) / (next_x - x)
        start, end = max(x, low), min(next_x, high)
        if start < end:
            parts.append(Segment(len(parts) + 1, start, end, y + slope * (start - x), slope))
    return tuple(parts)


@quiet
def mse_between(low: float, high: float, dataset: Dataset, prediction: Array) -> float:
    """The mean squared error over the points from low to high, ends included; nan where there is none."""
    inside = (dataset.x >= low) & (dataset.x <= high)
    return float(((prediction[inside] - dataset.y[inside]) ** 2).mean()) if inside.any() else float("nan")
