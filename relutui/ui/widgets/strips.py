"""The on/off strips: a row for each unit, filled where it is on, and the slopes of the sum, in line with the chart."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby, pairwise
from operator import itemgetter

from rich.text import Text

from relutui.plot.axes import Axes, Columns, columns
from relutui.plot.labels import Span, labels
from relutui.readout.strips import Stretch, StripsReadout

LEVEL_FILLS = "·░▒▓█"  # by level, from off to on


def strips(readout: StripsReadout, width: int, height: int) -> Iterator[Text]:
    """Draw a row for each unit, or rows of groups around the selected unit where they do not fit, and the slopes of the sum."""
    places = columns(Axes(readout.x_limits, (0.0, 1.0)), width)
    units, below = len(readout.colours), [_slopes("Σ", readout.total, places)]
    if readout.output:
        below.append(_filled(_head(readout.output.name, places), "", readout.output.stretches, places))
    if readout.target and units + len(below) < height:
        below.append(_slopes("target", readout.target, places))
    for first, end in rows(units, readout.selected, max(1, height - len(below))):
        if end - first == 1:
            yield _filled(*_unit_head(readout, first, places), readout.unit(first), places)
        else:
            yield _filled(_group_head(readout, first, end - 1, places), "", readout.group(first, end), places)
    yield from below


def rows(units: int, selected: int, room: int) -> list[Span]:
    """Return the units [first, end) of each row: one each if they fit, or else in half of the rows, with groups elsewhere."""
    if units <= room:
        return [(unit, unit + 1) for unit in range(units)]
    single = 1 if room <= 3 else room // 2
    # By pages: with the selected unit always in the middle, each move would change every row.
    first = min(min(selected, units - 1) // single * single, units - single)
    singles = [(unit, unit + 1) for unit in range(first, first + single)]
    above, below, groups = first, units - first - single, room - single
    if groups < (above > 0) + (below > 0):
        return singles
    up = min(above, max(above > 0, min(groups - (below > 0), round(groups * above / (above + below)))))
    down = min(below, groups - up)
    return [*_parted(0, first, min(above, groups - down)), *singles, *_parted(first + single, units, down)]


def _parted(first: int, end: int, parts: int) -> list[Span]:
    """Return the units [first, end) in parts whose sizes differ by at most one."""
    bounds = [first + (end - first) * part // parts for part in range(parts + 1)] if parts else []
    return list(pairwise(bounds))


def _unit_head(readout: StripsReadout, unit: int, places: Columns) -> tuple[str, str]:
    """Return the text in the margin and its style."""
    selected, stuck = unit == readout.selected, unit in readout.stuck
    return (
        f"{'▸' if selected else ' '}{readout.names[unit]}{'!' if stuck else ''}".ljust(places.left),
        f"color({readout.colours[unit]}){' bold' if selected else ''}",
    )


def _group_head(readout: StripsReadout, first: int, last: int, places: Columns) -> str:
    name = f"{readout.names[first]}-{readout.names[last]}"
    return _head(name if len(name) <= places.left else f"{readout.names[first]}-…", places)


@lru_cache(64)
def _filled(head: str, style: str, stretches: tuple[Stretch, ...], places: Columns) -> Text:
    """Return a row filled by levels, with its slopes where there is room; most rows are as in the drawing before."""
    seen, spans = _visible(stretches, places)
    cells, lit = [" "] * places.width, [True] * places.width
    for stretch, (first, end) in zip(seen, spans):
        cells[first:end], lit[first:end] = LEVEL_FILLS[stretch.level] * (end - first), [stretch.level > 0] * (end - first)
    for text, first in labels([stretch.text for stretch in seen], spans, " ")[0]:
        cells[first : first + len(text)], lit[first : first + len(text)] = text, [True] * len(text)
    runs = groupby(zip(lit, cells), itemgetter(0))
    return Text.assemble(
        head, *(("".join(cell for _, cell in run), "" if is_lit else "dim") for is_lit, run in runs), style=style
    )


@lru_cache(4)
def _slopes(name: str, stretches: tuple[Stretch, ...], places: Columns) -> Text:
    """Return a row of slopes, with a bar where each stretch begins unless they are crowded; that of the target stays."""
    seen, spans = _visible(stretches, places)
    written, crowds = labels([stretch.text for stretch in seen], [(first + 1, end) for first, end in spans])
    cells = [" "] * places.width
    for first, _ in spans:
        if not any(low <= first + 1 < high for low, high in crowds):
            cells[first] = "│"
    for text, first in written:
        cells[first : first + len(text)] = text
    return Text(_head(name, places) + "".join(cells), "bold")


def _visible(stretches: Sequence[Stretch], places: Columns) -> tuple[list[Stretch], list[Span]]:
    """Return the stretches that cover columns of the plot area, and those columns [first, end)."""
    end = places.left + places.width
    starts, ends = places.columns([s.low for s in stretches]), places.columns([s.high for s in stretches])
    spans = [(start, stop if s.high < places.high else end) for s, start, stop in zip(stretches, starts, ends)]
    seen = [(s, (first - places.left, end - places.left)) for s, (first, end) in zip(stretches, spans) if first < end]
    return [stretch for stretch, _ in seen], [span for _, span in seen]


def _head(name: str, places: Columns) -> str:
    """Return a name in the margin left of the strips, cut if necessary."""
    if len(name) <= places.left - 2:
        return f" {name}".ljust(places.left)
    return name.ljust(places.left) if len(name) <= places.left else f"{name[: places.left - 1]}…"
