import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.model.network import Network
from relutui.model.selection import Selection
from relutui.readout.contributions import ContributionsReadout, read_contributions
from relutui.readout.curves import rounded_limits
from relutui.session import edits
from relutui.session.partial_sum import partial_sums, summed_terms
from relutui.session.session import Session
from tests.support.sessions import open_lab, opener, parameters, with_network

SOLVED = open_lab(w1=1, b1=-1, w2=2, b2=-4)
DOSAGE = opener("dosage-relu")
SIZE = st.floats(-10, 10)


def shown(session: Session, *added: int) -> ContributionsReadout:
    return read_contributions(session.with_view(summed_units=added))


def at_knots(readout: ContributionsReadout, y: np.ndarray) -> list[float]:
    found: list[float] = np.interp([0, 1, 2, 3], readout.x, y).round(9).tolist()
    return found


def test_every_contribution_is_drawn_and_the_sum_of_those_that_are_in() -> None:
    readout = shown(SOLVED, 2, 0)
    assert [at_knots(readout, term.y) for term in readout.terms] == [[2, 0, 0, 0], [0, 0, 1, 2], [0, 0, 0, 2]]
    assert [term.added for term in readout.terms] == [True, False, True]
    assert at_knots(readout, readout.total) == [2, 0, 0, 2]
    assert (readout.order, readout.next) == (("unit 2", "unit 0"), "unit 1")


def test_the_sums_before_stay_from_the_second_term_on() -> None:
    readout = shown(SOLVED, 2, 1, 0)
    assert [at_knots(readout, before) for before in readout.before] == [[0, 0, 1, 4]]
    assert at_knots(readout, readout.total) == [2, 0, 1, 4]
    assert readout.next == ""


def test_c_is_a_term_of_its_own_and_the_output_activation_comes_around_all() -> None:
    assert [(term.label, term.colour) for term in shown(DOSAGE).terms][-1] == ("c", None)
    assert shown(DOSAGE, 0, 1).next == "the bias c"
    readout = shown(DOSAGE, 1, 2, 0, 3)
    assert (readout.order, readout.outer) == (("unit 1", "c", "unit 0"), "relu")
    np.testing.assert_allclose(np.interp([0, 0.5, 1], readout.x, readout.total), [0, 1.01, 0], atol=1e-9)


def test_the_corner_of_every_sum_is_where_it_is() -> None:
    """The wedge, by hand: 2.7 * 12.6 * 0.5 = 17.01 at the kink of unit 0, then 34.02 - 40.8 * 1.7 * 0.5 = -0.66 at x = 1."""
    readout = shown(DOSAGE, 0, 1)
    np.testing.assert_allclose(np.interp([0, 0.5, 1], readout.x, readout.total), [0, 17.01, -0.66], atol=1e-9)
    assert 0.5 in readout.x


def test_the_range_has_room_for_every_order_and_holds_still_while_terms_are_added() -> None:
    """All that is below 0 is -40.8 * 0.85 - 16 = -50.68 at x = 1, all that is above 34.02; rounded to steps of 20."""
    assert {shown(DOSAGE, *added).y_limits for added in ((), (0,), (1, 0), (1, 2, 0))} == {(-60, 40)}


def test_what_the_output_activation_leaves_is_shown_on_its_own_scale() -> None:
    low, high = shown(DOSAGE, 0, 1, 2, 3).y_limits
    assert low == -high
    assert 1.01 <= high <= 1.25


@given(st.integers(1, 6), st.data())
def test_no_sum_leaves_the_range(units: int, data: st.DataObject) -> None:
    w, b, v = (data.draw(st.lists(SIZE, min_size=units, max_size=units)) for _ in range(3))
    session = with_network(SOLVED, Network(), parameters(w, b, v, data.draw(SIZE)))
    session = session.with_view(summed_units=tuple(data.draw(st.permutations(range(units + 1)))))
    readout = read_contributions(session)
    low, high = readout.y_limits
    found = partial_sums(session, readout.x)
    assert len(found) == len(summed_terms(session)) + 1
    assert low - 1e-9 <= found.min() <= found.max() <= high + 1e-9


def test_of_a_hundred_units_the_selected_one_and_the_last_that_were_added_are_drawn() -> None:
    session = edits.select(opener("shifted-100"), Selection(40, "w"))
    readout = shown(session, *range(20))
    assert len(readout.terms) <= 12
    assert [term.label for term in readout.terms if term.label] == ["40"]
    assert sum(term.added for term in readout.terms) == len(readout.terms) - 1 == 10
    assert len(readout.before) == 6


@given(st.lists(st.floats(), max_size=5), st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5))
def test_limits_hold_all_that_is_finite_whatever_else_there_is(any_numbers: list[float], some: list[float]) -> None:
    low, high = rounded_limits(np.array(any_numbers), np.array(some))
    assert np.isfinite([low, high]).all()
    assert low < high
    room = 1e-9 * (high - low)
    assert low - room <= min(some) <= max(some) <= high + room


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.1, 3.9, (0, 4)), (-50.68, 34.02, (-60, 40)), (0, 1, (0, 1)), (-0.04, 0.7, (-0.05, 0.7)), (2, 2, (1, 3))],
)
def test_limits_are_rounded_outward_to_a_sixteenth_of_the_range_or_a_little_more(
    low: float, high: float, expected: tuple[float, float]
) -> None:
    assert rounded_limits(np.array([low, high])) == pytest.approx(expected)


def test_what_the_relu_of_the_output_cuts_off_is_drawn_below_0() -> None:
    """By hand: -16 at x = 0, -0.66 - 16 at x = 1; the tip is not cut off, and as much is shown below 0 as above."""
    readout = shown(DOSAGE, 0, 1, 2, 3)
    assert readout.cut is not None
    assert (readout.cut[0], readout.cut[-1]) == pytest.approx((-16.0, -16.66))
    assert np.isnan(readout.cut[readout.x == 0.5]).all()
    assert readout.y_limits[0] == -readout.y_limits[1]
    assert shown(DOSAGE, 0, 1, 2).cut is None
