"""The contents of the Trail view: the position of the kinks over the steps of training."""

from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array
from relutui.model.pieces import kinks_of
from relutui.model.scale import UNSCALED, Units
from relutui.readout.colour import colour_of
from relutui.session.session import Session
from relutui.session.state import State

MAX_TRAILS = 12  # units; of more, only those around the selected one are drawn


class KinkTrail(NamedTuple):
    """The x of a unit's kink, of shape (places,); nan where there is no kink or the line is broken."""

    unit: int
    colour: int
    x: Array
    selected: bool


class TrailReadout(NamedTuple):
    """The kinks against steps of shape (places,), the present state last; above, below: the number of units left out."""

    domain: tuple[float, float]
    steps: Array
    trails: tuple[KinkTrail, ...]
    kinked: bool
    above: int
    below: int
    x_units: Units = UNSCALED.x


def read_trail(session: Session) -> TrailReadout:
    """Compute the trail of each unit, or of those around the selected one if there are too many."""
    state, row = session.state, session.view.selection.row
    units = state.parameters.units
    first = min(max(row - MAX_TRAILS // 2, 0), max(units - MAX_TRAILS, 0))
    shown = range(first, min(first + MAX_TRAILS, units))
    steps, x = _kinks(state, shown)
    trails = tuple(KinkTrail(j, colour_of(j), trail, j == row) for j, trail in zip(shown, x))
    return TrailReadout(
        session.x_range,
        steps,
        trails if state.network.kinked else (),
        state.network.kinked,
        first,
        units - shown.stop,
        session.scale.x,
    )


def _kinks(state: State, shown: range) -> tuple[Array, Array]:
    """The steps of shape (places,) and the kinks of shape (shown, places), with nan where the line is broken.

    It is broken at a change by hand, and where w changes sign, as the kink then leaves at one end of the domain and returns
    at the other.
    """
    now, history = state.parameters, state.checkpoint.history
    length = 1 + 3 * now.units
    known = [sample for sample in history if len(sample.values) == length]
    values = np.frombuffer(b"".join(sample.values for sample in known), np.float32).reshape(len(known), length)
    units = slice(shown.start, shown.stop)
    w, b = (
        np.vstack([values[:, field::3][:, units].astype(np.float64), present[units]]).T
        for field, present in ((1, now.w), (2, now.b))
    )
    steps = np.array([*(sample.step for sample in known), state.checkpoint.step], np.float64)
    x = kinks_of(w, b)
    parted = np.diff(np.sign(w), axis=1) != 0.0  # of shape (shown, places - 1): between a place and the next
    marked = np.searchsorted(steps, [mark.step for mark in state.marks]) - 1
    parted[:, marked[marked >= 0]] = True
    before = np.flatnonzero(parted.any(axis=0))
    gaps = np.where(parted[:, before], np.nan, x[:, before])
    return np.insert(steps, before + 1, steps[before]), np.insert(x, before + 1, gaps, axis=1)
