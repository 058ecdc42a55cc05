"""The drawing of the unit table: the layout of its columns and lines, and the lines as styled text."""

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from rich.text import Span, Text

from relutui.lib.number_text import format_number
from relutui.model.selection import Field, Selection
from relutui.readout.table import Cell, Note, TableReadout, UnitRow
from relutui.ui.widgets.strip_widget import count_of_hidden

if TYPE_CHECKING:
    from relutui.ui.widgets.cell_editor import CellEditor

_NOTE_COLUMNS: dict[Note, int] = {"side": 5, "kinks": 5, "state": 9}  # at least; a number takes as many as a cell
_NUMBER_NOTES: tuple[Note, ...] = ("kink", "w", "b", "∂w", "∂b", "∂v", "Δkink")
_NOTE_PRIORITY: tuple[Note, ...] = ("kink", "kinks", "w", "b", "∂w", "∂b", "∂v", "state", "side", "on", "Δkink")
_MIN_STATE_COLUMNS = 6  # "locked", "twin 1"
_GAP_AND_DIGITS = ((2, 7), (1, 7), (1, 6), (1, 5))  # columns between cells, characters of a value; widest first
_MAX_RELATIVE_ERROR = 0.05  # of a shortened number
_LINES_OF_SELECTED = 2  # the header and the selected row
_MIN_LINES_WITH_OUTPUT = 7  # of a scrolling table that has one to spare for the output activation


def format_to_width(value: float, width: int, more: int = 0) -> str:
    """Return a value as everywhere on the screen, with up to so many digits more, or shorter if that is longer than width.

    width: at least 5.
    """
    for digits in range(more, -1, -1):
        if len(usual := format_number(value, digits)) <= width:
            return usual
    shorter = [*(f"{value:.{digits}f}" for digits in (2, 1, 0)), *(_power(value, digits) for digits in (2, 1, 0))]
    errors = {text: abs(float(text) - value) for text in shorter if len(text) <= width}
    faithful = (text for text in errors if errors[text] <= _MAX_RELATIVE_ERROR * abs(value))
    return next(faithful, min(errors, key=errors.__getitem__, default="#" * width))


def _power(value: float, digits: int) -> str:
    """Return a value as in -1.2e6, without a plus sign and leading zeros in the exponent."""
    mantissa, exponent = f"{value:.{digits}e}".split("e")
    return f"{mantissa}e{int(exponent)}"


