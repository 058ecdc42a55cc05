"""Random starts against numbers drawn here as the manual describes the schemes."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.lib.arrays import Array
from relutui.model.initialization import SCHEMES, Initialization, Scheme, random_start, random_values
from relutui.model.network import Network, Parameters
from relutui.model.training import LayerLocks, Locks
from relutui.model.values import number_of_values, parameters_of
from relutui.scenario.library import find, load, shipped
from relutui.session.session import start_of

X = np.array([-1.0, 0.0, 0.5, 2.0, 7.0])
EVERY_SCHEME = pytest.mark.parametrize("scheme", SCHEMES)


def parameters(units: int, value: float = 7.0) -> Parameters:
    same = np.full(units, value)
    return Parameters(same, same, same, value)


def locks(units: int, *, on: bool = False) -> Locks:
    same = np.full(units, on)
    return Locks(same, same, same, on)


def drawn(units: int, how: Initialization, seed: int = 0, x: Array = X) -> Parameters:
    return random_start(parameters(units), locks(units), how, x, seed)


def spread(values: Array) -> float:
    """The standard deviation of values whose mean is 0 within 4 sigma."""
    assert abs(values.mean()) < 4.0 * values.std() / np.sqrt(len(values))
    return float(values.std())


OF_ONE_LAYER = [name for name in shipped() if not load(find(name)).network.deeper]


@pytest.mark.parametrize("name", [name for name in OF_ONE_LAYER if load(find(name)).init.scheme == "normal"])
def test_the_shipped_scenarios_start_as_numpy_draws_them(name: str) -> None:
    """Byte for byte, whatever else can be drawn."""
    scenario = load(find(name))
    for seed in (scenario.init.seed, 12345):
        start, s = start_of(scenario, seed).parameters, scenario.start
        w, b, v = np.random.default_rng(seed).normal(0.0, scenario.init.scale, (s.units, 3)).T
        assert start.w.tobytes() == np.where(scenario.locks.w, s.w, w).tobytes()
        assert start.b.tobytes() == np.where(scenario.locks.b, s.b, b).tobytes()
        assert start.v.tobytes() == np.where(scenario.locks.v, s.v, v).tobytes()
        assert start.c == (s.c if scenario.locks.c else 0.0)


def test_a_normal_start_has_the_scale_and_no_output_bias() -> None:
    start = drawn(20_000, Initialization(scale=2.0))
    assert [spread(values) for values in (start.w, start.b, start.v)] == pytest.approx([2.0] * 3, rel=0.02)
    assert np.abs(np.corrcoef([start.w, start.b, start.v]) - np.eye(3)).max() < 0.03
    assert start.c == 0.0


def test_he_s_start_keeps_the_size_of_activations() -> None:
    start = drawn(20_000, Initialization("he"))
    assert spread(start.w) == pytest.approx(np.sqrt(2.0), rel=0.02)
    assert spread(start.v) == pytest.approx(0.01, rel=0.02)  # sqrt(2 / 20,000)
    assert not start.b.any()
    assert start.c == 0.0


def test_the_start_of_torch_is_uniform_within_one_over_the_root_of_the_inputs() -> None:
    start = drawn(10_000, Initialization("torch"))
    for values, most in ((start.w, 1.0), (start.b, 1.0), (start.v, 0.01)):
        assert spread(values) == pytest.approx(most / np.sqrt(3.0), rel=0.02)
        assert 0.99 * most < np.abs(values).max() < most
    biases = [drawn(4, Initialization("torch"), seed).c for seed in range(200)]
    assert 0.45 < np.abs(biases).max() < 0.5  # 1 / sqrt(4)
    assert min(biases) < -0.3


def test_a_balanced_start_has_v_as_large_as_w_and_b_together() -> None:
    start = drawn(1000, Initialization("balanced", scale=0.5))
    assert start.v**2 == pytest.approx(start.w**2 + start.b**2, rel=1e-12)
    assert 400 < (start.v > 0.0).sum() < 600
    assert spread(start.w) == pytest.approx(0.5, rel=0.1)


def test_kinks_are_spread_over_the_points() -> None:
    """Of three units at the quartiles, here points themselves; of one at the median."""
    three, one = drawn(3, Initialization("kinks", scale=3.0)), drawn(1, Initialization("kinks"))
    assert -three.b / three.w == pytest.approx([0.0, 0.5, 2.0])
    assert -one.b / one.w == pytest.approx([0.5])
    even = drawn(4, Initialization("kinks"), 1, np.linspace(1950.0, 1990.0, 81))
    assert -even.b / even.w == pytest.approx([1958.0, 1966.0, 1974.0, 1982.0])
    assert len(set(np.sign(drawn(40, Initialization("kinks")).w))) == 2  # both sides


def test_kinks_lie_there_for_locked_slopes_too_and_locked_biases_stay() -> None:
    fixed = Parameters(np.array([2.0, 1.0]), np.array([1.0, 5.0]), np.ones(2), 0.0)
    held = Locks(np.array([True, False]), np.array([False, True]), np.array([False, True]), False)
    start = random_start(fixed, held, Initialization("kinks"), np.array([0.0, 3.0]), 0)
    assert (start.w[0], start.b[0], start.b[1], start.v[1]) == (2.0, -2.0, 5.0, 1.0)
    balanced = random_start(fixed, held, Initialization("balanced"), X, 0)
    assert balanced.v[0] ** 2 == pytest.approx(4.0 + balanced.b[0] ** 2)
    assert balanced.v[1] == 1.0


@EVERY_SCHEME
def test_a_scale_of_its_own_takes_the_place_of_the_scale(scheme: Scheme) -> None:
    one, other = drawn(5, Initialization(scheme, 3.0)), drawn(5, Initialization(scheme, 1.0, 3.0, 3.0, 3.0))
    assert one == other
    steep = drawn(5, Initialization(scheme, 1.0, scale_w=2.0))
    assert steep.w == pytest.approx(2.0 * drawn(5, Initialization(scheme)).w)


def test_zero_biases() -> None:
    normal, torch = (drawn(5, Initialization(scheme, scale_b=0.0)) for scheme in ("normal", "torch"))
    assert not normal.b.any()
    assert not torch.b.any()
    assert (normal.c, torch.c) == (0.0, 0.0)
    assert normal.w.all()
    assert torch.v.all()


@EVERY_SCHEME
def test_what_is_locked_stays(scheme: Scheme) -> None:
    one = np.array([True, False])
    start = random_start(parameters(2), Locks(one, ~one, one, True), Initialization(scheme), X, 0)
    assert (start.w[0], start.b[1], start.v[0], start.c) == (7.0, 7.0, 7.0, 7.0)
    assert 7.0 not in (start.w[1], start.b[0], start.v[1])
    assert random_start(parameters(3), locks(3, on=True), Initialization(scheme), X, 0) == parameters(3)


@given(st.integers(1, 20), st.integers(0, 20), st.integers(0, 2**63 - 1))
def test_a_unit_starts_the_same_however_many_follow_it(units: int, more: int, seed: int) -> None:
    """Where the scheme has no use for their number; else it is the same but for the scheme's factors."""
    few, many = (drawn(number, Initialization(), seed) for number in (units, units + more))
    for field in ("w", "b", "v"):
        assert getattr(many, field)[:units].tolist() == getattr(few, field).tolist()
    for scheme in ("he", "torch"):
        few, many = (drawn(number, Initialization(scheme), seed) for number in (units, units + more))
        assert many.w[:units].tolist() == few.w.tolist()
        assert many.v[:units] * np.sqrt(units + more) == pytest.approx(few.v * np.sqrt(units))


