"""What a state of an exercise calls for; the lab's states are those of subject.md, the others computed by hand."""

from dataclasses import replace

import numpy as np
import pytest

from relutui.explain.default_message import default_message
from relutui.model.network import Network
from relutui.model.selection import Selection
from relutui.session import edits, unit_edits
from relutui.session.session import Session
from tests.support.sessions import ask, open_lab, opener, parameters, said, with_network, with_values

HALF = {"w1": 1.0, "b1": -1.0}


def first_hint(session: Session) -> str:
    return said(ask(session))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "[0, 1] matches. From x = 1 on the slope is 0 and must be 1: +1 is missing."),
        (HALF, "[0, 1] and [1, 2] match. From x = 2 on the slope is 1 and must be 3: +2 is missing."),
        ({"w1": 1.0, "b1": -1.2}, "[0, 1] matches. From x = 1 on the slope must be 1, and it is, but only from x = 1.2 on."),
        ({"w1": 1.0, "b1": -0.9}, "[0, 1] matches. From x = 1 on the slope 1 is right, but the line lies 0.10 too high."),
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
            "On [0, 1] the slope is 1 and must be -2: 3 too much. Unit 1 is on there and adds 3; it must be off until x = 1.",
        ),
        (
            {"w1": 1.0, "b1": -0.2},
            "On [0, 1] the slope is -1 and must be -2: 1 too much. Unit 1 is on there and adds 1; it must be off until x = 1.",
        ),
        (
            HALF | {"w2": 2.0, "b2": -2.0},
            "[0, 1] matches. From x = 1 on the slope is 3 and must be 1: 2 too much. "
            "Unit 2 is on there and adds 2; it must be off until x = 2.",
        ),
        (
            {"w1": -1.0, "b1": 1.5},
            "On [0, 1] the slope is -3 and must be -2: +1 is missing. Unit 1 is on there and adds -1; it must be off there.",
        ),
        (
            {"w1": 2.0, "b1": -2.0},
            "[0, 1] matches. From x = 1 on the slope is 2 and must be 1: 1 too much. "
            "Unit 1 has its kink there and must add 1, not 2.",
        ),
        (
            {"w1": 0.5, "b1": -0.5},
            "[0, 1] matches. From x = 1 on the slope is 0.5 and must be 1: +0.5 is missing. "
            "Unit 1 has its kink there and must add 1, not 0.5.",
        ),
        ({"w1": 1.0, "w2": 2.0}, "On [0, 1] the slope is 1 and must be -2: 3 too much."),
        (
            {"w1": 1.0, "b1": -1.0, "w2": 1.0, "b2": -1.0},
            "[0, 1] matches. From x = 1 on the slope is 2 and must be 1: 1 too much.",
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
            "unit 2 must add only the difference, 2."
        )


@pytest.mark.parametrize("values", [HALF, HALF | {"w2": 1.0}, HALF | {"w2": 2.0, "b2": -3.0}, {"w1": 3.0, "b1": -5.0}])
def test_other_states_are_not_that_mistake(values: dict[str, float]) -> None:
    assert "whole slope" not in first_hint(open_lab(**values))


def test_a_unit_that_adds_nothing_has_the_slope_of_no_piece() -> None:
    """The last piece of the hat is flat, and units 1 and 2 begin with v = 0."""
    assert first_hint(opener("hat")) == (
        "[-1, 0] and [0, 1] match. From x = 1 on the slope is 1 and must be -1: 2 too much. A unit must add -2 from there on."
    )
    assert first_hint(with_values(opener("hat"), b1=-1)) == (
        "[-1, 0] and [0, 1] match. From x = 1 on the slope is 1 and must be -1: 2 too much. "
        "Unit 1 has its kink there and must add -2, not 0."
    )
    assert "whole slope of the third piece, -1, but unit 0" in first_hint(with_values(opener("hat"), b1=-1, v1=-1))


def test_a_hat_by_its_hints_alone() -> None:
    """Each hint names the number that the state needs; done as told, the exercise is solved."""
    session = with_values(opener("hat"), b1=-1, v1=-2)
    assert first_hint(session) == (
        "[-1, 0], [0, 1] and [1, 2] match. From x = 2 on the slope is -1 and must be 0: +1 is missing."
    )
    assert with_values(session, b2=-2, v2=1).solved


def test_a_unit_on_the_wrong_side_of_its_kink() -> None:
    assert first_hint(open_lab(w1=-1, b1=1)) == (
        "Unit 1 has its kink where the target bends, at x = 1, but is on to the left of it and must be on to the right: "
        "w above 0, and b = -1.00 keeps the kink."
    )


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
