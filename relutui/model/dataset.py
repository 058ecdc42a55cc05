"""The points that a network is trained on."""

from dataclasses import dataclass

import numpy as np

from relutui.lib.arrays import Array, read_only
from relutui.model.scale import UNSCALED, Scale

MAX_OFFSET = 10.0  # distance from 0 in widths of the data, up to which ordinary starts and steps bring kinks among the points
MAX_PRECISE_OFFSET = 1e6  # distance from 0 in widths of the data, up to which w and b place a kink to 1e-10 of a width
MIN_SIZE, MAX_SIZE = 1e-3, 100.0  # of widths and heights for which ordinary steps are neither far too short nor too long

MIN_EVEN_POINTS = 50  # from which on one point more or less is a share that hardly shows
MAX_GAP_ERROR = 0.01  # of the domain: how far off the gaps of evenly spaced points may be, all together


@dataclass(frozen=True, eq=False)
class Dataset:
    """The points (x, y) in the units of training, sorted by x; both float64 of shape (points,), read-only.

    scale: what these units are.  Raises ValueError if they differ in length or there are none.
    """

    x: Array
    y: Array
    scale: Scale = UNSCALED

    def __post_init__(self) -> None:
        x, y = np.asarray(self.x, np.float64), np.asarray(self.y, np.float64)
        if not x.shape == y.shape or x.ndim != 1 or not len(x):
            raise ValueError(f"x and y must be of one length, at least 1: {x.shape}, {y.shape}")
        order = np.argsort(x, kind="stable")
        object.__setattr__(self, "x", read_only(x[order]))
        object.__setattr__(self, "y", read_only(y[order]))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Dataset):
            return NotImplemented
        return self.scale == other.scale and np.array_equal(self.x, other.x) and np.array_equal(self.y, other.y)

    def __len__(self) -> int:
        return len(self.x)

    def uneven(self, domain: tuple[float, float]) -> bool:
        """Whether a share of the points may differ from a share of the domain: few points, or not evenly spaced over it."""
        low, high = domain
        if low == high or len(self) < MIN_EVEN_POINTS:
            return low < high
        gaps = np.diff(self.x)
        ends = max(abs(self.x[0] - low), abs(self.x[-1] - high))
        return bool(max(np.ptp(gaps) * len(gaps), ends) > MAX_GAP_ERROR * (high - low))

    @property
    def y_size(self) -> float:
        """The range of y; of a constant y its distance from 0, or 1."""
        return float(self.y.max() - self.y.min()) or float(abs(self.y[0])) or 1.0


ADD_SCALE = 'add scale = "standard" under [target]'  # what to do about points that training does badly on, in a file


def scaling_advice(dataset: Dataset, remedy: str = ADD_SCALE) -> str:
    """What makes training do badly on points that are too far from 0, too large or too small, and the remedy; else empty."""
    low, high = float(dataset.x[0]), float(dataset.x[-1])
    farthest, width = max(abs(low), abs(high)), high - low
    far = bool(width) and farthest > MAX_OFFSET * width
    y_low, y_high = float(dataset.y.min()), float(dataset.y.max())
    y_far = y_high > y_low and max(abs(y_low), abs(y_high)) > max(MAX_SIZE, MAX_OFFSET * (y_high - y_low))
    why = ["x is far from 0"] * far + _size_problem("x", width if far else farthest)
    why += ["y is far from 0"] * y_far + _size_problem("y", y_high - y_low if y_far else max(abs(y_low), abs(y_high)))
    badly = "b has too few digits" if far and farthest > MAX_PRECISE_OFFSET * width else "training does badly"
    return f"{' and '.join(why)}: {remedy}, or {badly}" if why else ""


def _size_problem(name: str, size: float) -> list[str]:
    """What is wrong with numbers of this size: a list of one clause, or none."""
    if not size or MIN_SIZE <= size <= MAX_SIZE:
        return []
    return [f"{name} is {'large' if size > MAX_SIZE else 'small'}"]
