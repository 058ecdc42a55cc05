"""Charts as SVG: what chart.py draws as rows of text, drawn as vectors, with text that any viewer places right."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple
from xml.etree import ElementTree as ET

import numpy as np

from relutui.plot.axes import Axes
from relutui.plot.chart import Layer, Line, Marks
from relutui.plot.ticks import log_ticks, ticks

WIDTH, HEIGHT = 720, 300  # of a plot area with its margins, in pixels
LEFT, RIGHT, TOP, BOTTOM = 80, 20, 34, 56  # margins of a plot area
HEAD, ROW = 30, 20  # of the title, and of a line of the legend
FONT_SIZE = 13
_LABEL_CHARS = 9
_COLOURS = ("#222222", "#c1272d", "#2e8b3d", "#b07d00", "#1f5fbf", "#a0369b", "#00838f", "#555555")  # on white, of 0 to 7
_INK, _PALE = "#222222", "#dddddd"


class Panel(NamedTuple):
    """A chart with a title and the name of its x."""

    title: str
    layers: Sequence[Layer]
    axes: Axes
    x_name: str


def draw(title: str, panels: Sequence[Panel], legend: Sequence[str]) -> str:
    """Draw a title, panels, one under the other, and a legend below, a row for each of its lines.

    Of layers, lines and marks are known; colours of 8 and more are those of 0 to 7, as they lie on white.
    """
    end = HEAD + HEIGHT * len(panels)
    height = end + ROW * (len(legend) + 1)
    size = {"width": str(WIDTH), "height": str(height), "viewBox": f"0 0 {WIDTH} {height}"}
    font = {"font-family": "sans-serif", "font-size": str(FONT_SIZE), "fill": _INK}
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size, **font})
    ET.SubElement(root, "rect", {"width": "100%", "height": "100%", "fill": "white"})
    _text(root, WIDTH / 2, HEAD - 8, title, "middle")
    for number, panel in enumerate(panels):
        _panel(ET.SubElement(root, "g", {"transform": f"translate(0 {HEAD + HEIGHT * number})"}), panel)
    for row, line in enumerate(legend):
        _text(root, LEFT, end + ROW * (row + 1), line, "start")
    return ET.tostring(root, encoding="unicode") + "\n"


def _panel(parent: ET.Element, panel: Panel) -> None:
    axes, right, floor = panel.axes, WIDTH - RIGHT, HEIGHT - BOTTOM
    _text(parent, LEFT, TOP - 12, panel.title, "start")
    (low, high), (bottom, top) = axes.x, axes.y
    most = (right - LEFT) // (FONT_SIZE * 5)
    for at, label in axes.x_ticks or ticks(low, high, most, _LABEL_CHARS, axes.whole).ticks:
        x = _place(at, low, high, LEFT, right)
        _line(parent, [(x, floor), (x, floor + 5)], _INK)
        _text(parent, x, floor + 20, label, "middle")
    for at, label in (log_ticks if axes.log_y else ticks)(bottom, top, 6, _LABEL_CHARS).ticks:
        y = _place(at, bottom, top, floor, TOP)
        _line(parent, [(LEFT, y), (right, y)], _PALE)
        _text(parent, LEFT - 8, y + 4, label, "end")
    _line(parent, [(LEFT, TOP), (LEFT, floor), (right, floor)], _INK)
    _text(parent, (LEFT + right) / 2, floor + 42, panel.x_name, "middle")
    for layer in panel.layers:
        places = [
            (_place(x, low, high, LEFT, right), _place(y, bottom, top, floor, TOP))
            for x, y in zip(layer.x.tolist(), layer.y.tolist())
        ]
        colour = _COLOURS[(layer.colour or 0) % len(_COLOURS)]
        if isinstance(layer, Line):
            for joined, run in groupby(places, lambda place: bool(np.isfinite(place).all())):
                if joined:
                    _line(parent, [*run], colour, "2 4" if layer.dotted else "6 4" if layer.dashed else "")
        elif isinstance(layer, Marks):
            for x, y in places:
                if np.isfinite((x, y)).all():
                    _mark(parent, x, y, layer.marker, colour)


def _place(value: float, low: float, high: float, start: float, end: float) -> float:
    """The pixel of a value between low and high, which lie at start and end."""
    return start + (end - start) * ((value - low) / (high - low) if low < high else 0.5)


def _line(parent: ET.Element, points: Sequence[tuple[float, float]], colour: str, dashes: str = "") -> None:
    style = {"fill": "none", "stroke": colour, "stroke-width": "1.5", "stroke-dasharray": dashes}
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    ET.SubElement(parent, "polyline", {"points": path} | {key: value for key, value in style.items() if value})


def _mark(parent: ET.Element, x: float, y: float, marker: str, colour: str) -> None:
    radius, fill = ("4", colour) if marker == "●" else ("7.5", "white")
    ET.SubElement(parent, "circle", {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": radius, "fill": fill, "stroke": colour})
    if marker != "●":
        _text(parent, x, y + 4.5, marker, "middle", colour)


def _text(parent: ET.Element, x: float, y: float, text: str, anchor: str, colour: str = _INK) -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "fill": colour}
    ET.SubElement(parent, "text", place).text = text
