"""Why a unit is as it is; the lab's numbers are those of subject.md, the others computed by hand."""

import asyncio
import re
from array import array
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.explain.why_unit import why_unit
from relutui.model.network import ACTIVATIONS, Network, Parameters
from relutui.model.selection import Selection
from relutui.model.training import Locks, OptimizerState, Sample
from relutui.scenario.reader import parse
from relutui.session import edits
from relutui.session.session import Session, open_session
from relutui.session.unit_edits import add_unit, remove_unit
from tests.support.fake_trainer import FakeTrainer, sample_of
from tests.support.sessions import open_lab, open_state, opener, parameters

SOLVED = {"w1": 1.0, "b1": -1.0, "w2": 2.0, "b2": -4.0}


def with_network(session: Session, network: Network) -> Session:
    return session.with_state(replace(session.state, network=network))


def with_parameters(session: Session, p: Parameters) -> Session:
    """A session with these parameters, and nothing locked."""
    free = np.zeros(p.units, np.bool_)
    checkpoint = session.state.checkpoint.edited(p)
    return session.with_state(replace(session.state, checkpoint=checkpoint, locks=Locks(free, free, free, False)))


def with_kinks(step: int, kinks: tuple[float, ...]) -> Sample:
    """A sample of units with these kinks, nan being none; without any, of other units."""
    if not kinks:
        return Sample(step, 1.0, array("f"))
    at = np.array(kinks)
    return sample_of(parameters(~np.isnan(at), np.nan_to_num(-at), np.ones(len(at))), step)


def trained(session: Session, steps: int, began: tuple[float, ...]) -> Session:
    """The session as if so many steps had led from those kinks to its present parameters."""
    checkpoint = replace(session.state.checkpoint, step=steps, history=(with_kinks(0, began),))
    return session.with_state(replace(session.state, checkpoint=checkpoint, edits=0))


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


def test_what_training_did_to_the_kink() -> None:
    session = trained(open_lab(**SOLVED), 300, (1.0, 0.31, np.nan))
    assert "Its kink began at x = 0.31; 300 steps of training moved it to 1." in why_unit(session, 1)
    assert "Its kink" not in why_unit(session, 0)
    assert "Its kink" not in why_unit(session, 2)
    edited = session.with_state(replace(session.state, edits=2))
    assert "Its kink began at x = 0.31; 300 steps later it is at 1." in why_unit(edited, 1)


@pytest.mark.parametrize("points", ["[[-3e-9, 0], [3e-9, 1e-9]]", "[[1.7e12, 0], [1.70000006e12, 1]]"])
def test_the_rounding_of_a_sample_is_no_move(points: str) -> None:
    """Its numbers are float32: a kink has seven digits there, which may be more than the whole domain."""
    session = open_session(parse(f"title = 'data'\n[target]\npoints = {points}\n[init]\nunits = 3", "data", None))
    middle = sum(session.domain) / 2
    still = with_parameters(session, parameters([0.3, 0.7, -1.1], [-0.1, 0.2, 1.1 * middle], [1, 1, 1]))
    checkpoint = replace(still.state.checkpoint, step=100, history=(sample_of(still.state.parameters),))
    trained = still.with_state(replace(still.state, checkpoint=checkpoint))
    assert not any("Its kink" in why_unit(trained, unit) for unit in range(3))


def test_edits_made_before_training_are_not_said_to_have_moved_the_kink() -> None:
    """The edit placed the kink at 0.31; the first sample is later than that."""
    placed = open_lab(w1=1, b1=-0.31)
    checkpoint = replace(placed.state.checkpoint, history=(with_kinks(0, (1.0, 0.31, np.nan)),), step=200)
    moved = replace(checkpoint, parameters=parameters([-2, 1, 0], [2, -1, 0], [1, 1, 1]))
    assert "edits" not in why_unit(placed.with_state(replace(placed.state, checkpoint=moved)), 1)


