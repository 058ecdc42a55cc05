"""Progress, and what is said of its own accord; the lab's states are those of subject.md."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from relutui.explain.default_message import default_message
from relutui.explain.edit_effect import edit_effect
from relutui.explain.exercise import progress, progress_text
from relutui.explain.hints import hint
from relutui.model.selection import Selection
from relutui.session import edits
from tests.support.sessions import ask, open_lab, opener, parameters, with_values

HALF = {"w1": 1.0, "b1": -1.0}


def test_each_segment_matches_or_not() -> None:
    """At the start unit 0 alone is the first segment; the squared errors of the second, x - 1 on [1, 2], have the mean 1/3."""
    parts = progress(open_lab())
    assert [part.matches for part in parts] == [True, False, False]
    assert [part.mse for part in parts[:2]] == [0.0, pytest.approx(1 / 3, rel=0.01)]
    assert [part.matches for part in progress(open_lab(**HALF))] == [True, True, False]
    assert progress_text(open_lab(**HALF)) == "✓ [0, 1]  ✓ [1, 2]  ✗ [2, 3]"
    assert all(part.matches for part in progress(open_lab(**HALF, w2=2, b2=-4)))


def test_without_exercise_or_segments_there_is_no_progress() -> None:
    session = open_lab()
    assert progress(session.with_document(scenario=replace(session.scenario, exercise=None))) == ()
    assert progress_text(opener("shifted-2")) == ""


def test_no_cross_stands_beside_solved() -> None:
    """w = 2.438, b = -3.556, the best of lab-two-units: MSE 0.0300, and yet the second piece is not the target's."""
    assert progress_text(opener("lab-two-units")) == "✓ [0, 1]  ✗ [1, 2]  ✗ [2, 3]"
    assert progress_text(with_values(opener("lab-two-units"), w1=2.438, b1=-3.556)) == ""
    assert progress_text(open_lab(**HALF, w2=2, b2=-4)) == "✓ [0, 1]  ✓ [1, 2]  ✓ [2, 3]"


def test_the_mistake_is_named_of_its_own_accord_and_once() -> None:
    session = edits.select(open_lab(**HALF, w2=3, b2=-5), Selection(2, "b"))
    assert "whole slope" in default_message(session)
    asked = ask(session).with_view(message=None)
    assert default_message(asked) == edit_effect(session)
    assert "whole slope" in hint(asked)


def test_solved_counts_edits_and_steps_until_then() -> None:
    session = open_lab(**HALF, w2=2)
    solved = edits.set_parameter(session, Selection(2, "b"), -4)
    assert default_message(solved).startswith("Solved in 4 edits: the MSE ")
    assert default_message(solved).endswith("unit 2 adds 3 - 1 = 2. enter goes on to lab-mistake.")
    steps = replace(solved.state.checkpoint, step=200)
    with_steps = replace(solved.state, checkpoint=steps)
    assert default_message(session.with_state(with_steps)).startswith("Solved in 4 edits and 200 steps:")
    assert default_message(session.with_state(replace(with_steps, edits=0))).startswith("Solved in 200 steps:")
    assert default_message(session.with_state(replace(solved.state, edits=1))).startswith("Solved in 1 edit:")
    assert default_message(session.with_state(replace(solved.state, edits=0))).startswith("Solved: the MSE")
    assert default_message(solved.with_state(with_steps)).startswith("Solved in 4 edits: the MSE ")
    assert default_message(with_values(solved, b2=-4.001)).startswith("Solved in 4 edits: the MSE ")
    assert default_message(with_values(with_values(solved, b2=-3), b2=-4)).startswith("Solved in 6 edits:")


def test_what_the_edit_did_stands_while_its_unit_is_selected() -> None:
    session = with_values(open_lab(), w2=1)
    assert default_message(edits.select(session, Selection(2, "b"))) == edit_effect(session)
    assert default_message(edits.select(session, Selection(1, "w"))).startswith("Unit 1 is dead")
    assert default_message(edits.select(session, Selection(3, "c"))) == edit_effect(session)


def test_what_the_edit_made_of_its_unit_is_said_too() -> None:
    reason = "Unit 2 is a twin of unit 1: the same kink and side, so the two together make one bend."
    session = edits.toggle_lock(edits.select(open_lab(**HALF, w2=2), Selection(2, "v")))
    twin = with_values(session, b2=-2)
    assert default_message(twin) == f"{edit_effect(twin)} {reason}"
    still = with_values(twin, v2=2)
    assert default_message(still) == edit_effect(still)


numbers = st.floats(-1e308, 1e308) | st.sampled_from([0.0, 1.0, -1.0, 3.0, 1e-300])


@given(st.tuples(numbers, numbers, numbers, numbers), st.booleans())
@example((0.0, 1e154, 0.0, 1.0), False)  # the gradient of a locked number overflows
def test_any_state_has_a_short_hint_and_guidance(values: tuple[float, ...], asked: bool) -> None:
    (w1, b1, w2, b2), session = values, open_lab()
    p = parameters([-2, w1, w2], [2, b1, b2], [1, 1, 1])
    state = replace(session.state, checkpoint=session.state.checkpoint.edited(p), edits=1)
    edited = session.with_state(state)
    edited = ask(edited) if asked and not edited.solved else edited
    assert len(hint(edited)) <= 200
    assert len(default_message(edited)) <= 300
