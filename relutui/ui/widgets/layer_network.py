"""The network of several hidden layers at the probe as a graph: x at the left, a column for each layer, and ŷ at the right.

Every unit is joined to all of the layer before; the weights of the selected one stand beside the units that they are for.
"""

from collections.abc import Iterable
from typing import NamedTuple

from rich.text import Text

from relutui.readout.layer_network import LayerNetworkReadout
from relutui.readout.layer_pass import UnitPass
from relutui.ui.widgets.network import CROSSINGS, DIM

RAIL = 3  # columns of the lines between two layers


class Form(NamedTuple):
    """What is written of a unit: z, a, and beside it the weight of the selected unit for it, or v."""

    z: bool
    a: bool
    weight: bool


FORMS = (Form(True, True, True), Form(False, True, True), Form(False, True, False), Form(False, False, False))


class _Column(NamedTuple):
    """A column of the drawing: the texts on its rows, with their styles."""

    rows: dict[int, tuple[str, str]]
    width: int


def layer_network(readout: LayerNetworkReadout, width: int, height: int) -> Iterable[Text]:
    """Draw the network in the widest form that fits, with the layers around the selected one if not all have room."""
    walk = readout.forward_pass
    count = len(walk.layers)
    for shown in range(count, 0, -1):
        first = max(0, min(walk.selected[0] - shown // 2, count - shown))
        for form in FORMS:
            columns = _columns(readout, range(first, first + shown), form, height)
            if sum(column.width for column in columns) + RAIL * (len(columns) - 1) <= width:
                return [_row(columns, y) for y in range(height)]
    return [Text(f"ŷ = {walk.written(walk.prediction)}", "bold")]


def _columns(readout: LayerNetworkReadout, layers: range, form: Form, height: int) -> list[_Column]:
    walk = readout.forward_pass
    middle = (height - 1) // 2
    x, y = f"x = {walk.written(walk.x)}", f"ŷ = {walk.written(walk.prediction)}"
    if layers[0]:
        x = f"layer {layers[0]}" if layers[0] == 1 else f"layers 1-{layers[0]}"
    if layers[-1] < len(walk.layers) - 1:
        last = len(walk.layers)
        y = f"layer {last}" if layers[-1] == last - 2 else f"layers {layers[-1] + 2}-{last}"
    ends = _Column({middle: (x, "")}, len(x)), _Column({middle: (y, "bold")}, len(y))
    return [ends[0], *(_layer(readout, layer, form, height) for layer in layers), ends[1]]


def _layer(readout: LayerNetworkReadout, layer: int, form: Form, height: int) -> _Column:
    """Return the column of a layer: its name, then a row for each unit that has room, those that are on first."""
    walk = readout.forward_pass
    units = walk.layers[layer]
    room = max(1, height - 1)
    shown, rest = walk.split(layer, room if len(units) <= room else max(1, room - 1))
    shown = tuple(sorted(shown))
    rows = [(_unit(readout, layer, unit, form), _style(readout, layer, unit)) for unit in shown]
    if rest:
        rows.append((f" {len(rest)} more, {sum(unit.on for unit in rest)} on", DIM))
    first = max(1, (height - len(rows)) // 2)
    name = f"layer {layer + 1}, {walk.activations[layer]}" if form.z else f"layer {layer + 1}"
    placed = {first - 1: (name, DIM), **dict(enumerate(rows, first))}
    return _Column(placed, max(len(text) for text, _ in placed.values()))


def _unit(readout: LayerNetworkReadout, layer: int, unit: UnitPass, form: Form) -> str:
    """Return the text of a unit, and behind it the weight by which the selected unit takes it, or v in the last layer."""
    walk, chosen = readout.forward_pass, readout.chosen
    selected = (layer, unit.unit) == walk.selected
    a = walk.written(unit.a) if unit.on or unit.a else "off"
    inside = f"({walk.written(unit.z)} → {a})" if form.z else f"({a})" if form.a else ""
    text = f"{'▸' if selected else ' '}{unit.unit}{inside}"
    if unit.v is not None and form.weight:
        return f"{text} × {walk.written(unit.v)}"
    if chosen and layer == walk.selected[0] - 1 and form.weight:
        weight = next(each.w for each in chosen.inputs if each.name == str(unit.unit))
        return f"{text} × {walk.written(weight)}"
    return text


def _style(readout: LayerNetworkReadout, layer: int, unit: UnitPass) -> str:
    if (layer, unit.unit) == readout.forward_pass.selected:
        return f"color({unit.colour}) bold"
    return f"color({unit.colour})" if unit.on else DIM


def _row(columns: list[_Column], y: int) -> Text:
    line = Text(no_wrap=True)
    for place, column in enumerate(columns):
        if place:
            line.append(_rail(columns[place - 1], column, y), DIM)
        text, style = column.rows.get(y, ("", ""))
        joined = place < len(columns) - 1 and text and not text.startswith("layer")
        line.append(text, style)
        line.append(("─" if joined else " ") * (column.width - len(text)), DIM)
    return line


def _rail(left: _Column, right: _Column, y: int) -> str:
    """Return the lines between two columns on a row: each unit of the one is joined to each of the other."""
    ends = [[row for row, (text, _) in column.rows.items() if not text.startswith("layer ")] for column in (left, right)]
    if not all(ends):
        return " " * RAIL
    rows = [*ends[0], *ends[1]]
    first, last = min(rows), max(rows)
    to_left, to_right = y in ends[0], y in ends[1]
    sign = CROSSINGS.get((first < y <= last, first <= y < last, to_left, to_right), "│")
    return f"{'─' if to_left else ' '}{sign}{'─' if to_right else ' '}"
