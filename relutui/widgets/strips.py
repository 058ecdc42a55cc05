"""On and off: a strip for each unit on the chart's x axis, filled where it is on, and the slopes they sum to."""

from collections.abc import Iterator

from rich.text import Text

from relutui.readout.strips import Stretch, StripsReadout, UnitStrip
from relutui.widgets.lines import hidden
from relutui.widgets.plot import Axes, Columns, columns

FILLS = "·░▒▓█"  # by level


def strips(readout: StripsReadout, width: int, height: int) -> Iterator[Text]:
    """A row a unit, the selected one always among them, and the slopes of the sum last."""
    places = columns(Axes(readout.x_limits, (0.0, 1.0)), width)
    units, room = readout.strips, max(1, height - 1)
    if len(units) > room:
        room = max(1, room - 1)
    selected = next((strip.unit for strip in units if strip.selected), len(units) - 1)
    first = min(max(0, selected - room + 1), max(0, len(units) - room))
    for strip in units[first : first + room]:
        yield _unit(strip, places)
    if len(units) > room:
        yield hidden(first, len(units) - first - room)
    yield _total(readout.total, places)


def _unit(strip: UnitStrip, places: Columns) -> Text:
    style = f"color({strip.colour})"
    head = f"{'▸' if strip.selected else ' '}{strip.unit}".ljust(places.left)
    line = Text(head, style=f"bold {style}" if strip.selected else style)
    for stretch in strip.stretches:
        first, end = _span(stretch, places)
        fill = FILLS[stretch.level]
        line.append(_written(stretch.text, end - first, fill), style if stretch.level else "dim")
    return line


def _total(total: tuple[Stretch, ...], places: Columns) -> Text:
    line = Text(" Σ".ljust(places.left), style="bold")
    for stretch in total:
        first, end = _span(stretch, places)
        line.append(_written(stretch.text, end - first, " ", bars=True), "bold")
    return line


def _span(stretch: Stretch, places: Columns) -> tuple[int, int]:
    """The columns of a stretch: from that of its low end up to, and without, that of its high end; the last one whole."""
    end = places.column(stretch.high) if stretch.high < places.high else places.left + places.width
    return places.column(stretch.low), end


def _written(text: str, width: int, fill: str, bars: bool = False) -> str:
    """The text in the middle of the fill, if there is room for it."""
    if width <= 0:
        return ""
    if bars:
        return "│" + text.center(width - 1) if len(text) < width else "│".ljust(width)
    short = text.removeprefix("slope ")
    for words in (text, short):
        if words and len(words) + 2 <= width:
            return f" {words} ".center(width, fill)
    return fill * width
