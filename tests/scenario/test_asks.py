"""The questions of a scenario: read, refused, and written back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.docs.pages import read_page
from relutui.scenario.ask import MAX_ASKS, Ask, Choice, Place, Supposed, WrongPlace
from relutui.scenario.reader import parse
from relutui.scenario.scenario import ScenarioError
from relutui.scenario.writer import problem_toml, to_toml

SMALL = 'title = "T"\n[target]\npoints = [[0, 1], [2, 3]]\n[init]\nunits = 2\n'
KINK = '[[ask]]\ntext = "Where?"\nx = 1\ntolerance = 0.1\nthen = "There."\n'
CHOICE = '[[ask]]\ntext = "Which?"\nthen = "That."\n'
RIGHT, WRONG = '[[ask.choice]]\ntext = "a"\nright = true\n', '[[ask.choice]]\ntext = "b"\nmisconception = "thinks b"\n'

LINES = st.text(st.characters(exclude_categories=["C", "Z", "M"]), min_size=1, max_size=20)
VALUES = st.floats(0.0, 2.0)


@st.composite
def asks(draw: st.DrawFn) -> Ask:
    text, then, keys = draw(LINES), draw(LINES), tuple(draw(st.lists(LINES, max_size=3)))
    if draw(st.booleans()):
        wrong = tuple(draw(st.lists(st.builds(WrongPlace, st.floats(-9.0, 9.0), LINES), max_size=3)))
        at = draw(st.none() | VALUES)
        place = Place("x" if at is None else "y", draw(VALUES), draw(st.floats(0.01, 1.0)), at, wrong)
        numbers = st.none() | st.floats(-9.0, 9.0)
        supposed = tuple(draw(st.lists(st.builds(Supposed, st.integers(0, 1), numbers, numbers, numbers), max_size=2)))
        return Ask(text, then, place=place, keys=keys, supposed=supposed)
    wrong_choices = draw(st.lists(st.builds(Choice, LINES, st.just(False), LINES), min_size=1, max_size=4))
    at = draw(st.integers(0, len(wrong_choices)))
    return Ask(text, then, (*wrong_choices[:at], Choice(draw(LINES), True), *wrong_choices[at:]), keys=keys)


def problems(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        parse(SMALL + text, "bad", None)
    return [problem.removeprefix("bad.toml: ") for problem in caught.value.problems]


def test_what_is_supposed_is_of_a_unit_that_there_is() -> None:
    (problem,) = problems(KINK + "[[ask.supposed]]\nunit = 2\nw = 1\n")
    assert "ask 0: supposed 0: unit: expected a whole number from 0 to 1, got 2" in problem


def test_a_place_and_choices_are_read() -> None:
    wrong = '[[ask.wrong]]\nplace = -1\nmisconception = "takes b"\n'
    scenario = parse(SMALL + KINK + wrong + CHOICE + WRONG + RIGHT, "good", None)
    assert scenario.asks == (
        Ask("Where?", "There.", place=Place("x", 1.0, 0.1, None, (WrongPlace(-1.0, "takes b"),))),
        Ask("Which?", "That.", (Choice("b", False, "thinks b"), Choice("a", True))),
    )


@given(st.lists(asks(), max_size=3))
def test_what_is_written_reads_back_equal(drawn: list[Ask]) -> None:
    scenario = replace(parse(SMALL, "t", None), asks=tuple(drawn))
    assert parse(to_toml(scenario), "t", None).asks == scenario.asks


def test_what_training_depends_on_has_none() -> None:
    assert not parse(problem_toml(parse(SMALL + KINK, "t", None)), "t", None).asks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CHOICE, ["ask 0: expected exactly one of choice, x and y, got none"]),
        (KINK + RIGHT + WRONG, ["ask 0: expected exactly one of choice, x and y, got choice and x"]),
        (CHOICE + RIGHT, ["ask 0: choice: expected 2 to 5, got 1"]),
        (CHOICE + RIGHT + 5 * WRONG, ["ask 0: choice: expected 2 to 5, got 6"]),
        (CHOICE + WRONG + WRONG, ["ask 0: choice: expected exactly one with right = true, got 0"]),
        (CHOICE + RIGHT + RIGHT, ["ask 0: choice: expected exactly one with right = true, got 2"]),
        (
            CHOICE + RIGHT + WRONG.replace("thinks b", ""),
            ["ask 0: choice 1: misconception: expected 1 to 120 characters, got 0"],
        ),
        (CHOICE + RIGHT + '[[ask.choice]]\ntext = "c"\n', ["ask 0: choice 1: misconception: missing"]),
        (CHOICE + WRONG + RIGHT + 'misconception = "x"\n', ["ask 0: choice 1: misconception: not for the right choice"]),
        (KINK.replace("x = 1", "x = 3"), ["ask 0: x: expected a finite number in the domain, from 0 to 2, got 3"]),
        (KINK.replace("x = 1", "y = 1"), ["ask 0: at: missing"]),
        (KINK.replace("tolerance = 0.1", ""), ["ask 0: tolerance: missing"]),
        (KINK.replace("0.1", "0"), ["ask 0: tolerance: expected a finite number above 0, got 0"]),
        (KINK.replace("then", "than"), ["ask 0: then: missing", 'ask 0: unknown key "than" (did you mean then?)']),
        (CHOICE + "tolerance = 1\n" + RIGHT + WRONG, ['ask 0: unknown key "tolerance"']),
        (KINK + f"keys = {['s'] * 9}\n", ["ask 0: keys: expected at most 8, got 9"]),
        (KINK + 6 * '[[ask.wrong]]\nplace = 0\nmisconception = "x"\n', ["ask 0: wrong: expected at most 5, got 6"]),
        (KINK + 9 * "[[ask.supposed]]\nunit = 0\n", ["ask 0: supposed: expected at most 8, got 9"]),
        ((MAX_ASKS + 1) * KINK, ["ask: expected at most 8, got 9"]),
        ("ask = 3\n", ["ask: expected an array, got 3"]),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, expected: list[str]) -> None:
    said = problems(text) if text != "ask = 3\n" else _root_problems(text)
    assert len(said) == len(expected)
    assert all(line.startswith(start) for line, start in zip(said, expected)), said


def _root_problems(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        parse(text + SMALL, "bad", None)
    return [problem.removeprefix("bad.toml: ") for problem in caught.value.problems]


def test_a_place_is_right_within_its_tolerance_and_a_wrong_one_shows_something() -> None:
    place = Place("x", 2.0, 0.1, None, (WrongPlace(-1.0, "takes b"), WrongPlace(-0.9, "rounds")))
    assert place.is_right(2.1)
    assert not place.is_right(2.2)
    assert place.misconception(-0.92) == "rounds"
    assert place.misconception(1.0) == ""


def test_the_examples_of_the_manual_are_questions() -> None:
    blocks = [block.split("```")[0] for block in read_page("scenarios").split("```toml\n")[4:]]
    assert len(blocks) == 2
    text = 'title = "T"\n[target]\nknots = [[0, 0], [3, 4]]\n[init]\nunits = 2\n'
    assert len(parse(text + "\n".join(blocks), "t", None).asks) == 2
