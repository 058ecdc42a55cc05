"""A nudge down that was the sign of a number: taken back, it has never been."""

from dataclasses import replace

import pytest

from relutui.model.selection import Selection
from relutui.model.training import Checkpoint
from relutui.session import edits, kink_edits
from relutui.session.device_status import Unavailable
from relutui.session.number_prefix import NumberPrefix, undo_prefix
from relutui.session.session import Session
from tests.support.sessions import open_lab, opener

RUN = 7


def trained(session: Session, steps: int, b: float) -> Session:
    """The session some steps on, in which training has moved b of unit 1 to a value."""
    now = session.state.checkpoint
    moved = edits.set_parameter(session, Selection(1, "b"), b).state.parameters
    return edits.record_training(session, Checkpoint(moved, now.optimizer, now.step + steps, now.history), RUN)


def nudge(session: Session) -> tuple[Session, NumberPrefix]:
    after = edits.nudge(session, -1)
    return after, NumberPrefix("-", session, after)


def test_a_nudge_taken_back_leaves_no_trace() -> None:
    before = open_lab()
    after, down = nudge(before)
    assert after.state.parameters.w[1] == -0.1
    back = undo_prefix(after, down)
    assert back.states is before.states
    assert (back.document.best, back.view.y_limits, back.document.solved_in) == (
        before.document.best,
        before.view.y_limits,
        before.document.solved_in,
    )


def test_those_before_it_stay_and_what_follows_is_an_entry_of_its_own() -> None:
    once = edits.nudge(open_lab(), -1)
    twice, down = nudge(once)
    back = undo_prefix(twice, down)
    assert back.state.parameters.w[1] == -0.1
    typed = edits.set_parameter(back, back.view.selection, -3.0)
    assert [state.parameters.w[1] for state in (*typed.states.past, typed.state)] == [0.0, -0.1, -3.0]


def test_what_happened_elsewhere_meanwhile_stays() -> None:
    after, down = nudge(open_lab())
    status = Unavailable("no compiler")
    assert undo_prefix(replace(after.with_view(tab="units"), device=status), down).device == status


def test_a_nudge_that_was_refused_is_not_taken_back() -> None:
    locked = edits.select(open_lab(), Selection(0, "w"))
    after, down = nudge(locked)
    assert undo_prefix(after, down).states is locked.states
    no_kink = edits.select(kink_edits.toggle_form(opener("lab")), Selection(1, "kink"))
    after, down = nudge(no_kink)
    assert undo_prefix(after, down).states is no_kink.states
    running = trained(after, 1, 0.5)
    assert undo_prefix(running, down) == running


def test_of_a_nudge_in_the_course_of_training_only_the_training_stays() -> None:
    start = open_lab(w1=1.0, b1=-1.0)
    before = edits.select(trained(start, 3, 1.5), Selection(1, "w"))
    after, down = nudge(before)
    assert len(after.state.marks) == 1
    running = trained(after, 2, 1.75)
    back = undo_prefix(running, down)
    p = back.state.parameters
    assert (p.w[1], p.b[1]) == (pytest.approx(1.0), 1.75)
    assert back.state.checkpoint.step == 5
    assert (back.state.marks, back.state.edits) == (before.state.marks, before.state.edits)
    assert [state.checkpoint.step for state in back.states.past] == [state.checkpoint.step for state in before.states.past] + [
        3
    ]
    assert back.states.past[-1] is before.state
    assert (
        edits.record_training(back, trained(back, 1, 2.0).state.checkpoint, RUN).states.past == back.states.past
    )  # the run goes on


def test_of_several_nudges_in_the_course_of_training_the_last_is_taken_back() -> None:
    before = edits.nudge(edits.select(trained(open_lab(w1=1.0, b1=-1.0), 3, 1.5), Selection(1, "w")), -1)
    after, down = nudge(before)
    back = undo_prefix(trained(after, 2, 1.75), down)
    assert back.state.parameters.w[1] == pytest.approx(0.9)
    assert back.states.past == (*before.states.past, before.state)
    assert back.state.marks == before.state.marks
