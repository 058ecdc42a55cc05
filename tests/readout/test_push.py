"""Where the next step pushes the kinks, and where a hundred lead: on the chart and in the table."""

import math

import numpy as np
import pytest

from relutui.model.network import Network
from relutui.model.selection import Selection
from relutui.readout.fit import Kink, read_fit
from relutui.readout.table import TableReadout, read_table
from relutui.session import edits, kink_edits
from relutui.session.session import Session
from relutui.session.view_state import Typing
from tests.support.sessions import open_lab, opener, parameters, with_network, with_values

# The lab, half solved. Where unit 2 is needed, over [2, 3], the prediction is below the target, so unit 1 is pushed up there:
# to a larger w and b, and its kink to the left.
HALF = open_lab(w1=1, b1=-1)


def kink(session: Session, colour: int) -> Kink:
    return next(kink for kink in read_fit(session).kinks if kink.colour == colour)


def table(session: Session) -> TableReadout:
    return read_table(session.with_view(gradients=True))


def by_hand(session: Session) -> tuple[float, float, float]:
    """d MSE / dw, db and dv of unit 1, whose kink is at 1, from the errors at the points."""
    x = session.dataset.x
    errors = session.state.network.prediction(session.state.parameters, x) - session.dataset.y
    on = x > 1.0
    return tuple(float(2 * (errors * factor * on).mean()) for factor in (x, 1.0, x - 1.0))  # type: ignore[return-value]


def test_the_next_step_moves_a_kink() -> None:
    dw, db, _ = by_hand(HALF)
    there = -(-1 - 0.05 * db) / (1 - 0.05 * dw)
    moved = kink(edits.select(HALF, Selection(1, "w")), 3)
    assert moved.selected
    assert moved.move == pytest.approx(there - 1.0)
    assert moved.move is not None
    assert moved.move < 0


def test_what_is_locked_does_not_move() -> None:
    assert kink(HALF, 6).move == 0.0


def test_a_solved_network_stands_still() -> None:
    solved = with_values(HALF, w2=2, b2=-4)  # what pushes it is rounding
    assert [kink.move for kink in read_fit(solved).kinks] == [0.0, 0.0, 0.0]


def test_nothing_is_pushed_where_all_is_locked() -> None:
    locked = HALF
    for row in (1, 2):
        locked = edits.toggle_unit_lock(edits.select(locked, Selection(row, "w")))
    assert [kink.move for kink in read_fit(locked).kinks] == [None, None]


def test_the_ghost_is_the_prediction_there() -> None:
    assert read_fit(HALF).ghost is None
    solved = parameters([-2, 1, 2], [2, -1, -4], [1, 1, 1])
    session = HALF.with_findings(preview=HALF.state.checkpoint.edited(solved))
    ghost = read_fit(session).ghost
    assert ghost is not None
    assert ghost.kinks.x.tolist() == [1.0, 1.0, 2.0]
    assert ghost.kinks.y.tolist() == [0.0, 0.0, 1.0]
    at = dict(zip(ghost.prediction.x.tolist(), ghost.prediction.y.tolist()))
    assert (at[0.0], at[1.0], at[2.0], at[3.0]) == (2.0, 0.0, 1.0, 4.0)  # the target's knots
    assert read_fit(session.with_view(typing=Typing(Selection(1, "w"), 2.0))).ghost is None


def test_a_smooth_ghost_has_no_kinks() -> None:
    smooth = with_network(HALF, Network("tanh"), HALF.state.parameters)
    ghost = read_fit(smooth.with_findings(preview=smooth.state.checkpoint)).ghost
    assert ghost is not None
    assert not len(ghost.kinks.x)


def test_the_table_shows_the_gradient() -> None:
    shown = table(edits.select(HALF, Selection(1, "w")))
    assert shown.notes == ("∂w", "∂b", "∂v", "Δkink", "state")
    notes = shown.rows[1].notes
    assert [float(notes[note]) for note in ("∂w", "∂b", "∂v")] == pytest.approx(by_hand(HALF), rel=0.005)
    move = kink(HALF, 3).move
    assert move is not None
    assert float(notes["Δkink"]) == pytest.approx(move, rel=0.005)
    assert shown.push == f"the next step moves kink 1 left by {notes['Δkink'][1:]}"


def test_what_is_locked_is_marked_as_held() -> None:
    shown = table(HALF)
    assert [row.held for row in shown.rows] == [{"∂w", "∂b", "∂v"}, {"∂v"}, {"∂v"}]
    assert shown.rows[0].notes["state"] == "locked"
    assert shown.rows[2].notes == {"∂w": "0", "∂b": "0", "∂v": "0", "Δkink": "-", "state": "dead"}


def test_the_gradient_of_c_is_that_of_the_mean_error() -> None:
    errors = HALF.state.network.prediction(HALF.state.parameters, HALF.dataset.x) - HALF.dataset.y
    assert float(table(HALF).dc) == pytest.approx(2 * errors.mean(), rel=0.005)
    assert read_table(HALF).dc == ""


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Selection(0, "w"), "the next step leaves kink 0 where it is"),
        (Selection(2, "w"), "the next step moves no kink of unit 2"),
        (Selection(3, "c"), ""),
    ],
)
def test_what_the_next_step_does_in_words(place: Selection, words: str) -> None:
    assert table(edits.select(HALF, place)).push == words


def test_a_kink_to_the_right() -> None:
    session = edits.select(open_lab(w1=1, b1=-1, w2=3, b2=-5), Selection(2, "w"))  # the common mistake: too much over [2, 3]
    move = kink(session, 5).move
    assert move is not None
    assert move > 0
    assert table(session).push.startswith("the next step moves kink 2 right by 0.")


def test_smooth_units_have_a_gradient_and_no_kink() -> None:
    shown = table(with_network(HALF, Network("tanh"), HALF.state.parameters))
    assert shown.push == ""
    assert {row.notes["Δkink"] for row in shown.rows} == {"-"}
    assert float(shown.rows[1].notes["∂w"]) != 0.0


def test_by_kinks_the_gradient_is_that_of_w_and_b() -> None:
    shown = table(kink_edits.toggle_form(HALF))
    assert shown.fields == ("kink", "slope", "side", "v")
    assert [row.notes for row in shown.rows] == [row.notes for row in table(HALF).rows]


def test_a_gradient_that_is_no_number_is_shown() -> None:
    p = opener("parabola").state.parameters
    huge = with_network(opener("parabola"), Network(), parameters(p.w, p.b, np.full(5, 1e200)))
    assert not math.isfinite(float(table(huge).rows[0].notes["∂w"]))
