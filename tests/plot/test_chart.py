"""Charts: every row in its place, every point in the right cell, and no number that breaks them."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.color import Color
from rich.style import Style

from relutui.plot.axes import Axes, columns
from relutui.plot.braille import Canvas, braille
from relutui.plot.chart import Line, Marks, draw
from relutui.plot.clipping import Path
from tests.plot.drawn import TARGET, X, at, dots, find, style_at, text, through

NUMBER = st.floats()
LIMIT = st.floats(allow_nan=False, allow_infinity=False)
DRAWN = settings(deadline=None)  # a first chart, or a busy machine, may take its time
DOMAIN = st.tuples(LIMIT, LIMIT).map(lambda ends: (min(ends), max(ends)))
SIZE = st.tuples(st.integers(0, 90), st.integers(0, 30))


@pytest.fixture(scope="module", autouse=True)
def nothing_but_clipped_lines_reach_plotext() -> Iterator[None]:
    """Whatever a test of this module draws is looked at before plotext's kernel is given it."""

    def looked_at(paths: Sequence[tuple[int, Path]], width: int, height: int) -> Canvas:
        for _, path in paths:
            assert ((path.points >= 0.0) & (path.points < (width, height))).all()  # of NaN neither is so
        return braille(paths, width, height)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("relutui.plot.chart.braille", looked_at)
        yield


def test_a_chart() -> None:
    layers: list[Line | Marks] = [Marks(X, TARGET, "●"), through((0, 2), (1, 0), (3, 2)), at(1, 0, "◆")]
    assert text(draw(layers, Axes((0, 3), (0, 4)), 37, 11, vertical=2.4)) == [
        "  4.0┤                        ┊    ●●",
        "     │                        ┊   ●● ",
        "  3.0┤                        ┊ ●●   ",
        "     │                        ●●●    ",
        "  2.0┤⠠⢄                     ●●   ⢀⡠⠤",
        "     │ ●⠑⠤⡀                ●●⢀⡠⠤⠒⠉⠁  ",
        "  1.0┤    ⠈⠢⢄           ⢀⡠⠤⠒⠉⠁┊      ",
        "     │      ●⠑⠤⡀   ⢀⡠⠤⠒⠉⠁     ┊      ",
        "  0.0┤         ⠈◆⠒⠉⠁          ┊      ",
        "     └┬─────────┬─────────┬─────────┬",
        "     0.0       1.0       2.0      3.0",
    ]


def test_an_empty_chart_without_ticks_is_all_plot_area() -> None:
    axes = Axes((0, 1), (0, 1), ticks=False)
    assert text(draw([through((0, 0), (1, 0))], axes, 4, 2)) == ["    ", "⠠⠤⠤⠤"]
    assert columns(axes, 4).left == 0


def test_the_margin_does_not_depend_on_the_values() -> None:
    for y in ((0, 1), (-1e30, 1e30), (0, 1e-12), (-1234.5, 9999.0)):
        strips = draw([], Axes((0, 3), y), 40, 12)
        assert {row.find("│") for row in text(strips)[:10]} <= {5, -1}
        assert text(strips)[-2].startswith("     └┬")


def test_a_logarithmic_axis_reads_as_powers_of_ten() -> None:
    rows = text(draw([], Axes((0, 100), (-4, 0), log_y=True), 30, 11))
    assert [row[:6] for row in rows[:9:2]] == ["  1e0┤", " 1e-1┤", " 1e-2┤", " 1e-3┤", " 1e-4┤"]


@DRAWN
@given(st.integers(8, 200), DOMAIN, st.floats(0, 1))
@example(8, (0.0, 5e-324), 0.0)
def test_a_mark_stands_in_the_column_that_columns_names(width: int, domain: tuple[float, float], share: float) -> None:
    x = min(max(domain[0] * (1 - share) + domain[1] * share, domain[0]), domain[1])
    axes = Axes(domain, (0, 1))
    column = columns(axes, width).column(x)
    assert find(draw([at(x, 0.5)], axes, width, 7)) == [(column, 2)]
    assert {at // 2 for at, _ in dots(text(draw([through((x, 0.5))], axes, width, 7)))} == {column}


@given(st.integers(8, 200), st.integers(0, 191), st.tuples(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6)))
def test_columns_and_their_x_agree(width: int, column: int, domain: tuple[float, float]) -> None:
    area = columns(Axes((domain[0], domain[0] + domain[1]), (0, 1)), width)
    column = area.left + column % area.width
    middles = np.linspace(area.low, area.high, area.width)
    assert area.column(float(middles[column - area.left])) == column


