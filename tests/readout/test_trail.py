"""The Trail view: where the kinks were, from samples made up by hand."""

import re
from dataclasses import replace

import numpy as np
import pytest

from relutui.model.network import Network, Parameters
from relutui.model.selection import Selection
from relutui.readout.trail import read_trail
from relutui.session import edits
from relutui.session.session import Session
from relutui.session.state import Mark
from relutui.session.unit_edits import remove_unit
from relutui.ui.widgets.trail import trail
from tests.support.fake_trainer import sample_of
from tests.support.sessions import open_lab, opener, parameters, with_network


def units(*w_and_b: tuple[float, float]) -> Parameters:
    w, b = zip(*w_and_b)
    return parameters(w, b, np.ones(len(w)))


def over(now: Parameters, *before: Parameters, stride: int = 10, marks: tuple[Mark, ...] = ()) -> Session:
    """The lab after a run, sampled at 0, stride, 2 stride, ...; unit 1 selected."""
    session = open_lab()
    history = tuple(sample_of(p, stride * place) for place, p in enumerate(before))
    checkpoint = replace(session.state.checkpoint.edited(now), step=stride * len(before), history=history)
    state = replace(session.state, checkpoint=checkpoint, marks=marks)
    return edits.select(session.with_document(states=replace(session.states, present=state)), Selection(1, "w"))


def drawn(session: Session, width: int = 40, height: int = 12) -> list[str]:
    return [strip.text.rstrip() for strip in trail(read_trail(session), width, height)]


def written(session: Session) -> dict[int, str]:
    """What is written at the right end of each row of the chart that has something there."""
    rows = drawn(session)
    return {y: found[0] for y, row in enumerate(rows[:-2]) if (found := re.findall(r"[\[\]\d,…]+$", row[6:]))}


FIXED = (-2.0, 2.0)  # kink at 1


def test_the_kinks_at_each_sample_and_now() -> None:
    moved = [units(FIXED, (1.0, -kink), (2.0, -5.0)) for kink in (0.5, 1.0, 1.5)]
    readout = read_trail(over(moved[2], moved[0], moved[1]))
    assert readout.steps.tolist() == [0, 10, 20]
    assert [(trail.unit, trail.colour, trail.selected) for trail in readout.trails] == [
        (0, 6, False),
        (1, 3, True),
        (2, 5, False),
    ]
    assert [trail.x.tolist() for trail in readout.trails] == [[1, 1, 1], [0.5, 1, 1.5], [2.5, 2.5, 2.5]]


def test_a_unit_without_slope_has_no_kink() -> None:
    readout = read_trail(over(units(FIXED, (1, -2), (0, 0)), units(FIXED, (0, 1), (0, 0))))
    assert readout.trails[1].x[-1] == 2.0
    assert np.isnan(readout.trails[1].x[0])
    assert np.isnan(readout.trails[2].x).all()


def test_a_kink_that_changes_its_side_went_round_by_infinity() -> None:
    readout = read_trail(over(units(FIXED, (-1, 2), (1, -1)), units(FIXED, (1, -1), (1, -1))))
    assert readout.steps.tolist() == [0, 0, 10]
    np.testing.assert_array_equal(readout.trails[1].x, [1, np.nan, 2])
    np.testing.assert_array_equal(readout.trails[2].x, [1, 1, 1])


def test_a_change_by_hand_is_not_joined_to_what_was_before() -> None:
    before, after = units(FIXED, (1, -1), (1, -1)), units(FIXED, (1, -2), (1, -1))
    readout = read_trail(over(after, before, before, after, marks=(Mark(20, "b of unit 1"),)))
    np.testing.assert_array_equal(readout.steps, [0, 10, 10, 20, 30])
    np.testing.assert_array_equal(readout.trails[1].x, [1, 1, np.nan, 2, 2])
    just_now = read_trail(over(after, before, before, marks=(Mark(20, "b of unit 1"),)))
    np.testing.assert_array_equal(just_now.trails[1].x, [1, 1, np.nan, 2])


def test_samples_of_other_units_are_left_out() -> None:
    session = over(units(FIXED, (1, -1), (1, -1)), units(FIXED, (1, -1), (1, -1)))
    fewer = remove_unit(edits.select(session, Selection(2, "w")))
    assert fewer.state.checkpoint.history
    readout = read_trail(fewer)
    assert readout.steps.tolist() == [10]
    assert "no steps from here yet" in drawn(fewer)[0]


@pytest.mark.parametrize(("row", "first"), [(0, 0), (6, 0), (50, 44), (99, 88), (100, 88)])
def test_of_many_units_those_around_the_selected_one_are_shown(row: int, first: int) -> None:
    session = opener("shifted-100")
    readout = read_trail(session.with_view(selection=Selection(row, "c" if row == 100 else "v")))
    assert [trail.unit for trail in readout.trails] == list(range(first, first + 12))
    assert (readout.above, readout.below) == (first, 88 - first)


def test_each_line_has_its_number_where_it_ends() -> None:
    session = over(units(FIXED, (1, -2), (1, -3)), units(FIXED, (1, 0), (1, -3)))
    # ten rows for [0, 3]: the kinks 3, 2 and 1 are on rows 0, 3 and 6
    assert written(session) == {0: "2", 3: "[1]", 6: "0"}
    assert drawn(session)[0][:6] == "  3.0┤"


def test_lines_that_end_together_share_a_label_with_the_selected_one_first() -> None:
    assert written(over(units(FIXED, (1, -1), (2, -2)), units(FIXED, (1, -2), (1, -3)))) == {6: "[1],0,2"}


def test_a_line_that_has_left_the_chart_has_its_number_where_it_did() -> None:
    left = over(units(FIXED, (1, -9), (1, -3)), units(FIXED, (1, -2), (1, -3)), units(FIXED, (1, -9), (1, -3)))
    assert written(left) == {0: "2", 3: "[1]", 6: "0"}
    assert drawn(left)[3][6:] == "[1]"


def test_what_cannot_be_drawn_is_said() -> None:
    one = units(FIXED, (1, -1), (1, -1))
    assert "no steps of these units yet" in drawn(over(one))[0]
    away = units((1, 9), (1, 9), (1, 9))
    assert "no kink was within" in drawn(over(away, away))[0]
    session = over(one, one)
    assert "no kinks" in drawn(with_network(session, Network("tanh"), one))[0]


def test_units_left_out_are_counted_below() -> None:
    session = opener("shifted-100")
    p = session.state.parameters
    ran = replace(session.state.checkpoint, step=10, history=(sample_of(p),))
    session = session.with_state(replace(session.state, checkpoint=ran))
    rows = drawn(session.with_view(selection=Selection(50, "v")))
    assert rows[-1] == " ↑ 44 more   ↓ 44 more"
    assert len(rows) == 12


@pytest.mark.parametrize("size", [(40, 12), (78, 14)])
@pytest.mark.parametrize("taken", [1, 2, 3])
def test_steps_are_whole_numbers(taken: int, size: tuple[int, int]) -> None:
    before = [units((-2.0, 2.0), (1.0, -1.0 - 0.1 * step), (0.0, 0.0)) for step in range(taken)]
    session = over(units((-2.0, 2.0), (1.0, -1.5), (0.0, 0.0)), *before, stride=1)
    assert drawn(session, *size)[-1].split() == [str(step) for step in range(taken + 1)]
