"""How complex networks are: their effective pieces, and their norms."""

import numpy as np
from numpy.typing import NDArray

from relutui.lib.arrays import ROUNDING, Array, quiet
from relutui.model.network import LEAK, Network, Parameters
from relutui.model.pieces import kinks_of

MIN_BEND_SHARE = 0.01  # of the largest bend; a smaller one does not count
SAME_BEND_SHARE = 1e-3  # of the width of the data; nearer kinks make one bend together


@quiet
def effective_pieces(network: Network, w: Array, b: Array, v: Array, x: Array) -> NDArray[np.int64]:
    """The number of pieces of each output sum by the bends that count, of shape (networks,); w, b, v: (networks, units).

    Those are the bends between the first and the last of the points x that are at least MIN_BEND_SHARE of the largest, kinks
    within SAME_BEND_SHARE of the width being one.  For one layer of hidden units with kinks.
    """
    return _counted(kinks_of(w, b), v * np.abs(w) * (1.0 - LEAK * (network.activation == "leaky_relu")), x)


def _counted(at: Array, changes: Array, x: Array) -> NDArray[np.int64]:
    """The pieces of each network by the bends that count, of kinks `at` and changes of slope there, (networks, kinks) both."""
    low, high = float(x.min()), float(x.max())
    inside = (at > low) & (at < high)
    at, changes = np.where(inside, at, np.inf), np.where(inside, changes, 0.0)
    order = np.argsort(at, axis=1)
    at, changes = (np.take_along_axis(values, order, axis=1) for values in (at, changes))
    bend = np.cumsum(np.diff(at, axis=1, prepend=-np.inf) > SAME_BEND_SHARE * (high - low), axis=1) - 1
    bends = np.zeros_like(changes)
    np.add.at(bends, (np.arange(len(bends))[:, None], bend), changes)
    sizes = np.abs(bends)
    least = np.maximum(MIN_BEND_SHARE * sizes.max(axis=1), ROUNDING * np.abs(changes).sum(axis=1))
    return 1 + np.asarray(((sizes >= least[:, None]) & (sizes > 0.0)).sum(axis=1))


@quiet
def effective_pieces_of(network: Network, p: Parameters, x: Array) -> int | None:
    """The effective pieces of one network, of any number of layers of units with kinks; None where its pieces are too many."""
    if not p.deeper:
        return int(effective_pieces(network, p.w[None], p.b[None], p.v[None], x)[0])
    from relutui.model.composite import Uncounted, composite

    found = composite(network, p, (float(x.min()), float(x.max())))
    if isinstance(found, Uncounted):
        return None
    changes = np.where(found.bends, np.diff(found.slopes), 0.0)
    return int(_counted(found.kinks[None], changes[None], x)[0])


@quiet
def norms(w: Array, b: Array, v: Array) -> tuple[Array, Array]:
    """The sum of |v w| and the sum of the squares of w, b and v of each network, of shape (networks,).

    w, b, v: shape (networks, units).
    """
    return np.abs(v * w).sum(axis=1), (w**2 + b**2 + v**2).sum(axis=1)


@quiet
def norms_of(p: Parameters) -> tuple[float, float]:
    """The norms of one network: the sum over all paths from x to the output of |the weights' product|, and that of squares."""
    first, *deeper = p.layers
    paths = np.abs(first.w[:, 0])  # the sum over those to each unit
    for layer in deeper:
        paths = np.abs(layer.w) @ paths
    squares = [(layer.w**2).sum(axis=1) + layer.b**2 for layer in p.layers]
    squares[-1] += p.v**2
    return float((np.abs(p.v) * paths).sum()), float(sum(each.sum() for each in squares))
