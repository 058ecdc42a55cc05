"""A table in a small app, for the tests of the unit table."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from relutui.model.selection import FIELDS, HANDLE, Field, Selection
from relutui.readout.table import HANDLE_NOTES, NOTES, Cell, Note, TableReadout, UnitRow
from relutui.ui.widgets.unit_table import UnitTable

WIDE, PANEL, NARROW = (78, 10), (52, 12), (38, 8)


def unit(number: int, w: float, b: float, locked: str = "v", **notes: str) -> UnitRow:
    values: dict[Field, float] = {"w": w, "b": b, "v": 1.0}
    cells = {field: Cell(value, field in locked) for field, value in values.items()}
    defaults: dict[Note, str] = {"kink": "-", "side": "-", "on": "0%", "state": ""}
    return UnitRow(number, number % 6 + 1, cells, {note: notes.get(note, text) for note, text in defaults.items()})


def handled(
    number: int, kink: float | None, slope: float, side: float, locked: bool = False, waiting: bool = False, **notes: str
) -> UnitRow:
    """A unit by its kink, slope and side."""
    word = {1.0: "right", -1.0: "left", 0.0: "-"}[side]
    cells: dict[Field, Cell] = {
        "kink": Cell(kink, locked, waiting),
        "slope": Cell(slope, locked, unsigned="never below 0"),
        "side": Cell(side, locked, waiting, word=word, other=-1.0 if side > 0 else 1.0),
        "v": Cell(1.0, True),
    }
    return UnitRow(number, number % 6 + 1, cells, {note: notes[note] for note in HANDLE_NOTES})


def _free(row: UnitRow) -> UnitRow:
    return row._replace(cells={field: Cell(cell.value, False) for field, cell in row.cells.items()})


LAB = TableReadout(
    FIELDS, NOTES,
    (
        unit(0, -2.0, 2.0, "wbv", kink="1.00", side="left", on="33%", state="locked"),
        unit(1, 1.0, -1.0, kink="1.00", side="right", on="67%", state="twin of 0"),
        unit(2, 0.0, 0.0, state="dead"),
    ),
    Cell(0.0, True), "relu", "identity", Selection(2, "w"), "",
)  # fmt: skip
FREE = replace(LAB, rows=tuple(map(_free, LAB.rows)), c=Cell(0.0, False))
BY_KINK = replace(
    LAB, fields=HANDLE, notes=HANDLE_NOTES, selection=Selection(1, "kink"),
    rows=(
        handled(0, 1.0, 2.0, -1.0, locked=True, w="-2.00", b="2.00", on="33%", state="locked"),
        handled(1, 1.0, 1.0, 1.0, w="1.00", b="-1.00", on="67%", state="twin of 0"),
        handled(2, None, 0.0, 0.0, w="0.00", b="0.00", on="0%", state="dead"),
        handled(3, 2.0, 0.0, -1.0, waiting=True, w="0.00", b="0.00", on="0%", state="waits"),
    ),
)  # fmt: skip
TWELVE = replace(LAB, rows=tuple(unit(number, 1.0 + number, -number, kink="0.50", on="100%") for number in range(12)))


class TableApp(App[None]):
    """Keeps what the table says, and does with a move or an edit what the app's screen would do."""

    def __init__(self, readout: TableReadout) -> None:
        super().__init__()
        self.readout = readout
        self.heard: list[Message] = []
        self.bubbled: list[str] = []

    def compose(self) -> ComposeResult:
        yield UnitTable()

    def on_mount(self) -> None:
        self.table.update(self.readout)

    @property
    def table(self) -> UnitTable:
        return self.query_one(UnitTable)

    @property
    def lines(self) -> list[str]:
        return [strip.text.rstrip() for strip in self.screen._compositor.render_strips()]

    def take(self) -> list[object]:
        """What was said since the last call: selections, (selection, value), reasons, numbers so far, "left"."""
        said: list[object] = []
        for message in self.heard:
            match message:
                case UnitTable.Moved():
                    said.append(message.selection)
                case UnitTable.Edited():
                    said.append((message.selection, message.value))
                case UnitTable.Refused():
                    said.append(message.reason)
                case UnitTable.Typing():
                    said.append(message.value)
                case UnitTable.Left():
                    said.append("left")
        self.heard.clear()
        return said

    def show(self, **changes: Any) -> None:
        self.readout = replace(self.readout, **changes)
        self.table.update(self.readout)

    def on_key(self, event: events.Key) -> None:
        said = self.table.take_key(event.key, event.character)
        if said is None:
            self.bubbled.append(event.key)
        else:
            event.stop()
            event.prevent_default()
            self.hear(said)

    def on_paste(self, event: events.Paste) -> None:
        self.hear(self.table.take_paste(event.text))

    def hear(self, said: list[Message]) -> None:
        for message in said:
            self.heard.append(message)
            if isinstance(message, UnitTable.Moved):
                self.show(selection=message.selection)

    def on_unit_table_moved(self, message: UnitTable.Moved) -> None:
        self.heard.append(message)
        self.show(selection=message.selection)

    def on_unit_table_edited(self, message: UnitTable.Edited) -> None:
        self.heard.append(message)

    def on_unit_table_refused(self, message: UnitTable.Refused) -> None:
        self.heard.append(message)

    def on_unit_table_left(self, message: UnitTable.Left) -> None:
        self.heard.append(message)


@asynccontextmanager
async def shown(readout: TableReadout = LAB, size: tuple[int, int] = PANEL) -> AsyncIterator[tuple[TableApp, Pilot[None]]]:
    app = TableApp(readout)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


def styles_at(app: TableApp, y: int, text: str) -> str:
    """The style of the first segment of line y that contains text."""
    return next(str(segment.style) for segment in app.screen._compositor.render_strips()[y] if text in segment.text)
