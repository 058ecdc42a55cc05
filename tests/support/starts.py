"""Random starts ~ Normal(0, scale), which need no points."""

from collections.abc import Sequence

import numpy as np

from relutui.model.batch import Batch
from relutui.model.initialization import Initialization, random_values
from relutui.model.network import Parameters
from relutui.model.training import Locks


def random_starts(parameters: Parameters, locks: Locks, scale: float, seeds: Sequence[int]) -> Batch:
    """A batch of the random start of each seed."""
    return Batch.start(random_values(parameters, locks, Initialization(scale=scale), np.empty(0), seeds))


def random_start(parameters: Parameters, locks: Locks, scale: float, seed: int) -> Parameters:
    """The random start of a seed."""
    return random_starts(parameters, locks, scale, [seed]).parameters(0)
