"""The network at the probe as a graph: x at the left, the units in a column, and their sum at the right."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.text import Text

from relutui.plot.plain import PLAIN
from relutui.readout.forward_pass import Term
from relutui.readout.network import NetworkReadout
from relutui.ui.widgets.network_forms import FORMS, Form, SumTexts, UnitTexts, numbers_of, texts_of
from relutui.ui.widgets.strip_widget import line_of, longest_fit

THICK_SHARE = 0.5  # of the largest |w| or |v a|; from there on an edge is drawn thick
BOX_ROWS = 3  # of a unit
MIN_ROWS_WITH_NAMES = 4  # of a network of more units than rows
BELOW_0, ABOVE_0, DIM = "color(9)", "color(12)", "dim"  # styles of edges, and of other lines
# A crossing of lines, by whether one goes on up, down, left and right.
CROSSINGS = {
    (False, False, True, True): "─",
    (False, True, False, True): "╭",
    (True, False, False, True): "╰",
    (True, True, False, True): "├",
    (True, True, True, True): "┼",
    (True, True, True, False): "┤",
    (True, True, False, False): "│",
    (False, True, True, False): "╮",
    (True, False, True, False): "╯",
    (False, True, True, True): "┬",
    (True, False, True, True): "┴",
    (False, False, False, False): " ",
}


Segments = list[tuple[str, str]]  # texts and their styles


class _Place(NamedTuple):
    """The rows of the drawing: of the names, if there is one, and of each unit or of what stands for units not shown."""

    names: int | None
    units: tuple[int, ...]
    boxed: bool  # whether a unit has a border, on the rows above and below its own

    @classmethod
    def of(cls, count: int, height: int) -> "_Place":
        """Return the places of so many units, spread over the height."""
        boxed = height >= BOX_ROWS * count
        named = height > count
        pitch = BOX_ROWS + (height >= (BOX_ROWS + 1) * count) if boxed else 1 + (height >= 2 * count)
        used = (BOX_ROWS if boxed else 1 + named) + pitch * (count - 1)
        first = max(0, height - used) // 2 + (named or boxed)
        return cls(first - 1 if named or boxed else None, tuple(range(first, first + pitch * count, pitch)), boxed)

    @property
    def middle(self) -> int:
        """The row of x and of the sum."""
        return (self.units[0] + self.units[-1]) // 2

    def rail(self, y: int, *, left: bool, right: bool) -> str:
        """Return the sign, on row y, of the line that joins the edges of all units, with an edge to either side or not."""
        first, last = self.units[0], self.units[-1]
        return CROSSINGS[first < y <= last, first <= y < last, left, right]


def network(readout: NetworkReadout, width: int, height: int) -> Iterable[Text]:
    """Draw the network in the widest form that fits; of more units than rows those around the selected one."""
    walk = readout.forward_pass
    units = len(walk.terms)
    room = units if units <= height else max(1, height - 1 - (height >= MIN_ROWS_WITH_NAMES))
    shown, rest = readout.window(room)
    count = len(shown) + bool(rest)
    if count <= height:
        place, numbers = _Place.of(count, height), numbers_of(walk, shown, rest)
        for form in FORMS:
            texts = texts_of(walk, shown, numbers, form, height, place.boxed)
            drawing = _Drawing(readout, shown, rest, place, form, texts, height)
            if drawing.width <= width:
                return [drawing.row(y) for y in range(height)]
    return [Text(f"ŷ = {walk.written(walk.prediction)}", "bold")]


class _Drawing:
    """A network in one form, row by row."""

    def __init__(
        self,
        readout: NetworkReadout,
        shown: Sequence[Term],
        rest: Sequence[Term],
        place: _Place,
        form: Form,
        texts: SumTexts,
        height: int,
    ) -> None:
        walk = readout.forward_pass
        self._readout, self._shown, self._rest, self._place, self._texts = readout, shown, rest, place, texts
        self._pad, self._gap = form.pad, " " * (form.pad > 0)
        self._w_room = max(len(unit.w) for unit in texts.units) + 2 * len(self._gap) + 2 * form.pad + (not form.pad)
        self._v_room = max(len(unit.v) for unit in texts.units) + 2 * len(self._gap) + form.pad + (not form.pad)
        x = walk.written(walk.x)
        stacked = form.tight and place.middle
        self._x = {place.middle - 1: "x".center(len(x)), place.middle: x} if stacked else {place.middle: f"x = {x} "}
        self._x_room = max(map(len, self._x.values()))
        first = place.middle - (len(texts.output) - 1) // 2
        self._output = dict(enumerate(texts.output, max(0, min(first, height - len(texts.output)))))

    @property
    def width(self) -> int:
        """The characters of the longest row: of x, the edges, the units, the lines that join them, and the sum."""
        units = self._w_room + self._inside + 3 + self._v_room + len(self._texts.units[0].part) + len(self._gap) + self._pad
        return self._x_room + len("┼") + units + len("┼► ") + max(map(len, self._texts.output))

    def row(self, y: int) -> Text:
        """Return row y."""
        place = self._place
        middle = y == place.middle
        text = self._output.get(y, "")
        return line_of(
            (self._x.get(y, "").ljust(self._x_room), ""),
            (place.rail(y, left=middle, right=y in place.units), DIM),
            *self._between(y),
            (place.rail(y, left=y in place.units, right=middle), DIM),
            ("► " if middle else "  ", DIM),
            (text, "bold" if text.startswith("ŷ") else ""),
        )

    def _between(self, y: int) -> Segments:
        """Return row y between the two lines that join the edges, in parts with their styles."""
        place, names, walk = self._place, self._texts.names, self._readout.forward_pass
        index = next((index for index, row in enumerate(place.units) if abs(y - row) <= place.boxed), None)
        if index == len(self._shown):
            return self._others() if y == place.units[index] else self._beside("")
        if index is None:
            return self._beside("") if y != place.names else self._beside(f" {names.inside} ", named=True)
        if y == place.units[index]:
            return self._unit(index)
        room = self._inside
        if y == place.names:
            border = f"╭{names.inside.replace(' ', '─').ljust(room, '─')}╮"
        elif y < place.units[index]:
            border = f"╭{'─' * room}╮"
        else:
            on = self._shown[index].on
            names_of_state = (f" {walk.activation} ", walk.activation, "") if on else (f" {walk.activation}: off ", " off ", "")
            border = f"╰{longest_fit(names_of_state, room).center(room, '─')}╯"
        return self._beside(border, self._style(self._shown[index]), named=y == place.names)

    @property
    def _inside(self) -> int:
        """The characters inside a unit."""
        return len(self._texts.units[0].inside)

    def _style(self, term: Term) -> str:
        return f"color({term.colour}){' bold' if term.unit == self._readout.forward_pass.selected else ''}"

    def _beside(self, border: str, style: str = DIM, *, named: bool = False) -> Segments:
        """Return a row without edges: the border of a unit, and the names of what stands on the edges or nothing."""
        names = self._texts.names if named else UnitTexts("", "", "", "")
        right = self._pad + len(self._gap)
        return [
            (f"{names.w:>{self._w_room - right}}{' ' * (right + 1)}", DIM),
            (border.ljust(self._inside + 2), style),
            (f"{names.v:>{self._v_room - len(self._gap)}}{self._gap}", DIM),
            (names.part.ljust(len(self._texts.units[0].part)) + " " * right, DIM),
        ]

    def _unit(self, index: int) -> Segments:
        """Return the row of a unit with its edges."""
        unit, term, readout, pad, gap = self._texts.units[index], self._shown[index], self._readout, self._pad, self._gap
        w_line, w_style = _edge(term.w, readout.largest_w)
        v_line, v_style = _edge(term.contribution, readout.largest_part)
        style = DIM if not term.on else ""
        left, right = "││" if self._place.boxed else "()"
        w, v = (f"{gap}{text}{gap}" if text else "" for text in (unit.w, unit.v))
        return [
            (w_line * (self._w_room - len(w) - pad), w_style),
            (w, ""),
            (f"{w_line * pad}►", w_style),
            (left, self._style(term)),
            (unit.inside, f"{style} bold".strip() if term.unit == readout.forward_pass.selected else style),
            (right, self._style(term)),
            (v_line * (self._v_room - len(v)), v_style),
            (v, style),
            (f"{unit.part}{gap}", style),
            (v_line * pad, v_style),
        ]

    def _others(self) -> Segments:
        """Return the row of the units that are not shown, and what they add together."""
        count, on = len(self._rest), sum(term.on for term in self._rest)
        room = self._w_room + self._inside + 3 + self._v_room + len(self._texts.units[0].part) - len(self._texts.rest)
        texts = f" and {count} more, {on} on: ", f" and {count} more: ", f" {count} more "
        text = next((text for text in texts if len(text) < room), "")
        return [
            (f"{'─' * min(2, room - len(text))}{text}".ljust(room), DIM),
            (f"{self._texts.rest}{self._gap}{'─' * self._pad}", ""),
        ]


def _edge(value: float, largest: float) -> tuple[str, str]:
    """Return the line of an edge and its style: thick for a large number, broken for 0, in another colour below 0."""
    if value == 0.0:
        return "┄", DIM
    thick = "=" if PLAIN.get() else "━"  # which stands beside × here, and both are * in ASCII
    return thick if abs(value) >= THICK_SHARE * largest else "─", BELOW_0 if value < 0.0 else ABOVE_0
