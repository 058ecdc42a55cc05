"""The gradient and the next step, against finite differences and a derivation of their own."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from relutui.model.curvature import hessian
from relutui.model.dataset import Dataset
from relutui.model.gradient import coasting_end, gradient, kink_moves, next_step
from relutui.model.network import ACTIVATIONS, Activation, Loss, Network, Parameters
from relutui.model.training import OPTIMIZERS, Checkpoint, Locks, Optimizer, OptimizerState, Problem, TrainingSettings
from tests.support import oracle
from tests.support.examples import examples
from tests.support.fake_trainer import FakeTrainer
from tests.support.sessions import open_lab, opener, parameters

X = np.linspace(-1.0, 2.0, 7)
NUMBER = st.floats(-2.0, 2.0).map(lambda value: round(value, 3))
UNITS = 3
VALUES = st.lists(NUMBER, min_size=1 + 3 * UNITS, max_size=1 + 3 * UNITS).map(np.array)
RELU = Network()
ONE = parameters([1], [-0.5], [2])  # kink at 0.5
THREE_POINTS = Dataset(np.array([0.0, 1.0, 2.0]), np.zeros(3))  # at which ONE predicts 0, 1, 3


def problem(network: Network = RELU, locked: bool = False, units: int = UNITS, **changes: object) -> Problem:
    free = np.full(units, locked)
    data = Dataset(X, np.sin(3.0 * X))
    training = replace(TrainingSettings(), **changes)  # type: ignore[arg-type]
    return Problem(network, data, Locks(free, free, free, locked), training)


def flat(p: Parameters) -> NDArray[np.float64]:
    return np.concatenate([p.w, p.b, p.v, [p.c]])


def unflat(values: NDArray[np.float64]) -> Parameters:
    w, b, v = values[:-1].reshape(3, -1)
    return Parameters(w, b, v, values[-1])


def away_from_bends(network: Network, p: Parameters) -> bool:
    """Whether no sum is so near 0 that a difference would cross the bend."""
    return bool(np.abs(network.pre_activations(p, X)).min() > 1e-3 and np.abs(network.output_sum(p, X)).min() > 1e-3)


def test_one_unit_by_hand() -> None:
    # errors 0, 1, 3; d loss / d prediction = 2/3 of them; a = 0, 0.5, 1.5
    g = gradient(replace(problem(units=1), dataset=THREE_POINTS), ONE)
    assert g.c == pytest.approx(2 / 3 * 4)
    assert g.v[0] == pytest.approx(2 / 3 * (0.5 * 1 + 1.5 * 3))
    assert g.b[0] == pytest.approx(2 / 3 * 2 * (1 + 3))
    assert g.w[0] == pytest.approx(2 / 3 * 2 * (1 * 1 + 2 * 3))


def test_the_kink_of_one_unit_by_hand() -> None:
    one = replace(problem(units=1, learning_rate=0.03), dataset=THREE_POINTS)
    there = next_step(Checkpoint.start(ONE), one)
    assert (there.w[0], there.b[0]) == pytest.approx((0.72, -0.66))
    assert kink_moves(Checkpoint.start(ONE), one) == pytest.approx([0.66 / 0.72 - 0.5])


@examples(15, 1000)
@given(VALUES, st.sampled_from(ACTIVATIONS), st.sampled_from(ACTIVATIONS), st.sampled_from(["mse", "sse"]))
def test_it_is_how_the_loss_changes(values: NDArray[np.float64], hidden: Activation, output: Activation, loss: Loss) -> None:
    network = Network(hidden, output)
    assume(away_from_bends(network, unflat(values)))
    small, here = 1e-5, problem(network, loss=loss)

    def loss_at(at: NDArray[np.float64]) -> float:
        return network.loss(unflat(at), here.dataset.x, here.dataset.y, loss)

    steps = small * np.eye(len(values))
    differences = [(loss_at(values + step) - loss_at(values - step)) / (2 * small) for step in steps]
    assert flat(gradient(here, unflat(values))) == pytest.approx(differences, rel=1e-4, abs=1e-6)


@examples(15, 1000)
@given(VALUES, st.sampled_from(ACTIVATIONS), st.sampled_from(ACTIVATIONS), st.sampled_from(["mse", "sse"]))
def test_the_second_derivatives_are_how_the_gradient_changes(
    values: NDArray[np.float64], hidden: Activation, output: Activation, loss: Loss
) -> None:
    network = Network(hidden, output)
    assume(away_from_bends(network, unflat(values)))
    small, here = 1e-5, problem(network, loss=loss)
    order = [3 * UNITS, *(field * UNITS + unit for unit in range(UNITS) for field in range(3))]  # c, w_0, b_0, v_0, ...

    def gradient_at(at: NDArray[np.float64]) -> NDArray[np.float64]:
        return flat(gradient(here, unflat(at)))[order]

    steps = small * np.eye(len(values))[order]
    differences = np.array([(gradient_at(values + step) - gradient_at(values - step)) / (2 * small) for step in steps])
    np.testing.assert_allclose(hessian(here, unflat(values)), differences, rtol=1e-4, atol=1e-4)


@given(VALUES, st.sampled_from(ACTIVATIONS), st.sampled_from(ACTIVATIONS), st.sampled_from([0.0, 0.5, 1.0]))
def test_it_agrees_with_the_oracle_at_bends_too(
    values: NDArray[np.float64], hidden: Activation, output: Activation, slope_at_kink: float
) -> None:
    values[UNITS] = -values[0] * X[2]  # a kink on a point, or w = b = 0
    here = problem(Network(hidden, output, slope_at_kink))
    _, expected, _ = oracle.loss_and_gradient(values, here)
    assert flat(gradient(here, unflat(values))) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
async def test_the_next_step_is_the_one_that_training_takes(optimizer: Optimizer) -> None:
    session = opener("parabola")
    rates = replace(session.state.settings, optimizer=optimizer, learning_rate=1e-3, stop_below=None)
    locks = replace(session.state.locks, w=np.array([True, False, False, False, False]), c=True)
    here, checkpoint = Problem(session.state.network, session.dataset, locks, rates), session.state.checkpoint
    for steps in (0, 1, 5):  # the moments count from the second step on
        checkpoint = await FakeTrainer().train(checkpoint, here, steps)
        there = (await FakeTrainer().train(checkpoint, here, 1)).parameters
        assert flat(next_step(checkpoint, here)) == pytest.approx(flat(there), rel=1e-12)
        assert there != checkpoint.parameters


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("known", [1, 2000])
async def test_the_end_of_coasting_is_where_steps_without_a_gradient_lead(optimizer: Optimizer, known: int) -> None:
    """A network off at every point, whose target it meets: every gradient is 0, and only the moments act."""
    p, nothing = parameters([1, 1, -1], [-9, -9, -9], [1, 1, 1]), Dataset(X, np.zeros_like(X))
    first, second = parameters([1e-3, -2e-3, 0], [1e-3, 5e-4, 0], [1e-2, 0, 1e-3]), parameters([1, 4, 0], [1, 1, 1], [1, 0, 1])
    locks = Locks(np.array([True, False, False]), np.zeros(3, np.bool_), np.zeros(3, np.bool_), True)
    here = replace(problem(optimizer=optimizer, learning_rate=0.1, momentum=0.8), dataset=nothing, locks=locks)
    start = Checkpoint(p, OptimizerState(first, second, known))
    there = (await FakeTrainer().train(start, here, 500)).parameters
    assert flat(coasting_end(start, here)) == pytest.approx(flat(there), rel=1e-12)
    assert (there == p) is (optimizer == "sgd")


def test_what_is_locked_is_pushed_but_stays() -> None:
    here = problem(locked=True)
    p = parameters([1.0, -1.0, 0.5], [0.1, 0.2, 0.3], [1.0, 1.0, -1.0], 0.5)
    assert flat(gradient(here, p)).all()
    assert next_step(Checkpoint.start(p), here) == p
    assert kink_moves(Checkpoint.start(p), here).tolist() == [0.0, 0.0, 0.0]


def test_nothing_pushes_from_the_zero_start_with_slope_0_at_the_kink() -> None:
    session = open_lab()
    here = session.state.problem(session.dataset)
    assert not flat(gradient(here, session.state.parameters))[[1, 2, 4, 5]].any()
    half = replace(here, network=replace(here.network, slope_at_kink=0.5))
    pushed = gradient(half, session.state.parameters)
    assert pushed.w[1] == pushed.w[2] != 0.0  # twins for ever
    assert pushed.b[1] == pushed.b[2] != 0.0


def test_no_move_where_there_is_no_kink_before_or_after() -> None:
    at_one = replace(problem(units=1, loss="sse", learning_rate=0.5), dataset=Dataset(np.array([1.0]), np.array([0.0])))
    start = Checkpoint.start(parameters([1], [0], [1]))  # d loss / dw = 2
    assert next_step(start, at_one).w[0] == 0.0
    assert np.isnan(kink_moves(start, at_one)).all()
    assert np.isnan(kink_moves(Checkpoint.start(parameters([0], [1], [1])), at_one)).all()
    smooth = replace(at_one, network=Network("tanh"))
    assert np.isnan(kink_moves(Checkpoint.start(ONE), smooth)).all()


@examples(15, 1000)
@given(st.lists(st.sampled_from([0.0, 1e200, -1e200, 1e-200, np.inf, np.nan]), min_size=10, max_size=10))
def test_no_number_breaks_it(values: list[float]) -> None:
    for optimizer in OPTIMIZERS:
        for network in (Network(), Network("sigmoid", "softplus"), Network("tanh", "relu")):
            kink_moves(Checkpoint.start(unflat(np.array(values))), problem(network, optimizer=optimizer))
