"""The data a network is trained on."""

from dataclasses import dataclass

import numpy as np

from relutui.network import Array, read_only


@dataclass(frozen=True, eq=False)
class Dataset:
    """The points (x, y), sorted by x; both of shape (points,), float64, read-only."""

    x: Array
    y: Array

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
        return np.array_equal(self.x, other.x) and np.array_equal(self.y, other.y)

    def __len__(self) -> int:
        return len(self.x)
