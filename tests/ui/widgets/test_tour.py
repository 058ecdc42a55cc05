import pytest

from relutui.readout.status import TourReadout
from relutui.session.tours import QUESTIONS, Question
from relutui.ui.widgets.tour import tour

SIX = ("right", "+", "+", "+")


def lines(readout: TourReadout, width: int, height: int) -> list[str]:
    return [line.plain for line in tour(readout, width, height)]


def test_the_last_key_pressed_is_in_brackets() -> None:
    readout = TourReadout(6, "Up or sideways?", SIX, 3, "any key stops")
    assert lines(readout, 80, 3) == [" Question 6: Up or sideways?   keys: right + ‹+› +", " any key stops"]
    assert lines(readout._replace(pressed=0), 80, 3)[0].endswith("keys: right + + +")


def test_a_long_question_goes_on_in_the_next_line_and_is_cut_where_there_is_none() -> None:
    readout = TourReadout(6, "Up or sideways? " * 5, SIX, 4, "Look: there.")
    first, second, third = lines(readout, 80, 3)
    assert first.startswith(" Question 6: Up or sideways?")
    assert second.endswith("keys: right + + ‹+›")
    assert third == " Look: there."
    first, second = lines(readout, 80, 2)
    assert first.endswith("Up or …   keys: right + + ‹+›")
    assert len(first) <= 79
    assert second == " Look: there."


def test_a_single_line_has_the_keys() -> None:
    assert lines(TourReadout(6, "Up or sideways?", SIX, 4, "Look."), 40, 1) == [" Question 6   keys: right + + ‹+›"]


@pytest.mark.parametrize(("width", "height"), [(80, 2), (120, 2)])
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: str(question.number))
def test_of_every_question_the_keys_and_what_to_look_at_have_room(question: Question, width: int, height: int) -> None:
    remark = f"Look: {question.look}"
    shown = lines(TourReadout(question.number, question.text, question.keys, len(question.keys), remark), width, height)
    assert len(shown) <= height
    assert all(len(line) < width for line in shown)
    assert remark in " ".join(line.strip() for line in shown)
    assert f"‹{question.keys[-1]}›" in "".join(shown)
