"""The contents of the table of units."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, overload

from relutui.explain import why_stuck
from relutui.lib.number_text import format_3_digits, format_number, share_text
from relutui.model.network import Parameters
from relutui.model.pieces import kinks, range_on, share_on, side
from relutui.model.selection import Field, Selection
from relutui.model.unit_states import diagnose
from relutui.readout.colour import colour_of
from relutui.scenario.course import Word
from relutui.scenario.scale_text import x_number
from relutui.session import edits, kink_edits
from relutui.session.own_units import own_distance
from relutui.session.session import Session

Note = Literal["kink", "side", "kinks", "w", "b", "on", "state", "∂w", "∂b", "∂v", "Δkink"]

NOTES: tuple[Note, ...] = ("kink", "side", "on", "state")
HANDLE_NOTES: tuple[Note, ...] = ("w", "b", "on", "state")
GRADIENT_NOTES: tuple[Note, ...] = ("∂w", "∂b", "∂v", "Δkink", "state")
ON_WIDTHS = (4, 7)  # characters of a share of evenly spaced points, and of other points
SHARES_ALIKE = 0.02  # of 1: a share of the points and one of the x-range that differ by less are written as one
COURSE_NOTES: dict[Note, Word] = {"side": "side", "on": "on", "state": "state"}  # columns that wait for their chapter
UNSIGNED = "a slope is |w|, never below 0; the side gives the sign of w"


class Cell(NamedTuple):
    """A parameter in the table; value is None for a kink that does not exist.

    waiting: whether it takes effect only once w is not 0; unsigned: why it cannot be negative, empty if it can; word: the text
    shown instead of a number; other: the value that enter switches such a word to.
    """

    value: float | None
    locked: bool
    waiting: bool = False
    unsigned: str = ""
    word: str = ""
    other: float = 0.0


class UnitRow(NamedTuple):
    """A unit in the table: a cell for each field, the texts of the notes, and the notes `held` of locked parameters."""

    unit: int
    colour: int
    cells: Mapping[Field, Cell]
    notes: Mapping[Note, str]
    held: frozenset[Note] = frozenset()


@dataclass(frozen=True)
class TableReadout:
    """The rows of the units and the cell of the output bias c, which is the last row.

    fields, notes: the columns in order; on_width: the characters of the shares in `on`, if there is room; activation, output:
    the names of the activations, empty if they are not shown; refusal: why the selected cell cannot be edited, empty if it
    can; position: the heading of the column of kinks; dc, push: the gradient of c and the next move of the selected kink in
    words, else empty.
    """

    fields: tuple[Field, ...]
    notes: tuple[Note, ...]
    rows: Sequence[UnitRow]
    c: Cell
    activation: str
    output: str
    selection: Selection
    refusal: str
    position: str = "kink"
    dc: str = ""
    push: str = ""
    more_digits: int = 0
    on_width: int = 4

    @property
    def selected(self) -> Cell:
        """The selected cell."""
        return self.c if self.selection.field == "c" else self.rows[self.selection.row].cells[self.selection.field]


def read_table(session: Session) -> TableReadout:
    """Compute the table; rows are computed on access."""
    if session.state.network.deeper:
        from relutui.readout.layer_table import read_layer_table  # imported on demand: start-up time counts

        return read_layer_table(session)
    state, x = session.state, session.dataset.x
    network, p = state.network, state.parameters
    w, b, positions = p.w.tolist(), p.b.tolist(), session.scale.x.own(kinks(p)).tolist()
    more = session.view.more_digits
    diagnoses = diagnose(network, p, session.dataset, session.domain)
    columns = GRADIENT_NOTES if session.view.gradients else HANDLE_NOTES if session.view.handle_mode else NOTES
    shown = tuple(note for note in columns if note not in COURSE_NOTES or session.shows(COURSE_NOTES[note]))
    plain = (network.activation, network.output_activation) == ("relu", "identity") and not session.shows("activation")
    pushed = _read_push(session) if session.view.gradients else None
    why = why_stuck.stuck_reason(session)
    concerned = why.units if why else ()

    def kink_text(own: float) -> str:
        return x_number(session.scenario, own, more) if session.scale.changes else format_number(own, more)

    def state_of(j: int) -> str:
        diagnosis = diagnoses[j]
        if session.view.handle_mode and kink_edits.pending_kink_of(state, j):
            return "waits"
        if diagnosis:
            return f"twin of {diagnosis.other}" if diagnosis.state == "twin" else diagnosis.state
        return "locked" if state.locks.whole(j) else ""

    placed = network.activation in kink_edits.POSITION_WORDS
    uneven = session.dataset.uneven(session.domain)
    on: dict[int, str] = {}  # of the units whose rows were computed

    written: dict[Note, Callable[[int], str]] = {
        "kink": lambda j: kink_text(positions[j]) if placed and math.isfinite(positions[j]) else "-",
        "side": lambda j: (side(w[j]) or "-") if network.kinked or network.activation == "step" else "-",
        "w": lambda j: format_number(w[j], more),
        "b": lambda j: format_number(b[j], more),
        "on": lambda j: on[j] if network.kinked or network.stepped else "-",
        "state": lambda j: "!" * (j in concerned) + state_of(j),
    }

    def row(j: int) -> UnitRow:
        cells = {field: cell_of(session, Selection(j, field)) for field in session.fields}
        notes = {**(pushed.notes[j] if pushed else {}), **{note: written[note](j) for note in shown if note in written}}
        return UnitRow(j, colour_of(j), cells, notes, pushed.held[j] if pushed else frozenset())

    def rows(units: Sequence[int]) -> list[UnitRow]:
        made = Parameters(p.w[units], p.b[units], p.v[units], p.c)
        shares = share_on(network, made, x).tolist()
        ranges = range_on(network, made, session.domain).tolist() if uneven else shares
        on.update(zip(units, map(on_text, shares, ranges)))
        return [row(j) for j in units]

    return TableReadout(
        session.fields,
        shown,
        Rows(p.units, rows),
        cell_of(session, Selection(p.units, "c")),
        "" if plain else network.activation,
        "" if plain else network.output_activation,
        session.view.selection,
        edits.refusal(state, session.view.selection),
        kink_edits.POSITION_WORDS.get(network.activation, "kink"),
        pushed.dc if pushed else "",
        pushed.words if pushed else "",
        more,
        ON_WIDTHS[uneven],
    )


def on_text(points: float, x_range: float) -> str:
    """Format the share of the points at which a unit is on, and that of the x-range where it differs, as in 33/50%."""
    both = f"{share_text(points).rstrip('%')}/{share_text(x_range)}"
    return share_text(points) if abs(points - x_range) < SHARES_ALIKE else both


class Rows(Sequence[UnitRow]):
    """A sequence of rows computed on access, since only a few of hundreds are visible."""

    def __init__(self, count: int, make: Callable[[Sequence[int]], list[UnitRow]]) -> None:
        self._units, self._make = range(count), make

    def __len__(self) -> int:
        return len(self._units)

    @overload
    def __getitem__(self, index: int) -> UnitRow: ...
    @overload
    def __getitem__(self, index: slice) -> list[UnitRow]: ...
    def __getitem__(self, index: int | slice) -> UnitRow | list[UnitRow]:
        units = self._units[index]
        return self._make([units])[0] if isinstance(units, int) else self._make(units)


class _Push(NamedTuple):
    """The gradient columns: the notes of each unit, those of locked parameters, the gradient of c, and the next kink move."""

    notes: list[dict[Note, str]]
    held: list[frozenset[Note]]
    dc: str
    words: str


def _read_push(session: Session) -> _Push:
    state, unit = session.state, session.view.selection.row
    problem = state.problem(session.dataset)
    from relutui.model.gradient import gradient, kink_moves  # imported on demand: start-up time counts

    slopes, moves = gradient(problem, state.parameters), kink_moves(state.checkpoint, problem).tolist()
    columns: dict[Note, list[float]] = {"∂w": slopes.w.tolist(), "∂b": slopes.b.tolist(), "∂v": slopes.v.tolist()}
    locks: dict[Note, list[bool]] = {"∂w": state.locks.w.tolist(), "∂b": state.locks.b.tolist(), "∂v": state.locks.v.tolist()}

    def of(j: int) -> dict[Note, str]:
        move = format_3_digits(own_distance(session, moves[j])) if math.isfinite(moves[j]) else "-"
        return {**{note: format_3_digits(column[j]) for note, column in columns.items()}, "Δkink": move}

    return _Push(
        [of(j) for j in range(len(moves))],
        [frozenset(note for note, locked in locks.items() if locked[j]) for j in range(len(moves))],
        format_3_digits(slopes.c),
        _push_text(unit, own_distance(session, moves[unit])) if unit < len(moves) and state.network.kinked else "",
    )


def _push_text(unit: int, move: float) -> str:
    """Describe the move of a unit's kink by the next step."""
    if not math.isfinite(move):
        return f"the next step moves no kink of unit {unit}"
    if move == 0.0:
        return f"the next step leaves kink {unit} where it is"
    return f"the next step moves kink {unit} {'right' if move > 0.0 else 'left'} by {format_3_digits(abs(move))}"


def cell_of(session: Session, place: Selection) -> Cell:
    """The cell of a parameter."""
    state = session.state
    value, locked = edits.parameter(state, place), edits.is_locked(state.locks, place)
    waiting = place.on_handle and kink_edits.pending_kink_of(state, place.row) is not None
    match place.field:
        case "kink":
            exists = not math.isnan(value)
            return Cell(session.scale.x.own(value) if exists else None, locked, waiting and exists)
        case "side":
            word, other = kink_edits.format_value(session, "side", value), kink_edits.opposite_side(value)
            return Cell(value, locked, waiting and value != 0.0, word=word, other=other)
        case "slope":
            return Cell(value, locked, unsigned=UNSIGNED)
    return Cell(value, locked)
