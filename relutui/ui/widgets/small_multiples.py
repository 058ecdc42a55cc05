"""Small multiples: one small chart for every unit, or for every activation, all with the same axes."""

from collections.abc import Callable
from itertools import zip_longest

import numpy as np
from rich.text import Text
from textual.strip import Strip

from relutui.lib.arrays import Array
from relutui.plot.axes import Axes
from relutui.plot.chart import Layer, Line, Marks, draw
from relutui.readout.activations import ActivationsReadout
from relutui.readout.small_multiples import UnitsReadout
from relutui.ui.widgets.fit import target
from relutui.ui.widgets.strip_widget import count_of_hidden, longest_fit, strip_of

MIN_UNIT_SIZE = (26, 7)  # columns, rows
MIN_ACTIVATION_SIZE = (19, 8)  # columns, rows; four fit side by side in 80 columns
MIN_Y_RANGE = 1e-9  # units of y

DrawOne = Callable[[int, int, int], list[Strip]]


def units(readout: UnitsReadout, width: int, height: int) -> list[Strip]:
    """Draw z and a of every unit, shaded where it is off."""
    axes = Axes((float(readout.x[0]), float(readout.x[-1])), _limits(readout), x_units=readout.scale.x)

    def draw_one(index: int, width: int, height: int) -> list[Strip]:
        unit = readout.units[index]
        note = f"  {unit.path or unit.note}"
        if len(f"  {unit.unit}{note}") > width:
            note = f"  {unit.note}"
        title = _title(f"unit {unit.unit}", note, unit.colour, unit.selected)
        if title.cell_len > width:
            title = _title(f"{unit.unit}", note, unit.colour, unit.selected)
        layers: list[Layer] = [
            Line(readout.x, unit.z, unit.colour, dashed=True, faint=True),
            Line(readout.x, unit.a, unit.colour),
        ]
        for x, layer in unit.kinks:
            z = np.interp([x], readout.x, unit.z)
            layers.append(Marks(np.array([x]), z, str(layer % 10), unit.colour, bold=True))
        shades = [each for each in (unit.off, *unit.further_off) if each]
        if unit.before:
            layers[:0] = [Line(readout.x, z, None, faint=True, dotted=True) for z, _ in unit.before]
            for place, marker in (*((kink, "◇") for _, kink in unit.before), (unit.kink, "◆")):
                if place is not None:
                    layers.append(Marks(np.array([place]), np.zeros(1), marker, unit.colour, bold=True))
        return [strip_of(title, width), *draw(layers, axes, width, height - 1, shaded=shades, data=readout.data_range)]

    selected = next((unit.unit for unit in readout.units if unit.selected), 0)
    return side_by_side(len(readout.units), selected, draw_one, MIN_UNIT_SIZE, width, height)


def activations(readout: ActivationsReadout, width: int, height: int) -> list[Strip]:
    """Draw the prediction with every activation, the target, and the selected unit's a."""
    axes = Axes(readout.x_limits, readout.y_limits, x_units=readout.scale.x, y_units=readout.scale.y)

    def draw_one(index: int, width: int, height: int) -> list[Strip]:
        variant = readout.variants[index]
        layers: list[Layer] = [Line(readout.x, variant.prediction, 15), target(readout.data, width)]
        if variant.a is not None:
            layers.insert(0, Line(readout.x, variant.a, readout.colour, dashed=True))
        short = variant.loss.split()[-1]  # without "MSE"
        shorter = short.replace("e-0", "e-").replace("e+0", "e+")
        notes = (f"  {variant.loss}" if width >= MIN_UNIT_SIZE[0] else f" {short}", f" {short}", f" {shorter}")
        note = longest_fit(notes, width - len(variant.name) - 3)
        title = _title(variant.name, note, None, variant.present)
        return [strip_of(title, width), *draw(layers, axes, width, height - 1, data=readout.data_range)]

    present = next(index for index, variant in enumerate(readout.variants) if variant.present)
    return side_by_side(len(readout.variants), present, draw_one, MIN_ACTIVATION_SIZE, width, height)


def side_by_side(count: int, selected: int, draw_one: DrawOne, least: tuple[int, int], width: int, height: int) -> list[Strip]:
    """Draw as many of `count` charts of at least this size as fit, in rows, including the selected one."""
    columns = max(1, min(count, width // least[0]))
    rows = max(1, min(-(-count // columns), height // least[1]))
    room = rows * columns
    if cut := count > room:
        height -= 1
    first = min(max(0, selected - room + 1), max(0, count - room))
    lines: list[Strip] = []
    for start in range(first, min(first + room, count), columns):
        drawn = [draw_one(index, width // columns, height // rows) for index in range(start, min(start + columns, count))]
        lines += [Strip.join(strips) for strips in zip_longest(*drawn, fillvalue=Strip.blank(width // columns))]
    if cut:
        lines.append(strip_of(count_of_hidden(first, count - first - room), width))
    return lines


def _title(name: str, note: str, colour: int | None, marked: bool) -> Text:
    style = "" if colour is None else f"color({colour})"
    title = Text(" ▸" if marked else "  ", style=style)
    return title.append(name, style=f"bold {style}" if marked else style).append(note)


def _limits(readout: UnitsReadout) -> tuple[float, float]:
    """Return the common y-range: from 0 to the largest a, and as far below 0 as z goes, but no farther than above."""
    high = max(_largest([unit.a for unit in readout.units]), MIN_Y_RANGE)
    low = -min(max(_largest([-unit.z for unit in readout.units]), 0.0), high)
    return (low, high) if high > MIN_Y_RANGE else (-1.0, 1.0)


def _largest(curves: list[Array]) -> float:
    """Return the largest finite value, or -inf."""
    values = np.array(curves)
    return float(values.max(initial=-np.inf, where=np.isfinite(values)))
