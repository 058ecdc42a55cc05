"""What stands for a character, and for a line, in the plain drawing."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from relutui.plot.axes import Axes
from relutui.plot.chart import Beads, Layer, Line, Marks, draw
from relutui.plot.plain import PLAIN, ascii_row


@pytest.mark.parametrize(
    ("row", "plain"),
    [
        ("0.10 → 0.30", "0.10-> 0.30"),  # never 0.10 > 0.30
        ("0.10 → 0.30  |", "0.10 -> 0.30 |"),
        ("x²  y", "x^2 y"),
        ("ax²", "ax2"),  # where there is no room
        ("a²L⁴/(180(n+1)⁴)   ", "a^2L^4/(180(n+1)^4)"),
        ("ŷ = c + Σ v a", "Y = c + S v a"),
        ("● target ━ prediction ┅ unit ◆ kink", "o target * prediction - unit # kink"),
        ("╭─ Größe ╮", "+- Gro?e +"),
        ("日本", "????"),
    ],
)
def test_a_row(row: str, plain: str) -> None:
    assert "".join(ascii_row((row,))) == plain


@given(st.lists(st.text(st.sampled_from("  a→²ŷ日⠿╭→ é\u0301"))))
def test_a_row_has_as_many_cells_as_before(texts: list[str]) -> None:
    plain = ascii_row(tuple(texts))
    assert len(plain) == len(texts)
    assert "".join(plain).isascii()
    assert cell_len("".join(plain)) == sum(map(cell_len, "".join(texts)))


def rows(*layers: Layer) -> list[str]:
    """A chart of 12 columns and 5 rows, without axes, from (0, 0) to (11, 4)."""
    token = PLAIN.set(True)
    try:
        return [strip.text for strip in draw(layers, Axes((0.0, 11.0), (0.0, 4.0), ticks=False), 12, 5)]
    finally:
        PLAIN.reset(token)


def test_a_line_takes_one_cell_in_each_column_or_row() -> None:
    x = np.array([0.0, 4.0, 8.0, 8.0, 11.0])
    y = np.array([0.0, 4.0, 4.0, 0.0, 0.0])
    assert rows(Line(x, y, 15)) == [
        "    *****   ",
        "   *    *   ",
        "  *     *   ",
        " *      *   ",
        "*       ****",
    ]


def test_kinds_of_lines_are_told_apart_and_points_are_no_lines() -> None:
    x, y = np.array([0.0, 11.0]), np.array([2.0, 2.0])
    kinds = [
        Line(x, y, 15),
        Line(x, y, 3, dashed=True),
        Line(x, y, None, dashed=True, faint=True),
        Line(x, y, 3, dotted=True),
        Line(x, y, 2, faint=True),
    ]
    drawn = [set(rows(line)[2]) - {" "} for line in kinds] + [set(rows(Beads(x, y))[2]) - {" "}]
    assert drawn == [{"*"}, {"-"}, {"'"}, {"."}, {"~"}, {"o"}]
    assert all(one.isdisjoint(other) for (i, one), (j, other) in product(enumerate(drawn), repeat=2) if i < j)


def test_points_lie_over_a_line_unless_they_are_to_lie_under_it() -> None:
    x, y = np.array([0.0, 11.0]), np.array([2.0, 2.0])
    points = np.array([0.0, 3.0]), np.array([2.0, 4.0])
    assert rows(Line(x, y), Beads(*points))[2] == "o***********"
    assert rows(Line(x, y), Beads(*points, under=True))[::2] == ["   o        ", "************", "            "]


def test_shades_grow_with_the_dots() -> None:
    x = np.arange(5.0)
    marks = [Marks(x[j : j + 1], np.full(1, 2.0), chr(0x2800 + code)) for j, code in enumerate((0x01, 0x09, 0x0F, 0x3F, 0xFF))]
    assert rows(*marks)[2] == ".:-=+       "
