"""Pictures as SVG: vectors, with text that any viewer places right."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from relutui.plot.picture import FONT_SIZE, INK, PAPER, Circle, Panel, Picture, Place, Polygon, Polyline, Shape, Text, compose


def draw(title: str, panels: Sequence[Panel], legend: Sequence[str]) -> str:
    """Draw a title, panels, one under the other, and a legend below, a row for each of its lines."""
    return svg_of(compose(title, panels, legend))


def svg_of(picture: Picture) -> str:
    """Return the text of the file of a picture."""
    width, height = str(picture.width), str(picture.height)
    size = {"width": width, "height": height, "viewBox": f"0 0 {width} {height}"}
    font = {"font-family": "sans-serif", "font-size": str(FONT_SIZE), "fill": INK}
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size, **font})
    ET.SubElement(root, "rect", {"width": "100%", "height": "100%", "fill": PAPER})
    for group in picture.groups:
        parent = ET.SubElement(root, "g", {"transform": f"translate(0 {group.down})"}) if group.down else root
        for shape in group.shapes:
            _draw(parent, shape)
    return ET.tostring(root, encoding="unicode") + "\n"


def _draw(parent: ET.Element, shape: Shape) -> None:
    match shape:
        case Polyline(places, colour, dashes):
            style = {"fill": "none", "stroke": colour, "stroke-width": "1.5"}
            dashed = {"stroke-dasharray": f"{dashes[0]:g} {dashes[1]:g}"} if dashes else {}
            ET.SubElement(parent, "polyline", {"points": _path(places)} | style | dashed)
        case Polygon(places, colour):
            ET.SubElement(parent, "polygon", {"points": _path(places), "fill": colour})
        case Circle((x, y), radius, colour, fill):
            place = {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": f"{radius:g}"}
            ET.SubElement(parent, "circle", place | {"fill": fill, "stroke": colour})
        case Text((x, y), text, anchor, colour):
            place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "fill": colour}
            ET.SubElement(parent, "text", place).text = text


def _path(places: Sequence[Place]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
