"""The difference between an update and what the terminal shows: only changed cells, by the cheapest moves and styles."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from rich.cells import get_character_cell_size
from rich.color import Color, ColorSystem
from rich.console import COLOR_SYSTEMS, Console
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from relutui.terminal.textual_private import ChopsUpdate, CompositorUpdate, LayoutUpdate

ATTRIBUTES = {  # of a style: the codes that switch it on and off
    "bold": ("1", "22"),
    "dim": ("2", "22"),
    "italic": ("3", "23"),
    "underline": ("4", "24"),
    "blink": ("5", "25"),
    "blink2": ("6", "25"),
    "reverse": ("7", "27"),
    "conceal": ("8", "28"),
    "strike": ("9", "29"),
    "underline2": ("21", "24"),
    "frame": ("51", "54"),
    "encircle": ("52", "54"),
    "overline": ("53", "55"),
}
OFF_CODES = dict(ATTRIBUTES.values())
# Of 255: all channels of a dim colour are lower, and those of a dim grey, as with NO_COLOR.
DIM_MAX_CHANNEL, DIM_GREY_MAX_CHANNEL = 190, 155
FOREGROUND_CODES = frozenset("123")  # bold, dim, italic: a blank looks the same with and without them


class CellStyle(NamedTuple):
    """The style of a cell: the SGR codes of its foreground, its background and its attributes."""

    front: str = "39"
    behind: str = "49"
    on: frozenset[str] = frozenset()

    @property
    def of_blank(self) -> "CellStyle":
        """The style reduced to what shows on a blank: equal for all styles with which a blank looks the same."""
        return self if self.on - FOREGROUND_CODES else CellStyle(behind=self.behind)


Cell = tuple[str, CellStyle]

PLAIN = CellStyle()
UNKNOWN: Cell = ("", PLAIN)  # no cell is like this

_single_cell = set(map(chr, range(32, 127)))  # characters known to take a single cell


class TerminalMirror:
    """A model of the terminal's contents."""

    def __init__(self) -> None:
        self.forget()

    @property
    def known(self) -> bool:
        """Whether the terminal's contents are known."""
        return bool(self._cells)

    def forget(self) -> None:
        """Assume that the terminal may show anything."""
        self._size = Size()
        self._cells: list[list[Cell]] = []

    def knows(self, update: CompositorUpdate) -> bool:
        """Whether the contents are known wherever an update leaves them unchanged."""
        return isinstance(update, LayoutUpdate) or (isinstance(update, ChopsUpdate) and _size(update) == self._size)

    def changes(self, update: LayoutUpdate | ChopsUpdate, console: Console) -> str:
        """Return the sequence that turns the contents into those of an update, and remember these."""
        if self._size != _size(update):
            self._size = _size(update)
            self._cells = [[UNKNOWN] * self._size.width for _ in range(self._size.height)]
        return self.draw(_strips(update), console)

    def draw(self, strips: Iterable[tuple[int, int, Strip]], console: Console) -> str:
        """Return the sequence that draws strips, each with its first column and row, and remember them."""
        pen = _AnsiWriter(console)
        for x, y, strip in strips:
            pen.draw(strip, x, y, self._cells[y])
        return pen.sequence


class Difference(CompositorUpdate):
    """An update of which only the changed cells are sent."""

    def __init__(self, shown: TerminalMirror, update: LayoutUpdate | ChopsUpdate) -> None:
        self._shown, self._update = shown, update

    def render_segments(self, console: Console) -> str:
        """Return what is to be sent; Textual calls this."""
        return self._shown.changes(self._update, console)


def _size(update: LayoutUpdate | ChopsUpdate) -> Size:
    return update.region.size if isinstance(update, LayoutUpdate) else Size(update.chop_ends[0][-1], len(update.chops))


