"""A question put to the learner: what the keys do, what is said, and what is left of it."""

import math
from dataclasses import replace

import pytest

from relutui.readout.asking import read_ask, read_guess
from relutui.readout.status import read_footer
from relutui.scenario.ask import Ask, Choice, Place, WrongPlace
from relutui.session import asking
from relutui.session.progress import Answer
from relutui.session.questions import QUESTIONS
from relutui.session.session import Session
from relutui.session.tours import Tour
from relutui.ui.widgets.footer import footer
from tests.support.sessions import open_lab, opener

TURNS = Ask(
    "Where is it on?", "It adds.", (Choice("[1, 2]", False, "units take turns"), Choice("[1, 3]", True)), None, ("tab",)
)
KINK = Ask("Where?", "At -b / w.", place=Place("x", 0.5, 0.06, None, (WrongPlace(2.5, "the sign is lost"),)))
HEIGHT = Ask("How high?", "They add.", place=Place("y", 9.0, 0.5, 3.0))


def ask_lab(*asks: Ask) -> Session:
    session = open_lab()
    return session.with_document(scenario=replace(session.scenario, asks=asks))


def keys(session: Session, *pressed: str) -> Session:
    for key in pressed:
        after = asking.press(session, key, key if len(key) == 1 else None, 7)
        assert after is not None
        session = after
    return session


def test_a_digit_answers_and_the_mistake_is_named() -> None:
    session = keys(asking.open_ask(ask_lab(TURNS)), "9", "x", "1")
    assert session.progress.answers == (Answer("lab 1", "[1, 2]", False, "units take turns", 7),)
    readout = read_ask(session)
    assert readout
    assert readout.verdict == "No. The mistake behind it: units take turns. It adds."
    assert [choice.mark for choice in readout.choices] == ["✗", "✓"]
    assert readout.keys == ("enter: done", "to see it: tab")
    assert len(readout.verdict) <= len(readout.longest)
    right = read_ask(keys(asking.open_ask(ask_lab(TURNS)), "2"))
    assert right
    assert (right.right, right.verdict) == (True, "Right. It adds.")


def test_the_marker_is_moved_and_the_truth_is_drawn_over_it() -> None:
    session = asking.open_ask(ask_lab(KINK).with_view(name="loss"))
    assert session.view.name == "fit"
    assert read_guess(session) == ("x", None, None, None)
    assert read_guess(keys(session, "right")) == ("x", 0.0, None, None)
    assert read_guess(keys(session, "left", "left")) == ("x", 2.95, None, None)
    marker = read_guess(keys(session, "home", *["right"] * 3, "pagedown", "pageup", "left", "pagedown"))
    assert marker
    assert marker.value == pytest.approx(0.6)
    session = keys(session, "end", *["left"] * 10, "enter")
    assert read_guess(session) == ("x", 2.5, None, 0.5)
    assert session.progress.answers == (Answer("lab 1", "x = 2.5", False, "the sign is lost", 7),)
    assert "No: x = 0.5, not 2.5. The mistake behind it: the sign is lost. At -b / w." in str(read_ask(session))
    assert keys(session, "enter").view == ask_lab(KINK).with_view(name="loss").view


def test_the_truth_can_be_reached_however_far_up_it_is() -> None:
    session = asking.open_ask(ask_lab(HEIGHT))
    assert session.view.y_limits[1] > 9.0
    for _ in range(200):
        if read_guess(session) == ("y", 9.0, 3.0, None):
            break
        session = keys(session, "up")
    session = keys(session, "enter")
    assert session.progress.answers[0].right
    assert asking.close(session).view == ask_lab(HEIGHT).view


def test_enter_without_a_mark_says_what_to_do_and_counts_nothing() -> None:
    session = keys(asking.open_ask(ask_lab(KINK)), "up", "enter")
    assert not session.progress.answers
    asked = read_ask(session)
    assert asked
    assert asked.keys[0] == "nothing is marked yet: left, right or digits: put a ?"


def test_a_number_can_be_typed_for_the_mark() -> None:
    session = keys(asking.open_ask(ask_lab(KINK)), "-", "2", ".", "backspace", "backspace", "backspace", "0", ".", "5", "2")
    assert read_guess(session) == ("x", 0.52, None, None)
    session = keys(session, "enter")
    assert session.progress.answers == (Answer("lab 1", "x = 0.52", True, "", 7),)
    assert not keys(asking.open_ask(ask_lab(KINK)), "-", "enter").progress.answers