def test_the_kinks_of_other_units_are_no_history() -> None:
    """Without unit 0 and with one more there are three units again, but unit 0 is now what was unit 1."""
    session = trained(open_lab(**SOLVED), 300, (2.5, 0.31, 0.31))
    changed = add_unit(remove_unit(edits.select(session, Selection(0, "w"))))
    assert "Its kink began" in why_unit(session, 0)
    assert not any("Its kink" in why_unit(changed, unit) for unit in range(3))


def test_the_history_of_a_kink_begins_with_the_present_units() -> None:
    checkpoint = open_lab(**SOLVED).state.checkpoint
    samples = (with_kinks(0, ()), with_kinks(100, (1.0, 0.31, 2.0)))
    session = trained(open_lab(**SOLVED), 300, ())
    session = session.with_state(replace(session.state, checkpoint=replace(checkpoint, step=300, history=samples)))
    assert "Its kink was at x = 0.31; 200 steps of training moved it to 1." in why_unit(session, 1)


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
    moments = replace(checkpoint, optimizer=replace(checkpoint.optimizer, first=first))
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


def test_a_line_that_does_not_cross_0_there_as_printed_is_marked() -> None:
    """1.004 x - 0.996 is 0 at x = 0.992, but 1.00 x - 1.00 at x = 1; 1.25 x - 0.5 is 0 at x = 0.4."""
    session = with_parameters(open_lab(), parameters([1.004, 1.25], [-0.996, -0.5], [1, 1]))
    assert why_unit(session, 0).startswith("Unit 0 is off until x = 0.992, where its z ≈ 1.00 x - 1.00 crosses 0.")
    assert why_unit(session, 1).startswith("Unit 1 is off until x = 0.4, where its z = 1.25 x - 0.50 crosses 0.")


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-3, 3))
def test_what_the_others_add_makes_the_slope_of_the_prediction_as_printed(v0: float, v1: float, v2: float) -> None:
    p = parameters([1, 1, -1], [-0.5, -1, 2], [v0, v1, v2])
    for unit in range(3):
        match = re.search(
            r"\(slope (\S+)\), but the prediction \w+ there by (\S+): the others add (\S+)\.",
            why_unit(with_parameters(open_lab(), p), unit),
        )
        if match:
            assert Decimal(match[1]) + Decimal(match[3]) == Decimal(match[2])


def test_a_stretch_of_one_x_or_too_narrow_to_see_is_not_named() -> None:
    """Unit 0 is on from 3 on, but for rounding; from 2.99 on unit 1 turns the falling sum to rise, where unit 2 still falls."""
    p = parameters([1, 5, -1], [-3 + 4e-16, -5 * 2.99, 4], [1, 1, 1])
    session = with_network(with_parameters(open_lab(), p), Network("leaky_relu"))
    assert why_unit(session, 0).count("[") == 0
    assert "its own line" not in why_unit(session, 2)


def test_always_on_and_parked() -> None:
    assert why_unit(open_lab(w1=1, b1=1), 1) == (
        "Unit 1 is always on: its z is above 0 at every point, so it adds one straight line. "
        "Everywhere it adds slope +1, over [0, 3], where in part unit 0 is on too. "
        "Over [0, 1] its own line rises (slope +1), but the prediction falls there by -1: the others add -2."
    )
    assert "parked" in why_unit(open_lab(w1=1, b1=-2.9999999), 1)


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
def test_any_unit_is_explained_in_three_sentences_that_have_room(
    rows: list[tuple[float, float, float]], activation: str, output: str
) -> None:
    w, b, v = np.array(rows).T
    session = with_parameters(with_network(open_lab(), Network(activation, output)), parameters(w, b, v, 1))  # type: ignore[arg-type]
    for unit in range(len(rows)):
        said = why_unit(session, unit)
        assert said.startswith(f"Unit {unit} ")
        assert len(said) <= 300
        assert said.count(". ") <= 2


def test_a_constant_unit_is_like_the_output_bias() -> None:
    """w = 0, b = 1.5 and v = 1: z and a are 1.5 everywhere."""
    assert why_unit(open_lab(b2=1.5), 2) == (
        "Unit 2 has no kink: w is 0, so its z is 1.50 everywhere. It adds the constant 1.50 at every x, as c does."
    )
