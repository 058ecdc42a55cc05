"""What the table of the units shows."""

from dataclasses import dataclass

import numpy as np

from relutui.numbers import number
from relutui.pieces import diagnose, kinks, share_on, side
from relutui.readout.colour import colour_of
from relutui.selection import Selection
from relutui.session import Session


@dataclass(frozen=True)
class Cell:
    """A parameter in the table."""

    value: float
    locked: bool


@dataclass(frozen=True)
class UnitRow:
    """A unit in the table; kink, faces, on and state as they are written there."""

    unit: int
    w: Cell
    b: Cell
    v: Cell
    colour: int
    kink: str
    faces: str
    on: str
    state: str


@dataclass(frozen=True)
class TableReadout:
    """The table of the units, with the output bias c last."""

    rows: tuple[UnitRow, ...]
    c: Cell
    activation: str
    output: str
    selection: Selection


def read_table(session: Session) -> TableReadout:
    """The table."""
    state, x = session.state, session.dataset.x
    network, p, locks = state.network, state.parameters, state.locks
    at, on, found = kinks(p), share_on(network, p, x), diagnose(network, p, x, session.domain)

    def row(j: int) -> UnitRow:
        all_locked = bool(locks.w[j] and locks.b[j] and locks.v[j])
        diagnosis = found[j]
        twin = f"twin of {diagnosis.other}" if diagnosis and diagnosis.state == "twin" else ""
        return UnitRow(
            unit=j,
            w=Cell(float(p.w[j]), bool(locks.w[j])),
            b=Cell(float(p.b[j]), bool(locks.b[j])),
            v=Cell(float(p.v[j]), bool(locks.v[j])),
            colour=colour_of(j),
            kink=number(float(at[j])) if network.kinked and np.isfinite(at[j]) else "-",
            faces=(side(p.w[j]) or "-") if network.kinked else "-",
            on=f"{on[j]:.0%}" if network.kinked else "-",
            state=twin or (diagnosis.state if diagnosis else "locked" if all_locked else ""),
        )

    return TableReadout(
        tuple(row(j) for j in range(p.units)),
        Cell(p.c, locks.c),
        network.activation,
        network.output_activation,
        session.selection,
    )
