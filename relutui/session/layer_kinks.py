"""The kinks of a unit of one of several hidden layers: those that it makes, and those that it passes on.

It makes one where its z crosses 0.  It passes on a kink of the layers before it where its a bends there, too.
"""

import numpy as np

from relutui.lib.arrays import Array
from relutui.model.composite import Composite, z_slopes
from relutui.model.network import slope
from relutui.model.pieces import SAME_SLOPE
from relutui.session.session import Session


def own_kinks(pieces: Composite, layer: int, unit: int) -> list[int]:
    """Return the indices of the kinks that a unit makes, from left to right; layer: its index from 0."""
    made: list[int] = np.flatnonzero(pieces.made(layer)[unit]).tolist()
    return made


def passed_kinks(session: Session, pieces: Composite, layer: int, unit: int) -> list[int]:
    """Return the indices of the kinks of the layers before at which a unit bends, from left to right, and makes none itself."""
    slopes = a_slopes(session, pieces, layer)[unit]
    bends = np.abs(np.diff(slopes)) > SAME_SLOPE * np.maximum(np.abs(slopes[1:]), np.abs(slopes[:-1]))
    passed: list[int] = np.flatnonzero(bends & ~pieces.made(layer)[unit]).tolist()
    return passed


def a_slopes(session: Session, pieces: Composite, layer: int) -> Array:
    """Return the slope of each a of a layer in each piece, of shape (units, pieces)."""
    network, p = session.state.network, session.state.parameters
    on = np.where(pieces.on[layer], 1.0, -1.0)
    slopes: Array = z_slopes(network, p, pieces, layer) * slope(network.layer_activations[layer], on)
    return slopes
