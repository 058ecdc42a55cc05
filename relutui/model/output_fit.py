"""The best v and c for the units as they are, by linear least squares: the output sum is linear in both."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import quiet
from relutui.model.dataset import Dataset
from relutui.model.network import Network, Parameters
from relutui.model.training import Locks

ROUNDS = 2  # the second corrects what the first left by rounding


class OutputFit(NamedTuple):
    """The best v and c, with the other parameters as they were; the loss is never above the one before.

    free: the number of v and c that are not locked; undetermined: how many of these the points leave open, each of which has
    then moved as little as possible.
    """

    parameters: Parameters
    free: int
    undetermined: int


def why_no_output_fit(network: Network, locks: Locks) -> str | None:
    """Why least squares cannot find v and c; None if it can."""
    if network.output_activation != "identity":
        return f"least squares needs the output identity, and this is {network.output_activation}; F changes it"
    return "every v and c is locked; l unlocks one" if locks.c and locks.v.all() else None


@quiet
def best_output(network: Network, p: Parameters, dataset: Dataset, locks: Locks) -> OutputFit:
    """The free v and c with the lowest sum of squared errors, for an output that is the identity.

    The change from the present v and c is the one of least norm among the best, measured by what each adds over the points:
    a unit that is off at every point keeps its v, and twins share.
    """
    free = np.flatnonzero(~locks.v)
    columns = network.activations(p, dataset.x)[free]
    if not locks.c:
        columns = np.vstack([columns, np.ones(len(dataset))])
    sizes = np.linalg.norm(columns, axis=1)
    sizes[sizes == 0.0] = 1.0
    scaled = (columns / sizes[:, None]).T
    best, lowest, rank = p, network.loss(p, dataset.x, dataset.y), 0
    for _ in range(ROUNDS):
        change, _, rank, _ = np.linalg.lstsq(scaled, dataset.y - network.output_sum(best, dataset.x), rcond=None)
        change /= sizes
        v = np.array(best.v)
        v[free] += change[: len(free)]
        moved = replace(best, v=v, c=best.c if locks.c else best.c + float(change[-1]))
        if not (loss := network.loss(moved, dataset.x, dataset.y)) < lowest:
            break
        best, lowest = moved, loss
    return OutputFit(best, len(columns), len(columns) - int(rank))
