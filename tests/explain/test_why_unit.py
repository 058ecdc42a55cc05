"""What is said of one unit: where it is on, what it adds, and beside what; the figures by hand."""

import re
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.explain.phrasing import in_parts
from relutui.explain.why_unit import unit_sentences, why_unit
from relutui.model.network import ACTIVATIONS, Network
from relutui.session.session import Session
from tests.support.sessions import open_lab, opener, parameters, with_parameters

SOLVED = {"w1": 1.0, "b1": -1.0, "w2": 2.0, "b2": -4.0}


def with_network(session: Session, network: Network) -> Session:
    return session.with_state(replace(session.state, network=network))


def test_where_it_is_on_what_it_adds_there_and_which_units_are_on_too() -> None:
    assert why_unit(open_lab(**SOLVED), 1).startswith(
        "Unit 1 is off until x = 1, where its z = 1.00 x - 1.00 crosses 0. "
        "From there on it adds slope +1, over [1, 3], where in part unit 2 is on too."
    )
    assert "it adds slope +2, over [2, 3], where unit 1 is on too." in why_unit(open_lab(**SOLVED), 2)


def test_a_unit_that_adds_nothing_is_no_company() -> None:
    assert "over [1, 3]." in why_unit(open_lab(w1=1, b1=-1), 1)


def test_the_flat_part_can_be_on_the_right() -> None:
    assert why_unit(open_lab(**SOLVED), 0) == (
        "Unit 0 is on until x = 1 and off from there on: w = -2.00 is below 0, so its flat part is on the right. "
        "Until there it adds slope -2, over [0, 1]. b puts the kink there: b = -w × kink."
    )


def test_a_bias_below_0_has_nothing_to_do_with_y() -> None:
    said = "b below 0 only says that it is off at x = 0; it has nothing to do with the sign of y."
    assert why_unit(open_lab(**SOLVED), 1).endswith(said)
    assert said not in why_unit(open_lab(**SOLVED), 0)


def test_a_unit_against_the_prediction() -> None:
    """Over [1, 3] the first unit gives 2 and the second -0.5; before that nobody but the second could rise."""
    session = with_parameters(open_lab(), parameters([2, 0.5], [-2, 1], [1, -1]))
    assert why_unit(session, 1).endswith(
        "Over [1, 3] its own line falls (slope -0.5), but the prediction rises there by +1.5: the others add +2."
    )


def test_the_unit_of_the_four_that_falls_where_the_sum_rises() -> None:
    session = opener("four-relus")
    against = [j for j in range(4) if "own line falls" in why_unit(session, j)]
    assert len(against) == 1


def test_a_line_that_does_not_cross_0_there_as_printed_is_marked() -> None:
    """1.004 x - 0.996 is 0 at x = 0.992, but 1.00 x - 1.00 at x = 1; 1.25 x - 0.5 is 0 at x = 0.4."""
    session = with_parameters(open_lab(), parameters([1.004, 1.25], [-0.996, -0.5], [1, 1]))
    assert why_unit(session, 0).startswith("Unit 0 is off until x = 0.992, where its z ≈ 1.00 x - 1.00 crosses 0.")
    assert why_unit(session, 1).startswith("Unit 1 is off until x = 0.4, where its z = 1.25 x - 0.50 crosses 0.")


OTHERS_ADD = re.compile(r"\(slope (\S+)\), but the prediction \w+ there by (\S+): the others add (\S+)\.")


def test_what_the_others_add_is_said_where_the_prediction_has_another_slope() -> None:
    """From 1 to 2, relu(x - 0.5), -3 relu(x - 1) and 0.3 relu(2 - x) have the slopes 1, -3 and -0.3."""
    session = with_parameters(open_lab(), parameters([1, 1, -1], [-0.5, -1, 2], [1, -3, 0.3]))
    said = OTHERS_ADD.search(why_unit(session, 0))
    assert said
    assert [Decimal(number) for number in said.groups()] == [Decimal("1"), Decimal("-2.3"), Decimal("-3.3")]


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-3, 3))
def test_what_the_others_add_makes_the_slope_of_the_prediction_as_printed(v0: float, v1: float, v2: float) -> None:
    p = parameters([1, 1, -1], [-0.5, -1, 2], [v0, v1, v2])
    for unit in range(3):
        if said := OTHERS_ADD.search(why_unit(with_parameters(open_lab(), p), unit)):
            assert Decimal(said[1]) + Decimal(said[3]) == Decimal(said[2])