class Columns(NamedTuple):
    """The layout of the columns of a table.

    A cell is a bracket, a value of `digits` characters and a lock; its closing bracket may be the next cell's opening one.
    cells: the first column of each field, and of c; end: the column after the last bracket;
    notes: the columns [first, end) of each note that has room.
    """

    width: int
    digits: int
    cells: dict[Field, int]
    end: int
    notes: dict[Note, tuple[int, int]]

    @classmethod
    def of(cls, width: int, units: int, fields: tuple[Field, ...], shown: tuple[Note, ...], more: int, on: int) -> "Columns":
        """Return the widest columns that hold everything, or the narrowest with the most important notes, for any values.

        more: digits of a value beyond the usual ones; on: characters of a share of the points and of the x-range.
        """
        index = max(3, 1 + len(str(units - 1)))
        choices = [(gap, digits + more, share) for gap, digits in _GAP_AND_DIGITS for share in sorted({on, 4}, reverse=True)]
        for gap, digits, share in choices:
            stride = digits + 1 + gap
            end = index + len(fields) * stride + 1
            rooms = {
                note: digits + 1 if note in _NUMBER_NOTES else share if note == "on" else _NOTE_COLUMNS[note] for note in shown
            }
            if end + sum(rooms.values()) + (len(shown) - 1) * gap <= width:
                break
        kept: list[Note] = []
        free = width - end
        for note in filter(rooms.__contains__, _NOTE_PRIORITY):
            needed = (_MIN_STATE_COLUMNS if note == "state" else rooms[note]) + (gap if kept else 0)
            if needed <= free:
                kept.append(note)
                free -= needed
        notes: dict[Note, tuple[int, int]] = {}
        start = end
        for note in shown:
            if note in kept:
                notes[note] = (start, width if note == "state" else start + rooms[note])
                start = notes[note][1] + gap
        cells = {field: index + place * stride for place, field in enumerate(fields)}
        return cls(width, digits, {**cells, "c": cells[fields[-1]]}, end, notes)

    @staticmethod
    def fields_in_sight(width: int, units: int, fields: tuple[Field, ...], selected: Field) -> tuple[Field, ...]:
        """Return as many of the fields as fit beside the most important notes, around the selected one; b and v always."""
        gap, digits = _GAP_AND_DIGITS[-2]
        free = width - max(3, 1 + len(str(units - 1))) - 1 - _NOTE_COLUMNS["kinks"] - _MIN_STATE_COLUMNS - gap
        room = max(2, free // (digits + 1 + gap))
        if len(fields) <= room:
            return fields
        weights, last = [field for field in fields if field[0] == "w"], [field for field in fields if field[0] != "w"]
        room = max(1, room - len(last))
        first = max(0, min((weights.index(selected) if selected in weights else 0) - room // 2, len(weights) - room))
        return (*weights[first : first + room], *last)

    def field_at(self, x: int) -> Field | None:
        """Return the field whose cell is at column x, or None."""
        inside = [field for field, start in self.cells.items() if field != "c" and start <= x < self.end]
        return inside[-1] if inside else None

    def room_from(self, field: Field, needed: int) -> int:
        """Return the characters between the brackets of an edit, which takes in whole neighbours where more are needed."""
        start = self.cells[field]
        neighbours = [other for other in self.cells.values() if other > start] + [self.end - 1]
        neighbours += [first - 1 for first, _ in self.notes.values() if first > self.end and field != "c"]
        rooms = sorted([self.digits + 1, *(column - start - 1 for column in neighbours), self.width - start - 2])
        return next((room for room in rooms if room >= needed), rooms[-1])


class Rows(NamedTuple):
    """The layout of the lines: the header, `shown` units from `first` on, perhaps a line between, c, and perhaps the output."""

    units: int
    first: int
    shown: int
    between: bool
    output: bool

    @classmethod
    def of(cls, units: int, height: int, first: int, row: int) -> "Rows":
        """Return the rows for a height, scrolled from `first` just enough to show the selected row.

        c is always visible, but where there is room for the header and the selected row alone.
        """
        if height <= _LINES_OF_SELECTED:
            return cls(units, min(row, units - 1), int(row < units), between=False, output=False)
        spare = height - 2 - units
        if spare >= 0:
            return cls(units, 0, units, between=spare >= 2, output=spare >= 1)
        output = height >= _MIN_LINES_WITH_OUTPUT
        shown = max(1, height - 3 - output)
        if row < units:
            first = min(max(first, row - shown + 1), row)
        return cls(units, max(0, min(first, units - shown)), shown, between=True, output=output)

    def row_at(self, y: int) -> int | None:
        """Return the row of the table on line y, or None."""
        if 1 <= y <= self.shown:
            return self.first + y - 1
        return self.units if y == 1 + self.shown + self.between else None


class _Line:
    """A line of single-width characters that is filled in any order."""

    def __init__(self, width: int) -> None:
        self._characters = [" "] * width
        self._spans: list[tuple[str, int, int]] = []

    def put(self, start: int, text: str, style: str = "") -> None:
        room = max(0, len(self._characters) - start)
        if text[room:].strip(" ="):  # a cut number would read as another; a cut lock does not matter
            text = f"{text[: room - 1]}…" if room else ""
        text = text[:room]
        self._characters[start : start + len(text)] = text
        if style:
            self.style(start, start + len(text), style)

    def style(self, start: int, end: int, style: str) -> None:
        self._spans.append((style, start, end))

    def text(self) -> Text:
        width = len(self._characters)
        spans = [Span(start, min(end, width), style) for style, start, end in self._spans if start < min(end, width)]
        return Text("".join(self._characters), no_wrap=True, spans=spans)


class TableDrawing(NamedTuple):
    """A table to draw: its readout, its layout, and the edit under way in it."""

    readout: TableReadout
    columns: Columns
    rows: Rows
    edit: "tuple[Selection, CellEditor] | None"

    def lines(self) -> list[Text]:
        """Return the lines of the table, from the header to the output bias."""
        shown = self.readout.rows[self.rows.first : self.rows.first + self.rows.shown]
        lines = [self._header(), *(self._unit(self.rows.first + place, unit) for place, unit in enumerate(shown))]
        if self.rows.between:
            lines.append(self._between())
        return lines + self._output_bias()

    def _header(self) -> Text:
        line = _Line(self.columns.width)
        line.put(1, "#", "dim")
        for field in filter(self.columns.cells.__contains__, self.readout.fields):
            line.put(self.columns.cells[field] + self.columns.digits - max(3, len(field) - 1), field, "dim")
        for note, (start, end) in self.columns.notes.items():
            heading = self.readout.position if note == "kink" else note
            line.put(start, heading.rjust(end - start) if note == "kink" else _aligned(note, note, end - start), "dim")
        return line.text()

    def _unit(self, row: int, unit: UnitRow) -> Text:
        line = _Line(self.columns.width)
        bold = "bold " if self.readout.selection.row == row else ""
        line.put(1, str(unit.unit).rjust(len(str(self.rows.units - 1))), f"{bold}color({unit.colour})")
        for note, (start, end) in self.columns.notes.items():
            line.put(start, _aligned(note, unit.notes[note], end - start) + "=" * (note in unit.held))
        for field, cell in unit.cells.items():
            if field in self.columns.cells:
                self._value(line, replace(self.readout.selection, row=row, field=field), cell)
        return self._with_edit(line, row)

    def _between(self) -> Text:
        above, below = self.rows.first, self.rows.units - self.rows.first - self.rows.shown
        return count_of_hidden(above, below)

    def _output_bias(self) -> list[Text]:
        readout, end = self.readout, self.columns.end
        place = replace(self.readout.selection, row=self.rows.units, field="c")
        line = _Line(self.columns.width)
        line.put(1, "c", "bold" if readout.selection == place else "")
        self._value(line, place, readout.c)
        names = ("", readout.push) if readout.dc else self._activations(self.columns.width - end)
        if readout.dc:
            self._gradient_of_c(line)
        line.put(end, names[0])
        lines = [self._with_edit(line, place.row)]
        if self.rows.output:
            line = _Line(self.columns.width)
            line.put(1 if readout.dc else end, names[1])
            lines.append(line.text())
        return lines

    def _gradient_of_c(self, line: _Line) -> None:
        """Write the gradient of c under those of v, or right of c where v has none."""
        start, end = self.columns.notes.get("∂v", (self.columns.end + 3, self.columns.end + 3 + self.columns.digits + 1))
        line.put(start - 3, "∂c", "dim")
        line.put(start, _aligned("∂v", self.readout.dc, end - start) + "=" * self.readout.c.locked)

    def _activations(self, room: int) -> tuple[str, str]:
        """Return the names of the activation and the output activation, on two lines, or on one where there is no second."""
        hidden, output = self.readout.activation, self.readout.output
        if not hidden:
            return "", ""
        if not self.rows.output:
            both = f"{hidden} -> {output}"
            return both if len(both) <= room else hidden, ""
        labelled = [(f"activation {hidden}", f"output     {output}"), (f"act {hidden}", f"out {output}")]
        return next((pair for pair in labelled if max(map(len, pair)) <= room), (hidden, f"out {output}"))

    def _value(self, line: _Line, place: Selection, cell: Cell) -> None:
        start, digits = self.columns.cells[place.field], self.columns.digits
        text = cell.word or ("-" if cell.value is None else format_to_width(cell.value, digits, self.readout.more_digits))
        line.put(start + 1, text.rjust(digits) + ("=" if cell.locked else "?" if cell.waiting else " "))
        if self.edit is None and place == self.readout.selection:
            line.put(start, "[")
            line.put(start + digits + 2, "]")
            line.style(start, start + digits + 3, "bold reverse")

    def _with_edit(self, line: _Line, row: int) -> Text:
        if self.edit is None or self.edit[0].row != row:
            return line.text()
        place, editor = self.edit
        text, caret, start = editor.text, editor.caret, self.columns.cells[place.field]
        room = self.columns.room_from(place.field, len(text) + 1)
        hidden = max(0, caret - room + 1 + (caret < len(text)))
        style = "bold red underline" if editor.wrong else "bold"
        visible = _window(text, hidden, room)
        line.put(start, f"[{visible.ljust(room)}]")
        line.style(start, start + room + 2, "bold")
        line.style(start + 1, start + 1 + len(visible), f"{style} reverse" if editor.fresh else style)
        if not editor.fresh:
            line.style(start + 1 + caret - hidden, start + 2 + caret - hidden, "reverse")
        return line.text()


def _window(text: str, hidden: int, room: int) -> str:
    """Return the visible part of a text, from character `hidden` on, with … at each cut end."""
    visible = text[hidden : hidden + room]
    if hidden:
        visible = f"…{visible[1:]}"
    return f"{visible[:-1]}…" if hidden + room < len(text) else visible


def _aligned(note: Note, text: str, room: int) -> str:
    """Return a note in `room` characters: a long state in fewer words, a long number rounded, anything else cut with an …."""
    if note == "state":
        shorter = (text, text.replace(" of ", " "), text.split(" ")[0])
        text = next((words for words in shorter if len(words) <= room), text)
    if note in _NUMBER_NOTES and len(text) > room:
        text = format_to_width(float(text), room)
    if note == "on" and len(text) > room:
        text = f"{text.partition('/')[0]}%"
    if len(text) > room:
        text = text[: room - 1] + "…"
    return text.rjust(room) if note in (*_NUMBER_NOTES, "kinks", "on") else text.ljust(room)
