"""Units that training does not move, or that add nothing of their own; the figures are those of subject.md."""

from dataclasses import replace

import numpy as np
import pytest

from relutui.explain.idle_units import dead_units, twins
from relutui.model.gradient import gradient
from relutui.model.network import Network
from relutui.model.selection import Selection
from relutui.model.unit_states import diagnose
from relutui.session import edits, settings_edits
from relutui.session.session import open_session
from tests.support.sessions import open_lab, opener, parameters, with_network
from tests.support.standing_still import BEST_OF_TWO, at_rate, points, standing, trained, why


def test_the_lab_from_its_zero_start_never_moves() -> None:
    """With relu'(0) = 0 every gradient is zero: the MSE stays at 2.463."""
    session = trained(opener("lab-zero-start"), 200)
    assert session.loss == pytest.approx(2.4630, abs=5e-5)
    assert why(session)[:3] == ("slope at the kink", (1, 2), "stuck: slope at the kink")
    assert "k takes 1/2 or 1" in why(session).text


def test_no_parameter_is_advised_that_a_lock_holds() -> None:
    session = opener("lab-zero-start")
    locked = replace(session.state.locks, w=np.array([True, True, True]))
    only_b = standing(session.with_state(replace(session.state, locks=locked)))
    assert why(only_b).text.endswith("k takes 1/2 or 1 instead; or set b by hand.")
    assert why(standing(session)).text.endswith("k takes 1/2 or 1 instead; or set w and b by hand.")


def test_a_slope_at_the_kink_that_no_step_would_show_is_no_reason() -> None:
    """tanh of -57 at x = 0, where z of unit 1 is 0: its slope there, 4 exp(-114), is 1e-49 and less than any float32."""
    far = ("w = 0\nb = 57\nv = -1\nlock = ['w', 'b', 'v']", "w = 3\nb = 0\nv = 1\nlock = ['v']")
    rest = "[network]\noutput_activation = 'tanh'\nlock_output_bias = true"
    session = points("[[-1, 3], [0, 3]]", *far, rest=rest)
    assert why(standing(session)).kind != "slope at the kink"
    near = points("[[-1, 3], [0, 3]]", far[0].replace("57", "1"), far[1], rest=rest)
    assert why(standing(near)).kind == "slope at the kink"


def test_with_another_slope_at_the_kink_it_ends_with_twins() -> None:
    session = trained(at_rate(settings_edits.next_slope_at_kink(opener("lab-zero-start")), 0.1), 3000)
    assert session.loss == pytest.approx(0.0300, abs=5e-5)
    assert why(session)[:3] == ("twins", (1, 2), "stuck: twins 1, 2")


def test_a_random_start_ends_with_a_dead_unit() -> None:
    session = trained(open_session(opener("lab").scenario, seed=3), 200)
    assert why(session)[:3] == ("dead", (1, 2), "stuck: dead units 1 and 2")


@pytest.mark.parametrize("b", [1e-8, 1e-3])
def test_a_unit_that_is_hardly_on_at_the_edge_is_parked(b: float) -> None:
    """1e-8: by its activations; 1e-3: on at x = 0 alone, of 300 points."""
    session = standing(open_lab(**BEST_OF_TWO, w2=-1.0, b2=b))
    assert session.loss == pytest.approx(0.0300, abs=1e-4)
    assert why(session)[:3] == ("parked", (2,), "stuck: parked unit 2")


def test_one_dead_unit() -> None:
    session = standing(open_lab(**BEST_OF_TWO, w2=-1.0, b2=-1.0))
    assert why(session).text == (
        "Stuck in a local minimum: no small step lowers the loss. Unit 2 is dead: off at every point, so its gradient is "
        "zero. Move its kink into the data, or try another start (R; g shows many)."
    )


def test_many_units_are_counted_in_the_status() -> None:
    """Five units with one kink and side, and five that are off at every point."""
    same = points("[[0, 0], [1, 1], [2, 0], [3, 3]]", *["w = 1\nb = -2.3\nv = 0.1"] * 5)
    found = twins(same, diagnose(same.state.network, same.state.parameters, same.dataset, same.domain))
    assert found
    assert found.summary == "stuck: 5 twins"
    held = "[network]\noutput_bias = 1\nlock_output_bias = true"
    off = points("[[0, 0], [1, 1], [2, 0], [3, 3]]", *["w = -1\nb = -1\nv = 0.1"] * 5, rest=held)
    assert why(standing(off)).summary == "stuck: 5 dead units"


def test_what_is_locked_is_no_cause() -> None:
    session = edits.select(open_lab(**BEST_OF_TWO, w2=-1.0, b2=-1.0), Selection(2, "w"))
    session = standing(edits.toggle_unit_lock(session))
    assert why(session)[:2] == ("local minimum", ())


@pytest.mark.parametrize("activation", ["softplus", "tanh", "identity"])
def test_without_kinks_nothing_is_dead_or_twin(activation: str) -> None:
    network = Network(activation)  # type: ignore[arg-type]
    session = with_network(opener("lab"), network, parameters([0, 0, 0], [0, 0, 0], [0, 0, 0]))
    assert why(standing(session))[:2] == ("local minimum", ())


def test_the_one_unit_beside_the_dead_makes_a_straight_line() -> None:
    """x + 1 is above 0 on all of [0, 3]; x - 1 is not."""
    line = "Units 0 and 2 are dead: off at every point, so their gradients are zero. Unit 1 alone makes a straight line. Move"
    said = []
    for b in (1, -1):
        session = points("[[0, 0], [1, 1], [2, 0], [3, 3]]", *(f"w = 1\nb = {each}\nv = 1" for each in (-9, b, -9)))
        state, data = session.state, session.dataset
        states = diagnose(state.network, state.parameters, data, session.domain)
        reason = dead_units(session, gradient(state.problem(data), state.parameters), states)
        said.append(reason.text if reason else "")
    assert line.lower() in said[0].lower()
    assert said[1]
    assert "alone" not in said[1]
