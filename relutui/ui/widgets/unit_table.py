"""The table of the units' parameters, whose cells can be edited."""

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import events
from textual.message import Message

from relutui.model.selection import Field, Selection, neighbour
from relutui.readout.table import TableReadout
from relutui.ui.widgets.strip_widget import StripWidget
from relutui.ui.widgets.unit_rows import Columns, Rows, TableDrawing

if TYPE_CHECKING:
    from relutui.ui.widgets.cell_editor import CellEditor, Leave

_APP_KEYS = ("ctrl+c", "ctrl+q")  # handled by the app, even while a cell is edited


class UnitTable(StripWidget):
    """Shows a TableReadout and reports moves and edits as messages; it never changes a value itself."""

    class Moved(Message):
        """The user selects another parameter."""

        def __init__(self, selection: Selection) -> None:
            super().__init__()
            self.selection = selection

    class Edited(Message):
        """The user has typed a finite value for a parameter."""

        def __init__(self, selection: Selection, value: float) -> None:
            super().__init__()
            self.selection = selection
            self.value = value

    class Refused(Message):
        """A key or a pasted text was refused, for this reason; the text typed before stays."""

        def __init__(self, reason: str) -> None:
            super().__init__()
            self.reason = reason

    class Typing(Message):
        """The user is typing: the number so far, or None if the text is not a number or the old value."""

        def __init__(self, selection: Selection, value: float | None) -> None:
            super().__init__()
            self.selection = selection
            self.value = value

    class Turned(Message):
        """The wheel was turned over a parameter, upwards if `steps` is positive."""

        def __init__(self, selection: Selection, steps: int) -> None:
            super().__init__()
            self.selection, self.steps = selection, steps

    class Left(Message):
        """The edit has ended; Edited follows if the value is taken."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._readout: TableReadout | None = None
        self._edit: tuple[Selection, CellEditor] | None = None
        self._first = 0  # unit shown
        self._field: Field = "w"  # that `up` from c leads to

    @property
    def editing(self) -> bool:
        """Whether a cell is being edited."""
        return self._edit is not None

    def update(self, readout: TableReadout) -> None:
        """Draw a readout; an edit goes on unless its unit is gone."""
        self._readout = readout
        if readout.selection.field != "c":
            self._field = readout.selection.field
        if self._edit is not None:
            place, editor = self._edit
            if place.field == "c":
                self._edit = replace(place, row=len(readout.rows)), editor
            elif place.row >= len(readout.rows):
                self.drop_edit()
        self.redraw()

    def on_mount(self) -> None:
        """Drop an edit when a dialog opens over the table and takes the keys."""
        self.watch(self.screen, "stack_updates", self.drop_edit, init=False)

    def take_key(self, key: str, character: str | None, prefix: str = "") -> list[Message] | None:
        """Edit a cell or start editing, and return the messages about it, or None for a key that does neither.

        prefix: a - or . typed right before, with which an edit begins that a digit starts.
        The screen passes on every key and acts on the messages before the next key, so that keys typed ahead follow a move.
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
        from relutui.ui.widgets.cell_editor import CellEditor  # imported on demand: start-up time counts

        editor = CellEditor.typed(prefix + digit, cell.unsigned) if digit else CellEditor.opened(cell.value, cell.unsigned)
        self._edit = place, editor
        self.redraw()
        return [self.Typing(place, editor.value)]

    def take_paste(self, text: str) -> list[Message]:
        """Insert a pasted text into the cell being edited, or start an edit with it, and return the messages about it."""
        if self._edit is not None:
            return self._take(self._edit[1].paste(text))
        readout = self._readout
        if readout is None:
            return []
        cell, place = readout.selected, readout.selection
        if readout.refusal or cell.word:
            return [self.Refused(readout.refusal or _how_to_change(place))]
        from relutui.ui.widgets.cell_editor import CellEditor

        editor = CellEditor.opened(cell.value, cell.unsigned).paste(text)
        messages: list[Message] = [self.Refused(editor.problem)] if editor.problem else []
        if editor.fresh:  # nothing was inserted
            return messages
        self._edit = place, editor
        self.redraw()
        return [self.Typing(place, editor.value), *messages]

    def drop_edit(self) -> None:
        """End the edit and keep the old value."""
        if self.editing:
            self._edit = None
            self.post_message(self.Left())
            self.redraw()

    def on_click(self, event: events.Click) -> None:
        """Select the clicked cell or row, or edit the selected cell; a value being typed is committed as by enter."""
        clicked = self._at(event)
        if clicked is None or self._readout is None:
            return
        place = self._edit[0] if self._edit is not None else self._readout.selection
        if clicked == place:
            for message in [] if self.editing else self.take_key("enter", None) or []:
                self.post_message(message)
            return
        messages = self._take(self._edit[1].commit()) if self._edit is not None else []
        if not self.editing:
            messages.append(self.Moved(clicked))
        for message in messages:
            self.post_message(message)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Report a turn of the wheel."""
        self._turn(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Report a turn of the wheel."""
        self._turn(event, -1)

    def _turn(self, event: events.MouseEvent, steps: int) -> None:
        event.stop()
        place = None if self.editing else self._at(event)
        if place:
            self.post_message(self.Turned(place, steps))

    def _at(self, event: events.MouseEvent) -> Selection | None:
        """Return the parameter under the mouse; beside the numbers of a row the one selected last, and None elsewhere."""
        offset = event.get_content_offset(self)
        if offset is None or self._readout is None:
            return None
        columns, rows = self._layout(self._readout)
        row = rows.row_at(offset.y)
        if row is None:
            return None
        field = columns.field_at(offset.x) or self._field
        return replace(self._readout.selection, row=row, field=field if row < rows.units else "c")

    def _take(self, result: "CellEditor | Leave") -> list[Message]:
        """Go on with the edit or end it, and return the messages about it."""
        from relutui.ui.widgets.cell_editor import CellEditor

        assert self._edit is not None
        assert self._readout is not None
        place, before = self._edit
        messages: list[Message] = []
        if isinstance(result, CellEditor):
            self._edit = place, result
            if result.text != before.text or (before.problem and not result.problem):  # clears the refusal that is shown
                messages.append(self.Typing(place, result.value))
            if result.problem:
                messages.append(self.Refused(result.problem))
        else:
            self._edit = None
            messages.append(self.Left())
            if result.value is not None:
                messages.append(self.Edited(place, result.value))
            if result.move:
                target = neighbour(place, result.move, len(self._readout.rows), self._field, self._readout.fields)
                if target != place:
                    messages.append(self.Moved(target))
        self.redraw()
        return messages

    def _layout(self, readout: TableReadout) -> tuple[Columns, Rows]:
        units = len(readout.rows)
        place, width = self._edit[0] if self._edit is not None else readout.selection, self.room.width
        fields = Columns.fields_in_sight(width, units, readout.fields, place.field) if place.layer else readout.fields
        columns = Columns.of(width, units, fields, readout.notes, readout.more_digits, readout.on_width)
        return columns, Rows.of(units, self.room.height, self._first, place.row)

    def draw(self) -> None:
        """Show the readout and the edit."""
        if self._readout is None:
            return
        columns, rows = self._layout(self._readout)
        self._first = rows.first
        self.show(TableDrawing(self._readout, columns, rows, self._edit).lines())


def _how_to_change(place: Selection) -> str:
    """Return how a parameter that is shown as a word is changed."""
    return f"enter, + and - change the {place.field}"
