import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.model.network import ACTIVATIONS, Activation, Network
from relutui.model.selection import Selection
from relutui.session import edits, unit_edits
from relutui.session.partial_sum import add_term, next_term, partial_sums, remove_term, summed_terms, terms
from relutui.session.session import Session
from tests.support.sessions import open_lab, opener, parameters, said, with_network, with_values

SOLVED = open_lab(w1=1, b1=-1, w2=2, b2=-4)
DOSAGE = opener("dosage-relu")  # units 0 and 1, then c = -16 as row 2 and the relu on the output as row 3
SIZE = st.floats(-10, 10)


def add(session: Session, *rows: int) -> Session:
    """The session after c on each row, the activation being on that of c."""
    units = session.state.parameters.units
    for row in rows:
        session = add_term(edits.select(session, Selection(row, "w") if row < units else Selection(units, "c")))
    return session


def test_the_terms_are_the_units_and_what_there_is_beside_them() -> None:
    assert terms(SOLVED) == (0, 1, 2)
    assert terms(with_values(DOSAGE, c2=0)) == (0, 1, 3)
    assert terms(DOSAGE) == (0, 1, 2, 3)


def test_the_sum_grows_by_the_selected_unit() -> None:
    """At x = 0, 1, 2, 3 unit 0 contributes 2 0 0 0, unit 1 0 0 1 2 and unit 2 0 0 0 2."""
    session = add(SOLVED, 2, 0)
    assert summed_terms(session) == (2, 0)
    np.testing.assert_allclose(partial_sums(session, np.arange(4.0)), [[0, 0, 0, 0], [0, 0, 0, 2], [2, 0, 0, 2]])


def test_where_the_selected_unit_is_in_the_next_is_added_round_and_round() -> None:
    session = add_term(add(SOLVED, 1))
    assert summed_terms(session) == (1, 2)
    assert session.view.selection.row == 2
    assert summed_terms(add_term(session)) == (1, 2, 0)


def test_the_output_activation_can_only_come_last() -> None:
    session = add(DOSAGE, 2, 2, 2)
    assert summed_terms(session) == (2, 0, 1)
    assert next_term(session) == 3
    assert summed_terms(add_term(session)) == (2, 0, 1, 3)
    assert summed_terms(DOSAGE.with_view(summed_units=(0, 3, 1, 2))) == (0, 1, 2)


def test_adding_shows_the_contributions() -> None:
    assert SOLVED.view.name == "fit"
    assert add_term(SOLVED).view.name == remove_term(SOLVED).view.name == "contributions"


def test_the_last_term_is_taken_back_first_and_can_be_added_again() -> None:
    session = remove_term(add(SOLVED, 2, 0))
    assert summed_terms(session) == (2,)
    assert summed_terms(add_term(session)) == (2, 0)
    assert "c adds" in said(remove_term(remove_term(session)))


def test_edits_keep_the_sum_and_drop_what_is_no_more() -> None:
    session = add(DOSAGE, 0, 1, 2, 3)
    without_bias = edits.set_parameter(session, Selection(2, "c"), 0.0)
    assert summed_terms(without_bias) == (0, 1, 3)
    assert summed_terms(edits.set_parameter(without_bias, Selection(2, "c"), -1.0)) == (0, 1, 2, 3)
    assert summed_terms(unit_edits.remove_unit(edits.select(add(SOLVED, 2), Selection(2, "w")))) == ()


@pytest.mark.parametrize(
    ("values", "row", "expected"),
    [
        ({}, 1, "+ unit 1: from x = 1 on it adds its slope, +1"),
        ({"w1": -1, "b1": 1.5}, 1, "+ unit 1: up to x = 1.5 it adds its slope, -1; from there on it is off"),
        ({"b1": 1}, 1, "+ unit 1: it is on everywhere and adds its slope, +1"),
        ({"b1": -4}, 1, "+ unit 1: it is off everywhere and adds nothing"),
        ({"b1": -1.696}, 1, "+ unit 1: from x = 1.696 on it adds its slope, +1"),
        ({"w1": 0, "b1": 1.5}, 1, "+ unit 1: w is 0, so the whole sum moves up by 1.50"),
        ({"w1": 0, "b1": -1.5}, 1, "+ unit 1: its activation is 0 everywhere, so it adds nothing"),
    ],
)
def test_what_a_unit_adds_is_said(values: dict[str, float], row: int, expected: str) -> None:
    assert said(add(with_values(SOLVED, **values), row)) == expected


