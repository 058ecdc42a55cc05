import sys
from dataclasses import replace

import pytest

from relutui.model.network import UNIT_ACTIVATIONS, Network
from relutui.model.training import Checkpoint, OptimizerState
from relutui.readout.status import read_status
from relutui.scenario.writer import to_toml
from relutui.session import edits, settings_edits
from relutui.session.session import Session, as_scenario
from relutui.ui.widgets.status import status
from tests.support.sessions import open_lab, said, with_values


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
    for _ in UNIT_ACTIVATIONS:
        session = settings_edits.next_activation(session)
        seen.append(session.state.network.activation)
    assert sorted(seen) == sorted(UNIT_ACTIVATIONS)
    assert session.state.network == lab.state.network
    assert session.state.parameters == lab.state.parameters
    assert said(session) == "activation: relu"


def test_without_an_activation_the_curve_is_one_straight_line(lab: Session) -> None:
    """-2 x + 2 + x - 1 + 0 = 1 - x."""
    session = lab
    while session.state.network.activation != "identity":
        session = settings_edits.next_activation(session)
    network, p = session.state.network, session.state.parameters
    assert network.prediction(p, [0, 1, 3]).tolist() == [1, 0, -2]


def test_the_output_activation_goes_round(lab: Session) -> None:
    session = settings_edits.next_output_activation(lab)
    assert session.state.network.output_activation == "relu"
    assert session.state.network.activation == "relu"
    assert edits.undo(session).state == lab.state


def test_another_activation_is_another_loss_so_the_optimizer_forgets(lab: Session) -> None:
    session = settings_edits.next_activation(trained(lab))
    assert session.state.checkpoint.step == 1
    assert session.state.checkpoint.optimizer == OptimizerState.zero(3)


def test_looking_through_the_activations_is_one_entry_of_the_history(lab: Session) -> None:
    session = settings_edits.next_activation(settings_edits.next_activation(lab))
    assert edits.undo(session).state == lab.state


def test_the_slope_at_the_kink_goes_round_and_training_goes_on(lab: Session) -> None:
    session, seen = trained(lab), []
    for _ in range(3):
        session = settings_edits.next_slope_at_kink(session)
        seen.append(session.state.network.slope_at_kink)
    assert seen == [0.5, 1.0, 0.0]
    assert session.state.checkpoint == trained(lab).state.checkpoint


def test_the_slope_at_the_kink_needs_one(lab: Session) -> None:
    assert settings_edits.why_no_kink(lab) is None
    smooth = lab.with_state(replace(lab.state, network=Network("softplus")))
    assert settings_edits.why_no_kink(smooth) == "softplus has no kink"


def test_edits_are_counted_and_nudges_of_one_parameter_are_one() -> None:
    session = with_values(open_lab(), w1=2, b1=-1)
    assert session.state.edits == 2
    session = edits.nudge(edits.nudge(session, 1), 1)
    assert session.state.edits == 3
    assert edits.undo(session).state.edits == 2
    assert edits.rewind(session).state.edits == 0


def test_the_y_range_follows_the_activations_there_and_back(lab: Session) -> None:
    session = edits.fit_limits(lab)
    for _ in UNIT_ACTIVATIONS:
        session = settings_edits.next_activation(session)
    assert session.view.y_limits == edits.fit_limits(lab).view.y_limits


def test_the_same_start_can_be_tried_with_another_activation(lab: Session) -> None:
    """Rewinding keeps it, like the learning rate; from the start itself the scenario's own comes back."""
    session = edits.rewind(settings_edits.next_activation(lab))
    assert session.state.network == Network("leaky_relu")
    assert said(session) == "back at the scenario's start; r again: with its activations"
    assert edits.next_random_start(session).state.network == Network("leaky_relu")
    session = edits.rewind(session)
    assert session.state.network == lab.scenario.network
    assert said(session) == "back at the scenario's start"


