"""What is said of dead units, parked ones, twins and those that are always on."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from relutui.explain.why_unit import why_unit
from relutui.model.network import Network, Parameters
from relutui.model.training import Locks, OptimizerState
from relutui.session import edits
from relutui.session.session import Session
from tests.support.fake_trainer import FakeTrainer
from tests.support.sessions import open_lab, open_state, parameters, with_parameters


def with_network(session: Session, network: Network) -> Session:
    return session.with_state(replace(session.state, network=network))


def test_dead_units_and_whether_training_can_move_them() -> None:
    assert why_unit(open_lab(), 1) == (
        "Unit 1 is dead: its z is 0 or below at every point, so it adds nothing there. "
        "Training cannot move it: where z is exactly 0 it takes relu's slope to be 0 (k changes that)."
    )
    half = with_network(open_lab(), Network(slope_at_kink=0.5))
    assert "Training may still move it: where z is exactly 0 it takes relu's slope to be 0.5." in why_unit(half, 1)
    below = with_network(open_lab(b1=-1), Network(slope_at_kink=0.5))
    assert "Training cannot move it: relu is flat where z is below 0." in why_unit(below, 1)


def test_what_momentum_remembers_moves_a_dead_unit() -> None:
    """At momentum 0.99: 100 steps take b from -2.96 to -4.47, and all that follow on by 1.51 / (1 - 0.99^100) = 2.38 in all."""
    session = open_state("momentum-dead")
    for steps in (200, 100):
        checkpoint = asyncio.run(FakeTrainer().train(session.state.checkpoint, session.state.problem(session.dataset), steps))
        before, session = session, edits.record_training(session, checkpoint, run=0)
    assert (before.state.parameters.b[0], session.state.parameters.b[0]) == pytest.approx((-2.96, -4.47), abs=0.005)
    moved = "Its gradient is 0, but the velocity of earlier steps takes b from -2.96 to -5.34, where it is still off."
    assert moved in why_unit(before, 0)


@pytest.mark.parametrize(
    ("velocity", "said"),
    [
        (-0.01, "takes b from -1.00 to -0.50, which switches it on again."),  # 0.1 x 0.9 / (1 - 0.9) x 0.01 = 0.009 a unit
        (0.01, "takes b from -1.00 to -1.50, where it is still off."),
        (1e-5, "takes b on by -0.0005, where it is still off."),
        (1e-12, "relu is flat where z is below 0."),  # less than a float32 holds
    ],
)
def test_where_the_velocity_takes_a_dead_unit(velocity: float, said: str) -> None:
    """At rate 50 / 9 and momentum 0.9 it goes on by 50 velocities; z = 0.3 x + b up to x = 3."""
    session = with_parameters(open_lab(), parameters([0.3], [-1.0], [1.0]))
    state = session.state
    memory = OptimizerState(parameters([0], [velocity], [0]), parameters([0], [0], [0]), 5)
    settings = replace(state.settings, optimizer="momentum", learning_rate=50 / 9, momentum=0.9)
    state = replace(state, settings=settings, checkpoint=replace(state.checkpoint, optimizer=memory))
    assert said in why_unit(session.with_state(state), 0)


def test_a_dead_unit_without_weight_gets_no_push() -> None:
    assert why_unit(open_state("v-zero-dead"), 0).endswith(
        "Training cannot move it: v is 0, so nothing pushes w and b, and as a is 0 at every point, nothing pushes v."
    )


def test_a_dead_unit_whose_locks_leave_training_no_hold() -> None:
    """z = -x is exactly 0 at x = 0 alone, and dz / dw is x."""
    half = with_parameters(with_network(open_lab(), Network(slope_at_kink=0.5)), parameters([-1], [0], [1]))

    def locked(*fields: str) -> str:
        w, b, v = (np.array([field in fields]) for field in "wbv")
        return why_unit(half.with_state(replace(half.state, locks=Locks(w, b, v, False))), 0)

    assert "Training may still move it" in locked("w", "v")
    assert "Training cannot move it: z is exactly 0 at x = 0 alone, where it does not depend on w" in locked("b")
    assert "Training cannot move it: its w and b are locked" in locked("w", "b")
    assert "Training" not in locked("w", "b", "v")


def test_twins_that_nothing_tells_apart() -> None:
    assert why_unit(open_lab(w1=1, b1=-1, w2=1, b2=-1), 2) == (
        "Unit 2 is off until x = 1, where its z = 1.00 x - 1.00 crosses 0. "
        "Unit 2 is a twin of unit 1: the same kink and side, so the two together make one bend. "
        "All their numbers are equal, so training always moves the two alike."
    )
    assert "All their numbers" not in why_unit(open_lab(w1=1, b1=-1, w2=2, b2=-2), 2)


def test_twins_that_training_does_not_move_alike() -> None:
    twins = open_lab(w1=1, b1=-1, w2=1, b2=-1)
    checkpoint = twins.state.checkpoint
    first = replace(checkpoint.optimizer.first, b=np.array([0.0, 0.1, 0.2]))
    moments = replace(checkpoint, optimizer=checkpoint.optimizer._replace(first=first))
    assert "twin of unit 1" in why_unit(twins, 2)
    assert "alike" not in why_unit(twins.with_state(replace(twins.state, checkpoint=moments)), 2)
    all_three = np.ones(3, np.bool_)
    assert "alike" not in why_unit(
        twins.with_state(replace(twins.state, locks=Locks(all_three, all_three, all_three, False))), 2
    )


@pytest.mark.parametrize(
    ("p", "effect"),
    [
        (parameters([1, 1], [-1, -1], [1, -1]), ", and what they add cancels out, so the two together make no bend"),
        (parameters([1, 2], [-1, -2], [1, -0.5]), ", and what they add cancels out, so the two together make no bend"),
        (parameters([1, 2], [-1, -2], [0, 0]), ", and both v are 0, so they add nothing"),
        (parameters([1, 2], [-1, -2], [1, 0]), ", so the two together make one bend"),
        (parameters([1, 1], [-1, -1 - 1e-6], [1e6, -1e6]), ", yet so steep that together they make a step of 1.00"),
    ],
)
def test_what_twins_make_together(p: Parameters, effect: str) -> None:
    """On [0, 2] and y from 0 to 2; the last two kinks are 1e-6 apart, between which the slope is 1e6."""
    session = open_state("twins-no-bend")
    assert f"Unit 0 is a twin of unit 1: the same kink and side{effect}." in why_unit(with_parameters(session, p), 0)


def test_a_flat_unit_with_a_large_v_is_not_parked() -> None:
    """w = 1e-7 and v = 1e7 on [0, 1]: it adds x, the whole prediction."""
    assert why_unit(open_state("parked-large-v"), 0) == (
        "Unit 0 is off until x = 0, where its z = 1.0e-7 x crosses 0. From there on it adds slope +1, over [0, 1]."
    )


def test_always_on_and_parked() -> None:
    assert why_unit(open_lab(w1=1, b1=1), 1) == (
        "Unit 1 is always on: its z is above 0 at every point, so it adds one straight line. "
        "Everywhere it adds slope +1, over [0, 3], where in part unit 0 is on too. "
        "Over [0, 1] its own line rises (slope +1), but the prediction falls there by -1: the others add -2."
    )
    assert "parked" in why_unit(open_lab(w1=1, b1=-2.9999999), 1)
