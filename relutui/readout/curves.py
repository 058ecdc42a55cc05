"""What the charts have in common: curves, where they are drawn, and limits that hold still."""

import math
from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array, distinct
from relutui.model.network import KINKED, Parameters
from relutui.model.pieces import kinks, output_kinks
from relutui.session.session import Session

LIMIT_INTERVALS = 16  # from the lowest to the highest of rounded limits, or a little more
MAX_LIMIT = 1e300  # limits further out could not be rounded


class Curve(NamedTuple):
    """y against x."""

    x: Array
    y: Array


def drawn_x(session: Session, p: Parameters | None = None) -> Array:
    """Where curves, of other parameters if given, are drawn: at every bend, and evenly unless they are straight between."""
    p, network = session.state.parameters if p is None else p, session.state.network
    (low, high), at = session.domain, kinks(p)
    inside = at[(at >= low) & (at <= high)]
    straight = {network.activation, network.output_activation} <= {*KINKED, "identity"}
    between = np.array([low, high]) if straight else session.curve_x()
    return distinct(between, inside, output_kinks(network, p, session.domain))


def even_x(session: Session) -> Array:
    """Where curves are drawn whose bends are not all that is looked for in them: evenly too."""
    return distinct(session.curve_x(), drawn_x(session))


def rounded_limits(*curves: Array) -> tuple[float, float]:
    """Limits of all that is finite in the curves, rounded rounded_limits, so that small changes leave them as they are."""
    values = np.concatenate([np.ravel(curve) for curve in curves])
    values = np.clip(values[np.isfinite(values)], -MAX_LIMIT, MAX_LIMIT)
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 0.0)
    step = _round_step(high / LIMIT_INTERVALS - low / LIMIT_INTERVALS)
    if not step:
        room = max(1.0, abs(high)) / 2.0
        return low - room, high + room
    return math.floor(low / step) * step, math.ceil(high / step) * step


def _round_step(least: float) -> float:
    """1, 2, 5 or 10 times a power of ten, at least so much; 0 where that is none."""
    power = 10.0 ** math.floor(math.log10(least)) if least > 0.0 else 0.0
    return next((times * power for times in (1.0, 2.0, 5.0) if times * power >= least), 10.0 * power)
