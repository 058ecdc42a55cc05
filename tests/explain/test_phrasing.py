"""Sentences in parts, each short enough for one message, and the keys that say them."""

from relutui.commands.command import apply
from relutui.commands.contents import by_id
from relutui.explain.phrasing import in_parts
from relutui.explain.why_prediction import why_prediction
from relutui.model.selection import Selection
from relutui.session import edits
from relutui.session.session import Session
from tests.support.sessions import opener, said

A, B, C, D = (f"{letter}{'-' * 98}." for letter in "ABCD")  # of 100 characters


def pressed(session: Session, command: str) -> Session:
    done = apply(by_id(command), session)
    assert isinstance(done, Session)
    return done


def test_sentences_are_kept_in_their_order() -> None:
    assert in_parts(["One.", "", "Two.", "Three."]) == ("One. Two. Three.",)
    assert in_parts(["One.", "Two.", "Three.", "Four."]) == ("One. Two. Three.", "Four.")
    assert in_parts([A, B, C, D]) == (f"{A} {B}", f"{C} {D}")
    assert in_parts([A, B, f"{C[:97]}."]) == (f"{A} {B} {C[:97]}.",)  # 300 characters
    assert in_parts([3 * A, B]) == (3 * A, B)


def test_the_key_pressed_again_says_the_rest_and_then_begins_anew() -> None:
    session = opener("lab-half")
    first = pressed(session, "why-prediction")
    whole, end = why_prediction(first), " More: I again."
    assert said(first).endswith(end)
    second = pressed(first, "why-prediction")
    assert f"{said(first).removesuffix(end)} {said(second)}" == whole
    assert "Its norms: " in said(second)
    assert said(pressed(second, "why-prediction")) == said(first)


def test_another_unit_is_explained_from_the_start() -> None:
    session = opener("four-relus")
    unit, other = (pressed(edits.select(session, Selection(row, "w")), "why") for row in (0, 1))
    again = pressed(edits.select(unit, Selection(1, "w")), "why")
    assert said(again) == said(other)
    assert said(again) != said(unit)
