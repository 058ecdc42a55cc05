from dataclasses import replace

import pytest
from support import open_lab, said, with_values

from relutui import edits, tuning
from relutui.network import ACTIVATIONS, Network
from relutui.session import Session
from relutui.training import Checkpoint, OptimizerState


@pytest.fixture
def lab() -> Session:
    return open_lab(w1=1, b1=-1)


def trained(session: Session) -> Session:
    """The session after a step whose optimizer remembers it."""
    p = session.state.parameters
    checkpoint = Checkpoint(p, OptimizerState(p, p, 1), 1)
    return session.with_state(replace(session.state, checkpoint=checkpoint))


def test_the_activation_goes_round(lab: Session) -> None:
    session, seen = lab, []
    for _ in ACTIVATIONS:
        session = tuning.next_activation(session)
        seen.append(session.state.network.activation)
    assert sorted(seen) == sorted(ACTIVATIONS)
    assert session.state.network == lab.state.network
    assert session.state.parameters == lab.state.parameters
    assert said(session) == "activation: relu"


def test_without_an_activation_the_curve_is_one_straight_line(lab: Session) -> None:
    """-2 x + 2 + x - 1 + 0 = 1 - x."""
    session = lab
    while session.state.network.activation != "identity":
        session = tuning.next_activation(session)
    network, p = session.state.network, session.state.parameters
    assert network.prediction(p, [0, 1, 3]).tolist() == [1, 0, -2]


def test_the_output_activation_goes_round(lab: Session) -> None:
    session = tuning.next_output_activation(lab)
    assert session.state.network.output_activation == "relu"
    assert session.state.network.activation == "relu"
    assert edits.undo(session).state == lab.state


def test_another_activation_is_another_loss_so_the_optimizer_forgets(lab: Session) -> None:
    session = tuning.next_activation(trained(lab))
    assert session.state.checkpoint.step == 1
    assert session.state.checkpoint.optimizer == OptimizerState.zero(3)


def test_looking_through_the_activations_is_one_entry_of_the_history(lab: Session) -> None:
    session = tuning.next_activation(tuning.next_activation(lab))
    assert edits.undo(session).state == lab.state


def test_the_slope_at_the_kink_goes_round_and_training_goes_on(lab: Session) -> None:
    session, seen = trained(lab), []
    for _ in range(3):
        session = tuning.next_slope_at_kink(session)
        seen.append(session.state.network.slope_at_kink)
    assert seen == [0.5, 1.0, 0.0]
    assert session.state.checkpoint == trained(lab).state.checkpoint


def test_the_slope_at_the_kink_needs_one(lab: Session) -> None:
    assert tuning.no_kink(lab) is None
    smooth = lab.with_state(replace(lab.state, network=Network("softplus")))
    assert tuning.no_kink(smooth) == "softplus has no kink"


def test_edits_are_counted_and_nudges_of_one_parameter_are_one() -> None:
    session = with_values(open_lab(), w1=2, b1=-1)
    assert session.state.edits == 2
    session = edits.nudge(edits.nudge(session, 1), 1)
    assert session.state.edits == 3
    assert edits.undo(session).state.edits == 2
    assert edits.rewind(session).state.edits == 0


def test_the_y_range_follows_the_activations_there_and_back(lab: Session) -> None:
    session = edits.fit_limits(lab)
    for _ in ACTIVATIONS:
        session = tuning.next_activation(session)
    assert session.y_limits == edits.fit_limits(lab).y_limits


def test_the_same_start_can_be_tried_with_another_activation(lab: Session) -> None:
    """Rewinding keeps it, like the learning rate; from the start itself the scenario's own comes back."""
    session = edits.rewind(tuning.next_activation(lab))
    assert session.state.network == Network("leaky_relu")
    assert said(session) == "back at the scenario's start; r again: with its activations"
    assert edits.next_random_start(session).state.network == Network("leaky_relu")
    session = edits.rewind(session)
    assert session.state.network == lab.scenario.network
    assert said(session) == "back at the scenario's start"
