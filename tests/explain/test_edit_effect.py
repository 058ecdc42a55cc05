"""What the last edit did; kink = -b / w, and it slides by -b / w."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.explain.edit_effect import edit_effect
from relutui.model.network import Network
from relutui.model.selection import Selection
from relutui.session import edits, settings_edits, unit_edits
from relutui.session.session import Session
from tests.support.sessions import open_lab, open_state, opener, with_values


@pytest.mark.parametrize(
    ("before", "edit", "expected"),
    [
        (
            {"w1": 1.0, "b1": -1.0},
            {"b1": -1.5},
            "unit 1: b -1.00 → -1.50; z moves down by 0.50, and the kink slides right by 0.50, to x = 1.5 (-b / w).",
        ),
        (
            {"w1": -2.0, "b1": 2.0},
            {"b1": 1.0},
            "unit 1: b 2.00 → 1.00; z moves down by 1.00, and the kink slides left by 0.50, to x = 0.5 (-b / w).",
        ),
        (
            {},
            {"b1": 0.5},
            "unit 1: b 0.00 → 0.50; z moves up by 0.50, to 0.50 everywhere; w is 0, so there is no kink to slide.",
        ),
        (
            {"w1": 1.0, "b1": -1.0},
            {"w1": 2.0},
            "unit 1: w 1.00 → 2.00; z gets steeper, its kink moves from x = 1 to 0.5 (-b / w).",
        ),
        (
            {"w1": 2.0},
            {"w1": 1.0},
            "unit 1: w 2.00 → 1.00; z gets flatter, its kink stays at x = 0.",
        ),
        (
            {"w1": 1.0, "b1": 1.0},
            {"w1": -1.0},
            "unit 1: w 1.00 → -1.00; z falls now, its kink moves from x = -1 to 1 (-b / w), "
            "and the unit is now on to its left.",
        ),
        (
            {"b1": -2.0},
            {"w1": 1.0},
            "unit 1: w 0.00 → 1.00; z has a slope now; its kink is at x = 2 (-b / w), and the unit is on to its right.",
        ),
        (
            {"w1": 1.0, "b1": -1.0},
            {"w1": 0.0},
            "unit 1: w 1.00 → 0.00; z is -1.00 everywhere now, so there is no kink.",
        ),
    ],
)
def test_w_and_b(before: dict[str, float], edit: dict[str, float], expected: str) -> None:
    assert edit_effect(with_values(open_lab(**before), **edit)) == expected


@pytest.mark.parametrize(
    ("v", "to", "expected"),
    [
        (1.0, 2.0, "unit 1: v 1.00 → 2.00; what the unit adds is 2.00 times as large; its kink stays."),
        (1.0, -1.0, "unit 1: v 1.00 → -1.00; what the unit adds is flipped, and as large as before; its kink stays."),
        (1.0, 0.0, "unit 1: v 1.00 → 0.00; the unit adds nothing any more."),
        (0.0, 3.0, "unit 1: v 0.00 → 3.00; the unit adds 3.00 times its activation now; its kink stays."),
    ],
)
def test_v(v: float, to: float, expected: str) -> None:
    session = edits.toggle_lock(edits.select(open_lab(w1=1, b1=-1), Selection(1, "v")))
    assert edit_effect(with_values(with_values(session, v1=v), v1=to)) == expected


def test_c_moves_the_prediction_and_no_kink() -> None:
    session = opener("lab-two-units-free")
    moved = edits.set_parameter(session, Selection(2, "c"), session.state.parameters.c + 1)
    assert edit_effect(moved).endswith(": the whole prediction moves up by 1.00; no kink of a unit moves, no b changes.")
    output = with_output(session)
    moved = edits.set_parameter(output, Selection(2, "c"), output.state.parameters.c - 2)
    assert "the whole sum before the output's relu moves down by 2.00" in edit_effect(moved)


def with_output(session: Session) -> Session:
    return session.with_state(replace(session.state, network=Network(output_activation="relu")))


def test_nudges_of_one_parameter_are_one_edit() -> None:
    session = edits.select(open_lab(w1=1, b1=-1), Selection(1, "b"))
    for _ in range(5):
        session = edits.nudge(session, -1)
    assert edit_effect(session).startswith("unit 1: b -1.40 → -1.50; ")


def test_w_and_b_together_keep_the_kink() -> None:
    steeper = edits.set_parameter(open_lab(w1=1, b1=-1), Selection(1, "slope"), 3)
    assert edit_effect(steeper) == "unit 1: w 1.00 → 3.00, and b -1.00 → -3.00 so that the kink stays at x = 1."
    slid = edits.set_parameter(open_lab(w1=1, b1=-1), Selection(1, "kink"), 2)
    assert edit_effect(slid).startswith(
        "unit 1: b -1.00 → -2.00; z moves down by 1.00, and the kink slides right by 1.00, to x = 2"
    )


def test_only_an_edit_by_hand_has_an_effect() -> None:
    session = open_lab(w1=1)
    assert edit_effect(open_lab()) == ""
    assert edit_effect(edits.rewind(session)) == ""
    assert edit_effect(settings_edits.scale_learning_rate(session, 2)) == ""
    assert edit_effect(unit_edits.add_unit(session)) == ""
    assert edit_effect(edits.toggle_lock(session)) == ""


def test_where_there_is_no_kink_z_crosses_0() -> None:
    session = open_lab(w1=1, b1=-1)
    smooth = session.with_state(replace(session.state, network=Network("tanh")))
    assert edit_effect(with_values(smooth, b1=-1.5)).endswith(
        "and the place where z is 0 slides right by 0.50, to x = 1.5 (-b / w)."
    )


def test_a_hundredth_of_v_100_is_not_1_00_times() -> None:
    """100 -> 100.1 is 1.001 times."""
    changed = with_values(open_state("times-100"), v0=100.1)
    assert edit_effect(changed) == ("unit 0: v 100.00 → 100.10; what the unit adds is 1.001 times as large; its kink stays.")


@pytest.mark.parametrize(
    ("before", "edit", "expected"),
    [
        ({"b1": 1.0}, {"b1": 1.001}, "unit 1: b 1.000 → 1.001; z moves up by 0.0010, to 1.001 everywhere"),
        ({"w1": 1.0}, {"w1": 1.0004}, "unit 1: w 1.0000 → 1.0004; z gets steeper"),
        ({"w1": 1.0, "b1": -1.0}, {"b1": -1.00001}, "and the kink slides right by 1.0e-5, to x = 1.00001 (-b / w)."),
        ({"w1": 1.0, "b1": -1.0}, {"w1": 1.00001}, "its kink moves from x = 1 to 0.99999 (-b / w)."),
    ],
)
def test_a_small_change_is_written_with_the_digits_that_show_it(
    before: dict[str, float], edit: dict[str, float], expected: str
) -> None:
    assert expected in edit_effect(with_values(with_values(opener("lab"), **before), **edit))


@given(st.floats(-9, 9), st.floats(-9, 9), st.sampled_from(["b1", "c"]))
def test_before_and_the_move_make_after_as_printed(old: float, new: float, name: str) -> None:
    session = opener("lab")
    free = with_values(session, b1=old) if name == "b1" else with_c(session, old)
    effect = edit_effect(with_values(free, b1=new) if name == "b1" else with_c(free, new))
    if not effect or "≈" in effect:
        return
    match = re.search(r"(\S+) → (\S+)[:;].* (up|down) by ([-0-9.e+]+\d)", effect)
    assert match
    before, after, move = Decimal(match[1]), Decimal(match[2]), Decimal(match[4])
    assert before + move * (1 if match[3] == "up" else -1) == after


def with_c(session: Session, c: float) -> Session:
    return edits.set_parameter(session, Selection(session.state.parameters.units, "c"), c)


def test_of_several_presses_in_a_row_it_is_the_last_that_is_described() -> None:
    """From 0.5 by halves up to 4, and then one back: the line has become flatter, not steeper."""
    session = edits.nudge(opener("one-unit"), 7)
    session = edits.nudge(session, -1)
    assert edit_effect(session) == "unit 0: w 4.00 → 3.50; z gets flatter, its kink stays at x = 0."
    assert edits.undo(session).state.parameters.w[0] == 0.5


def test_what_w_and_b_each_did_is_said_in_the_units_view() -> None:
    """With w from 3 to 2 the kink of 3 x - 3 goes from 1 to 1.5, with b from -3 to -4 to 2."""
    session = opener("two-units-overlap").with_view(name="units")
    turned = with_values(session, w1=2.0)
    assert "Before that" not in edit_effect(turned)
    shifted = with_values(turned, b1=-4.0)
    assert edit_effect(shifted).endswith("b shifts it. Before that, w 3.00 → 2.00 moved the kink from x = 1 to 1.5.")
    assert "Before that" not in edit_effect(shifted.with_view(name="fit"))
    assert "Before that" not in edit_effect(with_values(with_values(turned, w0=-1.0), b1=-4.0))  # another edit lies between
    other_way = with_values(with_values(session, b1=-4.5), w1=2.0)
    assert edit_effect(other_way).endswith("Before that, b -3.00 → -4.50 moved the kink from x = 1 to 1.5.")
