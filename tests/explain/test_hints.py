"""Which hint is given when h is pressed; the states are those of subject.md."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from relutui.explain.hints import hint, state_hint, why_no_hint
from relutui.lib.arrays import read_only
from relutui.model.selection import Selection
from relutui.scenario.library import load, shipped
from relutui.scenario.reader import parse
from relutui.session import edits, settings_edits, unit_edits
from relutui.session.session import Session, open_session
from relutui.session.view_state import Typing
from tests.support.sessions import ask, open_lab, opener, said, with_values

HALF = {"w1": 1.0, "b1": -1.0}
START = "[0, 1] matches. On [1, 2] the slope is 0 and must be 1: +1 is missing."
HALF_WAY = "[0, 1] and [1, 2] match. On [2, 3] the slope is 1 and must be 3: +2 is missing."


def own_of(session: Session) -> list[str]:
    hints = session.scenario.exercise.hints if session.scenario.exercise else ()
    return [f"Hint {number} of {len(hints)}: {text}" for number, text in enumerate(hints, 1)]


def heard(session: Session, times: int) -> list[str]:
    texts = []
    for _ in range(times):
        session = ask(session)
        texts.append(said(session))
        assert hint(session) == texts[-1]
    return texts


def without_hints(session: Session) -> Session:
    exercise = session.scenario.exercise
    assert exercise
    return session.with_document(scenario=replace(session.scenario, exercise=replace(exercise, hints=())))


def test_what_the_state_calls_for_then_the_scenarios_own_and_again() -> None:
    session = open_lab(**HALF)
    own = own_of(session)
    assert hint(session) == "h gives a hint"
    assert heard(session, 2 * len(own) + 2) == [HALF_WAY, *own] * 2


def test_in_another_state_first_what_that_calls_for() -> None:
    session = ask(open_lab())
    assert said(session) == START
    session = ask(with_values(session, **HALF))
    assert said(session) == HALF_WAY


def test_the_own_hints_go_on_after_the_last_given() -> None:
    session = ask(ask(open_lab()))
    one, two, three = own_of(session)
    assert said(session) == one
    moved = ask(with_values(session, **HALF))
    assert heard(moved, 4) == [two, three, HALF_WAY, one]
    mistaken = ask(with_values(ask(moved), w2=3, b2=-5))
    assert "whole slope" in said(mistaken)
    assert said(ask(mistaken)) == three


def test_back_in_the_state_of_the_last_hint_the_hints_go_on() -> None:
    session = ask(open_lab())
    there_and_back = edits.undo(with_values(session, w1=1))
    assert said(ask(there_and_back)) == own_of(session)[0]


OWN_ONLY = "lab-two-units"  # where the state calls for nothing that can be told


def trained(session: Session) -> Session:
    checkpoint, p = session.state.checkpoint, session.state.parameters
    moved = replace(p, b=read_only([*p.b[:-1], p.b[-1] + 0.1]))
    return edits.record_training(session, replace(checkpoint, parameters=moved, step=checkpoint.step + 1), run=0)


@pytest.mark.parametrize(
    "changed",
    [
        lambda session: with_values(session, w1=2.5),
        lambda session: edits.nudge(edits.select(session, Selection(1, "b")), -1),
        edits.undo,
        trained,
        edits.next_random_start,
        settings_edits.next_activation,
        unit_edits.add_unit,
    ],
    ids=["typed", "nudged", "undone", "trained", "started anew", "other activation", "one more unit"],
)
@pytest.mark.parametrize("presses", [1, 3])
def test_a_hint_of_the_scenario_goes_with_the_state_it_was_given_in(
    changed: Callable[[Session], Session], presses: int
) -> None:
    for name in (OWN_ONLY, "lab"):
        session = with_values(opener(name), b1=-1.0)
        for _ in range(presses + (name == "lab")):
            session = ask(session)
        assert hint(session) == own_of(session)[presses - 1]
        now = changed(session)
        assert "Hint" not in hint(now)
        assert hint(now) in ("", "h gives a hint", state_hint(now))


def test_a_hint_that_is_asked_for_during_a_run_can_be_read_until_that_ends() -> None:
    session = replace(with_values(opener(OWN_ONLY), w1=2.0, b1=-2.5), running=True)
    asked = ask(session)
    later = trained(asked)
    assert hint(later) == hint(asked) == own_of(session)[0]
    assert hint(ask(later)) == own_of(session)[1]
    assert hint(replace(later, running=False)) == "h gives a hint"


def test_while_a_value_is_typed_the_hint_that_says_it_stays() -> None:
    session = ask(ask(ask(opener(OWN_ONLY))))
    assert "Try w = 2.5 and b = -3.7" in hint(session)
    place = Selection(1, "w")
    for value in (None, 2.0, 2.5):
        assert hint(edits.with_typed_value(session.with_view(typing=Typing(place, value)))) == hint(session)
    assert hint(with_values(session, w1=2.5)) == "h gives a hint"


def test_a_hint_of_the_state_follows_the_state() -> None:
    asked = ask(open_lab(**HALF))
    assert "whole slope" in hint(with_values(asked, w2=3, b2=-5))
    assert hint(with_values(asked, w2=2, b2=-4)) == ""


def test_the_state_calls_for_something_without_hints_of_the_scenario_too() -> None:
    assert heard(without_hints(open_lab(**HALF)), 2) == [HALF_WAY, HALF_WAY]


def test_why_there_is_no_hint() -> None:
    assert why_no_hint(open_lab(**HALF, w2=2, b2=-4)) == "the exercise is solved"
    assert why_no_hint(opener("shifted-2")) == "this scenario has no hints"
    assert hint(opener("shifted-2")) == ""
    exercise, curve = open_lab().scenario.exercise, opener("shifted-2")
    session = curve.with_document(scenario=replace(curve.scenario, exercise=exercise))
    assert why_no_hint(session) is None
    assert why_no_hint(unit_edits.add_unit(session)) == "the hints hold only for the units and locked values of the start"
    assert why_no_hint(without_hints(session)) == "this scenario has no hints"


@pytest.mark.parametrize("name", ["lab-two-units", "lab-two-units-free"])
def test_where_piece_by_piece_leads_astray_only_the_scenarios_own(name: str) -> None:
    """One bend cannot be two; and two that are exactly enough must face each other and overlap (subject.md)."""
    session = opener(name)
    assert heard(session, 4) == [*own_of(session), own_of(session)[0]]
    assert said(ask(with_values(ask(session), **HALF))) == own_of(session)[1]


@pytest.mark.parametrize("presses", [1, 2, 3])
def test_with_another_activation_that_comes_first_and_alone(presses: int) -> None:
    session = opener("lab-half")
    for _ in range(presses):
        session = settings_edits.next_activation(session)
    name = ("leaky_relu", "softplus", "sigmoid")[presses - 1]
    off = "" if name == "leaky_relu" else "; no unit can be off"
    expected = f"The activation is {name}{off}: press f to get back to relu."
    assert heard(session, 2) == [expected, expected]
    assert hint(ask(settings_edits.next_activation(ask(opener("lab-half"))))).startswith("The activation is leaky_relu")


def test_with_another_output_activation_too() -> None:
    session = settings_edits.next_output_activation(opener("lab-half"))
    assert said(ask(session)) == "The output's activation is relu: press F to get back to identity."


def removed(session: Session, unit: int) -> Session:
    return unit_edits.remove_unit(edits.select(session, Selection(unit, "w")))


def test_without_a_unit_nothing_is_said_of_it() -> None:
    none_free = (
        "No unit is free to bend the curve; what is left of the target after the locked units still bends at x = 2. "
        "An exact match needs at least 1 more."
    )
    assert heard(removed(opener("lab-mistake"), 2), 2) == [none_free, none_free]
    assert "Hint" not in " ".join(heard(removed(open_lab(), 2), 3))


def test_another_unit_in_its_place_is_not_the_one_of_the_hints() -> None:
    """Unit 1 of lab-mistake is locked at w = 1, b = -1: here it is another."""
    session = unit_edits.add_unit(removed(opener("lab-mistake"), 1))
    assert session.state.parameters.units == 3
    assert "Hint" not in " ".join(heard(session, 3))


def test_an_exercise_for_smooth_units_has_no_hints_from_the_start_on() -> None:
    text = 'title = "-"\n[target]\nknots = [[0, 0], [1, 1], [2, 0]]\n[network]\nactivation = "tanh"\n'
    smooth = open_session(parse(text + "[init]\nunits = 2\n[exercise]\nsolved_below = 1e-3\n", "smooth", None))
    assert why_no_hint(smooth) == "this scenario has no hints"


@pytest.mark.parametrize(
    "name", [name for name, path in shipped().items() if (exercise := load(path).exercise) and exercise.hints]
)
def test_no_hint_of_a_shipped_scenario_says_on_which_side_the_value_is_now(name: str) -> None:
    """It is given for any value: where w is too large, "press +" misleads."""
    exercise = load(shipped()[name]).exercise
    assert exercise
    for text in exercise.hints:
        assert not re.search(
            r"too (small|large|low|far)\b|press [+-]|must go|must change|must move| as it is|\bkeep\b", text
        ), text
