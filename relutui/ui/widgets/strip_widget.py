"""A widget made of lines, which repaints only those that changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Self

from rich.segment import Segment
from rich.style import Style
from rich.text import Span, Text
from textual.color import Color
from textual.filter import LineFilter
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from relutui.terminal.textual_private import repaint


def strip_of(line: Text, width: int) -> Strip:
    """The strip of one styled line, padded to width, or cut, with an ellipsis: what is left of a number reads as another."""
    return _strip(line.plain, line.style, tuple(line.spans), width)


@lru_cache(512)
def _strip(text: str, base: str | Style, spans: tuple[Span, ...], width: int) -> Strip:
    """What Text.render() does, without a console, which would take ten times as long."""
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


def longest_fit(texts: Sequence[str], width: int) -> str:
    """The first of the texts, the longest first, that is no longer than width; else the last."""
    return next((text for text in texts if len(text) <= width), texts[-1])


def count_of_hidden(above: int, below: int) -> Text:
    """The line that says how many units a panel has no room for."""
    said = [f"{arrow} {units} more" for arrow, units in (("↑", above), ("↓", below)) if units]
    return Text(f" {'   '.join(said)}", style="dim")


class StripWidget(Widget):
    """Shows strips, one a row, of which only those that changed are rendered again: Textual would go through all."""

    DEFAULT_CSS = "StripWidget { height: 1fr; width: 1fr; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._strips: list[Strip] = []
        self._drawn_for = Size()
        self._bordered: _BorderedRows | None = None

    def show(self, lines: Iterable[Text | Strip]) -> None:
        """Replace what is shown; rows are cut or padded to the width, those beyond the height are dropped."""
        size = width, height = self.size
        strips = (strip_of(line, width) if isinstance(line, Text) else line.adjust_cell_length(width) for line in lines)
        new = list(strips)[:height]
        new += [Strip.blank(width)] * (height - len(new))
        old, self._strips = self._strips, new
        if self._drawn_for != size:
            self._drawn_for = size
            self.refresh()
        elif changed := [y for y, (a, b) in enumerate(zip(old, new)) if a is not b and a != b]:
            if self._bordered:
                self._bordered.stale.update(changed)
            repaint(self, [Region(0, y, width, 1) for y in changed])

    def render_line(self, y: int) -> Strip:
        """Textual asks for row y."""
        if y >= len(self._strips):
            return Strip.blank(self.size.width, self.rich_style)
        return self._strips[y].apply_style(self.rich_style)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Textual asks for all rows, with the border, as soon as anything near has changed."""
        if crop.size != self.outer_size:
            return super().render_lines(crop)
        if self._bordered is None or self._bordered.size != crop.size:
            self._bordered = self._render_border(crop)
        bordered = self._bordered
        for y in bordered.stale:
            segments = [Segment(text, bordered.look(style)) for text, style, _ in self._strips[y]]
            bordered.rows[bordered.top + y] = Strip([*bordered.left, *segments, *bordered.right], crop.width)
        bordered.stale.clear()
        return bordered.rows

    def _render_border(self, crop: Region) -> "_BorderedRows":
        rows, gutter = super().render_lines(crop), self.gutter
        row = rows[gutter.top] if rows else Strip([])
        return _BorderedRows(
            crop.size,
            rows,
            gutter.top,
            [*row.crop(0, gutter.left)],
            [*row.crop(crop.width - gutter.right)],
            self.rich_style,
            self.get_line_filters(),
            self.background_colors[1],
        )

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Something else has changed than the rows."""
        self._bordered = None
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def notify_style_update(self) -> None:
        """The style sheet gives another style."""
        self._bordered = None
        super().notify_style_update()


@dataclass
class _BorderedRows:
    """The rows of a widget as they were last rendered, border and all; what those inside are made with, and which are stale."""

    size: Size
    rows: list[Strip]
    top: int
    left: list[Segment]
    right: list[Segment]
    style: Style
    filters: Sequence[LineFilter]
    background: Color
    stale: set[int] = field(default_factory=set)
    looks: dict[Style | None, Style | None] = field(default_factory=dict)

    def look(self, style: Style | None) -> Style | None:
        """What a style becomes in the widget's own, and by the filters; found once for each, of which there are few."""
        try:
            return self.looks[style]
        except KeyError:
            segments = list(Segment.apply_style([Segment(" ", style)], self.style))
            for line_filter in self.filters:
                segments = line_filter.apply(segments, self.background)
            return self.looks.setdefault(style, segments[0].style)
