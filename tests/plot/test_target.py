"""The target on the charts: as fine as the curve, told from it without colour, and no point of any weight left out."""

from itertools import pairwise

import numpy as np
import pytest

from relutui.lib.arrays import Array
from relutui.plot.axes import Axes
from relutui.plot.chart import Beads, Line, Marks, draw
from relutui.readout.curves import Curve
from relutui.readout.fit import read_fit
from relutui.scenario.library import find, load
from relutui.scenario.scenario import View
from relutui.session.session import Session, open_session
from relutui.ui.screens.layout import RowsNeeded, arrangement
from relutui.ui.widgets.fit import fit, target
from tests.plot.drawn import dots, text
from tests.support.sessions import open_lab

SIZES = [(78, 9), (64, 21), (110, 40), (37, 12)]
MARGIN = 6  # columns
EXACT = open_lab(w1=1, b1=-1, w2=2, b2=-4)  # three units through the target


def drawn_dots(layer: Line | Marks | Beads, session: Session, size: tuple[int, int]) -> set[tuple[int, int]]:
    return dots(text(draw([layer], Axes(session.domain, session.view.y_limits), *size)))


def middles(x: Array, y: Array, session: Session, size: tuple[int, int]) -> set[tuple[int, int]]:
    """The dots on which points lie, by hand: the limits are in the middles of the first and the last cell."""
    columns, rows = size[0] - MARGIN, size[1] - 2
    (left, right), (low, high) = session.domain, session.view.y_limits
    across = (x - left) / (right - left) * (columns - 1) + 0.5 + 1e-9
    down = (high - y) / (high - low) * (rows - 1) + 0.5 + 1e-9
    return {(2 * MARGIN + int(column), int(row)) for column, row in zip(2 * across, 4 * down)}


@pytest.mark.parametrize("size", SIZES)
def test_a_curve_through_the_target_goes_through_the_middle_of_every_bead(size: tuple[int, int]) -> None:
    readout = read_fit(EXACT)
    line, beads = Line(*readout.prediction), target(readout.data, size[0])
    assert isinstance(beads, Beads)
    curve = drawn_dots(line, EXACT, size)
    for x, y in zip(beads.x, beads.y):
        one = Beads(np.array([x]), np.array([y]))
        bead = drawn_dots(one, EXACT, size)
        rows = sorted({row for _, row in bead})
        on_curve = [row for column, row in curve & bead]
        assert on_curve, (x, y)
        if len(rows) == 3:  # not cut by the edge of the chart
            # The line may be moved by up to a sixth of a dot, to be simpler, and then lie one dot beside the middle.
            assert min(abs(row - rows[1]) for row in on_curve) <= 1, (x, y)


def test_a_curve_that_misses_the_target_by_two_dots_is_seen_to_miss_it() -> None:
    size, session = (64, 21), EXACT
    dot = (session.view.y_limits[1] - session.view.y_limits[0]) / (size[1] - 3) / 4
    flat = Line(np.array(session.domain), np.array([1.0, 1.0]))
    on, off = (Beads(np.array([1.5]), np.array([1.0 + by * dot])) for by in (0, 2))
    line = drawn_dots(flat, session, size)
    assert drawn_dots(on, session, size) & line
    assert not drawn_dots(off, session, size) & line


@pytest.mark.parametrize("under", [False, True])
def test_where_points_are_under_a_line_it_is_seen(under: bool) -> None:
    """Both are in the cells of one row; the points alone are in those of another."""
    points = Beads(np.array([0.0, 1.0, 2.0, 3.0]), np.array([1.0, 1.0, 1.0, 3.0]), 2, (1, 1), under)
    line = Line(np.array([0.0, 3.0]), np.array([1.0, 1.0]), 1)
    strips = draw([line, points], Axes((0.0, 3.0), (0.0, 4.0)), 40, 12)
    colours = [{segment.style.color.number for segment in strip if segment.style and segment.style.color} for strip in strips]
    assert [of_row for of_row in colours if of_row] == [{2}, {1} if under else {1, 2}]


def test_without_colour_beads_are_thicker_than_any_line_and_apart_from_one_another() -> None:
    """Two dots across by three down, a cell free on either side; the prediction, unbroken, is but a dot thick."""
    readout = read_fit(open_lab())
    width, height = 78, 9
    beads = target(readout.data, width)
    seen = drawn_dots(beads, open_lab(), (width, height))
    columns = sorted({column for column, _ in seen})
    starts = [column for column in columns if column - 1 not in columns]
    assert len(starts) == len(beads.x)
    assert len(columns) == 2 * len(starts)
    assert min(b - a for a, b in pairwise(starts)) >= 4
    curve = drawn_dots(Line(*readout.prediction), open_lab(), (width, height))
    assert {sum(column == at for column, _ in curve) for at in range(2 * MARGIN + 1, 2 * width - 1)} == {1}


def test_the_chart_has_the_beads_over_the_line_and_the_line_through_them() -> None:
    rows = fit(read_fit(EXACT), 64, 21)
    readout = read_fit(EXACT)
    both = drawn_dots(Line(*readout.prediction), EXACT, (64, 21)) | drawn_dots(target(readout.data, 64), EXACT, (64, 21))
    kinks = [(column, row) for row, line in enumerate(text(rows)) for column, cell in enumerate(line) if cell in "◆┊"]
    hidden = {(2 * column + dx, 4 * row + dy) for column, row in kinks for dx in (0, 1) for dy in range(4)}
    assert both - hidden <= dots(text(rows))


@pytest.mark.parametrize("points", [60, 400])
def test_of_a_scatter_every_point_is_drawn_where_it_is(points: int) -> None:
    rng = np.random.default_rng(7)
    x = np.sort(rng.uniform(0.0, 3.0, points))
    y = 2.0 + np.sin(2.0 * x) + rng.normal(0.0, 0.3, points)
    session = open_lab()
    drawn = drawn_dots(target(Curve(x, y), 78), session, (78, 21))
    inside = (y > session.view.y_limits[0]) & (y < session.view.y_limits[1])
    assert inside.sum() > 0.9 * points
    assert middles(x[inside], y[inside], session, (78, 21)) <= drawn


def test_a_single_point_far_off_a_curve_is_not_left_out() -> None:
    x = np.linspace(0.0, 3.0, 500)
    for outlier in range(100, 110):
        y = np.cos(x)
        y[outlier] = 3.5
        assert 3.5 in target(Curve(x, y), 78).y


def test_few_points_are_large() -> None:
    session = open_session(load(find("dosage-relu")))
    assert [row.count("●") for row in text(fit(read_fit(session), 78, 9))].count(1) >= 1
    assert "⠿" not in "".join(text(fit(read_fit(session), 78, 9)))


@pytest.mark.parametrize(("name", "mark"), [("dosage-relu", "●"), ("lab", "⠿"), ("measured", "⠿")])
@pytest.mark.parametrize("view", ["fit", "contributions", "activations"])
def test_a_title_names_the_mark_that_is_drawn(name: str, mark: str, view: View) -> None:
    session = open_session(load(find(name))).with_view(name=view)
    assert isinstance(target(read_fit(session).data, 78), Beads) == (mark == "⠿")
    assert f" {mark} target " in str(arrangement(session, RowsNeeded(1), 80, 24)["chart"].title)
