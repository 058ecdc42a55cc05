"""Progress, hints, and what is said of its own accord; the lab's states are those of subject.md."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import open_lab, opener, parameters, said, with_values

from relutui import edits
from relutui.commands import by_id
from relutui.explain import effect, guidance, hint, next_hint, no_hint, progress, progress_text
from relutui.selection import Selection
from relutui.session import Session

HALF = {"w1": 1.0, "b1": -1.0}


def ask(session: Session) -> Session:
    asked = by_id("hint").run(session)
    assert isinstance(asked, Session)
    return asked


def first_hint(session: Session) -> str:
    return hint(replace(session, hint=1))


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
    assert progress(replace(session, scenario=replace(session.scenario, exercise=None))) == ()
    assert progress_text(opener("shifted-2")) == ""


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "[0, 1] matches. From x = 1 on the slope is 0 and must be 1: +1 is missing."),
        (HALF, "[0, 1] and [1, 2] match. From x = 2 on the slope is 1 and must be 3: +2 is missing."),
        ({"w1": 2.0, "b1": -2.0}, "[0, 1] matches. From x = 1 on the slope is 2 and must be 1: -1 is missing."),
        ({"w1": 1.0, "b1": -1.2}, "[0, 1] matches. From x = 1 on the slope must be 1, and it is, but only from x = 1.2 on."),
        ({"w1": 1.0, "b1": -0.9}, "[0, 1] matches. From x = 1 on the slope 1 is right, but the line lies 0.10 too high."),
        ({"w1": 1.0, "b1": -0.2}, "On [0, 1] the slope is -1 and must be -2: -1 is missing."),
        ({"w1": 1.0, "b1": -0.8}, "On [0, 1] the slope -2 is right, but the curve bends at x = 0.8, inside this piece."),
    ],
)
def test_what_is_missing_on_the_first_piece_that_does_not_match(values: dict[str, float], expected: str) -> None:
    assert first_hint(open_lab(**values)) == expected


def test_the_common_mistake_has_its_own_hint() -> None:
    """w2 = 3, b2 = -5, the line of the third piece (subject.md)."""
    assert first_hint(open_lab(**HALF, w2=3, b2=-5)) == (
        "Unit 2 is the line of the third piece: that is the whole slope of the third piece; unit 1 already gives 1: "
        "unit 2 must add only the difference, 2."
    )
    assert first_hint(open_lab(**HALF, w2=3, b2=-6)).startswith(
        "Unit 2 has slope 3: that is the whole slope of the third piece;"
    )


@pytest.mark.parametrize("values", [HALF, HALF | {"w2": 1.0}, HALF | {"w2": 2.0, "b2": -3.0}, {"w1": 3.0, "b1": -5.0}])
def test_other_states_are_not_that_mistake(values: dict[str, float]) -> None:
    assert "whole slope" not in first_hint(open_lab(**values))


def test_a_unit_on_the_wrong_side_of_its_kink() -> None:
    assert first_hint(open_lab(w1=-1, b1=1)) == (
        "Unit 1 has its kink where the target bends, at x = 1, but is on to the left of it and must be on to the right: "
        "w above 0, and b = -1.00 keeps the kink."
    )


def test_h_gives_what_the_state_calls_for_then_the_scenarios_own_and_again() -> None:
    session = open_lab(**HALF)
    own = session.scenario.exercise.hints if session.scenario.exercise else ()
    assert hint(session) == "h gives a hint"
    heard = []
    for _ in range(len(own) + 2):
        session = ask(session)
        heard.append(said(session))
        assert hint(session) == heard[-1]
    assert heard[0] == heard[-1] == "[0, 1] and [1, 2] match. From x = 2 on the slope is 1 and must be 3: +2 is missing."
    assert heard[1:-1] == [f"Hint {n} of {len(own)}: {text}" for n, text in enumerate(own, start=1)]


def test_a_hint_of_the_state_follows_the_state() -> None:
    asked = ask(open_lab(**HALF))
    assert "whole slope" in hint(with_values(asked, w2=3, b2=-5))
    assert hint(with_values(asked, w2=2, b2=-4)) == ""


def test_the_state_calls_for_something_without_hints_of_the_scenario_too() -> None:
    session = without_hints(open_lab(**HALF))
    assert next_hint(ask(session)) == 1
    assert said(ask(session)).startswith("[0, 1] and [1, 2] match.")


def without_hints(session: Session) -> Session:
    exercise = session.scenario.exercise
    assert exercise
    return replace(session, scenario=replace(session.scenario, exercise=replace(exercise, hints=())))


def test_why_there_is_no_hint() -> None:
    assert no_hint(open_lab(**HALF, w2=2, b2=-4)) == "the exercise is solved"
    assert no_hint(opener("shifted-2")) == "this scenario has no hints"
    assert hint(opener("shifted-2")) == ""


def test_the_mistake_is_named_of_its_own_accord_and_once() -> None:
    session = edits.select(open_lab(**HALF, w2=3, b2=-5), Selection(2, "b"))
    assert "whole slope" in guidance(session)
    asked = replace(ask(session), message=None)
    assert guidance(asked) == effect(session)
    assert "whole slope" in hint(asked)


def test_solved_counts_edits_and_steps() -> None:
    session = open_lab(**HALF, w2=2, b2=-4)
    assert guidance(session).startswith("Solved in 4 edits: the loss ")
    assert guidance(session).endswith(" is below 0.001.")
    checkpoint = replace(session.state.checkpoint, step=200)
    assert guidance(session.with_state(replace(session.state, checkpoint=checkpoint))).startswith(
        "Solved in 4 edits and 200 steps:"
    )
    assert guidance(session.with_state(replace(session.state, checkpoint=checkpoint, edits=0))).startswith(
        "Solved in 200 steps:"
    )
    assert guidance(session.with_state(replace(session.state, edits=1))).startswith("Solved in 1 edit:")
    assert guidance(session.with_state(replace(session.state, edits=0))).startswith("Solved: the loss")


def test_what_the_edit_did_stands_while_its_unit_is_selected() -> None:
    session = with_values(open_lab(), w2=1)
    assert guidance(edits.select(session, Selection(2, "b"))) == effect(session)
    assert guidance(edits.select(session, Selection(1, "w"))).startswith("Unit 1 is dead")
    assert guidance(edits.select(session, Selection(3, "c"))) == effect(session)


def test_what_the_edit_made_of_its_unit_is_said_too() -> None:
    reason = "Unit 2 is a twin of unit 1: the same kink and side, so the two together make one bend."
    session = edits.toggle_lock(edits.select(open_lab(**HALF, w2=2), Selection(2, "v")))
    twin = with_values(session, b2=-2)
    assert guidance(twin) == f"{effect(twin)} {reason}"
    still = with_values(twin, v2=2)
    assert guidance(still) == effect(still)


numbers = st.floats(-1e308, 1e308) | st.sampled_from([0.0, 1.0, -1.0, 3.0, 1e-300])


@given(st.tuples(numbers, numbers, numbers, numbers), st.integers(0, 1))
def test_any_state_has_a_short_hint_and_guidance(values: tuple[float, ...], asked: int) -> None:
    (w1, b1, w2, b2), session = values, open_lab()
    p = parameters([-2, w1, w2], [2, b1, b2], [1, 1, 1])
    state = replace(session.state, checkpoint=session.state.checkpoint.edited(p), edits=1)
    edited = replace(session.with_state(state), hint=asked)
    assert len(hint(edited)) <= 200
    assert len(guidance(edited)) <= 300