def _strips(update: LayoutUpdate | ChopsUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Yield the strips that an update sets, with their first columns and rows."""
    if isinstance(update, ChopsUpdate):
        # Textual 8.2 renders only the widgets near the spans: beside those a strip may be of what lies under the others.
        for y, spans in groupby(update.spans, itemgetter(0)):
            within = [(first, last) for _, first, last in spans]
            for (x, strip), end in zip(update.chops[y].items(), update.chop_ends[y]):
                if strip is not None and any(x < last and first < end for first, last in within):
                    yield x, y, strip
        return
    for y, row in enumerate(update.strips):
        x = 0
        for strip in row:
            yield x, y, strip
            x += strip.cell_length


class _AnsiWriter:
    """Writes cells as escape sequences; knows cursor and style from what it wrote, and begins in the plain style."""

    def __init__(self, console: Console) -> None:
        self._console, self._system = console, COLOR_SYSTEMS[console.color_system or "truecolor"]
        self._parts: list[str] = []
        self._cursor: tuple[int, int] | None = None
        self._cell_style = PLAIN

    @property
    def sequence(self) -> str:
        """All that was written, ending in the plain style."""
        self._set_style(PLAIN)
        return "".join(self._parts)

    def draw(self, strip: Strip, x: int, y: int, row: list[Cell]) -> None:
        """Write the cells of a strip that differ from a row, and update the row."""
        runs = [_cells(text, style, self._system) for text, style, control in strip if not control]
        if None in runs or len(runs) < len(strip):  # sent as Textual does: how wide the terminal takes it to be is not certain
            self._set_style(PLAIN)
            self._move_to(x, y, row)
            self._parts.append(strip.render(self._console))
            self._cursor = None
            row[x : x + strip.cell_length] = [UNKNOWN] * strip.cell_length
            return
        for cells in filter(None, runs):
            end = x + len(cells)
            if (old := row[x:end]) != cells:
                row[x:end] = cells
                for place in [place for place, pair in enumerate(zip(old, cells), x) if pair[0] != pair[1]]:
                    self._write(place, y, row)
            x = end

    def _write(self, x: int, y: int, row: list[Cell]) -> None:
        """Write a cell of a row."""
        character, look = row[x]
        if self._cursor != (x, y):
            self._move_to(x, y, row)
        if not self._matches_style(character, look):
            self._set_style(look)
        self._parts.append(character)
        self._cursor = x + 1, y

    def _matches_style(self, character: str, look: CellStyle) -> bool:
        """Whether a character looks the same in the present style."""
        return look is self._cell_style or look == (self._cell_style.of_blank if character == " " else self._cell_style)

    def _move_to(self, x: int, y: int, row: list[Cell]) -> None:
        """Move the cursor, by rewriting the cells between where that is shorter."""
        if self._cursor and self._cursor[1] == y and self._cursor[0] < x:
            between = row[self._cursor[0] : x]
            move = f"\x1b[{len(between)}C" if between[1:] else "\x1b[C"
            again = "".join(character for character, _ in between)
            if len(again.encode()) <= len(move) and all(cell != UNKNOWN and self._matches_style(*cell) for cell in between):
                move = again
        else:
            move = f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H"
        self._parts.append(move)

    def _set_style(self, look: CellStyle) -> None:
        """Switch to a style."""
        if look != self._cell_style:
            self._parts.append(_transition(self._cell_style, look))
            self._cell_style = look


@lru_cache(8192)
def _cells(text: str, style: Style | None, system: ColorSystem) -> list[Cell] | None:
    """Return the cells of a text; None unless each of its characters takes one cell. Most texts of a drawing stay."""
    look, blank, linked = _cell_style(style, system)
    if linked or not (_single_cell.issuperset(text) or _is_single_cell(text)):
        return None
    return [(character, blank if character == " " else look) for character in text]


def _is_single_cell(text: str) -> bool:
    """Whether each character takes one cell."""
    _single_cell.update(character for character in text if get_character_cell_size(character) == 1)
    return _single_cell.issuperset(text)


@lru_cache(4096)
def _cell_style(style: Style | None, system: ColorSystem) -> tuple[CellStyle, CellStyle, bool]:
    """Return the cell style of a Rich style, that of a blank in it, and whether it is a link."""
    if style is None:
        return PLAIN, PLAIN, False
    front, behind = style.color, style.bgcolor
    look = CellStyle(
        ";".join(_nearest(front, system).get_ansi_codes()) if front else PLAIN.front,
        ";".join(behind.downgrade(system).get_ansi_codes(foreground=False)) if behind else PLAIN.behind,
        frozenset(code for name, (code, _) in ATTRIBUTES.items() if getattr(style, name)),
    )
    return look, look.of_blank, bool(style.link)


def _nearest(front: Color, system: ColorSystem) -> Color:
    """Return the nearest available colour; of 16, a dim one gets the darker of its hue, as the bright one is often nearer."""
    found = front.downgrade(system)
    if system is not ColorSystem.STANDARD or front.triplet is None or found.number is None:
        return found
    if max(front.triplet) >= (DIM_GREY_MAX_CHANNEL if len(set(front.triplet)) == 1 else DIM_MAX_CHANNEL):
        return found
    return Color.from_ansi({7: 8, 15: 8}.get(found.number, found.number - 8 if found.number > 8 else found.number))


@lru_cache(4096)
def _transition(old: CellStyle, new: CellStyle) -> str:
    """Return the shortest sequence from one style to another: the differences, or a reset and everything anew."""
    off = {OFF_CODES[code] for code in old.on - new.on}
    on = [code for code in sorted(new.on) if code not in old.on or OFF_CODES[code] in off]
    colours = [code for code, before in ((new.front, old.front), (new.behind, old.behind)) if code != before]
    anew = ["0", *sorted(new.on), *(code for code in new[:2] if code not in PLAIN[:2])]
    sequences = (f"\x1b[{';'.join(codes)}m" for codes in ([*sorted(off), *on, *colours], anew if new != PLAIN else []))
    return min(sequences, key=len)
