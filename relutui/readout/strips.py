"""What the strips show: where each unit is on, and the slopes that they sum to."""

from typing import NamedTuple

import numpy as np

from relutui.network import Array
from relutui.numbers import slope_text
from relutui.pieces import Piece, pieces, unit_slopes
from relutui.readout.colour import colour_of
from relutui.session import Session

ON = 3  # the level of a strip where a unit with a kink is on
SHADES = 60  # places at which the slope of a unit without a kink is shown


class Stretch(NamedTuple):
    """A part of a strip: level 0 (off) to 4 (full), and what is written in it."""

    low: float
    high: float
    level: int
    text: str


class UnitStrip(NamedTuple):
    """Where a unit is on, and what it adds to the slope there."""

    unit: int
    colour: int
    stretches: tuple[Stretch, ...]
    selected: bool


class StripsReadout(NamedTuple):
    """A strip for each unit, and the slopes of the sum; on the x axis of the chart."""

    x_limits: tuple[float, float]
    strips: tuple[UnitStrip, ...]
    total: tuple[Stretch, ...]


def read_strips(session: Session) -> StripsReadout:
    """The strips: by pieces where units have a kink, else by the slope at SHADES places."""
    network, p = session.state.network, session.state.parameters
    found = pieces(network, p, session.domain) if network.kinked else ()
    if network.kinked:
        per_unit = [_on_stretches(found, j) for j in range(p.units)]
        total = tuple(Stretch(piece.low, piece.high, 0, slope_text(piece.slope)) for piece in found)
    else:
        edges = np.linspace(*session.domain, SHADES + 1)
        slopes = unit_slopes(network, p, (edges[:-1] + edges[1:]) / 2)
        per_unit = [_shaded_stretches(edges, slopes[j]) for j in range(p.units)]
        total = _sampled_slopes(edges, slopes.sum(axis=0))
    strips = tuple(UnitStrip(j, colour_of(j), per_unit[j], j == session.selection.row) for j in range(p.units))
    return StripsReadout(session.domain, strips, total)


def _on_stretches(found: tuple[Piece, ...], unit: int) -> tuple[Stretch, ...]:
    """The stretches of one unit with a kink: neighbouring pieces on which it is on (or off) are one."""
    merged: list[Stretch] = []
    for piece in found:
        on, slope = piece.on[unit], piece.slopes[unit]
        low = merged.pop().low if merged and bool(merged[-1].level) == on else piece.low
        merged.append(Stretch(low, piece.high, ON if on else 0, f"slope {slope_text(slope)}" if on or slope else ""))
    return tuple(merged)


def _shaded_stretches(edges: Array, slopes: Array) -> tuple[Stretch, ...]:
    largest = float(np.abs(slopes).max())
    levels = np.ceil(4 * np.abs(slopes) / largest).astype(int) if largest > 0 else np.zeros(len(slopes), int)
    return tuple(Stretch(edges[i], edges[i + 1], int(levels[i]), "") for i in range(len(slopes)))


def _sampled_slopes(edges: Array, slopes: Array) -> tuple[Stretch, ...]:
    """The slope of a smooth sum, written at five places."""
    fifth = len(slopes) // 5
    return tuple(
        Stretch(edges[i], edges[i + fifth], 0, slope_text(float(slopes[i + fifth // 2]))) for i in range(0, fifth * 5, fifth)
    )
