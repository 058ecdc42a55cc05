"""The target that a network should learn, given by knots, points or an expression."""

from dataclasses import dataclass, field

import numpy as np

from relutui.lib.arrays import Array
from relutui.model.dataset import Dataset
from relutui.model.scale import Kind, Scale, scale_of
from relutui.scenario.csv_choice import CsvSource
from relutui.scenario.expression import evaluate

Point = tuple[float, float]

DATA_LIMIT = 1e15  # size of x and y, beyond which neighbouring points can hardly be told apart
MAX_POINTS = 100_000


class DataError(ValueError):
    """The data cannot be read or evaluated; the message says why in one line."""


@dataclass(frozen=True)
class Target:
    """A target, by exactly one of knots (piecewise linear), points (the data themselves) and expression.

    samples: for knots and expression, the number of x, evenly spaced over the domain with both ends; csv: the file that the
    points were read from, if any, as it was then, and how; scale: that of the dataset, and scale_units its numbers, which are
    those of the points themselves if None.  All else is in the data's own units.

    Raises ValueError for none or several of the three.
    """

    domain: tuple[float, float]
    knots: tuple[Point, ...] = ()
    points: tuple[Point, ...] = ()
    expression: str = ""
    samples: int = 100
    noise: float = 0.0
    noise_seed: int = 0
    csv: CsvSource | None = field(default=None, compare=False)
    scale: Kind = "none"
    scale_units: Scale | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if sum(map(bool, (self.knots, self.points, self.expression))) != 1:
            raise ValueError("a target has exactly one of knots, points and expression")

    def dataset(self) -> Dataset:
        """Evaluate the target, and scale it; raises what `values` does."""
        x, y = self.values()
        scale = self.scale_units or scale_of(self.scale, x, y)
        return Dataset(scale.x.scaled(x), scale.y.scaled(y), scale)

    def values(self) -> tuple[Array, Array]:
        """Evaluate x and y, with the noise, in the data's own units, both of shape (points,).

        Raises DataError if x or y is too large or not finite, and ExpressionError.
        """
        x, y = self._points()
        with np.errstate(invalid="ignore"):
            bad = ~((np.abs(x) <= DATA_LIMIT) & (np.abs(y) <= DATA_LIMIT))
        if bad.any():
            first = int(np.argmax(bad))
            raise DataError(f"expected finite numbers up to {DATA_LIMIT:g}, got y = {y[first]:g} at x = {x[first]:g}")
        if self.noise:
            y = y + np.random.default_rng(self.noise_seed).normal(0.0, self.noise, len(y))
        return x, y

    @property
    def noisy_curve(self) -> bool:
        """Whether there is noise on a curve, which is known apart from it."""
        return self.noise > 0.0 and not self.points

    def clean_y(self, x: Array) -> Array:
        """The curve at x without noise, of the same shape, both in the data's own units; not for points, which are none."""
        if self.expression:
            return evaluate(self.expression, x)
        knot_x, knot_y = np.array(self.knots, np.float64).T
        return np.asarray(np.interp(x, knot_x, knot_y))

    def _points(self) -> tuple[Array, Array]:
        if self.points:
            x, y = np.array(self.points, np.float64).T
            return x, y
        x = np.linspace(*self.domain, self.samples)
        return x, self.clean_y(x)