@pytest.mark.parametrize(
    ("value", "tolerance", "step"),
    [(12.0, 0.5, 0.5), (0.5, 0.06, 0.05), (1.459, 0.15, 0.1), (1.25, 0.5, 0.05), (0.375, 0.5, 0.5)],
)
def test_the_steps_are_round_and_reach_the_right_value(value: float, tolerance: float, step: float) -> None:
    place = Place("y", value, tolerance, 1.0)
    session = asking.open_ask(ask_lab(Ask("", "", place=place))).with_view(y_limits=(-0.45, 12.49))
    assert asking.step(session, place) == pytest.approx(step)
    marker = read_guess(keys(session, "up"))
    assert marker
    assert marker.value == math.ceil(-0.45 / step - 1e-9) * step


@pytest.mark.parametrize("tolerance", [1e-300, 5e-324])
def test_a_tolerance_that_is_next_to_nothing_leaves_steps_that_move(tolerance: float) -> None:
    session = keys(asking.open_ask(ask_lab(Ask("", "", place=Place("x", 0.5, tolerance)))), "home", "right")
    marker = read_guess(session)
    assert marker
    assert marker.value
    assert 0.0 < marker.value < 1e-8
    assert keys(session, "0", ".", "5", "enter").progress.answers[0].right


def test_enter_goes_on_to_what_is_still_unanswered() -> None:
    session = keys(asking.open_ask(ask_lab(TURNS, KINK)), "2")
    asked = read_ask(session)
    assert asked
    assert asked.keys[0] == "enter: next question"
    session = keys(session, "enter")
    assert session.view.asking
    assert session.view.asking.id == "lab 2"
    session = keys(session, "5", "enter", "enter")
    assert session.view.asking is None


def test_nothing_of_the_work_is_touched() -> None:
    before = ask_lab(TURNS, KINK)
    after = keys(asking.open_ask(before), "2", "enter", "left", "enter", "enter")
    assert after.document is before.document
    assert after.view == before.view
    assert not after.unsaved


def test_a_key_for_the_session_is_left_to_it_once_answered() -> None:
    session = asking.open_ask(ask_lab(TURNS))
    assert keys(session, "s") == session
    assert asking.press(keys(session, "2"), "s", "s", 7) is None


def test_what_is_unanswered_comes_first_and_then_the_oldest() -> None:
    session = ask_lab(TURNS, KINK)
    assert asking.unanswered(session) == 2
    assert ("Q", "Ask") in read_footer(session).last
    asked = []
    for _ in range(4):
        session = asking.open_ask(session)
        assert session.view.asking
        asked.append(session.view.asking.id)
        session = keys(session, *(["1"] if asked[-1] == "lab 1" else ["0", "enter"]))
        session = asking.close(session)
    assert asked == ["lab 1", "lab 2", "lab 1", "lab 2"]
    assert asking.unanswered(session) == 0
    assert ("Q", "Ask") not in read_footer(session).last


@pytest.mark.parametrize("name", ["one-unit", "lab", "sine"])
def test_the_lesson_and_the_hint_are_in_the_footer_at_80_columns(name: str) -> None:
    (line,) = footer(read_footer(opener(name)), 80, 1)
    assert "t Lesson" in line.plain
    assert ("h Hint" in line.plain) == (name != "sine")
    assert line.cell_len <= 80


def test_a_tour_asks_its_question_and_no_other() -> None:
    question = next(question for question in QUESTIONS if question.number == 6)
    session = replace(ask_lab(TURNS), tour=Tour(question))
    assert [id for id, _ in asking.asks_of(session)] == ["question 6"]


@pytest.mark.parametrize("key", ["escape", "Q"])
def test_it_can_be_put_off(key: str) -> None:
    session = keys(asking.open_ask(ask_lab(TURNS)), key)
    assert session.view.asking is None
    assert not session.progress.answers


def test_what_training_has_widened_meanwhile_stays_wide() -> None:
    session = asking.open_ask(replace(ask_lab(KINK), running=True))
    assert not session.running
    assert asking.close(session).view == ask_lab(KINK).view
    widened = session.with_view(y_limits=(-9.0, 9.0))  # by steps that were under way
    assert asking.close(widened).view.y_limits == (-9.0, 9.0)