def test_a_stretch_of_one_x_or_too_narrow_to_see_is_not_named() -> None:
    """Unit 0 is on from 3 on, but for rounding; from 2.99 on unit 1 turns the falling sum to rise, where unit 2 still falls."""
    p = parameters([1, 5, -1], [-3 + 4e-16, -5 * 2.99, 4], [1, 1, 1])
    session = with_network(with_parameters(open_lab(), p), Network("leaky_relu"))
    assert why_unit(session, 0).count("[") == 0
    assert "its own line" not in why_unit(session, 2)


def test_v_below_0_and_v_0() -> None:
    session = with_parameters(open_lab(), parameters([2, 1], [-2, -2], [-1.5, 0]))
    assert "From there on it adds slope -3 (v = -1.50 turns it upside down), over [1, 3]." in why_unit(session, 0)
    assert "But v is 0, so it adds nothing to the prediction." in why_unit(session, 1)


def test_a_leak_is_named() -> None:
    session = with_network(open_lab(w1=1, b1=-1), Network("leaky_relu"))
    assert why_unit(session, 1).startswith(
        "Unit 1 is off until x = 1, where its z = 1.00 x - 1.00 crosses 0, except for a leak of 0.01 z."
    )
    assert why_unit(session, 2).startswith("Unit 2 has no kink: w is 0, so its z is 0.00 everywhere")


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        # at z = 0 the slopes are: softplus 1/2, sigmoid 1/4, tanh 1
        (Network("softplus"), "softplus bends gently around x = 1.5, where its z = 2.00 x - 3.00 crosses 0. Far to the right"),
        (
            Network("sigmoid"),
            "never switches off: it is steepest at x = 1.5, where its z = 2.00 x - 3.00 crosses 0. There it adds slope +0.5,",
        ),
        (Network("tanh"), "There it adds slope +2,"),
        (Network("identity"), "Unit 1 is a straight line of slope +2 everywhere: without a kink it never switches off."),
    ],
)
def test_activations_without_a_kink(network: Network, expected: str) -> None:
    assert expected in why_unit(with_network(open_lab(w1=2, b1=-3), network), 1)


numbers = st.floats(-1e308, 1e308) | st.sampled_from([0.0, 1.0, -1.0, 0.1, 1e-300])
units = st.lists(st.tuples(numbers, numbers, numbers), min_size=1, max_size=6)


@given(units, st.sampled_from(ACTIVATIONS), st.sampled_from(ACTIVATIONS))
def test_any_unit_is_explained_in_parts_that_have_room(
    rows: list[tuple[float, float, float]], activation: str, output: str
) -> None:
    w, b, v = np.array(rows).T
    session = with_parameters(with_network(open_lab(), Network(activation, output)), parameters(w, b, v, 1))  # type: ignore[arg-type]
    for unit in range(len(rows)):
        parts = in_parts(unit_sentences(session, unit))
        assert " ".join(parts) == why_unit(session, unit)
        assert parts[0].startswith(f"Unit {unit} ")
        assert max(map(len, parts)) <= 300


def test_a_constant_unit_is_like_the_output_bias() -> None:
    """w = 0, b = 1.5 and v = 1: z and a are 1.5 everywhere."""
    assert why_unit(open_lab(b2=1.5), 2) == (
        "Unit 2 has no kink: w is 0, so its z is 1.50 everywhere. It adds the constant 1.50 at every x, as c does."
    )


def test_where_the_slope_of_the_prediction_goes_down() -> None:
    """Of the four the third starts to fall at 2 and the fourth, which rises, ends at 3; the slopes are those of the subject."""
    session = opener("four-relus")
    assert why_unit(session, 2).endswith("The slope of ━ goes down at x = 2, from +2.25 to +1.25: a falling unit starts.")
    assert why_unit(session, 3).endswith("The slope of ━ goes down at x = 3, from +1.25 to +0.5: a rising unit ends.")
    assert "The slope of the prediction goes down at x = 3" in why_unit(session.with_view(name="loss"), 3)
    assert not any("goes down" in why_unit(session, unit) for unit in (0, 1))


def test_no_slope_goes_down_where_another_unit_makes_up_for_it_or_a_piece_is_too_narrow() -> None:
    """At 1 the first falls by 1, the second rises by 2; the piece from 1 to 1.001 is a three-thousandth of [0, 3]."""
    for p in (parameters([1, 1], [-1, -1], [-1, 2]), parameters([1, 1], [-1, -1.001], [-1, 2])):
        assert "goes down" not in why_unit(with_parameters(open_lab(), p), 0)
