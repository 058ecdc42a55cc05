"""The tables of the burst by pieces: sums over the first points, and the cells in which a place is looked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.engine.kernels.prefix_sums import ROW, Column, even_spacing, tables
from relutui.model.dataset import Dataset
from tests.support.examples import examples

numbers = st.floats(-1e3, 1e3, allow_subnormal=False).map(lambda x: float(np.float32(x)))


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=30))
def test_each_row_sums_over_the_points_before_its_place(points: list[tuple[float, float]]) -> None:
    made = tables(Dataset(np.array([x for x, _ in points]), np.array([y for _, y in points])))
    places = sorted({x for x, _ in points})
    assert made.places == len(places)
    assert made.rows.shape == (len(places) + 2, ROW)
    for place, row in enumerate(made.rows[:-1]):
        before = [(x - made.centre, y - made.middle) for x, y in points if x in places[:place]]
        want = [len(before), *(sum(column) for column in zip(*[(x, x * x, y, x * y) for x, y in before], strict=False))]
        np.testing.assert_allclose((row - made.rows[0])[: len(want)], want, rtol=1e-9, atol=1e-6)
        assert row[Column.AT] == places[min(place, len(places) - 1)] - made.centre


def test_pieces_far_out_keep_the_digits_of_those_near_the_centre() -> None:
    """A point of 1e6 deviations to either side is in no difference of the rows between the others."""
    x = np.concatenate([[-1e8], np.linspace(-1.0, 1.0, 21), [1e8]])
    made = tables(Dataset(x, np.cos(x)))
    for first, last in ((1, 4), (9, 14), (20, 22)):
        some = slice(first, last)
        got = made.rows[last] - made.rows[first]
        assert got[Column.XX] == pytest.approx((x[some] ** 2).sum(), rel=1e-14)
        assert got[Column.X] == pytest.approx(x[some].sum(), rel=1e-14)


@pytest.mark.parametrize("offset", [1e3, -1e7, 1e9])
def test_far_from_0_x_is_counted_from_among_the_points(offset: float) -> None:
    x = np.linspace(0.0, 1.0, 33)
    made = tables(Dataset(offset + x, x))
    assert offset <= made.centre <= offset + 1.0
    assert (made.rows[:33, Column.AT] == offset + x - made.centre).all()


@examples(60, 5000)
@given(st.lists(numbers, min_size=1, max_size=60), st.lists(st.floats(-2e3, 2e3) | numbers, min_size=1, max_size=20))
def test_the_cell_of_a_kink_leads_to_its_place(x: list[float], kinks: list[float]) -> None:
    made = tables(Dataset(np.array(x), np.zeros(len(x))))
    centred = sorted({point - made.centre for point in x})
    for kink in [*kinks, *centred]:
        with np.errstate(over="ignore"):
            cell = int(min(max(kink * made.scale + made.offset, 0), made.places))
        first = made.cells[cell]
        for side in ("left", "right"):  # a point on the kink is before it or after it, as the unit faces
            place = np.searchsorted(centred, kink, side)
            assert first <= place < first + 2**made.rounds


@pytest.mark.parametrize("points", [2, 3, 256, 1000])
def test_one_comparison_finds_a_place_on_an_even_grid(points: int) -> None:
    assert tables(Dataset(np.linspace(-1.0, 2.0, points), np.zeros(points))).rounds == 1


@pytest.mark.parametrize(
    ("first", "last", "points"),
    [
        (0.0, 3.0, 300),
        (-1.0, 1.0, 256),
        (-1.0, 2.0, 61),
        (0.1, 0.7, 8),
        (-5.0, -3.0, 40),
        (1e6, 1e6 + 1.0, 33),
        (-1.0, 3.0, 100_000),
    ],
)
def test_on_an_even_grid_sums_follow_from_places(first: float, last: float, points: int) -> None:
    """To the rounding of all |x| and x^2 that are summed."""
    data = Dataset(np.linspace(first, last, points), np.zeros(points))
    made, spacing = tables(data), even_spacing(data)
    assert spacing is not None
    s, d, n = spacing.start, spacing.step, np.arange(points + 1.0) - spacing.origin
    x = made.rows[:points, Column.AT]
    assert (made.rows[spacing.origin, : Column.AT] == 0.0).all()
    for column, sums, terms in (
        (Column.N, n, np.ones(points)),
        (Column.X, n * (s + (n - 1.0) * d / 2.0), np.abs(x)),
        (Column.XX, n * (s * s + (n - 1.0) * (s * d - d * d / 6.0 + n * d * d / 3.0)), x * x),
    ):
        np.testing.assert_allclose(sums, made.rows[:-1, column], rtol=0.0, atol=1e-14 * terms.sum())


@pytest.mark.parametrize(
    "x",
    [
        [1.0],
        [1.0, 1.0],
        [0.0, 1.0, 1.0, 2.0],
        [0.0, 1.0, 3.0],
        [0.0, 1.0, 2.0 + 1e-12, 3.0],
        list(np.round(np.linspace(0.0, 1.0, 4), 3)),
    ],
)
def test_other_points_are_not_at_equal_distances(x: list[float]) -> None:
    assert even_spacing(Dataset(np.array(x), np.zeros(len(x)))) is None
