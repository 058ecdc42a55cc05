from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.model.selection import Field, Selection
from relutui.model.training import Checkpoint, OptimizerState
from relutui.readout.status import read_message
from relutui.readout.table import Cell, read_table
from relutui.session import edits, kink_edits, unit_edits
from relutui.session.session import Session
from relutui.session.view_state import Typing
from tests.support.sessions import open_lab, opener, parameters, said, with_values

KINK, SLOPE, SIDE = Selection(1, "kink"), Selection(1, "slope"), Selection(1, "side")
LEFT, RIGHT = -1.0, 1.0


@pytest.fixture
def half() -> Session:
    """Unit 1 is (1, -1): kink 1, slope 1, on to the right."""
    return kink_edits.toggle_form(open_lab(w1=1, b1=-1))


def of_unit(session: Session, row: int = 1) -> tuple[float, float]:
    p = session.state.parameters
    return float(p.w[row]), float(p.b[row])


def by_kink(session: Session, row: int = 1) -> list[float]:
    fields: tuple[Field, ...] = ("kink", "slope", "side")
    return [edits.parameter(session.state, Selection(row, field)) for field in fields]


def set_all(session: Session, *values: tuple[Field, float], row: int = 1) -> Session:
    for field, value in values:
        session = edits.set_parameter(session, Selection(row, field), value)
    return session


def test_a_unit_by_its_kink(half: Session) -> None:
    assert by_kink(half) == [1, 1, RIGHT]
    assert by_kink(half, row=0) == [1, 2, LEFT]  # w = -2, b = 2


@pytest.mark.parametrize(("selection", "value", "w", "b"), [
    (KINK, 2.0, 1.0, -2.0),
    (KINK, -0.5, 1.0, 0.5),
    (SLOPE, 3.0, 3.0, -3.0),
    (SIDE, LEFT, -1.0, 1.0),
])  # fmt: skip
def test_one_is_edited_and_the_other_two_stay(half: Session, selection: Selection, value: float, w: float, b: float) -> None:
    edited = edits.set_parameter(half, selection, value)
    assert of_unit(edited) == (w, b)
    assert by_kink(edited) == [value if place == selection else old for place, old in zip((KINK, SLOPE, SIDE), (1, 1, RIGHT))]
    assert edited.state.edits == half.state.edits + 1
    assert of_unit(edits.undo(edited)) == (1, -1)
    assert said(edits.undo(edited)) == f"undone: {selection}"


def test_the_exercise_is_solved_by_kinks_and_slopes() -> None:
    """The slope rises from -2 to +1 to +3: unit 1 adds 1 from x = 1 on, unit 2 adds 2 from x = 2 on."""
    session = set_all(kink_edits.toggle_form(open_lab()), ("kink", 1), ("slope", 1), row=1)
    session = set_all(session, ("kink", 2), ("slope", 2), row=2)
    assert (of_unit(session, 1), of_unit(session, 2)) == ((1, -1), (2, -4))
    assert session.loss < 1e-12


SIZES = st.floats(1e-3, 1e3)


@given(SIZES, st.booleans(), st.floats(-1e3, 1e3), SIZES, st.floats(-1e3, 1e3))
def test_there_and_back_leaves_a_unit_as_it_was(size: float, left: bool, b: float, slope: float, kink: float) -> None:
    w = -size if left else size
    start = kink_edits.toggle_form(open_lab(w1=w, b1=b))
    old = by_kink(start)
    there = set_all(start, ("slope", slope), ("kink", kink), ("side", kink_edits.opposite_side(old[2])))
    assert by_kink(there) == pytest.approx([kink, slope, -old[2]], rel=1e-9, abs=1e-9)
    assert np.sign(of_unit(there)[0]) == -np.sign(w)
    back = set_all(there, ("side", old[2]), ("kink", old[0]), ("slope", old[1]))
    assert of_unit(back) == pytest.approx((w, b), rel=1e-9, abs=1e-9)


