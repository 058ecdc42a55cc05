"""A widget made of rows that repaints only those that changed."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, islice, pairwise
from typing import Any, Self

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.text import Span, Text
from textual import events
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from relutui.plot.plain import PLAIN, ascii_row
from relutui.terminal.row_drawing import RowDrawingApp

TITLE_COLUMN = 3  # of the first character of a title, as Textual draws it


def strip_of(line: Text, width: int) -> Strip:
    """Return a styled line as a strip of this width, padded, or cut with an … so that no cut number reads as another."""
    return _strip(line.plain, line.style, tuple(line.spans), width)


@lru_cache(512)
def _strip(text: str, base: str | Style, spans: tuple[Span, ...], width: int) -> Strip:
    """Do what Text.render() does, but without a console, which takes ten times as long."""
    bounds = sorted({0, len(text), *(span.start for span in spans), *(span.end for span in spans)})
    segments = []
    for first, end in pairwise(bounds):
        style = _parsed(base)
        for span in spans:
            if span.start <= first < span.end:
                style += _parsed(span.style)
        segments.append(Segment(text[first:end], style))
    strip = Strip(segments)
    if width < 1 or strip.cell_length <= width or not strip.crop(width).text.strip():
        return strip.adjust_cell_length(width)
    return Strip([*strip.crop(0, width - 1), Segment("…", style)])


def _parsed(style: str | Style) -> Style:
    return Style.parse(style) if isinstance(style, str) else style


@lru_cache(256)
def line_of(*parts: tuple[str, str]) -> Text:
    """Return texts with their styles as one line, which is not to be changed: the same object for the same parts.

    Text.append() takes as long for one part as this for a line of them.
    """
    ends = list(accumulate(len(text) for text, _ in parts))
    spans = [Span(end - len(text), end, style) for (text, style), end in zip(parts, ends) if text and style]
    return Text("".join(text for text, _ in parts), no_wrap=True, spans=spans)


def longest_fit(texts: Sequence[str], width: int) -> str:
    """Return the first text that is no longer than width, or else the last; the texts come longest first."""
    return next((text for text in texts if len(text) <= width), texts[-1])


def wrap_cells(text: str, width: int, **options: Any) -> list[str]:
    """Wrap a text by cells, with the options of textwrap.wrap; meanwhile a NUL stands for the second cell of a character."""
    spread = "".join(character + "\0" * (cell_len(character) - 1) for character in text)
    return [line.replace("\0", "") for line in textwrap.wrap(spread, width, **options)]


def fit_cells(text: str, width: int) -> str:
    """Return a text in so many cells: padded, or cut with an …."""
    return set_cell_size(text, width) if cell_len(text) <= width else f"{set_cell_size(text, width - 1)}…"


def caption_lines(caption: str, width: int) -> list[str]:
    """Return a caption wrapped to a panel's width inside its border; none if there is no caption."""
    return textwrap.wrap(f"▸ {caption}", max(10, width - 2), subsequent_indent="  ") if caption else []


def count_of_hidden(above: int, below: int) -> Text:
    """Return a line with the number of units hidden above and below."""
    counts = [f"{arrow} {units} more" for arrow, units in (("↑", above), ("↓", below)) if units]
    return Text(f" {'   '.join(counts)}", style="dim")


