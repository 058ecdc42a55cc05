from dataclasses import replace

import numpy as np
import pytest

from relutui.model.network import Activation, Network
from relutui.model.selection import Selection
from relutui.readout.fit import read_fit
from relutui.readout.forward_pass import read_forward_pass
from relutui.readout.small_multiples import read_units
from relutui.readout.status import read_message, read_status
from relutui.readout.strips import read_strips
from relutui.readout.table import Cell, read_table
from relutui.session import edits
from relutui.session.session import Session
from tests.support.sessions import open_lab, opener, parameters, with_network, with_values


@pytest.fixture
def lab() -> Session:
    return open_lab()


@pytest.fixture
def solved(lab: Session) -> Session:
    return with_values(lab, w1=1, b1=-1, w2=2, b2=-4)


def test_the_fit_draws_prediction_contribution_and_kinks(solved: Session) -> None:
    fit = read_fit(edits.select(solved, Selection(1, "b")))
    np.testing.assert_allclose(np.interp([0, 1, 2, 3], *fit.prediction), [2, 0, 1, 4], atol=1e-12)
    assert fit.contribution is not None
    np.testing.assert_allclose(np.interp([0, 1, 2, 3], *fit.contribution), [0, 0, 1, 2], atol=1e-12)
    assert [(kink.x, kink.y) for kink in fit.kinks] == [(1, 0), (1, 0), (2, 1)]
    assert fit.best is None


def test_the_best_so_far_is_drawn_when_the_present_is_worse(solved: Session) -> None:
    fit = read_fit(with_values(solved, w2=3))
    assert fit.best is not None
    np.testing.assert_allclose(np.interp(3, *fit.best), 4, atol=1e-12)


def test_the_output_bias_has_no_contribution(lab: Session) -> None:
    assert read_fit(edits.select(lab, Selection(3, "c"))).contribution is None


def test_the_table_says_what_each_unit_is(lab: Session) -> None:
    table = read_table(with_values(lab, w1=1, b1=-1))
    assert [tuple(row.notes[note] for note in table.notes) for row in table.rows] == [
        ("1.00", "left", "33%", "locked"),
        ("1.00", "right", "67%", ""),
        ("-", "-", "0%", "dead"),
    ]
    assert table.c.locked
    assert table.rows[0].cells["w"] == Cell(-2.0, True)


@pytest.mark.parametrize(
    ("activation", "heading", "positions"),
    [
        ("relu", "kink", ["1.00", "1.00", "-"]),
        ("leaky_relu", "kink", ["1.00", "1.00", "-"]),
        ("softplus", "bend", ["1.00", "1.00", "-"]),
        ("sigmoid", "centre", ["1.00", "1.00", "-"]),
        ("tanh", "centre", ["1.00", "1.00", "-"]),
        ("identity", "kink", ["-", "-", "-"]),  # a line is nowhere else than everywhere
    ],
)
def test_the_table_says_where_z_is_0_of_every_activation(
    lab: Session, activation: Activation, heading: str, positions: list[str]
) -> None:
    session = with_values(lab, w1=1, b1=-1)
    table = read_table(with_network(session, Network(activation), session.state.parameters))
    assert table.position == heading
    assert [row.notes["kink"] for row in table.rows] == positions


def test_a_multiple_says_where_its_unit_is_off(solved: Session) -> None:
    notes = [unit.note for unit in read_units(solved).units]
    assert notes == ["off from x = 1", "off until x = 1", "off until x = 2"]


def test_the_message_line_explains_the_selected_unit_until_something_is_said(lab: Session) -> None:
    cannot = f"{lab.scenario.summary} Training (s, space) would move nothing here: "
    assert read_message(lab).text.startswith(cannot)  # the task, and what to know before it is tried
    assert read_message(with_values(lab, w2=1)).text.startswith("Unit 1 is dead")
    moving = with_values(lab, w2=1)
    assert "locked" in read_message(edits.select(moving, Selection(0, "w"))).text
    assert "unit 2: w" in read_message(edits.select(moving, Selection(3, "c"))).text
    assert read_message(lab.say("something")).text == "something"


def test_the_message_line_says_when_the_exercise_is_solved(solved: Session) -> None:
    assert read_message(solved.with_view(message=None)).text.startswith("Solved")
    assert read_status(solved).solved


def test_the_reasons_of_a_twin_and_of_a_parked_unit(lab: Session) -> None:
    twin = with_values(lab, w1=1, b1=-1, w2=2, b2=-2)
    assert "twin of unit 1" in read_message(edits.select(twin, Selection(2, "w"))).text
    parked = with_values(lab, w1=1, b1=-2.9999999)
    assert "parked" in read_message(edits.select(parked, Selection(1, "w"))).text


def test_numbers_that_are_not_finite_reach_no_limit(lab: Session) -> None:
    p = lab.state.parameters
    huge = parameters(np.full(3, 1e308), np.full(3, 1e308), p.v)
    session = lab.with_state(replace(lab.state, checkpoint=lab.state.checkpoint.edited(huge)))
    assert np.isfinite(session.view.y_limits).all()
    read_fit(session)
    read_strips(session)
    read_table(session)
    read_forward_pass(session)


def test_a_share_of_few_points_stands_beside_that_of_the_range() -> None:
    """Of 0, 0.5 and 1, one point is right of 0.5, half of the range is; two of them are right of 0, all of the range is."""
    table = read_table(opener("dosage-relu"))
    assert [row.notes["on"] for row in table.rows] == ["33/50%", "67/100%"]
    assert next(row.notes["on"] for row in read_table(opener("lab")).rows) == "33%"  # 100 of 300 evenly spaced points
