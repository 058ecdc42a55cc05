"""Curves shared by the charts: the x at which they are sampled, and rounded axis limits."""

import math
from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array, distinct
from relutui.lib.round_numbers import round_step
from relutui.model.composite import PIECEWISE_LINEAR, Composite, composite
from relutui.model.network import KINKED, STEPPED, Parameters
from relutui.model.pieces import jumps, kinks, output_kinks
from relutui.session.session import Session

LIMIT_INTERVALS = 16  # rounding steps between the unrounded limits, at most
JUMP_SHARE = 1e-9  # of the x-range, on either side of a jump: there curves are drawn upright
MAX_LIMIT = 1e300  # |y|; larger limits would overflow when rounded


class Curve(NamedTuple):
    """A curve y(x), both of shape (points,)."""

    x: Array
    y: Array


def drawn_x(session: Session, p: Parameters | None = None) -> Array:
    """The x at which to draw curves of p, by default the present parameters: its bends, and an even grid if any part is smooth.

    Ascending, of shape (points,).
    """
    p, network = session.state.parameters if p is None else p, session.state.network
    if network.deeper:
        return _x_of_layers(session, p)
    (low, high), positions = session.x_range, kinks(p)
    if network.stepped:
        beside = max(JUMP_SHARE * (high - low), 4.0 * float(np.spacing(max(abs(low), abs(high)))))
        positions = np.concatenate([jumps(network, p).ravel() + shift for shift in (-beside, beside)])
    inside = positions[(positions >= low) & (positions <= high)]
    straight = {network.activation, network.output_activation} <= {*KINKED, *STEPPED, "identity"}
    between = np.array([low, high]) if straight else session.curve_x()
    return distinct(between, inside, output_kinks(network, p, session.x_range))


def composite_of(session: Session, p: Parameters) -> Composite | None:
    """The exact pieces of p over the x-range; None if it has none, or more than can be counted."""
    if not set(session.state.network.layer_activations) <= set(PIECEWISE_LINEAR):
        return None
    pieces = composite(session.state.network, p, session.x_range)
    return pieces if isinstance(pieces, Composite) else None


def bends_of_output(session: Session, pieces: Composite) -> Array:
    """Where the output activation bends the prediction of several hidden layers, of shape (bends,)."""
    return pieces.crossings if session.state.network.output_activation in KINKED else np.empty(0)


def _x_of_layers(session: Session, p: Parameters) -> Array:
    """As drawn_x, of a network of several hidden layers: its kinks, or an even grid where it is not known by its pieces."""
    pieces, network = composite_of(session, p), session.state.network
    if pieces is None:
        return session.curve_x()
    straight = network.output_activation in PIECEWISE_LINEAR
    return distinct(pieces.edges if straight else session.curve_x(), pieces.edges, bends_of_output(session, pieces))


def even_x(session: Session) -> Array:
    """The x of an even grid and of all bends, ascending, of shape (points,)."""
    return distinct(session.curve_x(), drawn_x(session))


def rounded_limits(*curves: Array) -> tuple[float, float]:
    """The limits of all finite values of the curves, rounded outwards so that small changes leave them unchanged."""
    values = np.concatenate([np.ravel(curve) for curve in curves])
    values = np.clip(values[np.isfinite(values)], -MAX_LIMIT, MAX_LIMIT)
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 0.0)
    step = round_step(high / LIMIT_INTERVALS - low / LIMIT_INTERVALS)
    if not step:
        room = max(1.0, abs(high)) / 2.0
        return low - room, high + room
    return math.floor(low / step) * step, math.ceil(high / step) * step