@EVERY_SCHEME
def test_many_seeds_at_once_are_each_as_alone_and_differ(scheme: Scheme) -> None:
    values = random_values(parameters(2), locks(2), Initialization(scheme), X, range(100))
    for seed, row in enumerate(values):
        alone = drawn(2, Initialization(scheme), seed)
        assert row.tolist() == [alone.c, *np.column_stack([alone.w, alone.b, alone.v]).ravel()]
    assert len(set(values[:, 1])) == 100


@EVERY_SCHEME
def test_there_is_no_minus_zero(scheme: Scheme) -> None:
    for scale, x in product((0.0, 1.0), (np.zeros(3), X)):
        for seed in range(5):
            start = drawn(3, Initialization(scheme, scale), seed, x)
            assert not any(np.signbit(part[part == 0.0]).any() for part in (start.w, start.b, start.v, np.array([start.c])))


SIZES = (60, 50, 40)
DEEP = Network("relu", "identity", 0.0, ("leaky_relu", "tanh"))
ZERO = parameters_of(np.full(number_of_values(SIZES), 7.0), SIZES)
FREE = Locks(
    *(np.zeros(60, np.bool_), np.zeros(60, np.bool_), np.zeros(40, np.bool_), False),
    tuple(LayerLocks(np.zeros((units, inputs), np.bool_), np.zeros(units, np.bool_)) for inputs, units in ((60, 50), (50, 40))),
)