def test_the_ends_of_the_domain_are_the_first_and_the_last_column() -> None:
    area = columns(Axes((-5, 4), (0, 1)), 64)
    assert (area.column(-5), area.column(4)) == (area.left, 63)


def test_what_lies_outside_is_one_column_beside() -> None:
    area = columns(Axes((0, 3), (0, 1)), 64)
    assert [area.column(x) for x in (-1e300, -1.0, 4.0, np.inf, np.nan)] == [
        area.left - 1,
        area.left - 1,
        64,
        64,
        area.left - 1,
    ]


@DRAWN
@given(st.integers(4, 60), st.floats(0, 1))
def test_a_mark_and_a_line_stand_in_the_row_of_their_y(height: int, y: float) -> None:
    rows = height - 2
    place = (1 - y) * (rows - 1) + 0.5
    [(_, row)] = find(draw([at(0.5, y)], Axes((0, 1), (0, 1)), 30, height))
    assert abs(row + 0.5 - place) <= 0.5 + 1e-9
    line = dots(text(draw([through((0, y), (1, y))], Axes((0, 1), (0, 1)), 30, height)))
    assert {dot // 4 for _, dot in line} == {row}


def test_a_shade_lies_behind_everything_between_two_x() -> None:
    axes = Axes((0, 4), (0, 1), ticks=False)
    rows = text(draw([at(1, 1)], axes, 9, 2, vertical=2, shaded=[(0.5, 2.5)]))
    assert rows == [" ░●░┊░   ", " ░░░┊░   "]
    assert text(draw([through((0, 0), (4, 0))], axes, 9, 2, shaded=[(2, 4)])) == ["    ░░░░░", "⠠⠤⠤⠤⠤⠤⠤⠤⠤"]


@pytest.mark.parametrize(
    ("shaded", "expected"),
    [
        ((-np.inf, 1.0), "░░░      "),
        ((3.0, np.inf), "      ░░░"),
        ((-np.inf, np.inf), "░" * 9),
        ((5.0, 7.0), " " * 9),
        ((-7.0, -5.0), " " * 9),
    ],
)
def test_a_shade_may_reach_beyond_the_axes(shaded: tuple[float, float], expected: str) -> None:
    assert text(draw([], Axes((0, 4), (0, 1), ticks=False), 9, 2, shaded=[shaded])) == [expected] * 2


def test_marks_outside_are_left_out() -> None:
    outside = [at(*point) for point in ((-1, 0), (5, 0), (1, 9), (1, -9), (1, np.nan), (np.inf, 1))]
    assert not find(draw(outside, Axes((0, 4), (0, 1)), 20, 8))


def test_a_marker_of_several_letters_has_its_middle_at_the_place_and_is_cut_at_the_edges() -> None:
    axes = Axes((0, 4), (0, 1), ticks=False)
    assert text(draw([at(2, 0, "▸12")], axes, 9, 2))[1] == "   ▸12   "
    assert text(draw([at(0, 0, "▸12")], axes, 9, 2))[1] == "12       "
    assert text(draw([at(4, 0, "▸12")], axes, 9, 2))[1] == "       ▸1"


def test_the_later_layer_is_on_top() -> None:
    axes = Axes((0, 1), (0, 1), ticks=False)
    line, mark = through((0, 0), (1, 0), colour=2), at(0.5, 0, colour=3)
    row = draw([line, mark], axes, 5, 2)[1]
    assert row.text == "⠠⠤●⠤⠤"
    assert style_at(row, 2) == Style(color=Color.from_ansi(3))
    row = draw([mark, line], axes, 5, 2)[1]
    assert row.text == "⠠⠤⠤⠤⠤"
    assert style_at(row, 2) == Style(color=Color.from_ansi(2))
    assert text(draw([at(0.5, 0, "●"), at(0.5, 0, "◆")], axes, 5, 2))[1] == "  ◆  "


def test_styles() -> None:
    axes = Axes((0, 1), (0, 1), ticks=False)
    assert style_at(draw([through((0, 0), (1, 0), faint=True)], axes, 5, 2)[1], 1) == Style(dim=True)
    bold = Marks(np.array([0.0]), np.array([0.0]), "◆", 9, bold=True)
    assert style_at(draw([bold], axes, 5, 2)[1], 0) == Style(color=Color.from_ansi(9), bold=True)


def test_the_probe_is_behind_everything_and_only_inside() -> None:
    axes = Axes((0, 1), (0, 1), ticks=False)
    assert text(draw([at(0.5, 1)], axes, 5, 3, vertical=0.5)) == ["  ●  ", "  ┊  ", "  ┊  "]
    for x in (-0.5, 1.5, np.nan, np.inf):
        assert not find(draw([], axes, 5, 3, vertical=x), "┊")


@pytest.mark.parametrize("high", [1e-300, 1e-12, 1.0, 1e30, 1e300])
def test_the_size_of_the_numbers_does_not_matter(high: float) -> None:
    plain = draw([Line(X, TARGET)], Axes((0, 3), (0, 4), ticks=False), 40, 9)
    scaled = draw([Line(X * high, TARGET * high)], Axes((0, 3 * high), (0, 4 * high), ticks=False), 40, 9)
    assert text(scaled) == text(plain)


def test_an_axis_of_one_number_has_it_in_the_middle() -> None:
    assert find(draw([at(1, 2)], Axes((1, 1), (2, 2), ticks=False), 5, 5)) == [(2, 2)]


@pytest.mark.parametrize(("width", "height"), [(0, 0), (1, 1), (7, 20), (60, 3), (10, 3)])
def test_without_room_there_is_no_chart(width: int, height: int) -> None:
    assert text(draw([Line(X, TARGET)], Axes((0, 3), (0, 4)), width, height)) == [" " * width] * height


@pytest.mark.parametrize("limits", [(1.0, 0.0), (0.0, np.inf), (np.nan, 1.0)])
def test_limits_must_be_finite_and_in_order(limits: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="limits"):
        Axes(limits, (0, 1))
    with pytest.raises(ValueError, match="limits"):
        Axes((0, 1), limits)


@DRAWN
@given(SIZE, DOMAIN, DOMAIN, st.lists(st.tuples(NUMBER, NUMBER), min_size=1, max_size=30), st.booleans(), NUMBER)
def test_any_numbers_give_rows_of_the_size_asked_for(
    size: tuple[int, int],
    x_limits: tuple[float, float],
    y_limits: tuple[float, float],
    points: list[tuple[float, float]],
    flag: bool,
    vertical: float,
) -> None:
    width, height = size
    x, y = np.array(points).T
    layers: list[Line | Marks] = [Line(x, y, 1), Marks(x, y, "●"), Line(x, y, 2, dashed=True), Line(x, y, dotted=True)]
    for axes in (Axes(x_limits, y_limits, log_y=flag), Axes(x_limits, y_limits, ticks=False)):
        strips = draw(layers, axes, width, height, vertical, [(vertical, points[0][0])])
        assert [len(row) for row in text(strips)] == [width] * height
        assert [strip.cell_length for strip in strips] == [width] * height


@pytest.mark.parametrize(("width", "height"), [(19, 6), (26, 7), (57, 13), (78, 9), (110, 40)])
@pytest.mark.parametrize("x", [(1.7e9, 1.7e9 + 86_400.0), (1.0, 1.0 + 1e-9), (1_732_874_400.0, 1_732_878_000.0)])
@pytest.mark.parametrize("y", [(60_000.2, 60_000.9), (-1.7e9, -1.7e9 + 5.0)])
def test_far_from_zero_both_widths_can_be_read(width: int, height: int, x: tuple[float, float], y: tuple[float, float]) -> None:
    """The first number of either axis is written whole, over the y axis and under the x axis, the others as what is added."""
    rows = text(draw([], Axes(x, y), width, height))
    assert len(rows) == height
    first, *added = rows[-1].split()
    assert x[0] <= float(first) <= x[1]
    assert added
    assert all(number.startswith("+") and float(number) <= (x[1] - x[0]) * (1 + 1e-6) for number in added)
    base, plus = rows[0].split()
    assert (plus, y[0] <= float(base) <= y[1]) == ("+", True)
    beside = [float(row[:5]) for row in rows[1:-2] if row[:5].strip()]
    assert len(set(beside)) == len(beside) > 1
    assert max(beside) <= y[1] - y[0]
