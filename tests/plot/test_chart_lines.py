"""The lines of a chart: those that plotext draws, unbroken, and with gaps where they are dashed."""

import subprocess
import sys

import numpy as np
import plotext
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relutui.plot.axes import Axes
from relutui.plot.chart import Line, draw
from tests.plot.drawn import TARGET, X, around, dots, text, through
from tests.support.waiting import LIMIT

DENSE = np.where(np.arange(300) % 2, 3.0 + 0.3 * X, 1.0 + np.sin(X))  # up and down in every column


@settings(deadline=None)  # a first chart, or a busy machine, may take its time
@given(st.lists(st.floats(-3, 3), min_size=2, max_size=40), st.integers(10, 120), st.integers(5, 40))
def test_a_line_is_unbroken(values: list[float], width: int, height: int) -> None:
    line = Line(np.linspace(0, 1, len(values)), np.array(values))
    left = dots(text(draw([line], Axes((0, 1), (-3, 3)), width, height)))
    reached = [min(left)]
    while reached:
        neighbours = around({reached.pop()}) & left
        left -= neighbours
        reached += neighbours
    assert not left


@pytest.mark.parametrize("curve", [TARGET, np.sin(3 * X) + 2, 4 / (1 + np.exp(-8 * (X - 1.5))), DENSE])
def test_curves_are_those_of_a_plotext_figure(curve: np.ndarray) -> None:
    figure = plotext.figure
    plotext.terminal.limit(False, False)
    figure.clear()
    figure.axes(False)
    figure.plot_size(58, 14)
    for axis, limits in (("x", (0, 3)), ("y", (0, 4))):
        figure.ruler(axis).lim(*limits)
        figure.ruler(axis).frequency(0)
    figure.draw(figure.signal(X.tolist(), curve.tolist(), marker="braille").lines())
    theirs = dots(figure.build().string(colorless=True).splitlines())
    ours = dots(text(draw([Line(X, curve)], Axes((0, 3), (0, 4), ticks=False), 58, 14)))
    assert ours <= around(theirs)
    assert theirs <= around(ours)


def test_dashes_are_seen_without_colour_and_stay_where_they_are() -> None:
    axes = Axes((0, 1), (0, 1), ticks=False)
    for y in (0.0, 0.5, 1.0):
        line = through((0, y), (1, y), dashed=True)
        [row] = [row for row in text(draw([line], axes, 12, 5)) if row.strip()]
        assert [cell != " " for cell in row] == [True, True, False] * 4


def test_a_steep_dashed_line_has_its_gaps_in_the_rows() -> None:
    rows = text(draw([through((0.5, 0), (0.5, 1), dashed=True)], Axes((0, 1), (0, 1), ticks=False), 9, 9))
    assert [bool(row.strip()) for row in rows] == [True, True, False] * 3


def test_a_dotted_line_has_a_dot_in_each_cell_that_it_enters() -> None:
    axes = Axes((0, 1), (0, 1), ticks=False)
    x, y = np.array([0.0, 1.0]), np.array([0.0, 0.0])
    assert text(draw([Line(x, y, dotted=True)], axes, 12, 3))[2] == " " + "⠄" * 11
    assert len(dots(text(draw([Line(np.array([0.5, 0.5]), x, dotted=True)], axes, 9, 9)))) == 8


def test_a_line_is_cut_where_it_leaves_the_limits() -> None:
    rows = text(draw([through((0, -10), (1, 10))], Axes((0, 1), (0, 1), ticks=False), 41, 5))
    assert {x // 2 for x, _ in dots(rows)} == {20, 21, 22}  # y is from -1/8 to 9/8 for x from 0.494 to 0.556


def test_what_is_not_finite_breaks_the_line() -> None:
    axes = Axes((0, 4), (0, 1), ticks=False)
    line = Line(np.array([0, 1, 2, 3, 4.0]), np.array([0, 0, np.nan, 0, 0]))
    assert [cell != " " for cell in text(draw([line], axes, 9, 3))[2]] == [True] * 3 + [False] * 3 + [True] * 3


def test_plotext_is_imported_by_the_first_chart_only() -> None:
    code = "import sys, relutui.plot.chart; sys.exit('plotext' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=LIMIT)


def test_beyond_the_data_it_is_hatched_and_labelled_where_there_is_room() -> None:
    axes = Axes((0, 3), (0, 1), ticks=False)
    rows = text(draw([through((0, 0), (3, 0))], axes, 48, 3, data=(1, 2)))
    assert rows == [
        "╱  no data here                  no data here   ",
        "   ╱   ╱   ╱   ╱                   ╱   ╱   ╱   ╱",
        "⠠" + "⠤" * 47,
    ]
    narrow = text(draw([through((0, 0), (3, 0))], axes, 24, 2, data=(1, 2)))
    assert narrow == ["╱   ╱           ╱   ╱   ", "⠠" + "⠤" * 23]