@pytest.mark.parametrize(
    ("w", "b", "v", "expected"),
    [
        (1, -4, 1, "it is off everywhere, except for a leak of 0.01 z"),
        (-1, 1.5, 1, "up to x = 1.5 it adds its slope, -1; from there on it is off, except for a leak of 0.01 z"),
        (1, -1, 1, "from x = 1 on it adds its slope, +1; until there it is off, except for a leak of 0.01 z"),
        (1, 1, 1, "it is on everywhere and adds its slope, +1"),
        (0, -50, 3, "w is 0, so the whole sum moves down by 1.50"),  # 3 times 0.01 times -50
        (0, 2, -3, "w is 0, so the whole sum moves down by 6.00"),
        (1, -1, 0, "v is 0, so it adds nothing"),
    ],
)
def test_a_leaky_unit_is_never_wholly_off(w: float, b: float, v: float, expected: str) -> None:
    session = with_network(SOLVED, Network("leaky_relu"), parameters([1, w], [0, b], [1, v]))
    assert said(add(session, 1)).startswith(f"+ unit 1: {expected}")


def test_what_the_others_add_is_said() -> None:
    assert said(add(DOSAGE, 2)) == "+ c: the whole sum moves down by 16.00"
    assert said(add(DOSAGE, 0, 1, 2, 3)).startswith("+ relu: what is below 0 becomes 0")
    sigmoid = with_network(SOLVED, Network("sigmoid"), SOLVED.state.parameters)
    assert said(add(sigmoid, 0)) == "+ unit 0: it adds its whole curve, v sigmoid(z)"


def test_the_order_is_said_when_every_term_is_in() -> None:
    assert said(add(SOLVED, 2, 0, 1)).endswith(
        "; all 3 added, in the order 2, 0, 1: in any order the sum is the prediction"
        "; each unit is 0 at its kink, so no gap opens"
    )
    assert said(add(DOSAGE, 1, 2, 0, 3)).endswith(
        "order 1, c, 0, relu: in any order, relu last, the sum is the prediction; each unit is 0 at its kink, so no gap opens"
    )
    assert said(add_term(add(SOLVED, 2, 0, 1))) == "every term is in the sum; C takes the last one back"


@given(st.data(), st.sampled_from(ACTIVATIONS), st.sampled_from(ACTIVATIONS), st.integers(1, 6))
def test_after_the_last_term_the_sum_is_the_prediction_in_any_order(
    data: st.DataObject, activation: Activation, output: Activation, units: int
) -> None:
    w, b, v = (data.draw(st.lists(SIZE, min_size=units, max_size=units)) for _ in range(3))
    network = Network(activation, output)
    session = with_network(SOLVED, network, parameters(w, b, v, data.draw(SIZE)))
    rows = [row for row in terms(session) if row <= units]
    session = add(session, *data.draw(st.permutations(rows)), *(row for row in terms(session) if row > units))
    assert next_term(session) is None
    x, p = np.linspace(0, 3, 7), session.state.parameters
    np.testing.assert_allclose(partial_sums(session, x)[-1], network.prediction(p, x), rtol=1e-9, atol=1e-9)


def test_the_sum_begins_anew_with_another_number_of_units() -> None:
    """The rows of the terms have moved: what was the output bias is a unit now."""
    session = add_term(opener("four-relus"))
    assert session.view.summed_units == (0,)
    assert unit_edits.add_unit(session).view.summed_units == ()
    assert edits.undo(add_term(unit_edits.add_unit(session))).view.summed_units == ()