def test_the_optimizer_goes_round_while_it_runs_and_begins_anew(lab: Session) -> None:
    session, seen = replace(trained(lab), running=True), []
    for _ in range(3):
        session = settings_edits.next_optimizer(session)
        seen.append(session.state.settings.optimizer)
        assert session.running
        assert session.state.parameters == lab.state.parameters
        assert (session.state.checkpoint.step, session.state.checkpoint.optimizer) == (1, OptimizerState.zero(3))
    assert seen == ["momentum", "adam", "sgd"]
    assert edits.undo(session).state == trained(lab).state


def test_the_momentum_goes_round_and_the_velocity_stays(lab: Session) -> None:
    assert settings_edits.why_no_momentum(lab) == "sgd has no momentum to set; O changes the optimizer"
    session, seen = trained(settings_edits.next_optimizer(lab)), []
    assert settings_edits.why_no_momentum(session) is None
    for _ in range(4):
        session = settings_edits.next_momentum(session)
        seen.append(session.state.settings.momentum)
    assert seen == [0.99, 0.0, 0.5, 0.9]
    assert session.state.checkpoint == trained(lab).state.checkpoint


def test_the_learning_rate_keeps_the_memory(lab: Session) -> None:
    session = settings_edits.scale_learning_rate(settings_edits.scale_learning_rate(trained(lab), 0.5), 0.5)
    assert session.state.settings.learning_rate == 0.0125
    assert session.state.checkpoint == trained(lab).state.checkpoint
    assert said(session) == "learning rate 0.0125"
    assert edits.undo(session).state == trained(lab).state


def test_another_loss_is_another_memory_but_the_same_exercise(lab: Session) -> None:
    """300 points: the sum is 300 times the mean, 0.4497, and so is the bound at which training stops."""
    bounded = replace(trained(lab).state, settings=replace(lab.state.settings, stop_below=0.01))
    session = settings_edits.next_loss(lab.with_state(bounded))
    assert session.loss == pytest.approx(300 * 0.4497, abs=0.02)
    assert session.state.settings.stop_below == pytest.approx(3.0)
    assert session.state.checkpoint.optimizer == OptimizerState.zero(3)
    assert said(session).endswith("loss and gradients are 300 times as large now")
    back = settings_edits.next_loss(session)
    assert back.state.settings == bounded.settings
    assert said(back) == "loss MSE: the mean of the squared errors; loss and gradients are 300 times as small now"


def test_solved_is_solved_by_either_loss() -> None:
    """An error of 0.02 everywhere: MSE 4e-4, below 1e-3; SSE 0.12, which is not."""
    near = with_values(open_lab(w1=1, b1=-1, w2=2, b2=-4), c3=0.0)
    unlocked = replace(near.state, locks=replace(near.state.locks, c=False))
    near = with_values(near.with_state(unlocked), c3=0.02)
    assert near.solved
    session = settings_edits.next_loss(near)
    assert session.solved
    assert session.loss == pytest.approx(0.12)
    written = as_scenario(session, "mine").exercise
    assert written is not None
    assert written.solved_below == pytest.approx(0.3)


def test_the_best_is_of_the_present_loss(lab: Session) -> None:
    session = settings_edits.next_loss(lab)
    assert session.document.best.loss == session.loss
    assert edits.undo(session).document.best.loss == lab.loss


def test_the_status_names_optimizer_momentum_and_rate(lab: Session) -> None:
    session = settings_edits.next_optimizer(lab)
    assert "  momentum 0.9, rate 0.05  " in next(iter(status(read_status(session), 120, 1))).plain
    assert "  adam 0.05  " in next(iter(status(read_status(settings_edits.next_optimizer(session)), 120, 1))).plain


def test_a_bound_stays_a_number_whatever_the_loss(lab: Session) -> None:
    bounded = lab.with_state(replace(lab.state, settings=replace(lab.state.settings, stop_below=1e308)))
    summed = settings_edits.next_loss(bounded)
    assert summed.state.settings.stop_below == sys.float_info.max
    assert "stop_below = 1.79" in to_toml(as_scenario(summed, "saved"))
