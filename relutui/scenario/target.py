"""A target: what the network should learn, as knots, points or an expression."""

from dataclasses import dataclass, field

import numpy as np

from relutui.lib.arrays import Array
from relutui.lib.files import File
from relutui.model.dataset import Dataset
from relutui.scenario.expression import evaluate

Point = tuple[float, float]

DATA_LIMIT = 1e15  # size of x and y: beyond it a point and its neighbour are hardly told apart
MAX_POINTS = 100_000


class DataError(ValueError):
    """The data cannot be had; the message says in one line why."""


@dataclass(frozen=True)
class Target:
    """What the network should learn: exactly one of knots (piecewise linear), points (the data themselves) and expression.

    samples is for knots and expression: so many x, evenly spaced over the domain, ends included.  csv is the file that the
    points were read from, if any, as it was then.
    """

    domain: tuple[float, float]
    knots: tuple[Point, ...] = ()
    points: tuple[Point, ...] = ()
    expression: str = ""
    samples: int = 100
    noise: float = 0.0
    noise_seed: int = 0
    csv: File | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if sum(map(bool, (self.knots, self.points, self.expression))) != 1:
            raise ValueError("a target has exactly one of knots, points and expression")

    def dataset(self) -> Dataset:
        """The data, noise included.  Raises DataError where y is not finite, and ExpressionError."""
        x, y = self._points()
        with np.errstate(invalid="ignore"):
            bad = ~((np.abs(x) <= DATA_LIMIT) & (np.abs(y) <= DATA_LIMIT))
        if bad.any():
            first = int(np.argmax(bad))
            raise DataError(f"expected finite numbers up to {DATA_LIMIT:g}, got y = {y[first]:g} at x = {x[first]:g}")
        if self.noise:
            y = y + np.random.default_rng(self.noise_seed).normal(0.0, self.noise, len(y))
        return Dataset(x, y)

    def _points(self) -> tuple[Array, Array]:
        if self.points:
            x, y = np.array(self.points, np.float64).T
            return x, y
        x = np.linspace(*self.domain, self.samples)
        if self.expression:
            return x, evaluate(self.expression, x)
        knot_x, knot_y = np.array(self.knots, np.float64).T
        return x, np.interp(x, knot_x, knot_y)
