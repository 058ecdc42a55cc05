"""What a state of an exercise calls for; the lab's states are those of subject.md, the others computed by hand."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.explain.default_message import default_message
from relutui.model.network import Network
from relutui.model.selection import Selection
from relutui.scenario.reader import parse
from relutui.session import edits, unit_edits
from relutui.session.session import Session, open_session
from tests.support.sessions import ask, open_lab, open_state, opener, parameters, said, with_network, with_values

HALF = {"w1": 1.0, "b1": -1.0}


def first_hint(session: Session) -> str:
    return said(ask(session))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "[0, 1] matches. On [1, 2] the slope is 0 and must be 1: +1 is missing."),
        (HALF, "[0, 1] and [1, 2] match. On [2, 3] the slope is 1 and must be 3: +2 is missing."),
        ({"w1": 1.0, "b1": -1.2}, "[0, 1] matches. On [1, 2] the slope must be 1, and it is, but only from x = 1.2 on."),
        ({"w1": 1.0, "b1": -0.9}, "[0, 1] matches. On [1, 2] the slope 1 is right, but the line lies 0.10 too high."),
        ({"w1": 1.0, "b1": -0.8}, "On [0, 1] the slope -2 is right, but the curve bends at x = 0.8, inside this piece."),
    ],
)
def test_what_is_missing_on_the_first_piece_that_does_not_match(values: dict[str, float], expected: str) -> None:
    assert first_hint(open_lab(**values)) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"w1": 3.0},
            "On [0, 1] the slope is 1 and must be -2: 3 too much. "
            "Unit 1 is on there and adds 3; one way is to have it off until x = 1.",
        ),
        (
            {"w1": 1.0, "b1": -0.2},
            "On [0, 1] the slope is -1 over [0.2, 1] and must be -2: 1 too much. "
            "Unit 1 is on there and adds 1; one way is to have it off until x = 1.",
        ),
        (
            HALF | {"w2": 2.0, "b2": -2.0},
            "[0, 1] matches. On [1, 2] the slope is 3 and must be 1: 2 too much. "
            "Unit 2 is on there and adds 2; one way is to have it off until x = 2.",
        ),
        (
            {"w1": -1.0, "b1": 1.5},
            "On [0, 1] the slope is -3 and must be -2: +1 is missing. "
            "Unit 1 is on there and adds -1; one way is to have it off there.",
        ),
        (
            {"w1": 2.0, "b1": -2.0},
            "[0, 1] matches. On [1, 2] the slope is 2 and must be 1: 1 too much. "
            "Unit 1 has its kink at x = 1; with the others as they are it must add 1 there, not 2.",
        ),
        (
            {"w1": 0.5, "b1": -0.5},
            "[0, 1] matches. On [1, 2] the slope is 0.5 and must be 1: +0.5 is missing. "
            "Unit 1 has its kink at x = 1; with the others as they are it must add 1 there, not 0.5.",
        ),
        ({"w1": 1.0, "w2": 2.0}, "On [0, 1] the slope is 1 and must be -2: 3 too much."),
        (
            {"w1": 1.0, "b1": -1.0, "w2": 1.0, "b2": -1.0},
            "[0, 1] matches. On [1, 2] the slope is 2 and must be 1: 1 too much.",
        ),
        ({"w1": 3.0, "w2": 3.0}, "On [0, 1] the slope is 4 and must be -2: 6 too much."),
    ],
)
def test_what_is_too_much_and_the_unit_to_blame_if_it_is_one(values: dict[str, float], expected: str) -> None:
    assert first_hint(open_lab(**values)) == expected


def test_the_common_mistake_has_its_own_hint() -> None:
    """w2 = 3, the slope of the third piece (subject.md); b2 = -5 makes it its line too."""
    for b in (-5, -6):
        assert first_hint(open_lab(**HALF, w2=3, b2=b)) == (
            "Unit 2 has the whole slope of the third piece, 3, but unit 1 is still on there and already gives 1: "
            "with the others as they are, unit 2 must add only the difference, 2."
        )


@pytest.mark.parametrize("values", [HALF, HALF | {"w2": 1.0}, HALF | {"w2": 2.0, "b2": -3.0}, {"w1": 3.0, "b1": -5.0}])
def test_other_states_are_not_that_mistake(values: dict[str, float]) -> None:
    assert "whole slope" not in first_hint(open_lab(**values))


def test_a_unit_that_adds_nothing_has_the_slope_of_no_piece() -> None:
    """The last piece of the hat is flat, and units 1 and 2 begin with v = 0."""
    assert first_hint(opener("hat")) == (
        "[-1, 0] and [0, 1] match. On [1, 2] the slope is 1 and must be -1: 2 too much. "
        "One way is a unit that adds -2 from x = 1 on."
    )
    assert first_hint(with_values(opener("hat"), b1=-1)) == (
        "[-1, 0] and [0, 1] match. On [1, 2] the slope is 1 and must be -1: 2 too much. "
        "Unit 1 has its kink at x = 1; with the others as they are it must add -2 there, not 0."
    )
    assert "whole slope of the third piece, -1, but unit 0" in first_hint(with_values(opener("hat"), b1=-1, v1=-1))


def test_a_hat_by_its_hints_alone() -> None:
    """Each hint names the number that the state needs; done as told, the exercise is solved."""
    session = with_values(opener("hat"), b1=-1, v1=-2)
    assert first_hint(session) == ("[-1, 0], [0, 1] and [1, 2] match. On [2, 3] the slope is -1 and must be 0: +1 is missing.")
    assert with_values(session, b2=-2, v2=1).solved


def test_a_unit_on_the_wrong_side_of_its_kink() -> None:
    assert first_hint(open_lab(w1=-1, b1=1)) == (
        "Unit 1 has its kink where the target bends, at x = 1, and is on to the left of it. On to the right, "
        "by w = 1.00 and b = -1.00, 2 of 3 pieces would match instead of 0."
    )


def test_what_a_unit_adds_is_read_where_it_is_on() -> None:
    """Units 1 and 2 of hint-must-add, relu(x - 2) and its negative, cancel out: on [2, 3] unit 1 adds 1, and 2 are missing."""
    assert first_hint(open_state("hint-must-add")) == (
        "[-2, 1] and [1, 2] match. On [2, 3] the slope is 0 and must be 2: +2 is missing. "
        "Unit 1 has its kink at x = 2; with the others as they are it must add 3 there, not 1."
    )


def test_the_other_side_is_one_way_of_several() -> None:
    """relu(x + 1) - relu(x - 3) - 3 solves hint-wrong-side with unit 1 on to the right; -relu(3 - x) + 1 does too."""
    session = open_state("hint-wrong-side")
    assert first_hint(session) == (
        "Unit 1 has its kink where the target bends, at x = 3, and is on to the right of it. On to the left, "
        "by w = -2.00 and b = 6.00, 1 of 2 pieces would match instead of 0."
    )
    assert with_network(session, Network(), parameters([1, 1], [1, -3], [1, -1], -3)).solved


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        # 1 - 2 x + relu(x - 0.8) falls by 1 from 0.8 on, then rises again: -2 holds on [0, 0.8] only.
        (
            {"w1": 3.0, "b1": -2.4, "w2": 0.0},
            "On [0, 1] the slope -2 is right, but the curve bends at x = 0.8, inside this piece.",
        ),
        # From 1 to 1.6 nothing is on, from 1.6 on unit 1 adds 3.
        (
            {"w1": 3.0, "b1": -4.8},
            "[0, 1] matches. On [1, 2] the slope is 0 over [1, 1.6] and must be 1: +1 is missing.",
        ),
        # Unit 1 adds 1 from 1.2 to 3, unit 2 adds 5 from 1.9 on.
        (
            {"w1": 1.0, "b1": -1.2, "w2": 5.0, "b2": -9.5},
            "[0, 1] matches. On [1, 2] the slope must be 1, and it is, but only over [1.2, 1.9].",
        ),
    ],
)
def test_the_stretch_on_which_a_slope_holds_is_named(values: dict[str, float], expected: str) -> None:
    assert first_hint(open_lab(**values)) == expected


def test_no_mistake_is_named_where_it_would_lead_astray() -> None:
    """In lab-two-units-free -2 of unit 0 is right: unit 1, on over the first piece too, is what must go."""
    session = edits.select(with_values(opener("lab-two-units-free"), w1=-1, b1=2), Selection(0, "w"))
    session = with_values(session, b0=2.1)
    assert "whole slope" not in default_message(session)


def test_every_piece_may_match_and_the_loss_not_yet() -> None:
    """b2 = -3.99 makes the third piece 0.01 too high: an MSE of 0.0001 there, but of 100 points the sum is 0.01."""
    session = open_lab(**HALF, w2=2, b2=-3.99)
    summed = replace(session.scenario.settings, loss="sse")
    session = session.with_document(scenario=replace(session.scenario, settings=summed))
    session = session.with_state(replace(session.state, settings=summed))
    assert "the loss is still above" in first_hint(session)


def test_the_unit_is_found_among_many() -> None:
    """97 units that add nothing stand before the mistake."""
    idle = np.zeros(97)
    p = parameters([-2, 1, *idle, 3], [2, -1, *idle, -5], [1, 1, *idle, 1])
    session = open_lab()
    for _ in range(97):
        session = unit_edits.add_unit(session)
    assert first_hint(with_network(session, Network(), p)).startswith("Unit 99 has the whole slope of the third piece, 3,")


eighths = st.integers(-24, 24).map(lambda eighth: eighth / 8)
NUMBER = r"(-?\d+(?:\.\d+)?(?:e[+-]\d+)?)"


@given(eighths, eighths, eighths, eighths)
def test_every_number_of_a_hint_is_that_of_exact_arithmetic(w1: float, b1: float, w2: float, b2: float) -> None:
    """On the stretch that is named the slope is as said, and what is missing, or must be added, makes it what it must be."""
    said_now = first_hint(open_lab(w1=w1, b1=b1, w2=w2, b2=b2))
    stretch = rf"\[{NUMBER}, {NUMBER}\]"
    found = re.search(rf"On {stretch} the slope is {NUMBER}(?: over {stretch})? and must be {NUMBER}", said_now)
    if not found:
        return
    low, high, has, from_x, to_x, need = (float(each or "nan") for each in found.groups())
    units = [(-2.0, 2.0), (w1, b1), (w2, b2)]
    for x in np.linspace(low if np.isnan(from_x) else from_x, high if np.isnan(to_x) else to_x, 9)[1:-1]:
        assert sum(w for w, b in units if w * x + b > 0) == pytest.approx(has, abs=0.01)
    assert need == {0.0: -2, 1.0: 1, 2.0: 3}[low]
    if lack := re.search(rf"\+{NUMBER} is missing|{NUMBER} too much", said_now):
        assert has + (float(lack[1]) if lack[1] else -float(lack[2])) == pytest.approx(need, abs=1e-9)
    if unit := re.search(rf"Unit (\d) has its kink .* must add {NUMBER} there, not {NUMBER}", said_now):
        assert units[int(unit[1])][0] == pytest.approx(float(unit[3]), abs=0.01)
        assert has - float(unit[3]) + float(unit[2]) == pytest.approx(need, abs=1e-9)


def test_a_slope_is_the_whole_slope_of_a_piece_however_steep_others_are() -> None:
    """Beside the 8e5 of unit 2, the 0.6 of unit 1 is not the 1 that the second piece needs."""
    hint = first_hint(open_lab(w1=0.6, b1=-0.6, w2=8e5, b2=8e5))
    assert hint.startswith("On [0, 1] the slope is 7.99998e+5 and must be -2: 8.00000e+5 too much.")


def test_a_unit_is_turned_over_with_the_others_as_they_are_however_large_it_is() -> None:
    """Turned, the unit is off on [0, 1], where c = 5 remains; beside 1e20 that is lost in rounding, but it does not match 0."""
    huge = """title = "a"\nsummary = "b"\n[target]\nknots = [[0, 0], [1, 0], [2, 1]]\n[exercise]
    [network]\noutput_bias = 5\n[[unit]]\nw = -1e20\nb = 1e20\nv = 1"""
    assert "would match" not in first_hint(open_session(parse(huge, "huge", None)))
