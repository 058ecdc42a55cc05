"""Networks of several hidden layers: shapes, the order of their values, predictions and gradients."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from relutui.lib.arrays import Array
from relutui.model.batch import Batch, predictions
from relutui.model.complexity import effective_pieces_of, norms_of
from relutui.model.dataset import Dataset
from relutui.model.gradient import coasting_end, gradient, losses_and_gradients, next_step
from relutui.model.learning_rate import automatic_rate
from relutui.model.network import ACTIVATIONS, Activation, Layer, Network, Parameters
from relutui.model.shapes import Sizes
from relutui.model.training import (
    OPTIMIZERS,
    Checkpoint,
    LayerLocks,
    Locks,
    Optimizer,
    OptimizerState,
    Problem,
    TrainingSettings,
)
from relutui.model.values import number_of_values, parameters_of, values_of
from tests.support.examples import examples

# Two units, then three, then one: 4 + 9 + 5 values, and c.
SMALL = Parameters(
    *(np.array([1.0, -2.0]), np.array([0.5, 1.0]), np.array([7.0]), 9.0),
    (
        Layer(np.array([[1.0, 2.0], [3.0, 4.0], [-5.0, 6.0]]), np.array([-1.0, 0.0, 1.0])),
        Layer(np.array([[0.1, 0.2, 0.3]]), np.array([0.4])),
    ),
)
SIZES = (2, 3, 1)
IN_ORDER = [9, 1, 0.5, -2, 1, 1, 2, -1, 3, 4, 0, -5, 6, 1, 0.1, 0.2, 0.3, 0.4, 7]
THREE = Network(deeper=("relu", "relu"))
X = np.linspace(-1.0, 2.0, 7)
LAYERS = st.lists(st.integers(1, 3), min_size=1, max_size=4).map(tuple)


def free(p: Parameters, locked: bool = False) -> Locks:
    def masks(*arrays: Array) -> list[NDArray[np.bool_]]:
        return [np.full_like(array, locked, dtype=np.bool_) for array in arrays]

    w, b, v = masks(p.w, p.b, p.v)
    return Locks(w, b, v, locked, tuple(LayerLocks(*masks(layer.w, layer.b)) for layer in p.deeper))


def problem(network: Network, p: Parameters, **changes: object) -> Problem:
    training = replace(TrainingSettings(), **changes)  # type: ignore[arg-type]
    return Problem(network, Dataset(X, np.sin(3.0 * X)), free(p), training)


def test_the_values_by_hand() -> None:
    assert values_of(SMALL).tolist() == IN_ORDER
    assert (SMALL.sizes, SMALL.units, number_of_values(SIZES)) == (SIZES, 6, 19)
    assert [layer.w.shape for layer in SMALL.layers] == [(2, 1), (3, 2), (1, 3)]


@given(LAYERS)
@examples(10, 200)
def test_values_and_parameters_are_each_others_inverse(sizes: Sizes) -> None:
    values = np.arange(1.0, 1 + number_of_values(sizes))
    p = parameters_of(values, sizes)
    assert p.sizes == sizes
    assert values_of(p).tolist() == values.tolist()
    assert Batch.of([p, p]).parameters(1) == p


def test_values_of_another_number_are_refused() -> None:
    with pytest.raises(ValueError, match=r"layers of \(2, 3, 1\) units have 19 parameters, got 18"):
        parameters_of(np.zeros(18), SIZES)
    with pytest.raises(ValueError, match="have 4 parameters, got 5"):
        Batch.start(np.zeros((2, 5)))


def test_a_forward_pass_by_hand() -> None:
    """At x = 2: z = 2.5, -3; then 1.5, 7.5, -11.5; then 0.15 + 1.5 + 0 + 0.4 = 2.05; 9 + 7 * 2.05 = 23.35."""
    assert THREE.pre_activations(SMALL, 2.0, 0).tolist() == [[2.5], [-3.0]]
    assert THREE.activations(SMALL, 2.0, 0).tolist() == [[2.5], [0.0]]
    assert THREE.pre_activations(SMALL, 2.0, 1).tolist() == [[1.5], [7.5], [-11.5]]
    assert THREE.pre_activations(SMALL, 2.0) == pytest.approx(np.array([[2.05]]))
    assert THREE.contributions(SMALL, 2.0) == pytest.approx(np.array([[14.35]]))
    assert THREE.prediction(SMALL, 2.0) == pytest.approx([23.35])
    assert Network("relu", "identity", 0.0, ("identity", "tanh")).prediction(SMALL, 2.0) == pytest.approx(
        [9 + 7 * np.tanh(0.15 + 1.5 - 3.45 + 0.4)]
    )


@pytest.mark.parametrize("output", ["identity", "sigmoid"])
def test_predictions_of_many_networks_are_those_of_each(output: Activation) -> None:
    values, network = np.random.default_rng(0).normal(size=(5, 19)), Network("tanh", output, 0.0, ("relu", "leaky_relu"))
    each = [network.prediction(parameters_of(row, SIZES), X) for row in values]
    np.testing.assert_allclose(predictions(network, values, X, SIZES), each, rtol=1e-12)


def test_a_network_of_other_layers_is_refused() -> None:
    with pytest.raises(ValueError, match="expected parameters of 1 hidden layers, got 3"):
        Network().prediction(SMALL, X)
    with pytest.raises(ValueError, match="argument 2 is longer"):
        predictions(Network(), values_of(SMALL)[None], X, SIZES)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"v": [1, 2]}, r"b of the last layer and v must be of one length, got \(1,\), \(2,\)"),
        ({"deeper": SMALL.deeper[1:]}, r"w of layer 2 must take the 2 units before it, got \(1, 3\)"),
        ({"deeper": ()}, "one length"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(SMALL, **changes)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="one length"):
        replace(free(SMALL), b=np.zeros(3, np.bool_))


def test_a_layer_has_a_row_for_each_bias() -> None:
    with pytest.raises(ValueError, match=r"a row for each number of b, got \(1, 2\), \(2,\)"):
        Layer(np.zeros((1, 2)), np.zeros(2))
    with pytest.raises(ValueError, match="a row for each number of b"):
        LayerLocks(np.zeros(2, np.bool_), np.zeros(2, np.bool_))


def test_equality_looks_at_every_layer() -> None:
    first, last = SMALL.deeper
    assert replace(SMALL, deeper=(first, Layer(last.w, last.b))) == SMALL
    assert replace(SMALL, deeper=(first, Layer(last.w, last.b + 1))) != SMALL
    assert free(SMALL) == free(SMALL) != free(SMALL, locked=True)
    assert SMALL.finite
    assert not replace(SMALL, deeper=(first, Layer(last.w, np.array([np.inf])))).finite


def away_from_bends(network: Network, p: Parameters) -> bool:
    """Whether no z is so near 0 that a difference would cross the bend."""
    each = [network.pre_activations(p, X, layer) for layer in range(len(p.sizes))]
    return bool(min(np.abs(z).min() for z in [*each, network.output_sum(p, X)]) > 1e-3)


@given(LAYERS, st.integers(0, 2**32 - 1), st.data())
@examples(15, 500)
def test_the_gradient_is_how_the_loss_changes(sizes: Sizes, seed: int, data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from(ACTIVATIONS), min_size=len(sizes) + 1, max_size=len(sizes) + 1))
    network, p = (
        Network(names[0], names[1], 0.0, tuple(names[2:])),
        parameters_of(np.random.default_rng(seed).uniform(-2, 2, number_of_values(sizes)), sizes),
    )
    assume(away_from_bends(network, p))
    here, values, small = problem(network, p, loss=data.draw(st.sampled_from(["mse", "sse"]))), values_of(p), 1e-5
    x, y = here.dataset.x, here.dataset.y

    def loss_at(at: Array) -> float:
        return network.loss(parameters_of(at, sizes), x, y, here.settings.loss)

    steps = small * np.eye(len(values))
    differences = [(loss_at(values + step) - loss_at(values - step)) / (2 * small) for step in steps]
    size = max(1.0, np.abs(differences).max())
    assert values_of(gradient(here, p)) == pytest.approx(differences, rel=1e-4, abs=1e-5 * size)
    losses, slopes = losses_and_gradients(here, np.stack([values, 0 * values]), sizes)
    assert losses[0] == pytest.approx(loss_at(values))
    assert slopes[0] == pytest.approx(values_of(gradient(here, p)))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_locked_weight_stays_and_the_others_move(optimizer: Optimizer) -> None:
    locks = free(SMALL)
    first, last = locks.deeper
    locked = np.array([[False, False], [False, True], [False, False]])
    here = replace(problem(Network("tanh", "identity", 0.0, ("tanh", "tanh")), SMALL, optimizer=optimizer))
    here = replace(here, locks=replace(locks, deeper=(LayerLocks(locked, first.b), last)))
    moved = next_step(Checkpoint.start(SMALL), here)
    assert (moved.deeper[0].w == SMALL.deeper[0].w).tolist() == locked.tolist()
    assert (values_of(moved) == values_of(SMALL)).sum() == 1


def test_a_step_of_gradient_descent_is_the_rate_times_the_gradient() -> None:
    here = problem(THREE, SMALL, learning_rate=0.25)
    moved = values_of(next_step(Checkpoint.start(SMALL), here))
    assert moved == pytest.approx(values_of(SMALL) - 0.25 * values_of(gradient(here, SMALL)))


def test_momentum_alone_leads_on_in_every_layer() -> None:
    """0.9 / (1 - 0.9) = 9 times the rate 0.05 times the moments, which are 1."""
    ones = parameters_of(np.ones(19), SIZES)
    start = Checkpoint(SMALL, OptimizerState(ones, OptimizerState.zero(*SIZES).second, 3))
    end = coasting_end(start, problem(THREE, SMALL, optimizer="momentum"))
    assert values_of(end) == pytest.approx(np.array(IN_ORDER) - 0.45)


def test_norms_by_hand() -> None:
    """Paths: 1 to unit 0 and 2 to unit 1; then 1 + 4, 3 + 8 and 5 + 12; then 0.5 + 2.2 + 5.1 = 7.8; times 7."""
    paths, squares = norms_of(SMALL)
    assert paths == pytest.approx(54.6)
    assert squares == pytest.approx((np.array(IN_ORDER[1:]) ** 2).sum())


def test_effective_pieces_are_those_that_can_be_seen() -> None:
    """Teeth as high as ever count all; of weights that leave the second layer next to nothing, only those of the first do."""
    relu = Network(deeper=("relu",))
    b, v = np.array([0.0, -0.5]), np.array([2.0, -4.0])
    teeth = Parameters(np.ones(2), b, v, 0.0, (Layer(np.stack([v, v]), b),))
    x = np.linspace(0.0, 1.0, 9)
    assert effective_pieces_of(relu, teeth, x) == 4
    faint = replace(teeth, v=np.array([2.0, -0.001]))
    assert effective_pieces_of(relu, faint, x) == 2


@pytest.mark.parametrize("names", [("relu", "tanh"), ("softplus", "sigmoid")])
def test_the_automatic_rate_goes_by_the_largest_curvature(names: tuple[Activation, Activation]) -> None:
    """The Hessian here from differences of the loss itself; the rate of gradient descent is 1 / lambda, to two digits."""
    sizes = (2, 2)
    p = parameters_of(np.random.default_rng(0).normal(size=number_of_values(sizes)), sizes)
    here = problem(Network(names[0], deeper=names[1:]), p)
    values, small = values_of(p), 1e-4 * np.eye(13)

    def loss_at(at: Array) -> float:
        return here.network.loss(parameters_of(at, sizes), here.dataset.x, here.dataset.y)

    def second(one: Array, other: Array) -> float:
        signs = [(1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)]
        return sum(s * loss_at(values + a * one + b * other) for a, b, s in signs) / (4 * 1e-8)

    hessian = np.array([[second(one, other) for other in small] for one in small])
    largest = np.abs(np.linalg.eigvalsh(hessian)).max()
    exact = Dataset(X, here.network.prediction(p, X))  # without residuals the Gauss-Newton part is left, which may be larger
    jacobian = np.array([here.network.prediction(parameters_of(values + d, sizes), X) - exact.y for d in small]) / 1e-4
    largest = max(largest, np.linalg.eigvalsh(2 / len(X) * jacobian @ jacobian.T).max())
    assert automatic_rate(here, p) == pytest.approx(1 / largest, rel=0.1)
