"""The loss curve and the marks on it."""

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.readout.loss import LossReadout
from relutui.session.state import Mark
from relutui.ui.widgets.loss import MARK, loss
from tests.plot.drawn import dots, style_at, text

STEPS = tuple(range(0, 1001, 10))
LOSSES = tuple(2.0 * math.exp(-step / 200) for step in STEPS)
MARKS = st.tuples(st.integers(0, 1000), st.sampled_from(["w1", "c", "rate 0.05", "slope at kink 0.5", "one unit fewer"]))


def rows(*marks: tuple[int, str], width: int = 56, height: int = 10) -> list[str]:
    return text(list(loss(LossReadout(STEPS, LOSSES, tuple(Mark(*mark) for mark in sorted(marks))), width, height)))


def column(step: int, width: int = 56) -> int:
    """Where a step stands: 0 in the column after the axis, 1,000 in the last."""
    return 6 + int(step / 1000 * (width - 7) + 0.5)


def test_without_marks_the_curve_has_all_the_room() -> None:
    assert MARK not in "".join(rows())
    assert rows()[0].startswith("     │")


@pytest.mark.parametrize("size", [(56, 7), (78, 14)])
@pytest.mark.parametrize("taken", [1, 2, 3])
def test_few_steps_are_points_at_whole_numbers(taken: int, size: tuple[int, int]) -> None:
    readout = LossReadout(tuple(range(taken + 1)), (2.0, 1.4, 1.3, 1.25)[: taken + 1])
    *drawn, _, labels = text(loss(readout, *size))
    assert labels.split() == [str(step) for step in range(taken + 1)]
    per_column = Counter(x for x, _ in dots([row[6:] for row in drawn]))
    width = 2 * (size[0] - 7)
    for step in range(taken + 1):
        place = round(1 + step / taken * width)
        assert max(per_column[x] for x in (place - 1, place, place + 1)) >= 3, "a bead, higher than the line"


def test_a_mark_and_its_text_stand_above_the_step() -> None:
    drawn = rows((300, "w1"), (600, "rate 0.1"))
    assert drawn[0][column(300) : column(300) + 3] == "▼w1"
    assert drawn[0][column(600) : column(600) + 9] == "▼rate 0.1"
    below = [row[column(600)] for row in drawn[1:-2]]
    assert below.count("┊") >= len(below) - 2, "a line down to the axis, but for the curve"


def test_at_the_right_end_the_text_stands_on_the_left() -> None:
    assert rows((500, "w1"), (1000, "adam"))[0].endswith("adam▼")


def test_marks_without_room_for_their_texts_share_one() -> None:
    assert "▼▼2 edits" in rows((300, "rate 0.1"), (320, "adam"))[0]
    assert "▼2 edits" in rows((300, "rate 0.1"), (300, "adam"))[0]
    assert rows((300, "w1"), (300, "w2"), (700, "adam"))[0].split() == ["▼2", "edits", "▼adam"]


def test_many_marks_are_counted() -> None:
    drawn = rows(*((step, "w1") for step in range(200)), (800, "adam"))
    assert "▼200 edits" in drawn[0]
    assert "▼adam" in drawn[0]


def test_a_chart_too_low_for_the_texts_still_shows_where() -> None:
    drawn = rows((500, "w1"), height=5)
    assert MARK not in "".join(drawn)
    assert drawn[0][column(500)] == "┊"


def test_the_lines_of_the_marks_are_behind_and_faint() -> None:
    strips = loss(LossReadout(STEPS, LOSSES, (Mark(500, "w1"),)), 56, 10)
    style = style_at(strips[1], column(500))
    assert style is not None
    assert style.dim


@given(st.lists(MARKS, max_size=40), st.integers(8, 130), st.integers(1, 30))
def test_whatever_the_marks_the_rows_have_their_size(marks: list[tuple[int, str]], width: int, height: int) -> None:
    drawn = rows(*marks, width=width, height=height)
    assert [len(row) for row in drawn] == [width] * height
    if marks and height >= 6:
        assert {column for column, cell in enumerate(drawn[0]) if cell == MARK} == {
            6 + int(step / 1000 * (width - 7) + 0.5 + 1e-9) for step, _ in marks
        }
