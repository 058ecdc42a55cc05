"""What the Units view shows: z and a of every unit, and where it is off."""

import math
from typing import NamedTuple

from relutui.network import Array
from relutui.numbers import slope_text
from relutui.pieces import kinks
from relutui.readout.colour import colour_of
from relutui.readout.curves import drawn_x
from relutui.session import Session


class UnitCurves(NamedTuple):
    """One small multiple: z and a of a unit, and the interval where it is off, also in words."""

    unit: int
    colour: int
    z: Array
    a: Array
    off: tuple[float, float] | None
    note: str
    selected: bool


class UnitsReadout(NamedTuple):
    """z and a of every unit over the same x."""

    x: Array
    units: tuple[UnitCurves, ...]


def read_units(session: Session) -> UnitsReadout:
    """The small multiples."""
    network, p = session.state.network, session.state.parameters
    x = drawn_x(session)
    z, a = network.pre_activations(p, x), network.activations(p, x)
    return UnitsReadout(
        x,
        tuple(UnitCurves(j, colour_of(j), z[j], a[j], *_off(session, j), j == session.selection.row) for j in range(p.units)),
    )


def _off(session: Session, unit: int) -> tuple[tuple[float, float] | None, str]:
    """Where a unit is off, and the same in words."""
    network, p = session.state.network, session.state.parameters
    if not network.kinked:
        return None, "never off"
    at = float(kinks(p)[unit])
    written = slope_text(at).removeprefix("+")
    low, high = session.domain
    if at == (low if p.w[unit] > 0.0 else high):
        return None, "on everywhere"
    match [float(p.w[unit]) * x + float(p.b[unit]) > 0.0 for x in (low, high)]:
        case [False, False]:
            return (-math.inf, math.inf), "off everywhere"
        case [True, True]:
            return None, "on everywhere"
        case [False, True]:
            return (-math.inf, at), f"off until x = {written}"
        case _:
            return (at, math.inf), f"off from x = {written}"
