import pytest

from relutui.readout.status import TourReadout
from relutui.session.questions import QUESTIONS
from relutui.session.tours import Question
from relutui.ui.widgets.strip_widget import caption_lines
from relutui.ui.widgets.tour import tour, tour_lines

SIX = ("right", "+", "+", "+")
READOUT = TourReadout(6, "Up or sideways?", SIX, 3, next_key="+", back="esc: back to lab")


def lines(readout: TourReadout, width: int, height: int) -> list[str]:
    return [line.plain for line in tour(readout, width, height)]


def test_the_last_key_pressed_is_in_brackets_and_the_ways_on_and_back_are_named() -> None:
    keys = " keys: right + ‹+› +   space: next   backspace: back   esc: back to lab"
    assert lines(READOUT, 80, 2) == [" Question 6: Up or sideways?", keys]
    assert lines(READOUT._replace(pressed=0), 80, 2)[1] == " keys: right + + +   space: next   esc: back to lab"
    assert (
        lines(READOUT._replace(pressed=4, next_key=""), 80, 2)[1] == " keys: right + + ‹+›   backspace: back   esc: back to lab"
    )


def test_a_long_question_goes_on_in_the_next_line_and_is_cut_where_there_is_none() -> None:
    readout = READOUT._replace(question="Up or sideways? " * 6)
    assert len(tour_lines(readout, 80)) == 3
    second = lines(readout, 80, 3)[1]
    assert second.endswith("sideways?")
    first, second = lines(readout, 80, 2)
    assert first.endswith(" …")
    assert len(first) <= 79
    assert second.startswith(" keys: ")


def test_a_single_line_has_the_keys() -> None:
    assert lines(READOUT, 40, 1) == [" Q6 3/4 space backspace esc"]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: str(question.number))
def test_every_question_is_whole_at_80_columns_and_every_caption_has_room(question: Question) -> None:
    """Three rows of a caption are the most that leave the panel its contents."""
    for pressed, step in enumerate(question.steps):
        readout = TourReadout(question.number, question.text, question.keys, pressed, next_key="+")
        *asked, keys = lines(readout, 80, 3)
        assert " ".join(line.strip() for line in asked) == f"Question {question.number}: {question.text}"
        assert keys.startswith(" keys: ")
        assert len(keys) < 80
        assert 1 <= len(caption_lines(step.caption, 78)) <= 3