def deep(how: Initialization, locks: Locks = FREE) -> Parameters:
    return random_start(ZERO, locks, how, X, 0, DEEP)


@pytest.mark.parametrize(
    ("how", "sizes"),
    [
        (Initialization(scale=2.0), [2.0, 2.0, 2.0]),
        (Initialization("he"), np.sqrt([2 / 60, 2 / 50, 2 / 40])),
        (Initialization("torch"), 1 / np.sqrt([3 * 60, 3 * 50, 3 * 40])),  # that of Uniform(-a, a) is a / sqrt(3)
        (Initialization("kinks", scale_w=0.5), [0.5, 0.5, 1.0]),
    ],
)
def test_each_layer_is_drawn_by_its_number_of_inputs(how: Initialization, sizes: list[float]) -> None:
    p = deep(how)
    weights = [p.deeper[0].w, p.deeper[1].w, np.array(p.v)]
    assert [w.std() for w in weights[:2]] == pytest.approx(sizes[:2], rel=0.05)
    assert p.v.std() == pytest.approx(sizes[2], rel=0.3)
    assert not [w for w in weights if abs(w.mean()) > 4 * w.std() / np.sqrt(w.size)]
    biases = np.concatenate([p.b, *(layer.b for layer in p.deeper)])
    assert biases.any() == (how.scheme != "he")
    if how.scheme == "torch":
        assert np.abs(p.deeper[1].b).max() < 1 / np.sqrt(50)
        assert 0 < abs(p.c) < 1 / np.sqrt(40)


def test_every_unit_of_a_balanced_start_passes_on_as_much_as_it_takes() -> None:
    p = deep(Initialization("balanced", scale=0.5))
    outgoing = [(p.deeper[0].w ** 2).sum(axis=0), (p.deeper[1].w ** 2).sum(axis=0), p.v**2]
    for layer, out in zip(p.layers, outgoing):
        assert out == pytest.approx((layer.w**2).sum(axis=1) + layer.b**2, rel=1e-12)


def test_kinks_of_every_layer_are_spread_over_the_points() -> None:
    p = deep(Initialization("kinks"))
    for number, units in enumerate(SIZES):
        z = DEEP.pre_activations(p, np.quantile(X, np.arange(1, units + 1) / (units + 1)), number)
        assert np.abs(np.diag(z)).max() < 1e-12


@EVERY_SCHEME
def test_what_is_locked_in_a_further_layer_stays(scheme: Scheme) -> None:
    w, b = np.array(FREE.deeper[1].w), np.array(FREE.deeper[1].b)
    w[3, 4] = b[5] = True
    p = deep(Initialization(scheme), replace(FREE, deeper=(FREE.deeper[0], LayerLocks(w, b))))
    assert np.argwhere(p.deeper[1].w == 7.0).tolist() == [[3, 4]]
    assert np.flatnonzero(p.deeper[1].b == 7.0).tolist() == [5]


@EVERY_SCHEME
def test_many_seeds_of_several_layers_are_each_as_alone(scheme: Scheme) -> None:
    values = random_values(ZERO, FREE, Initialization(scheme), X, [1, 0], DEEP)
    assert parameters_of(values[1], SIZES) == deep(Initialization(scheme))