class StripWidget(Widget):
    """Shows one strip a row and renders only those that changed, where Textual would render all of them.

    It is drawn for a new size as it is rendered: the event that tells of one comes after an empty, or an unfit, frame.

    caption: what a tour says of it, shown from the next drawing on in rows of its own at the bottom.
    """

    DEFAULT_CSS = "StripWidget { height: 1fr; width: 1fr; }"

    class TitleClicked(Message):
        """The title in the border was clicked, in this column of its text."""

        def __init__(self, title: str, column: int) -> None:
            super().__init__()
            self.title, self.column = title, column

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.caption = ""
        self._strips: list[Strip] = []
        self._space = Size()  # to draw in, since the last drawing began: asking Textual takes a screen and a map of widgets
        self._drawn_for = Size()
        self._bordered: _BorderedRows | None = None
        self._labels: tuple[str | None, str] = None, ""
        self._is_drawn_late = False  # while it is rendered, so that the rows need no refresh
        self._is_relabelled = False  # the border is drawn with a new text, so that Textual's refresh for it is none
        self._look = Style()  # of the widget, at the last rendering

    def label(self, title: str | None, subtitle: str) -> None:
        """Write into the border."""
        old, self._labels = self._labels, (title, subtitle)
        if title != old[0]:
            self._is_relabelled = self._relabel(title)
            self.border_title = title and Content(title)
        if subtitle != old[1]:
            self._is_relabelled = self._relabel(subtitle, below=True)
            self.border_subtitle = Content(subtitle)
        self._is_relabelled = False

    def _relabel(self, label: str | None, below: bool = False) -> bool:
        """Draw one row of a border that is drawn already with another text; return whether that is done."""
        bordered = self._bordered
        if bordered is None or bordered.size != self.outer_size or not self.gutter.top:
            return False
        y = bordered.size.height - 1 if below else 0
        row = _with_label(bordered.rows[y], label or "", at_right=below)
        if row is None or not self._send([y]):
            return False
        bordered.rows[y] = row
        return True

    @property
    def room(self) -> Size:
        """The size of what is drawn above the caption, in the last drawing."""
        width, height = self._space
        return Size(width, max(0, height - len(caption_lines(self.caption, width))))

    def redraw(self) -> None:
        """Draw for the present size, or as soon as there is room."""
        self._space = self.size
        if self.room:
            self.draw()
        else:
            self._drawn_for = Size()

    def draw(self) -> None:
        """Show rows for the present size, by `show`; there are none unless a subclass has some."""

    def on_resize(self, event: events.Resize) -> None:
        """Draw for the new size, if it is not rendered yet."""
        if self._drawn_for != self.size:
            self.redraw()

    def show(self, lines: Iterable[Text | Strip]) -> None:
        """Replace the rows; they are cut or padded to the width, and those beyond the height are dropped."""
        size = width, height = self._space
        strips = (strip_of(line, width) if isinstance(line, Text) else line.adjust_cell_length(width) for line in lines)
        caption = caption_lines(self.caption, width)
        room = max(0, height - len(caption))
        new = [*islice(strips, room)]
        new += [Strip.blank(width)] * (room - len(new))
        new += [strip_of(Text(f" {line}".ljust(width), style="bold reverse"), width) for line in caption[:height]]
        if PLAIN.get():
            new = [_plain(strip) for strip in new]
        old, self._strips = self._strips, new
        if self._drawn_for != size:
            self._drawn_for = size
            if not self._is_drawn_late:
                self.refresh()
        elif changed := [y for y, (a, b) in enumerate(zip(old, new)) if a is not b and a != b]:
            if self._bordered:
                self._bordered.stale.update(changed)
            top = self.gutter.top
            if not self._send([top + y for y in changed]):
                super().refresh(*(Region(0, y, width, 1) for y in changed))

    def _send(self, rows: list[int]) -> bool:
        """Have the app send rows, counted from the border; return whether it does, without Textual's drawing."""
        return isinstance(self.app, RowDrawingApp) and self.app.draw_rows(self, rows)

    def on_click(self, event: events.Click) -> None:
        """Report a click on the title."""
        if self.border_title and self.gutter.top and event.y == 0 and event.x >= TITLE_COLUMN:
            self.post_message(self.TitleClicked(str(self.border_title), event.x - TITLE_COLUMN))

    def render_line(self, y: int) -> Strip:
        """Render row y."""
        if y >= len(self._strips):
            return Strip.blank(self.size.width, self._look)
        return self._strips[y].apply_style(self._look)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Render all rows with the border, which Textual asks for as soon as anything near them has changed."""
        if self._drawn_for != self.size:
            self._is_drawn_late = True
            self.redraw()
            self._is_drawn_late = False
        if crop.size != self.outer_size:
            rows = self.render_lines(Region(0, 0, *self.outer_size))[crop.y : crop.bottom]
            return [row.crop(crop.x, crop.right) for row in rows]
        if self._bordered is None or self._bordered.size != crop.size:
            self._bordered = self._render_border(crop)
        bordered = self._bordered
        for y in bordered.stale:
            segments = [Segment(text, bordered.look(style)) for text, style, _ in self._strips[y]]
            bordered.rows[bordered.top + y] = Strip([*bordered.left, *segments, *bordered.right], crop.width)
        bordered.stale.clear()
        return bordered.rows

    def _render_border(self, crop: Region) -> "_BorderedRows":
        """Have Textual render everything; what it has kept of rows and texts may be old."""
        self._look = self.rich_style  # once for all rows, as it takes longer than a row
        rows, gutter = super().render_lines(crop), self.gutter
        if gutter.top and rows:
            for y, label in ((0, self._labels[0]), (-1, self._labels[1])):
                rows[y] = _with_label(rows[y], label or "", at_right=y < 0) or rows[y]
        row = rows[gutter.top] if rows else Strip([])
        return _BorderedRows(
            crop.size,
            rows,
            gutter.top,
            [*row.crop(0, gutter.left)],
            [*row.crop(crop.width - gutter.right)],
            self._look,
            self.get_line_filters(),
            self.background_colors[1],
            set(range(min(len(self._strips), self.size.height))),
        )

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Refresh after a change other than of the rows."""
        if self._is_relabelled:
            return self
        self._bordered = None
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def notify_style_update(self) -> None:
        """Render anew after a change of style."""
        self._bordered = None
        super().notify_style_update()


def _plain(strip: Strip) -> Strip:
    """Return a strip in ASCII."""
    texts = ascii_row(tuple(text for text, *_ in strip))
    return Strip([Segment(text, style) for text, (_, style, _) in zip(texts, strip)], strip.cell_length)


def _with_label(row: Strip, label: str, at_right: bool) -> Strip | None:
    """Return a row of a border with another text; None where only Textual knows how it looks: with no text, or a cut one."""
    spare = row.cell_length - cell_len(label) - 5  # with a corner and a line on one side, and the text between blanks
    if len(pieces := [*row]) != 5 or not label or spare < 1 or PLAIN.get():
        return None
    corner, first, (_, style, _), _, last = pieces
    line = (first.text[0], first.style)
    lines = (spare, 1) if at_right else (1, spare)
    around = [Segment(line[0] * count, line[1]) for count in lines]
    return Strip([corner, around[0], Segment(f" {label} ", style), around[1], last], row.cell_length)


@dataclass
class _BorderedRows:
    """The rows of a widget as last rendered, with the border and styles they were made with.

    stale: rows inside the border that are to be rendered anew.
    """

    size: Size
    rows: list[Strip]
    top: int
    left: list[Segment]
    right: list[Segment]
    style: Style
    filters: Sequence[LineFilter]
    background: Color
    stale: set[int]
    looks: dict[Style | None, Style | None] = field(default_factory=dict)

    def look(self, style: Style | None) -> Style | None:
        """Return a style combined with the widget's own and passed through the filters, cached because styles are few."""
        try:
            return self.looks[style]
        except KeyError:
            segments = list(Segment.apply_style([Segment(" ", style)], self.style))
            for line_filter in self.filters:
                segments = line_filter.apply(segments, self.background)
            return self.looks.setdefault(style, segments[0].style)
