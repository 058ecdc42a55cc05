"""Problems to train on, for the engine's tests."""

import numpy as np

from relutui.model.dataset import Dataset
from relutui.model.network import Network, Parameters
from relutui.model.training import Checkpoint, Locks, Problem, TrainingSettings


def locks(units: int, locked: bool = False) -> Locks:
    mask = np.full(units, locked)
    return Locks(mask, mask, mask, locked)


def random_start(rng: np.random.Generator, units: int) -> Checkpoint:
    """Numbers that float32 holds exactly, so that the engine and the oracle start from the same."""
    w, b, v = (row.astype(np.float32).astype(np.float64) for row in rng.normal(size=(3, units)))
    return Checkpoint.start(Parameters(w, b, v, float(np.float32(rng.normal()))))


def random_locks(rng: np.random.Generator, units: int) -> Locks:
    w, b, v = rng.random((3, units)) < 0.3
    return Locks(w, b, v, bool(rng.random() < 0.3))


def random_data(rng: np.random.Generator, points: int) -> Dataset:
    x = rng.uniform(-2, 2, points)
    return Dataset(x, np.sin(2 * x))


# The lab: through (0, 2), (1, 0), (2, 1), (3, 4); unit 0 is locked, units 1 and 2 start at zero with v = 1 and c = 0 fixed.
LAB_DATA = Dataset(np.linspace(0, 3, 300), np.interp(np.linspace(0, 3, 300), [0, 1, 2, 3], [2, 0, 1, 4]))
LAB_START = Checkpoint.start(Parameters(np.array([-2.0, 0, 0]), np.array([2.0, 0, 0]), np.ones(3), 0.0))


def lab(slope_at_kink: float = 0.0, settings: TrainingSettings | None = None) -> Problem:
    first = np.array([True, False, False])
    fixed = Locks(first, first, np.ones(3, dtype=bool), True)
    return Problem(Network(slope_at_kink=slope_at_kink), LAB_DATA, fixed, settings or TrainingSettings(learning_rate=0.05))
