"""Lines cut to a canvas, thinned and dashed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.lib.arrays import Array
from relutui.plot.clipping import Path, clip, dash, dot, simplify

NAN = float("nan")


def line(*points: tuple[float, float]) -> tuple[Array, Array]:
    x, y = np.array(points, np.float64).T
    return x, y


def runs(path: Path) -> list[list[tuple[float, float]]]:
    """The vertices, one list for each unbroken stretch."""
    found: list[list[tuple[float, float]]] = []
    for (x, y), joined in zip(path.points.tolist(), path.joined.tolist()):
        if joined:
            found[-1].append((x, y))
        else:
            found.append([(x, y)])
    return found


def near(*stretches: list[tuple[float, float]]) -> list[list[object]]:
    return [[pytest.approx(point, abs=1e-5) for point in stretch] for stretch in stretches]


def test_a_line_inside_is_left_as_it_is() -> None:
    assert runs(clip(*line((1, 1), (2, 3), (8, 1)), 10, 5)) == [[(1, 1), (2, 3), (8, 1)]]


def test_a_line_is_cut_where_it_crosses_the_edges() -> None:
    # From 10 below to 10 above over 4 columns: 5 rows a column, so the 5 rows take from column 2 to 3.
    assert runs(clip(*line((0, -10), (4, 10)), 10, 5)) == near([(2, 0), (3, 5)])
    assert runs(clip(*line((-5, 1), (15, 3)), 10, 5)) == near([(0, 1.5), (10, 2.5)])


def test_a_line_that_leaves_and_comes_back_is_in_two_parts() -> None:
    assert runs(clip(*line((0, 1), (2, -1), (4, 1)), 10, 5)) == near([(0, 1), (1, 0)], [(3, 0), (4, 1)])


def test_a_line_outside_is_nothing() -> None:
    assert runs(clip(*line((0, -1), (9, -1)), 10, 5)) == []
    assert runs(clip(*line((-3, 2), (2, 9)), 10, 5)) == []  # past the corner


def test_what_is_no_number_breaks_the_line_and_leaves_single_points() -> None:
    found = runs(clip(*line((1, 1), (2, 2), (3, NAN), (4, 2), (NAN, 2), (6, 2), (7, 3)), 10, 5))
    assert found == [[(1, 1), (2, 2)], [(6, 2), (7, 3)], [(4, 2), (4, 2)]]


def test_infinity_is_far_away() -> None:
    assert runs(clip(*line((3, 1), (3, float("inf"))), 10, 5)) == near([(3, 1), (3, 5)])


@given(st.lists(st.tuples(st.floats(), st.floats()), max_size=30))
def test_nothing_but_finite_points_of_the_canvas_comes_out(points: list[tuple[float, float]]) -> None:
    x, y = np.array(points, np.float64).reshape(-1, 2).T
    for path in (
        clip(x, y, 10, 5),
        simplify(clip(x, y, 10, 5)),
        dash(simplify(clip(x, y, 10, 5))),
        dot(simplify(clip(x, y, 10, 5))),
    ):
        assert len(path.points) == len(path.joined)
        assert not path.joined[:1].any()
        assert ((path.points >= 0.0) & (path.points < (10, 5))).all()


@given(st.lists(st.floats(0.0, 15.99), min_size=2, max_size=400))
def test_thinning_keeps_the_ends_and_the_height_of_every_column_of_dots(values: list[float]) -> None:
    x, y = np.linspace(0.5, 39.5, len(values)), np.array(values)
    path = simplify(clip(x, y, 40, 16))
    assert len(path.points) <= 2 * 80
    assert path.joined.tolist() == [False] + [True] * (len(path.joined) - 1)
    assert np.abs(path.points[[0, -1], 0] - [0.5, 39.5]).max() <= 0.5
    for column in np.unique(np.floor(2 * x)):
        of_column = np.floor(2 * x) == column
        for extreme in (y[of_column].min(), y[of_column].max()):
            way = path.points[np.floor(2 * path.points[:, 0]) == column, 1]
            at = np.interp(x[of_column], path.points[:, 0], path.points[:, 1])
            assert min(np.abs(np.append(way, at) - extreme)) <= 0.041


def test_thinning_a_line_with_a_kink_leaves_its_corners() -> None:
    x = np.linspace(0.5, 39.5, 79)
    path = simplify(clip(x, np.abs(x - 20.0) / 4.0, 40, 16))
    assert runs(path) == near([(0.5, 4.875), (20.0, 0.0), (39.5, 4.875)])


def test_dashes_are_two_cells_on_and_one_off() -> None:
    found = runs(dash(clip(*line((0.5, 1), (8.5, 1)), 10, 5)))
    assert found == near([(0.5, 1), (1.99, 1)], [(3, 1), (4.99, 1)], [(6, 1), (7.99, 1)])


def test_dashes_of_a_steep_line_go_by_rows() -> None:
    found = runs(dash(clip(*line((2.5, 4.5), (2.5, 0.5)), 10, 5)))
    assert found == near([(2.5, 4.5), (2.5, 3)], [(2.5, 1.99), (2.5, 0.5)])


def test_a_dotted_line_is_a_point_in_each_cell() -> None:
    found = runs(dot(clip(*line((0.5, 1), (3.5, 1), (3.5, 4.5)), 10, 5)))
    places: list[tuple[float, float]] = [(1, 1), (2, 1), (3, 1), (3.5, 1), (3.5, 2), (3.5, 3), (3.5, 4)]
    assert found == near(*([place, place] for place in places))


def test_a_dash_goes_round_a_corner() -> None:
    assert runs(dash(clip(*line((3, 1), (4, 1.5), (5.5, 1)), 10, 5))) == near([(3, 1), (4, 1.5), (4.99, 1.17)])
