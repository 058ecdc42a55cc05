"""What the table of the units shows."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from relutui import edits, handle
from relutui.numbers import number
from relutui.pieces import diagnose, kinks, share_on, side
from relutui.readout.colour import colour_of
from relutui.selection import Field, Selection
from relutui.session import Session, State

Note = Literal["kink", "side", "w", "b", "on", "state"]

NOTES: tuple[Note, ...] = ("kink", "side", "on", "state")
HANDLE_NOTES: tuple[Note, ...] = ("w", "b", "on", "state")
UNSIGNED = "a slope is |w|, never below 0; the side says the sign of w"


class Cell(NamedTuple):
    """A parameter in the table; value None: it has none yet.

    waiting: whether it waits for a slope.  unsigned: why it cannot be below 0, if it cannot.
    word: what stands there instead of a number; other: the value that enter puts in place of such a one.
    """

    value: float | None
    locked: bool
    waiting: bool = False
    unsigned: str = ""
    word: str = ""
    other: float = 0.0


@dataclass(frozen=True)
class UnitRow:
    """A unit in the table: a cell for each field, and the notes as they are written there."""

    unit: int
    colour: int
    cells: Mapping[Field, Cell]
    notes: Mapping[Note, str]


@dataclass(frozen=True)
class TableReadout:
    """The table of the units, with the output bias c last.

    fields, notes: those of every unit, in their order.  refusal: why the selected cell cannot be edited, if it cannot.
    """

    fields: tuple[Field, ...]
    notes: tuple[Note, ...]
    rows: tuple[UnitRow, ...]
    c: Cell
    activation: str
    output: str
    selection: Selection
    refusal: str

    @property
    def selected(self) -> Cell:
        """The selected cell."""
        return self.c if self.selection.field == "c" else self.rows[self.selection.row].cells[self.selection.field]


def read_table(session: Session) -> TableReadout:
    """The table."""
    state, x = session.state, session.dataset.x
    network, p = state.network, state.parameters
    w, b, at, on = p.w.tolist(), p.b.tolist(), kinks(p).tolist(), share_on(network, p, x).tolist()
    found, shown = diagnose(network, p, x, session.domain), HANDLE_NOTES if session.handle else NOTES

    def state_of(j: int) -> str:
        diagnosis = found[j]
        if session.handle and handle.waiting_of(state, j):
            return "waits"
        if diagnosis:
            return f"twin of {diagnosis.other}" if diagnosis.state == "twin" else diagnosis.state
        return "locked" if state.locks.whole(j) else ""

    written: dict[Note, Callable[[int], str]] = {
        "kink": lambda j: number(at[j]) if network.kinked and math.isfinite(at[j]) else "-",
        "side": lambda j: (side(w[j]) or "-") if network.kinked else "-",
        "w": lambda j: number(w[j]),
        "b": lambda j: number(b[j]),
        "on": lambda j: f"{on[j]:.0%}" if network.kinked else "-",
        "state": state_of,
    }

    def row(j: int) -> UnitRow:
        cells = {field: _cell(state, Selection(j, field)) for field in session.fields}
        return UnitRow(j, colour_of(j), cells, {note: written[note](j) for note in shown})

    return TableReadout(
        session.fields,
        shown,
        tuple(row(j) for j in range(p.units)),
        _cell(state, Selection(p.units, "c")),
        network.activation,
        network.output_activation,
        session.selection,
        edits.refusal(state.locks, session.selection),
    )


def _cell(state: State, place: Selection) -> Cell:
    value, locked = edits.parameter(state, place), edits.locked(state.locks, place)
    waiting = place.on_handle and handle.waiting_of(state, place.row) is not None
    match place.field:
        case "kink":
            there = not math.isnan(value)
            return Cell(value if there else None, locked, waiting and there)
        case "side":
            word, other = handle.written("side", value), handle.flipped(value)
            return Cell(value, locked, waiting and value != 0.0, word=word, other=other)
        case "slope":
            return Cell(value, locked, unsigned=UNSIGNED)
    return Cell(value, locked)
