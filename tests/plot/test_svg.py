"""Charts as SVG, read back as XML: everything lies where its numbers say."""

import math
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from relutui.plot.axes import Axes
from relutui.plot.chart import Line, Marks
from relutui.plot.picture import BOTTOM, HEAD, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Panel
from relutui.plot.svg import draw

SVG = "{http://www.w3.org/2000/svg}"
LEFT_END, RIGHT_END, FLOOR = LEFT, WIDTH - RIGHT, HEIGHT - BOTTOM  # of the plot area


def panel(*layers: Line | Marks, log_y: bool = False, title: str = "") -> Panel:
    return Panel(title, layers, Axes((0.0, 4.0), (-2.0, 2.0), log_y, x_ticks=((0.0, "zero"), (3.0, "three"))), "x")


def lines(svg: str, colour: str) -> list[list[tuple[float, float]]]:
    found = [line for line in ET.fromstring(svg).iter(f"{SVG}polyline") if line.get("stroke") == colour]
    return [[(float(x), float(y)) for x, y in (place.split(",") for place in line.get("points", "").split())] for line in found]


def words(svg: str) -> dict[str, tuple[float, float, str | None]]:
    return {
        element.text or "": (float(element.get("x", "")), float(element.get("y", "")), element.get("text-anchor"))
        for element in ET.fromstring(svg).iter(f"{SVG}text")
    }


def test_a_line_breaks_where_it_has_no_number() -> None:
    x, y = np.array([0.0, 1.0, 2.0, 4.0]), np.array([-2.0, 0.0, np.nan, 2.0])
    middle = (TOP + FLOOR) / 2
    first, last = lines(draw("", [panel(Line(x, y, 6))], []), "#00838f")
    assert first == [(LEFT_END, FLOOR), (LEFT_END + (RIGHT_END - LEFT_END) / 4, middle)]
    assert set(last) == {(RIGHT_END, TOP)}


def test_ticks_and_marks_are_placed_by_their_middle() -> None:
    marks = Marks(np.array([1.0, 2.0]), np.array([1.0, math.inf]), "A", 3)
    svg = draw("", [panel(marks)], [])
    found = words(svg)
    width, height = RIGHT_END - LEFT_END, FLOOR - TOP
    assert found["three"][::2] == (LEFT_END + 0.75 * width, "middle")
    assert found["A"][0] == LEFT_END + 0.25 * width
    (circle,) = ET.fromstring(svg).iter(f"{SVG}circle")  # and none at infinity
    place = float(circle.get("cx", "")), float(circle.get("cy", ""))
    assert place == pytest.approx((LEFT_END + 0.25 * width, TOP + 0.25 * height), abs=0.05)


def test_the_numbers_of_a_logarithmic_axis_are_written_out() -> None:
    found = words(draw("", [panel(log_y=True)], []))
    for number, share in (("0.01", 0.0), ("1", 0.5), ("100", 1.0)):
        _, y, anchor = found[number]
        assert (y, anchor) == (FLOOR - share * (FLOOR - TOP) + 4, "end")


def test_titles_are_text_whatever_is_in_them() -> None:
    svg = draw("<a> & b", [panel(title="loss < 1"), panel(title='"two"')], ["A  & more", "B"])
    assert {"<a> & b", "loss < 1", '"two"', "A  & more", "B"} <= set(words(svg))
    root = ET.fromstring(svg)
    assert [group.get("transform") for group in root.iter(f"{SVG}g")] == [
        f"translate(0 {HEAD})", f"translate(0 {HEAD + HEIGHT})",
    ]  # fmt: skip
    assert max(y for _, y, _ in words(svg).values()) < float(root.get("height", ""))
