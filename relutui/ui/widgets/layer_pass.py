"""The forward pass at the probe through several hidden layers, as written on paper."""

from collections.abc import Iterator

from rich.text import Text

from relutui.lib.number_text import sign_of_equality
from relutui.readout.layer_pass import Input, LayerPassReadout, UnitPass
from relutui.ui.widgets.strip_widget import longest_fit

MOST_INPUTS = 4  # written of a unit; what the others add is written as one number
SUM_ROWS = 2


def layer_pass(readout: LayerPassReadout, width: int, height: int) -> Iterator[Text]:
    """Draw each layer with its units, then the sum; where not all units fit, those that are on come first."""
    selected, sizes = readout.selected[0], [len(units) for units in readout.layers]
    few = height < SUM_ROWS + 2 * len(sizes)  # rows, so that the selected layer has them all
    rooms = _rooms([size * (not few or layer == selected) for layer, size in enumerate(sizes)], height, selected)
    for layer, room in enumerate(rooms):
        if few and layer != selected:
            continue
        shown, rest = readout.split(layer, room)
        yield Text(longest_fit(_heads(readout, layer, shown, rest), width), "dim")
        for unit in shown:
            yield _unit(readout, layer, unit, width)
    yield from (Text(line, "bold" if "ŷ" in line else "") for line in _sums(readout, width))


def _rooms(sizes: list[int], height: int, selected: int) -> list[int]:
    """Return how many units of each layer are shown, those of the selected layer before the others; of 0 it has no line."""
    rooms, rows = [0] * len(sizes), height - SUM_ROWS - sum(size > 0 for size in sizes)
    order = [selected, *(layer for layer in range(len(sizes)) if layer != selected)]
    while rows > 0 and any(room < size for room, size in zip(rooms, sizes)):
        for layer in order:
            if rows > 0 and rooms[layer] < sizes[layer]:
                rooms[layer] += 1
                rows -= 1
    return rooms


def _heads(readout: LayerPassReadout, layer: int, shown: tuple[UnitPass, ...], rest: tuple[UnitPass, ...]) -> tuple[str, ...]:
    """Return the forms of the line over a layer."""
    units, name = readout.layers[layer], f"layer {layer + 1}, {readout.activations[layer]}"
    on = f"{sum(unit.on for unit in units)} of {len(units)} on"
    if not rest:
        return (f"{name}: {on}", name)
    more = f"{len(rest)} more, {sum(unit.on for unit in rest)} of them on"
    return (f"{name}: {on}; {more}, not shown", f"{name}: {on}", name)


def _unit(readout: LayerPassReadout, layer: int, unit: UnitPass, width: int) -> Text:
    """Return the line of a unit: its inputs times their weights, b, z, a, and in the last layer times v."""
    selected = (layer, unit.unit) == readout.selected
    head = f"{'▸' if selected else ' '}{unit.unit}  "
    forms = [f"{_z(readout, unit, room)}{_end(readout, unit)}" for room in range(min(MOST_INPUTS, len(unit.inputs)), 0, -1)]
    short = f"z = {readout.written(unit.z)}{_end(readout, unit)}"
    line = longest_fit((*forms, short, f"a = {readout.written(unit.a)}"), width - len(head))
    style = f"color({unit.colour}){' bold' if selected else ''}"
    return Text().append(head, style).append(line, "" if unit.on else "dim")


def _z(readout: LayerPassReadout, unit: UnitPass, room: int) -> str:
    """Return the sum that is z, with at most `room` of its inputs one by one, those that add something first."""
    named = [each for each in unit.inputs if each.product][:room] or list(unit.inputs[:1])
    rest = [each for each in unit.inputs if each not in named]
    others = sum(each.product for each in rest)
    texts = [_product(readout, each) for each in named]
    b, z = readout.written(unit.b), readout.written(unit.z)
    parts: list[tuple[str, ...]] = [(readout.written(each.w), readout.written(each.value)) for each in named]
    line = " + ".join(texts)
    if rest:
        line += f" and {len(rest)} more: {readout.written(others)},"
        parts.append((readout.written(others),))
    sign = sign_of_equality(z, *parts, (b,))
    return f"{line} {'-' if b.startswith('-') else '+'} {b.removeprefix('-')} {sign} {z}"


def _product(readout: LayerPassReadout, each: Input) -> str:
    return f"{readout.written(each.w)} × {readout.written(each.value)}"


def _end(readout: LayerPassReadout, unit: UnitPass) -> str:
    a = readout.written(unit.a)
    if unit.v is None:
        return f" → {a}"
    v, part = readout.written(unit.v), readout.written(unit.v * unit.a)
    return f" → {a} × {v} {sign_of_equality(part, (a, v))} {part}"


def _sums(readout: LayerPassReadout, width: int) -> Iterator[str]:
    """Yield the lines of the sum, and of the target."""
    c, total, prediction = map(readout.written, (readout.c, readout.total, readout.prediction))
    parts = [readout.written(unit.v * unit.a) for unit in readout.layers[-1] if unit.v is not None]
    sign = sign_of_equality(total, *((part,) for part in parts), (c,))
    name = "ŷ" if readout.output == "identity" else "sum"
    after = "" if name == "ŷ" else f"   {readout.output} → ŷ = {prediction}"
    added = " + ".join([*parts, f"c {c}"])
    shorter = f"Σ v a + c = {name} {total}{after}"
    yield longest_fit((f"{added} {sign} {name} {total}{after}", shorter, f"ŷ = {prediction}"), width)
    x = readout.written(readout.x)
    if readout.target is None or readout.error is None:
        yield longest_fit((f"x = {x}   no data here", "no data here"), width)
        return
    error = f"{'+' if readout.error > 0 else ''}{readout.written(readout.error)}"
    target = readout.written(readout.target)
    yield longest_fit((f"x = {x}   target {target}   error {error}", f"target {target}   error {error}"), width)