@given(SIZES, st.floats(-1e3, 1e3), st.floats(-10, 10))
def test_the_kink_slides_and_z_moves_by_the_slope_times_that(w: float, b: float, by: float) -> None:
    """Δkink = -Δb / w."""
    start = kink_edits.toggle_form(open_lab(w1=w, b1=b))
    moved = edits.set_parameter(start, KINK, by_kink(start)[0] + by)
    assert of_unit(moved)[0] == w
    assert of_unit(moved)[1] - b == pytest.approx(-by * w, rel=1e-6, abs=1e-9)


def test_a_kink_waits_for_a_slope() -> None:
    start = kink_edits.toggle_form(open_lab())
    assert np.isnan(by_kink(start)[0])
    waiting = edits.set_parameter(start, KINK, 2)
    assert of_unit(waiting) == (0, 0)
    assert by_kink(waiting) == [2, 0, 0]
    assert not waiting.unsaved
    assert read_message(waiting).text == "Kink 2.00 of unit 1 waits for its slope: with w = 0 it has none."
    given_one = edits.set_parameter(waiting, SLOPE, 3)
    assert of_unit(given_one) == (3, -6)
    assert (given_one.state.pending_kinks, kink_edits.pending_text(given_one, 1)) == ((), "")
    back = edits.undo(given_one)
    assert by_kink(back) == [2, 0, 0]
    assert np.isnan(by_kink(edits.undo(back))[0])


def test_a_side_waits_for_a_slope_too() -> None:
    left = edits.set_parameter(kink_edits.toggle_form(open_lab()), SIDE, LEFT)
    assert "Side left of unit 1 waits" in read_message(left).text
    both = edits.set_parameter(left, KINK, 2)
    assert read_message(both).text == "Kink 2.00 and side left of unit 1 wait for its slope: with w = 0 it has neither."
    assert of_unit(edits.set_parameter(both, SLOPE, 3)) == (-3, 6)


def test_without_one_that_waits_a_slope_leaves_b() -> None:
    start = kink_edits.toggle_form(open_lab(b1=-1))
    assert of_unit(edits.set_parameter(start, SLOPE, 2)) == (2, -1)


def test_a_slope_of_0_lets_kink_and_side_wait(half: Session) -> None:
    left = edits.set_parameter(half, SIDE, LEFT)
    flat = edits.set_parameter(left, SLOPE, 0)
    assert of_unit(flat) == (0, 0)
    assert by_kink(flat) == [1, 0, LEFT]
    assert of_unit(edits.set_parameter(flat, SLOPE, 2)) == (-2, 2)


def test_what_waits_goes_with_its_unit_and_ends_with_a_rewind_or_a_weight() -> None:
    waiting = set_all(kink_edits.toggle_form(open_lab()), ("kink", 2), row=2)
    removed = unit_edits.remove_unit(edits.select(waiting, SLOPE))
    assert by_kink(removed, row=1)[0] == 2  # unit 2 is unit 1 now
    assert unit_edits.remove_unit(edits.select(waiting, Selection(2, "kink"))).state.pending_kinks == ()
    assert by_kink(unit_edits.add_unit(waiting), row=2)[0] == 2
    assert edits.rewind(waiting).state.pending_kinks == ()
    assert with_values(waiting, w2=1, b2=-1).state.pending_kinks == ()
    assert with_values(waiting, v2=3).state == waiting.state  # locked
    trained = edits.record_training(
        waiting, Checkpoint(parameters([-2, 0, 1], [2, 0, 0], [1, 1, 1]), OptimizerState.zero(3), 1), 0
    )
    assert by_kink(trained, row=2) == [0, 1, RIGHT]


