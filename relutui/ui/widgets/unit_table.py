"""The table of the units' parameters, in which a value is typed into its cell."""

from textual import events
from textual.message import Message

from relutui.model.selection import Field, Selection, neighbour
from relutui.readout.table import TableReadout
from relutui.ui.widgets.cell_editor import CellEditor, Leave
from relutui.ui.widgets.strip_widget import StripWidget
from relutui.ui.widgets.unit_rows import Columns, Rows, TableDrawing

_APP_KEYS = ("ctrl+c", "ctrl+q")  # leaving the app is possible from within a cell


class UnitTable(StripWidget):
    """Shows a TableReadout; says where the user wants to go and what was typed, and changes nothing itself."""

    class Moved(Message):
        """The user wants another parameter selected."""

        def __init__(self, selection: Selection) -> None:
            super().__init__()
            self.selection = selection

    class Edited(Message):
        """A finite value was typed for a parameter."""

        def __init__(self, selection: Selection, value: float) -> None:
            super().__init__()
            self.selection = selection
            self.value = value

    class Refused(Message):
        """A key or a text that cannot be taken, and the reason in words; what was typed before stands."""

        def __init__(self, reason: str) -> None:
            super().__init__()
            self.reason = reason

    class Typing(Message):
        """A value is being typed: the number so far, None while the text is none or says what stands already."""

        def __init__(self, selection: Selection, value: float | None) -> None:
            super().__init__()
            self.selection = selection
            self.value = value

    class Left(Message):
        """Typing has ended, whether the value is kept (Edited comes next) or not."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._readout: TableReadout | None = None
        self._edit: tuple[Selection, CellEditor] | None = None
        self._first = 0  # the first unit shown
        self._field: Field = "w"  # where `up` from c goes

    @property
    def editing(self) -> bool:
        """Whether a value is being typed."""
        return self._edit is not None

    def update(self, readout: TableReadout) -> None:
        """Draw a readout; an edit goes on, unless its unit is gone."""
        self._readout = readout
        if readout.selection.field != "c":
            self._field = readout.selection.field
        if self._edit is not None:
            place, editor = self._edit
            if place.field == "c":
                self._edit = Selection(len(readout.rows), "c"), editor
            elif place.row >= len(readout.rows):
                self.drop_edit()
        self._draw()

    def on_mount(self) -> None:
        """A dialog that opens over the table takes the keys, so an edit cannot go on."""
        self.watch(self.screen, "stack_updates", self.drop_edit, init=False)

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._draw()

    def take_key(self, key: str, character: str | None, prefix: str = "") -> list[Message] | None:
        """Edit, or start an edit, and return what there is to say of it; None for a key that does neither.

        prefix: a - or . that came right before, with which an edit begins that a digit starts.
        The screen hands every key over and acts on the answer before the next: keys typed ahead must not overtake a move.
        """
        readout = self._readout
        if readout is None or (self.editing and key in _APP_KEYS):
            return None
        if self._edit is not None:
            return self._take(self._edit[1].key(key, character))
        digit = character if character is not None and character in "0123456789" else ""
        if key != "enter" and not digit:
            return None
        cell, place = readout.selected, readout.selection
        if readout.refusal:
            return [self.Refused(readout.refusal)]
        if cell.word:
            return [self.Refused(_how_to_change(place)) if digit else self.Edited(place, cell.other)]
        editor = CellEditor.typed(prefix + digit, cell.unsigned) if digit else CellEditor.opened(cell.value, cell.unsigned)
        self._edit = place, editor
        self._draw()
        return [self.Typing(place, editor.value)]

    def take_paste(self, text: str) -> list[Message]:
        """Insert what is pasted into the cell being edited, or start an edit with it, and return what there is to say of it."""
        if self._edit is not None:
            return self._take(self._edit[1].paste(text))
        readout = self._readout
        if readout is None:
            return []
        cell, place = readout.selected, readout.selection
        if readout.refusal or cell.word:
            return [self.Refused(readout.refusal or _how_to_change(place))]
        editor = CellEditor.opened(cell.value, cell.unsigned).paste(text)
        said: list[Message] = [self.Refused(editor.problem)] if editor.problem else []
        if editor.fresh:  # nothing of it was taken
            return said
        self._edit = place, editor
        self._draw()
        return [self.Typing(place, editor.value), *said]

    def drop_edit(self) -> None:
        """Leave the cell being edited as it was."""
        if self.editing:
            self._edit = None
            self.post_message(self.Left())
            self._draw()

    def on_click(self, event: events.Click) -> None:
        """Go to the cell, or the row, clicked; a value being typed is kept as by enter."""
        offset = event.get_content_offset(self)
        if offset is None or self._readout is None:
            return
        columns, rows = self._layout(self._readout)
        row = rows.row_at(offset.y)
        if row is None:
            return
        field = columns.field_at(offset.x) or self._field
        clicked = Selection(row, field if row < rows.units else "c")
        place = self._edit[0] if self._edit is not None else self._readout.selection
        if clicked == place:
            return
        said = self._take(self._edit[1].commit()) if self._edit is not None else []
        if not self.editing:
            said.append(self.Moved(clicked))
        for message in said:
            self.post_message(message)

    def _take(self, result: CellEditor | Leave) -> list[Message]:
        """Go on with an edit, or end it."""
        assert self._edit is not None
        assert self._readout is not None
        place, before = self._edit
        said: list[Message] = []
        if isinstance(result, CellEditor):
            self._edit = place, result
            if result.text != before.text or (before.problem and not result.problem):  # what was refused is said until now
                said.append(self.Typing(place, result.value))
            if result.problem:
                said.append(self.Refused(result.problem))
        else:
            self._edit = None
            said.append(self.Left())
            if result.value is not None:
                said.append(self.Edited(place, result.value))
            if result.move:
                target = neighbour(place, result.move, len(self._readout.rows), self._field, self._readout.fields)
                if target != place:
                    said.append(self.Moved(target))
        self._draw()
        return said

    def _layout(self, readout: TableReadout) -> tuple[Columns, Rows]:
        units = len(readout.rows)
        row = (self._edit[0] if self._edit is not None else readout.selection).row
        columns = Columns.of(self.size.width, units, readout.fields, readout.notes)
        return columns, Rows.of(units, self.size.height, self._first, row)

    def _draw(self) -> None:
        if self._readout is None or not self.size:  # scrolling needs a size
            return
        columns, rows = self._layout(self._readout)
        self._first = rows.first
        self.show(TableDrawing(self._readout, columns, rows, self._edit).lines())


def _how_to_change(place: Selection) -> str:
    """How what stands as a word is changed."""
    return f"enter, + and - change the {place.field}"
