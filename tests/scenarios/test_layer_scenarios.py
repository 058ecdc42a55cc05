"""The scenarios of several hidden layers: what their lessons state, by hand and in plain numpy."""

from functools import reduce
from math import sqrt

import numpy as np
import pytest

from relutui import sweep
from relutui.docs.pages import read_page
from relutui.lib.arrays import Array
from relutui.model.composite import Composite, composite
from relutui.model.initialization import Scheme, random_values
from relutui.model.values import number_of_values, views_of
from relutui.scenario.scenario import Init, draw_units, with_layers
from tests.scenarios.figures import loss, scenario

ABS_X = np.linspace(-sqrt(3.0), sqrt(3.0), 101)
FLAT = {  # of 1,000 starts, at depth 2 to 10
    ("he", 2): (147, 364, 487, 623, 718, 776, 845, 882, 915),
    ("torch", 2): (144, 313, 476, 595, 678, 767, 826, 865, 904),
    ("he", 4): (9, 36, 84, 134, 170, 237, 271, 318, 347),
}


def relu(z: Array) -> Array:
    return np.maximum(z, 0.0)


def zigzag(x: Array) -> Array:
    return 3.0 * relu(x) - 6.0 * relu(x - 1.0) + 6.0 * relu(x - 2.0)


def tooth(x: Array) -> Array:
    return 2.0 * relu(x) - 4.0 * relu(x - 0.5)


def pieces_of(name: str) -> Composite:
    s = scenario(name)
    pieces = composite(s.network, s.start, s.target.domain)
    assert isinstance(pieces, Composite)
    return pieces


def slopes_between(x: Array, y: Array) -> set[float]:
    return set(np.round(np.diff(y) / np.diff(x), 6).tolist())


def test_a_zigzag_of_a_zigzag_has_nine_pieces() -> None:
    s, x = scenario("folds"), np.arange(10) / 3.0
    assert zigzag(zigzag(x)) == pytest.approx([0, 3] * 5, abs=1e-12)
    assert zigzag(zigzag((x[1:] + x[:-1]) / 2.0)) == pytest.approx([1.5] * 9)  # straight in between
    assert s.network.prediction(s.start, x) == pytest.approx(zigzag(zigzag(x)), abs=1e-12)
    assert loss(s) < 1e-24
    assert pieces_of("folds").kinks == pytest.approx(x[1:-1])
    assert slopes_between(x, zigzag(zigzag(x))) == {9.0, -9.0}


def test_each_unit_of_the_second_layer_makes_three_kinks_where_the_zigzag_has_its_height() -> None:
    pieces = pieces_of("folds")
    for unit, height in ((1, 1.0), (2, 2.0)):
        places = np.array([height / 3.0, 2.0 - height / 3.0, 2.0 + height / 3.0])  # up, down and up with slope 3
        assert zigzag(places) == pytest.approx([height] * 3)
        assert pieces.kinks[pieces.made(1)[unit]] == pytest.approx(places)
    assert pieces.kinks[pieces.made(0).any(axis=0)] == pytest.approx([1.0, 2.0])


def test_each_layer_doubles_the_teeth() -> None:
    s, x = scenario("teeth"), np.arange(17) / 16.0
    y = reduce(lambda y, _: tooth(y), range(4), x)
    assert y.tolist() == [0.0, 1.0] * 8 + [0.0]
    assert s.network.prediction(s.start, x).tolist() == y.tolist()
    assert slopes_between(x, y) == {16.0, -16.0}
    pieces = pieces_of("teeth")
    assert pieces.kinks.tolist() == x[1:-1].tolist()
    assert [int(pieces.made(layer).any(axis=0).sum()) for layer in range(4)] == [1, 2, 4, 8]
    assert loss(s) == 0.0
    assert number_of_values(s.start.sizes) == (2 + 3 * 4) + 4 * 2 + 2 + 1 == 25


def test_a_number_of_the_last_layer_changes_all_teeth_alike() -> None:
    x = np.linspace(0.0, 1.0, 1025)
    inside = reduce(lambda y, _: tooth(y), range(3), x)
    change = 2.0 * relu(inside) - 4.0 * relu(inside - 0.625) - tooth(inside)
    of_teeth = change[:1024].reshape(8, 128)
    assert of_teeth.max() > 0.4
    assert np.abs(of_teeth).max(axis=1).tolist() == [of_teeth.max()] * 8
    assert number_of_values(scenario("teeth").start.sizes) < 15 + 17


def carried_square(x: Array, layers: int) -> Array:
    """x^2 by layers of three units: two make the teeth of the layer before into twice as many, the third carries the sum."""
    teeth, carried = x, x
    for layer in range(1, layers + 1):
        up, late, kept = relu(teeth), relu(teeth - 0.5), relu(carried)
        teeth = 2.0 * up - 4.0 * late
        carried = kept - teeth / 4.0**layer
    return carried