def test_nudges_go_by_the_step_of_the_exercise_and_are_one_entry(half: Session) -> None:
    session = edits.select(half, KINK)
    for _ in range(10):
        session = edits.nudge(session, 1)
    assert of_unit(session) == (1, -2)
    assert session.state.edits == half.state.edits + 1
    assert edits.undo(session).state == half.state
    assert of_unit(edits.nudge(edits.select(half, SLOPE), 10)) == (2, -2)
    assert of_unit(edits.nudge(edits.select(half, SIDE), -1)) == (-1, 1)


def test_a_nudge_keeps_w_and_b_within_the_range() -> None:
    at_end = kink_edits.toggle_form(open_lab(w1=2, b1=-3.9))
    kink = edits.select(at_end, KINK)  # 1.95; at 2.05 b would be -4.1
    assert edits.nudge(kink, 1).state == at_end.state
    assert said(edits.nudge(kink, 1)) == "kink of unit 1 is at its end: w and b stay within -4 to 4; type a value to go beyond"
    assert of_unit(edits.nudge(kink, -10)) == pytest.approx((2, -1.9))
    wide = edits.set_parameter(kink, KINK, 0)
    assert by_kink(edits.nudge(wide, 100))[0] == 2  # b = -4
    beyond = edits.set_parameter(kink, KINK, 5)  # b = -10
    assert of_unit(edits.nudge(beyond, -1)) == pytest.approx((2, -9.8))
    assert edits.nudge(beyond, 1).state == beyond.state
    steep = edits.select(at_end, SLOPE)  # b = -1.95 |w|
    assert of_unit(edits.nudge(steep, 1)) == (2, -3.9)
    assert of_unit(edits.nudge(edits.set_parameter(steep, KINK, 0.1), 100)) == pytest.approx((4, -0.4))


def test_nudges_that_lead_nowhere_say_why() -> None:
    start = kink_edits.toggle_form(open_lab())
    assert said(edits.nudge(edits.select(start, KINK), 1)) == (
        "unit 1 has w = 0 and so no kink to nudge; type one, and it waits for a slope"
    )
    assert "never below 0" in said(edits.nudge(edits.select(start, SLOPE), -1))
    typed = edits.select(edits.set_parameter(start, KINK, 2), KINK)
    assert by_kink(edits.nudge(typed, 1))[0] == 2.1  # one that waits can be nudged
    steep = edits.select(kink_edits.toggle_form(open_lab(w1=0.05, b1=-0.1)), SLOPE)
    assert by_kink(edits.nudge(steep, -1)) == [2, 0, RIGHT]


def test_a_kink_needs_b_and_slope_and_side_need_both(half: Session) -> None:
    on_kink, on_slope = edits.select(half, KINK), edits.select(half, SLOPE)
    b_locked, w_locked = edits.toggle_lock(on_kink), edits.toggle_lock(on_slope)
    assert (said(b_locked), said(w_locked)) == ("locked b of unit 1", "locked w of unit 1")
    assert edits.toggle_lock(edits.select(w_locked, SIDE)).state.locks == half.state.locks
    assert of_unit(edits.set_parameter(w_locked, KINK, 2)) == (1, -2)
    for session, place, why in (
        (b_locked, KINK, "b of unit 1 is locked; l unlocks it"),
        (b_locked, SLOPE, "b of unit 1 is locked, so the kink could not stay; l on the kink unlocks it"),
        (b_locked, SIDE, "b of unit 1 is locked, so the kink could not stay; l on the kink unlocks it"),
        (w_locked, SLOPE, "w of unit 1 is locked; l unlocks it"),
        (w_locked, SIDE, "w of unit 1 is locked; l unlocks it"),
    ):
        refused = edits.set_parameter(session, place, -1)
        assert (refused.state, said(refused)) == (session.state, why)
        assert said(edits.nudge(edits.select(session, place), 1)) == why
        assert read_table(session.with_view(selection=place)).refusal == why


