"""A widget made of lines, which repaints only what changed in them."""

from collections.abc import Iterable, Sequence
from itertools import takewhile

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.text import Text
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

_PLAIN = Console(width=1000, color_system="truecolor", force_terminal=True, legacy_windows=False)


def strip_of(line: Text, width: int) -> Strip:
    """The strip of one styled line, cut or padded to width."""
    base = _PLAIN.get_style(line.style)  # which Text.render() leaves out where there are no other styles
    return Strip(Segment.apply_style(line.render(_PLAIN), base)).adjust_cell_length(width)


def first_that_fits(texts: Sequence[str], width: int) -> str:
    """The first of the texts, the longest first, that is no longer than width; else the last."""
    return next((text for text in texts if len(text) <= width), texts[-1])


def hidden(above: int, below: int) -> Text:
    """The line that says how many units a panel has no room for."""
    said = [f"{arrow} {units} more" for arrow, units in (("↑", above), ("↓", below)) if units]
    return Text(f" {'   '.join(said)}", style="dim")


class Lines(Widget):
    """Shows strips, one a row; Textual's own updates would repaint the whole widget, which is slow over SSH."""

    DEFAULT_CSS = "Lines { height: 1fr; width: 1fr; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._strips: list[Strip] = []
        self._drawn_for = Size()

    def show(self, lines: Iterable[Text | Strip]) -> None:
        """Replace what is shown; texts are cut or padded to the width, rows beyond the height are dropped."""
        width, height = self.size
        new = [strip_of(line, width) if isinstance(line, Text) else line for line in lines][:height]
        new += [Strip.blank(width)] * (height - len(new))
        old, self._strips = self._strips, new
        if self._drawn_for != self.size:
            self._drawn_for = self.size
            self.refresh()
            return
        # The compositor crops a dirty row on its right only, so each region starts at 0.
        ends = (width - _common_tail(a, b) for a, b in zip(old, new))
        changed = [Region(0, y, end, 1) for y, end in enumerate(ends) if end > 0]
        if changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        """Textual asks for row y."""
        if y >= len(self._strips):
            return Strip.blank(self.size.width, self.rich_style)
        return self._strips[y].apply_style(self.rich_style)


def _common_tail(old: Strip, new: Strip) -> int:
    """How many cells, from the right, look the same in both, however they are split into segments."""
    a, b = ([(segment.text, segment.style) for segment in strip if segment.text] for strip in (old, new))
    cells = 0
    while a and b:
        (text_a, style_a), (text_b, style_b) = a.pop(), b.pop()
        if (style_a or None) != (style_b or None):  # a null style says no more than none
            break
        if text_a == text_b:  # the most frequent case by far, and character by character the slowest
            cells += cell_len(text_a)
            continue
        shorter = min(len(text_a), len(text_b))
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(reversed(text_a), reversed(text_b))))
        cells += cell_len(text_a[len(text_a) - same :])
        if same < shorter:
            break
        a += [(text_a[:-same], style_a)] if len(text_a) > same else []
        b += [(text_b[:-same], style_b)] if len(text_b) > same else []
    return cells
