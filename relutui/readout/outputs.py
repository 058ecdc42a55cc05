"""The contents of the Outputs view: a and v a of all units, and z, a and v a of the selected one."""

from typing import NamedTuple

import numpy as np

from relutui.lib.arrays import Array, quiet
from relutui.model.scale import UNSCALED, Scale
from relutui.readout.colour import UNIT_COLOURS, colour_of
from relutui.readout.curves import even_x, rounded_limits
from relutui.session.session import Session

Limits = tuple[float, float]


class UnitOutput(NamedTuple):
    """The curves of a unit over the readout's x, of shape (points,); label: empty for most of very many units."""

    label: str
    colour: int
    z: Array
    a: Array
    contribution: Array
    selected: bool


class OutputsReadout(NamedTuple):
    """The curves of every unit over the same x of shape (points,), and the y limits of each of the three charts.

    alone: the selected unit, None while c is selected.
    """

    x: Array
    x_limits: Limits
    data_range: Limits | None
    units: tuple[UnitOutput, ...]
    alone: UnitOutput | None
    a_limits: Limits
    contribution_limits: Limits
    alone_limits: Limits
    probe: float
    scale: Scale = UNSCALED


@quiet
def read_outputs(session: Session) -> OutputsReadout:
    """Compute the curves and the limits."""
    network, p, row = session.state.network, session.state.parameters, session.view.selection.row
    x, few = even_x(session), p.units <= len(UNIT_COLOURS)
    z, a, contributions = network.pre_activations(p, x), network.activations(p, x), network.contributions(p, x)
    units = tuple(
        UnitOutput(f"{j}" if few or j == row else "", colour_of(j), z[j], a[j], contributions[j], j == row)
        for j in range(p.units)
    )
    alone = units[row] if row < p.units else None
    return OutputsReadout(
        x,
        session.x_range,
        session.data_range,
        units,
        alone,
        rounded_limits(a),
        rounded_limits(contributions),
        _limits(alone) if alone else (0.0, 1.0),
        session.view.probe,
        session.scale,
    )


def _limits(unit: UnitOutput) -> Limits:
    """Limits of a and v a, and of z as far from 0 as these reach, so that a steep z does not flatten them."""
    low, high = rounded_limits(unit.a, unit.contribution)
    reach = max(abs(low), abs(high))
    return rounded_limits(unit.a, unit.contribution, np.clip(unit.z, -reach, reach))