def test_numbers_too_large_to_train_with_are_refused(half: Session) -> None:
    steep = edits.set_parameter(half, SLOPE, 1e20)
    far = edits.set_parameter(steep, KINK, 1e20)
    assert far.state == steep.state
    assert said(far) == "kink of unit 1 cannot be 1e+20: b would have to be larger than 1e+30"
    steep = edits.set_parameter(half, Selection(1, "slope"), 2e30)
    assert steep.state == half.state
    assert said(steep) == "slope of unit 1 cannot be 2e+30: w and b would have to be larger than 1e+30"
    through_0 = edits.set_parameter(with_values(half, b1=0), Selection(1, "slope"), 2e30)
    assert said(through_0) == "slope of unit 1 cannot be 2e+30: w would have to be larger than 1e+30"


@pytest.mark.parametrize(("plain", "by_kink"), [("w", "slope"), ("b", "kink"), ("v", "v"), ("c", "c")])
def test_the_selection_goes_with_the_handle(plain: Field, by_kink: Field) -> None:
    place = Selection(3 if plain == "c" else 1, plain)
    session = edits.select(open_lab(), place)
    there = kink_edits.toggle_form(session)
    assert (there.view.selection, there.fields) == (replace(place, field=by_kink), ("kink", "slope", "side", "v"))
    back = kink_edits.toggle_form(there)
    assert (back.view.selection, back.view.column, back.fields) == (place, session.view.column, ("w", "b", "v"))
    assert kink_edits.toggle_form(there.with_view(selection=SIDE)).view.selection == Selection(1, "w")


def test_moves_go_through_the_four_of_a_unit(half: Session) -> None:
    session = edits.select(half, SIDE)
    assert edits.move(session, "right").view.selection == Selection(1, "v")
    assert edits.move(edits.select(half, Selection(0, "v")), "next").view.selection == KINK
    assert edits.move(edits.move(session, "end"), "up").view.selection == Selection(2, "side")


def test_the_table_by_kinks() -> None:
    session = edits.set_parameter(kink_edits.toggle_form(open_lab(w1=1, b1=-1)), Selection(2, "kink"), 2)
    table = read_table(session)
    assert table.fields == ("kink", "slope", "side", "v")
    assert [[row.notes[note] for note in table.notes] for row in table.rows] == [
        ["-2.00", "2.00", "33%", "locked"], ["1.00", "-1.00", "67%", ""], ["0.00", "0.00", "0%", "waits"],
    ]  # fmt: skip
    cells = table.rows[1].cells
    assert (cells["kink"], cells["side"]) == (Cell(1.0, False), Cell(RIGHT, False, word="right", other=LEFT))
    assert table.rows[2].cells["kink"] == Cell(2.0, False, waiting=True)
    assert table.rows[2].cells["side"] == Cell(0.0, False, word="-", other=RIGHT)
    assert read_table(kink_edits.toggle_form(session)).rows[2].notes["state"] == "dead"


def test_without_a_kink_it_is_where_z_is_0() -> None:
    session = kink_edits.toggle_form(opener("dosage-softplus"))  # top: w = -34.4, b = 2.14
    kink = read_table(session).rows[0].cells["kink"].value
    assert kink == pytest.approx(2.14 / 34.4)


def test_what_is_typed_is_shown_before_it_is_kept(half: Session) -> None:
    typing = half.with_view(typing=Typing(KINK, 3.0))
    shown = edits.with_typed_value(typing)
    assert of_unit(shown) == (1, -3)
    assert shown.with_document(states=typing.states) == typing  # all else stays, the y-range and what is undone too
    assert edits.with_typed_value(typing.with_view(typing=Typing(KINK))) == typing.with_view(typing=Typing(KINK))
    assert edits.with_typed_value(half) is half


def test_a_preview_out_of_the_y_range_leaves_it(half: Session) -> None:
    shown = edits.with_typed_value(half.with_view(typing=Typing(SLOPE, 1000.0)))
    assert of_unit(shown) == (1000, -1000)
    assert shown.view.y_limits == half.view.y_limits
    assert edits.set_parameter(half, SLOPE, 1000.0).view.y_limits != half.view.y_limits