def test_five_layers_of_three_units_can_make_32_pieces_of_the_square() -> None:
    x = np.linspace(0.0, 1.0, 32 * 400 + 1)
    curve = carried_square(x, 5)
    knots = np.arange(33) / 32.0
    assert curve == pytest.approx(np.interp(x, knots, knots**2), abs=1e-12)
    best = curve - 1.0 / (6.0 * 32**2)  # interpolation lies above x^2, by h^2 / 6 on average
    assert np.mean((best - x**2) ** 2) == pytest.approx(1.0 / (180.0 * 32**4), rel=1e-3) == pytest.approx(5.3e-9, rel=0.01)
    assert pytest.approx(3.5e-8, rel=0.01) == 1.0 / (180.0 * 20**4)
    assert pytest.approx(6.6, abs=0.05) == (32 / 20) ** 4
    assert 3 * 19 + 1 == 2 * 3 + 4 * (9 + 3) + 3 + 1 == number_of_values(scenario("deep-square").start.sizes) == 58


def test_the_best_constant_for_the_square() -> None:
    assert np.var(np.linspace(0.0, 1.0, 100) ** 2) == pytest.approx(0.0908, abs=5e-5)


def test_two_units_of_one_layer_make_the_absolute_value() -> None:
    assert (relu(ABS_X) + relu(-ABS_X)).tolist() == np.abs(ABS_X).tolist()
    assert 3 * 7 + 1 == 2 * 3 + (9 + 3) + 3 + 1 == number_of_values(scenario("deep-abs").start.sizes) == 22


def flat(layers: list[tuple[Array, Array]]) -> int:
    """How many networks have a layer that is off at every x; w of shape (networks, units, inputs), b of (networks, units)."""
    a, lost = ABS_X[None, None, :], np.zeros(len(layers[0][1]), bool)
    for w, b in layers:
        a = relu(w @ a + b[:, :, None])
        lost |= ~a.any(axis=(1, 2))
    return int(lost.sum())


def drawn_by_relutui(scheme: Scheme, width: int, depth: int) -> int:
    network, sizes = with_layers(scenario("born-dead").network, depth), (width,) * depth
    p, locks = draw_units(Init(scheme), sizes, ABS_X, 0.0, False, network)
    starts = views_of(random_values(p, locks, Init(scheme), ABS_X, range(1000), network), sizes)
    return flat([(layer.w, layer.b.reshape(1000, width)) for layer in starts.layers])


def drawn_by_definition(scheme: Scheme, width: int, depth: int) -> int:
    random, inputs = np.random.default_rng(depth), [1] + [width] * (depth - 1)
    if scheme == "he":
        return flat([(random.normal(0.0, sqrt(2.0 / n), (1000, width, n)), np.zeros((1000, width))) for n in inputs])
    return flat([(uniform(random, width, n), uniform(random, width, n)[:, :, 0]) for n in inputs])


def uniform(random: np.random.Generator, width: int, inputs: int) -> Array:
    return random.uniform(-1.0, 1.0, (1000, width, inputs)) / sqrt(inputs)


@pytest.mark.parametrize(("scheme", "width"), list(FLAT))
def test_so_many_starts_are_flat(scheme: Scheme, width: int) -> None:
    assert tuple(drawn_by_relutui(scheme, width, depth) for depth in range(2, 11)) == FLAT[scheme, width]


@pytest.mark.parametrize(("scheme", "width"), list(FLAT))
def test_starts_drawn_by_the_definition_are_flat_as_often(scheme: Scheme, width: int) -> None:
    for depth, count in zip(range(2, 11), FLAT[scheme, width]):
        share = count / 1000
        assert abs(drawn_by_definition(scheme, width, depth) / 1000 - share) < 4.0 * sqrt(share * (1.0 - share) / 500), depth


def test_the_lesson_says_how_many_are_flat() -> None:
    lesson = " ".join(scenario("born-dead").lesson.split())
    for depth, flat in zip(range(2, 10), FLAT["he", 2]):
        assert f"at {'depth ' if depth == 2 else ''}{depth} {flat}," in lesson
    assert "and at depth 10 915." in lesson
    assert "torch gives 144 at depth 2 and 904 at depth 10" in lesson
    assert "with 4 units a layer 347 of" in lesson
    s = scenario("born-dead")
    assert np.ptp(s.network.prediction(s.start, ABS_X)) == 0.0  # and the start that is shown is one of them


def test_the_manual_has_the_shares_of_all_depths() -> None:
    rows = [line for line in read_page("depth").splitlines() if line.startswith(("he, width", "torch"))]
    for row, counts in zip(rows, (FLAT["he", 2], FLAT["torch", 2], FLAT["he", 4]), strict=True):
        assert row.split()[-9:] == [f"{count / 10:.1f}" for count in counts]
    assert max(100.0 * sqrt(n / 1000 * (1.0 - n / 1000) / 1000) for counts in FLAT.values() for n in counts) < 1.6


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "units", "below", "shares"),
    [("deep-square", [19, (3,) * 5], 1e-5, (62, 3)), ("deep-abs", [7, (3, 3)], 1e-4, (99, 65))],
)
def test_one_layer_is_trained_from_more_starts(
    name: str,
    units: list[int | tuple[int, ...]],
    below: float,
    shares: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By the kernels that need no compiler: others round otherwise, so that a few other starts get there."""
    monkeypatch.setenv("RELUTUI_DEVICE", "CPU:X86")
    for starts, share in zip(sweep(name, seeds=256, steps=4000, vary={"units": units}), shares):
        assert 100.0 * np.mean(starts.losses < below) == pytest.approx(share, abs=1.0)
        assert f"{share} %" in scenario(name).lesson
