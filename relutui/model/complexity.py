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
    within SAME_BEND_SHARE of the width being one.  For hidden units with kinks.
    """
    low, high = float(x.min()), float(x.max())
    at, changes = kinks_of(w, b), v * np.abs(w) * (1.0 - LEAK * (network.activation == "leaky_relu"))
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


def effective_pieces_of(network: Network, p: Parameters, x: Array) -> int:
    """The effective pieces of one network."""
    return int(effective_pieces(network, p.w[None], p.b[None], p.v[None], x)[0])


@quiet
def norms(w: Array, b: Array, v: Array) -> tuple[Array, Array]:
    """The sum of |v w| and the sum of the squares of w, b and v of each network, of shape (networks,).

    w, b, v: shape (networks, units).
    """
    return np.abs(v * w).sum(axis=1), (w**2 + b**2 + v**2).sum(axis=1)


def norms_of(p: Parameters) -> tuple[float, float]:
    """The norms of one network."""
    path, squares = norms(p.w[None], p.b[None], p.v[None])
    return float(path[0]), float(squares[0])
