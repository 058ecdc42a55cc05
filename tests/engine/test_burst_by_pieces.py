"""The burst by pieces where it could go wrong: points on kinks, units without a kink, uneven data, and many of everything."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from relutui.model.batch import Batch
from relutui.model.dataset import Dataset
from relutui.model.network import Activation, Network, Parameters
from relutui.model.training import OPTIMIZERS, Checkpoint, Locks, Optimizer, Problem, TrainingSettings
from tests.engine.problems import locks, random_data, random_locks
from tests.support import oracle
from tests.support.blocking import Blocking
from tests.support.examples import examples

STRAIGHT: tuple[Activation, ...] = ("relu", "leaky_relu", "identity")
some = examples(15, 400, derandomize=True, suppress_health_check=list(HealthCheck))
quarters = st.integers(-8, 8).map(lambda n: n / 4)
powers = st.sampled_from([-2.0, -1.0, -0.5, 0.0, -0.0, 0.5, 1.0, 2.0])


def assert_equal(got: Parameters, want: Parameters, rtol: float = 1e-11, atol: float = 1e-12) -> None:
    np.testing.assert_allclose(oracle.flat(got), oracle.flat(want), rtol=rtol, atol=atol)


def normal_start(rng: np.random.Generator, units: int) -> Checkpoint:
    w, b, v = rng.normal(size=(3, units))
    return Checkpoint.start(Parameters(w, b, v, 0.0))


@given(
    st.lists(st.tuples(powers, quarters, quarters), min_size=1, max_size=7),
    st.lists(st.tuples(quarters, quarters), min_size=1, max_size=12),
    st.sampled_from([0.0, 0.5, 1.0]),
    st.sampled_from(STRAIGHT),
    st.sampled_from(OPTIMIZERS),
)
@some
def test_a_step_with_points_on_kinks_equals_numpys(
    piece_engine: Blocking,
    units: list[tuple[float, float, float]],
    points: list[tuple[float, float]],
    slope_at_kink: float,
    activation: Activation,
    optimizer: Optimizer,
) -> None:
    w, b, v = np.array(units).T
    x, y = np.array(points).T
    how = TrainingSettings(optimizer, learning_rate=0.125, loss="sse")
    free = locks(len(units))
    problem = Problem(Network(activation, slope_at_kink=slope_at_kink), Dataset(x, y), free, how)
    start = Checkpoint.start(Parameters(w, b, v, 0.25))
    want = oracle.train(start.parameters, problem, 1)
    got = piece_engine.train(start, problem, 1)
    # adam's first step is gradient / (|gradient| + 1e-8), whose rounding shows where the gradient is 0
    assert_equal(got.parameters, want.parameters, atol=1e-8 if optimizer == "adam" else 1e-12)
    assert got.history[0].loss == pytest.approx(want.losses[0], rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("side", [1.0, -1.0])
@pytest.mark.parametrize("neighbour", [(1.0, -0.25), (-1.0, 0.25), (1.0, 0.25), (-1.0, -0.25)])
@pytest.mark.parametrize("first", [True, False])
def test_a_point_on_a_kink_with_another_kink_beside_it(
    piece_engine: Blocking, side: float, neighbour: tuple[float, float], first: bool
) -> None:
    """The point (0, 0) is on the kink of `own`; the other kink is at +-0.25, still between the same points.

    yhat(0) = 0.25 + 0.25 max(0, b of the neighbour); d loss / d b = 2 yhat(0) v * 0.5, of which 0.125 is taken from b.
    """
    own = (0.5 * side, 0.0)
    (w, b), mine = zip(*([own, neighbour] if first else [neighbour, own])), 0 if first else 1
    how = TrainingSettings("sgd", learning_rate=0.125, loss="sse")
    problem = Problem(Network(slope_at_kink=0.5), Dataset(np.array([0.0, 1.0, -1.0]), np.zeros(3)), locks(2), how)
    start = Checkpoint.start(Parameters(np.array(w), np.array(b), np.full(2, 0.25), 0.25))
    got = piece_engine.train(start, problem, 1).parameters
    assert_equal(got, oracle.train(start.parameters, problem, 1).parameters)

    alone = replace(problem, dataset=Dataset(np.zeros(1), np.zeros(1)))
    at_0 = 0.25 + 0.25 * max(0.0, neighbour[1])
    assert piece_engine.train(start, alone, 1).parameters.b[mine] == pytest.approx(-0.125 * 2 * at_0 * 0.25 * 0.5, abs=1e-12)


@pytest.mark.parametrize(("slope_at_kink", "w", "b"), [(0.0, 10.6, 3.2), (0.5, 9.55, 2.15), (1.0, 8.5, 1.1)])
def test_a_point_far_to_the_left_takes_no_digits_from_a_unit_to_the_right(
    piece_engine: Blocking, slope_at_kink: float, w: float, b: float
) -> None:
    """r is -2.1, 1.1 and 2.1 at x = 1 (on the kink of the unit), 2 and 4, and 3e7 at x = -4e7: there r x is 1e15.

    d loss / d w = 2 (slope_at_kink * -2.1 * 1 + 1.1 * 2 + 2.1 * 4), and of b 2 (slope_at_kink * -2.1 + 1.1 + 2.1); that of v is
    2 (1.1 * 1 + 2.1 * 3) = 14.8.  An eighth of each is taken.
    """
    data = Dataset(np.array([-4e7, 1.0, 2.0, 4.0]), np.array([1e7, 2.1, -0.1, 0.9]))
    locked = np.array([True, False])
    problem = Problem(
        Network(slope_at_kink=slope_at_kink),
        data,
        Locks(locked, locked, locked, True),
        TrainingSettings("sgd", learning_rate=0.125, loss="sse"),
    )
    start = Parameters(np.array([-1.0, 1.0]), np.array([0.0, -1.0]), np.ones(2), 0.0)
    batch = piece_engine.train_batch(Batch.of([start, start]), problem, 1)
    for got in (piece_engine.train(Checkpoint.start(start), problem, 1).parameters, batch.parameters(1)):
        want = [1.0 - w / 4, -1.0 - b / 4, 1.0 - 14.8 / 8]
        assert [got.w[1], got.b[1], got.v[1]] == pytest.approx(want, rel=1e-12)


def test_predictions_much_smaller_than_most_y_keep_their_digits(piece_engine: Blocking) -> None:
    """At x = -1 and 0, where y is 0, the unit predicts 2e-20 and 1e-20; it is off at the others, where y is 1.

    d loss / d v = 2 (2 * 2e-20 + 1 * 1e-20) = 1e-19, of which an eighth is taken.
    """
    data = Dataset(np.array([-1.0, 0.0, 2.0, 3.0, 4.0]), np.array([0.0, 0.0, 1.0, 1.0, 1.0]))
    how = TrainingSettings("sgd", learning_rate=0.125, loss="sse")
    fixed = np.ones(1, np.bool_)
    problem = Problem(Network(), data, Locks(fixed, fixed, ~fixed, True), how)
    start = Checkpoint.start(Parameters(np.array([-1.0]), np.array([1.0]), np.array([1e-20]), 0.0))
    assert piece_engine.train(start, problem, 1).parameters.v[0] == pytest.approx(1e-20 - 1e-19 / 8, rel=1e-12, abs=0.0)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("units", [1, 17, 64, 130])
def test_many_units_and_their_changing_order(piece_engine: Blocking, units: int, optimizer: Optimizer) -> None:
    rng = np.random.default_rng(units)
    how = TrainingSettings(optimizer, learning_rate=0.2 / units)
    problem = Problem(Network(), random_data(rng, 700), random_locks(rng, units), how)
    start = normal_start(rng, units)
    want = oracle.train(start.parameters, problem, 60)
    assert_equal(piece_engine.train(start, problem, 60).parameters, want.parameters, 1e-8)


@pytest.mark.parametrize("activation", ["relu", "leaky_relu"])
@pytest.mark.parametrize("units", [1, 2, 3, 4])
def test_samples_while_kinks_pass_points(piece_engine: Blocking, units: int, activation: Activation) -> None:
    rng = np.random.default_rng(units)
    data, network = random_data(rng, 700), Network(activation)
    problem = Problem(network, data, locks(units), TrainingSettings(learning_rate=0.1))
    start = normal_start(rng, units)
    want, got = oracle.train(start.parameters, problem, 64), piece_engine.train(start, problem, 64)
    before, after = (network.pre_activations(p, data.x) > 0.0 for p in (start.parameters, got.parameters))
    assert (before != after).sum() > 20 * units
    assert [sample.step for sample in got.history] == list(range(0, 64, 2))
    assert [sample.loss for sample in got.history] == pytest.approx(want.losses[:-1:2], rel=1e-6)
    assert_equal(got.parameters, want.parameters, 1e-9)


def test_uneven_data(piece_engine: Blocking) -> None:
    rng = np.random.default_rng(5)
    x = np.concatenate([np.geomspace(1e-9, 1.0, 300), [50.0], np.full(20, 0.5)])
    problem = Problem(Network("leaky_relu"), Dataset(x, np.cos(x)), locks(9), TrainingSettings(learning_rate=1e-4))
    start = normal_start(rng, 9)
    want = oracle.train(start.parameters, problem, 40)
    assert_equal(piece_engine.train(start, problem, 40).parameters, want.parameters, 1e-9)


def test_very_many_points(piece_engine: Blocking, times: Callable[[int, int], int]) -> None:
    rng = np.random.default_rng(6)
    x = np.linspace(0.0, 3.0, times(100_000, 1_000_000))
    problem = Problem(Network(), Dataset(x, np.sin(3 * x)), locks(3), TrainingSettings(learning_rate=0.01))
    start = normal_start(rng, 3)
    want = oracle.train(start.parameters, problem, 3)
    got = piece_engine.train(start, problem, 3)
    assert_equal(got.parameters, want.parameters, 1e-9)
    assert [sample.loss for sample in got.history] == pytest.approx(want.losses[:3], rel=1e-6)


def test_every_network_of_a_batch_has_kinks_of_its_own(piece_engine: Blocking) -> None:
    rng = np.random.default_rng(7)
    problem = Problem(Network(slope_at_kink=0.5), random_data(rng, 50), locks(4), TrainingSettings("adam", 0.02))
    batch = Batch.start(rng.normal(size=(70, 13)))
    end = piece_engine.train_batch(batch, problem, 30)
    for network in (0, 33, 69):
        want = oracle.train(batch.parameters(network), problem, 30)
        assert_equal(end.parameters(network), want.parameters, 1e-9)
        assert end.losses[network] == pytest.approx(want.losses[-1], rel=1e-6)


@pytest.mark.parametrize("units", [3, 256, 1000])
@pytest.mark.parametrize("points", [3, 1_000_000])
@pytest.mark.parametrize("networks", [1, 100_000])
def test_the_memory_is_bounded(piece_engine: Blocking, units: int, points: int, networks: int) -> None:
    piece_engine.open()
    from relutui.engine.kernel_choice import choose_batch_kernel
    from relutui.engine.kernels.lanes_layout import LanesSpec, lanes_sizes
    from relutui.engine.kernels.pieces_layout import PiecesSpec, pieces_sizes

    data = Dataset(np.arange(float(points)), np.zeros(points))
    form = choose_batch_kernel(Problem(Network(), data, locks(units), TrainingSettings("adam")), units, networks, "pieces")
    assert isinstance(form, PiecesSpec | LanesSpec)
    assert form.units >= units
    assert form.places >= points
    sizes = pieces_sizes(form) if isinstance(form, PiecesSpec) else lanes_sizes(form)
    assert sum(sizes.values()) * 8 <= 2**29 + 2 * form.places * 64
