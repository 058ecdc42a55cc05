"""The list from which the dialogs have the user choose."""

from collections.abc import Iterable
from itertools import zip_longest

from rich.segment import Segment
from rich.table import Table
from rich.text import Text
from textual.content import Content
from textual.strip import Strip
from textual.widgets import OptionList
from textual.widgets.option_list import Option

Row = tuple[Text, Text]  # what stands in front, such as a number, and the text
Heading = Text  # above some rows; the cursor passes over it


class MarkedList(OptionList):
    """An OptionList that marks the choice under the cursor with ▸, because not every terminal shows colours."""

    def __init__(self, rows: Iterable[Row | Heading] = (), *, id: str | None = None) -> None:
        super().__init__(*map(_option, rows), id=id)

    def offer(self, rows: Iterable[Row | Heading], marked: int | None) -> None:
        """Replace the choices, and mark one by its index, or none."""
        self.clear_options().add_options(map(_option, rows))
        self.highlighted = marked

    def on_resize(self) -> None:
        """Keep the choice in sight where what is below it takes rows from the list."""
        self.scroll_to_highlight()

    def action_page_up(self) -> None:
        """Go up by a page: Textual 8.2 fails where there is no room for a single row."""
        if self.scrollable_content_region:
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        """Go down by a page, like `action_page_up`."""
        if self.scrollable_content_region:
            super().action_page_down()  # type: ignore[no-untyped-call]

    def render_line(self, y: int) -> Strip:
        """Render row y with the mark, which is put in here because changing an option would redraw all of them."""
        strip = super().render_line(y)
        option = _option_of(strip)
        if option is None or option != self.highlighted or (y > 0 and option == _option_of(super().render_line(y - 1))):
            return strip
        mark = Strip([Segment("▸", next(iter(strip)).style)], 1)
        return Strip.join([mark, strip.crop(1)])


def _option(row: Row | Heading) -> Option:
    """Return a row as columns, so that each text wraps within its own; the first column is for the mark.

    A text that does not wrap, which the style sheet sees to, takes a tenth of the time of columns.
    """
    if isinstance(row, Heading):
        return Option(Content.from_rich_text(row), disabled=True)
    if row[1].no_wrap:
        front, text = (part.split(allow_blank=True) for part in row)
        pairs = zip_longest(front, text, fillvalue=Text(" " * front[0].cell_len))
        lines = (Text("  ").append_text(start).append(" ").append_text(line) for start, line in pairs)
        return Option(Content.from_rich_text(Text("\n").join(lines)))
    table = Table.grid(padding=(0, 1))
    table.add_row(" ", *row)
    return Option(table)


def _option_of(strip: Strip) -> int | None:
    """Return the index of the option that a rendered row belongs to, which Textual stores in it for the mouse."""
    first = next(iter(strip), None)
    return first.style.meta.get("option") if first and first.style else None
