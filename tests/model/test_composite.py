"""The pieces of several hidden layers: by hand, by dense sampling and finite differences, and beside those of one layer."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.lib.arrays import Array
from relutui.model.composite import MAX_PIECES, Composite, Place, Uncounted, composite, z_slopes
from relutui.model.network import Activation, Layer, Network, Parameters
from relutui.model.pieces import edges, pieces, straight
from relutui.model.shapes import Sizes
from relutui.model.values import number_of_values, parameters_of
from tests.support.examples import examples

UNIT = (0.0, 1.0)
DOMAIN = (-2.0, 3.0)
LAYERS = st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple)
BENT: st.SearchStrategy[Activation] = st.sampled_from(["relu", "relu", "leaky_relu", "identity"])


def relus(layers: int) -> Network:
    relu: Activation = "relu"
    return Network(deeper=(relu,) * (layers - 1))


def folds(times: int, layers: int) -> Parameters:
    """A zigzag from 0 to 1 on [0, 1] of so many straight lines, by so many relu units, and of itself again and again."""
    b, v = -np.arange(times) / times, np.array([times, *(2 * times * (-1) ** unit for unit in range(1, times))], np.float64)
    return Parameters(np.ones(times), b, v, 0.0, tuple(Layer(np.tile(v, (times, 1)), b) for _ in range(layers - 1)))


def exact(network: Network, p: Parameters, domain: tuple[float, float]) -> Composite:
    found = composite(network, p, domain)
    assert isinstance(found, Composite)
    return found


def random_network(sizes: Sizes, seed: int, names: list[Activation]) -> tuple[Network, Parameters]:
    values = np.random.default_rng(seed).normal(size=number_of_values(sizes))
    return Network(names[0], "identity", 0.0, tuple(names[1 : len(sizes)])), parameters_of(values, sizes)


def test_the_sawtooth_of_telgarsky() -> None:
    """Two units a layer, 2 x up to 1/2 and 2 - 2 x from there: the teeth double with each layer, and so do the slopes."""
    for layers in range(1, 11):
        found = exact(relus(layers), folds(2, layers), UNIT)
        assert found.edges == pytest.approx(np.arange(2**layers + 1) / 2**layers, abs=1e-12)
        assert found.slopes.tolist() == [2.0**layers, -(2.0**layers)] * 2 ** (layers - 1)
        assert found.bends.all()


def test_where_the_teeth_cross_a_height() -> None:
    """Two teeth are 1/2 at 1/8, 3/8, 5/8 and 7/8; they touch 1 at 1/4 and 3/4, and 0 at 1/2, and cross neither."""
    at = {c: exact(relus(2), replace(folds(2, 2), c=c), UNIT).crossings for c in (-0.5, -1.0, 0.0, 0.5)}
    assert at[-0.5] == pytest.approx([1 / 8, 3 / 8, 5 / 8, 7 / 8])
    assert [len(at[c]) for c in (-1.0, 0.0, 0.5)] == [0, 0, 0]


@given(LAYERS, st.integers(0, 2**32 - 1))
@examples(15, 500)
def test_the_output_sum_has_one_sign_between_crossings(sizes: Sizes, seed: int) -> None:
    network, p = random_network(sizes, seed, ["relu"] * 4)
    crossed = exact(network, p, DOMAIN).crossings
    ends = np.array([DOMAIN[0], *crossed, DOMAIN[1]])
    x = ends[:-1, None] + np.linspace(0.01, 0.99, 50) * np.diff(ends)[:, None]
    y = network.output_sum(p, x.ravel()).reshape(x.shape)
    y[np.abs(y) < 1e-12 * np.abs(y).max()] = 0.0
    signs = [set(np.sign(row).tolist()) - {0.0} for row in y]
    assert all(len(row) <= 1 for row in signs)
    assert not any(row == after and row for row, after in pairwise(signs))
    if len(crossed):
        assert network.output_sum(p, crossed) == pytest.approx(0.0, abs=1e-9 * np.abs(y).max())


def test_who_makes_the_teeth() -> None:
    """Unit 1 bends where its input is 1/2: at 1/2 in the first layer, at 1/4 and 3/4 in the second, then at 1/8, 3/8, ..."""
    found = exact(relus(3), folds(2, 3), UNIT)
    maker = {kink: found.makers(kink) for kink in range(7)}
    assert maker[3] == (Place(0, 1),)
    assert maker[1] == maker[5] == (Place(1, 1),)
    assert maker[0] == maker[2] == maker[4] == maker[6] == (Place(2, 1),)
    assert found.made(1).tolist() == [[False] * 7, [False, True, False, False, False, True, False]]
    assert [on[1].tolist() for on in found.on[:2]] == [[False] * 4 + [True] * 4, [False] * 2 + [True] * 4 + [False] * 2]


def test_two_networks_of_three_units_composed() -> None:
    """Three lines within three lines: nine, whose slopes are the products 3 x 3; both networks make kinks of their own."""
    found = exact(relus(2), folds(3, 2), UNIT)
    assert found.edges == pytest.approx(np.arange(10) / 9, abs=1e-12)
    assert found.slopes == pytest.approx([9, -9, 9, -9, 9, -9, 9, -9, 9])
    layers = [{place.layer for place in found.makers(kink)} for kink in range(8)]
    assert layers == [{1}, {1}, {0}, {1}, {1}, {0}, {1}, {1}]
    # y = 1/3 at 1/9, 5/9 and 7/9, where unit 1 bends; y = 2/3 at 2/9, 4/9 and 8/9, where unit 2 does
    assert [found.makers(kink) for kink in (0, 4, 6)] == [(Place(1, 1),)] * 3
    assert [found.makers(kink) for kink in (1, 3, 7)] == [(Place(1, 2),)] * 3


def test_a_second_layer_s_unit_by_hand() -> None:
    """z = relu(x) - 2 relu(x - 1) - 1/2 is 0 at 1/2 and at 3/2, between which the unit is on; -z never bends where z does."""
    p = Parameters(np.ones(2), np.array([0.0, -1.0]), np.ones(1), 0.0, (Layer(np.array([[1.0, -2.0]]), np.array([-0.5])),))
    found = exact(relus(2), p, (-1.0, 2.0))
    assert found.edges.tolist() == [-1.0, 0.0, 0.5, 1.0, 1.5, 2.0]
    assert found.slopes.tolist() == [0.0, 0.0, 1.0, -1.0, 0.0]
    assert found.bends.tolist() == [False, True, True, True]
    assert [found.makers(kink) for kink in range(4)] == [(Place(0, 0),), (Place(1, 0),), (Place(0, 1),), (Place(1, 0),)]
    assert z_slopes(relus(2), p, found, 0).tolist() == [[1.0] * 5, [1.0] * 5]
    assert z_slopes(relus(2), p, found, 1).tolist() == [[0.0, 1.0, 1.0, -1.0, -1.0]]
    assert found.stretches().first.tolist() == [0, 2, 3, 4]
    assert found.stretches().widest.tolist() == [0, 2, 3, 4]


@given(LAYERS, st.integers(0, 2**32 - 1), st.lists(BENT, min_size=4, max_size=4))
@examples(25, 1000)
def test_every_piece_is_straight_and_bends_only_where_it_says(sizes: Sizes, seed: int, names: list[Activation]) -> None:
    network, p = random_network(sizes, seed, names)
    found = exact(network, p, DOMAIN)
    shares = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
    x = found.edges[:-1, None] + shares * np.diff(found.edges)[:, None]  # dense, within each piece
    y = network.output_sum(p, x.ravel()).reshape(x.shape)
    assert y == pytest.approx(found.slopes[:, None] * x + found.offsets[:, None], rel=1e-9, abs=1e-9 * np.abs(y).max() + 1e-9)
    middle = x[:, 2]
    for layer, on in enumerate(found.on):
        z = network.pre_activations(p, middle, layer)
        if network.layer_activations[layer] != "identity":
            assert (on == (z > 0.0)).all()
        ends = network.pre_activations(p, x[:, [0, 4]].ravel(), layer).reshape(len(z), -1, 2)
        size = np.abs(ends).max() + 1.0
        assert z_slopes(network, p, found, layer) * np.diff(found.edges) == pytest.approx(
            np.diff(ends)[..., 0], abs=1e-9 * size
        )
        there, unit = np.nonzero(found.made(layer).T)
        at_kink = network.pre_activations(p, found.kinks, layer)
        assert at_kink[unit, there] == pytest.approx(0.0, abs=1e-9 * size)
    assert all(found.makers(kink) for kink in range(found.pieces - 1))


@given(st.integers(1, 8), st.integers(0, 2**32 - 1), st.sampled_from(["relu", "leaky_relu"]))
@examples(15, 500)
def test_of_one_layer_they_are_its_pieces(units: int, seed: int, name: Activation) -> None:
    network, p = random_network((units,), seed, [name])
    found, merged = exact(network, p, DOMAIN), exact(network, p, DOMAIN).stretches()
    assert found.edges.tolist() == edges(p, DOMAIN).tolist()
    each = pieces(network, p, DOMAIN)
    assert found.slopes == pytest.approx([piece.slope for piece in each], abs=1e-12)
    assert found.on[0].T.tolist() == [list(piece.on) for piece in each]
    longer = straight(network, p, DOMAIN)
    assert found.edges[merged.first].tolist() == [piece.low for piece in longer]
    assert found.on[0][:, merged.widest].T.tolist() == [list(piece.on) for piece in longer]


def test_kinks_that_coincide_are_one() -> None:
    """Two units of the first layer bend at 1, one of the second within a ten-millionth of it, another beside the end."""
    layer = Layer(np.array([[1.0, 0.0, 1.0], [1.0, 0.0, 0.0]]), np.array([-2e-7, -1.0 + 2e-7]))
    p = Parameters(np.array([1.0, -1.0, 2.0]), np.array([-1.0, 1.0, -2.0]), np.ones(2), 0.0, (layer,))
    found = exact(relus(2), p, (0.0, 2.0))
    assert found.edges.tolist() == [0.0, 1.0, 2.0]
    assert found.makers(0) == (Place(0, 0), Place(0, 1), Place(0, 2), Place(1, 0))


def test_what_cancels_but_for_rounding_has_no_kink() -> None:
    """0.1 + 0.2 - 0.3 is 5.6e-17 in float64: a unit that gets nothing bends nowhere."""
    layer = Layer(np.array([[0.1, 0.2, -0.3]]), np.array([0.0]))
    p = Parameters(np.ones(3), np.zeros(3), np.ones(1), 0.0, (layer,))
    found = exact(relus(2), p, (-1.0, 1.0))
    assert (found.pieces, found.makers(0)) == (2, (Place(0, 0), Place(0, 1), Place(0, 2)))
    assert found.slopes.tolist() == [0.0, 0.0]
    assert not found.on[1].any()


def test_a_million_pieces_are_not_counted() -> None:
    """Four lines within four, ten times: 4^8 = 65,536 are still counted, and 4^10 are a million."""
    assert exact(relus(8), folds(4, 8), UNIT).pieces == MAX_PIECES
    found = composite(relus(10), folds(4, 10), UNIT)
    assert isinstance(found, Uncounted)
    assert str(found) == "more pieces than can be counted here: over 65,536 after 9 of the hidden layers"


@pytest.mark.parametrize("number", [1e308, np.inf, np.nan])
def test_numbers_out_of_bounds_end_it_quietly(number: float) -> None:
    values = np.full(number_of_values((3, 3)), number)
    assert exact(relus(2), parameters_of(values, (3, 3)), DOMAIN).pieces <= 3


def evenly(values: Array) -> bool:
    return bool(np.ptp(np.diff(values)) < 1e-9)


def test_wide_and_deep_networks_have_them_too() -> None:
    """Ten layers of 64 units: each piece is straight at its thirds."""
    sizes = (64,) * 10
    p = parameters_of(np.random.default_rng(0).normal(size=number_of_values(sizes)) * 0.2, sizes)
    found = exact(relus(10), p, (-5.0, 5.0))
    assert found.pieces > 200
    x = found.edges[:-1, None] + np.array([0.0, 1 / 3, 2 / 3, 1.0]) * np.diff(found.edges)[:, None]
    y = relus(10).output_sum(p, x.ravel()).reshape(x.shape)
    assert all(evenly(row / np.abs(y).max()) for row in y)
