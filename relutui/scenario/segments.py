"""The straight segments of a target, if it has any, and the error of a prediction on each."""

from itertools import pairwise
from typing import NamedTuple

from relutui.lib.arrays import Array, quiet
from relutui.lib.identity_cache import cached_by_identity
from relutui.model.dataset import Dataset
from relutui.scenario.scenario import Scenario

MAX_SEGMENTS = 12  # of a target: more points are measurements, not corners


class Segment(NamedTuple):
    """A straight part of the target on [low, high], with the value `start` at low; number counts from 1."""

    number: int
    low: float
    high: float
    start: float
    slope: float


@cached_by_identity(1)
def segments(scenario: Scenario) -> tuple[Segment, ...]:
    """The segments between neighbouring knots or, if few, points, within the domain; empty for a curve or noisy data."""
    target, scale, (low, high) = scenario.target, scenario.dataset.scale, scenario.domain
    corners = [(scale.x.scaled(x), scale.y.scaled(y)) for x, y in sorted(target.knots or target.points)]
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
    """The mean squared error over the points with low <= x <= high; nan if there are none.  prediction: shape (points,)."""
    inside = (dataset.x >= low) & (dataset.x <= high)
    return float(((prediction[inside] - dataset.y[inside]) ** 2).mean()) if inside.any() else float("nan")
