"""A list to choose from."""

from collections.abc import Iterable

from rich.segment import Segment
from rich.table import Table
from rich.text import Text
from textual.strip import Strip
from textual.widgets import OptionList
from textual.widgets.option_list import Option

Row = tuple[Text, Text]  # what stands in front, such as a number, and what is said


class MarkedList(OptionList):
    """An OptionList that marks the choice under the cursor with ▸, as colour alone would not be seen everywhere."""

    def __init__(self, rows: Iterable[Row] = (), *, id: str | None = None) -> None:
        super().__init__(*map(_option, rows), id=id)

    def offer(self, rows: Iterable[Row], marked: int) -> None:
        """Replace the choices."""
        self.clear_options().add_options(map(_option, rows))
        self.highlighted = marked

    def action_page_up(self) -> None:
        """Go up by a page: Textual 8.2 fails where there is no room for a single row."""
        if self.scrollable_content_region:
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        """Go down by a page, like `action_page_up`."""
        if self.scrollable_content_region:
            super().action_page_down()  # type: ignore[no-untyped-call]

    def render_line(self, y: int) -> Strip:
        """Textual asks for row y; the mark is put in here, as a change of the option itself draws all of them again."""
        strip = super().render_line(y)
        option = _option_of(strip)
        if option is None or option != self.highlighted or (y > 0 and option == _option_of(super().render_line(y - 1))):
            return strip
        mark = Strip([Segment("▸", next(iter(strip)).style)], 1)
        return Strip.join([mark, strip.crop(1)])


def _option(row: Row) -> Option:
    """The row with its texts in columns, so that what has to be wrapped stays in its own; the first cell is for the mark."""
    table = Table.grid(padding=(0, 1))
    table.add_row(" ", *row)
    return Option(table)


def _option_of(strip: Strip) -> int | None:
    """The option that a row of the list belongs to, which Textual writes into it for the mouse."""
    first = next(iter(strip), None)
    return first.style.meta.get("option") if first and first.style else None
