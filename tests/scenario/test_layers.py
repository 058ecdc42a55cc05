"""Scenario files of several hidden layers: what they say, every error of one, and writing them so that they read back equal."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from relutui.docs.pages import read_page
from relutui.model.initialization import SCHEMES
from relutui.model.network import ACTIVATIONS, UNIT_ACTIVATIONS, Activation, Layer, Network, Parameters
from relutui.model.training import LayerLocks, Locks, free_locks
from relutui.model.values import number_of_values, parameters_of, values_of
from relutui.scenario.reader import parse
from relutui.scenario.scenario import Init, Scenario, ScenarioError, draw_units
from relutui.scenario.sections import PARAMETER_LIMIT
from relutui.scenario.share_string import read_share_string, share_string
from relutui.scenario.toml_table import MAX_BYTES, MAX_BYTES_WITH_ROWS
from relutui.scenario.writer import to_toml

HEAD = 'title = "T"\n[target]\npoints = [[0, 1], [2, 3]]\n'
LAYERS = """
[[layer]]
w = [[1], [-2]]
b = [0.5, 1]
lock = ["w[1]", "b[0]"]

[[layer]]
w = [
  [1, 2],
  [3, 4],
  [-5, 6],
]
b = [-1, 0, 1]
activation = "tanh"
lock = ["w[0]", "w[2][1]", "b"]

[[layer]]
w = [[7, 8, 9]]
b = [10]
activation = "softplus"
lock = ["b"]
"""
OUTPUT = "[[layer]]\nw = [[1]]\nb = [0]\n"


def problems(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as error:
        parse(text, "t", None)
    return [problem.removeprefix("t.toml: ") for problem in error.value.problems]


def test_what_the_tables_say() -> None:
    s = parse(HEAD + "[network]\nslope_at_kink = 1\n" + LAYERS, "t", None)
    assert s.network == Network("relu", "softplus", 1.0, ("tanh",))
    assert s.start == Parameters(
        *(np.array([1.0, -2.0]), np.array([0.5, 1.0]), np.array([7.0, 8.0, 9.0]), 10.0),
        (Layer(np.array([[1.0, 2.0], [3.0, 4.0], [-5.0, 6.0]]), np.array([-1.0, 0.0, 1.0])),),
    )
    locked = np.array([[True, True], [False, False], [False, True]])
    assert s.locks == Locks(
        *(np.array([False, True]), np.array([True, False]), np.zeros(3, np.bool_), True),
        (LayerLocks(locked, np.ones(3, np.bool_)),),
    )
    text = to_toml(s)
    assert text.count("[[layer]]") == 3
    assert 'lock = ["w[0]", "w[2][1]", "b"]' in text
    assert "[[unit]]" not in text
    assert parse(text, "t", None) == s


def test_the_manual_s_example() -> None:
    """2 |x| and 2 |x| - 1, cut off below 0, the second twice and taken away: 2 |x| up to a half, and 2 - 2 |x| from there."""
    blocks = (part.partition("```")[0] for part in read_page("scenarios").split("```toml\n")[1:])
    s = parse(next(block for block in blocks if "[[layer]]" in block), "manual", None)
    assert s.network.prediction(s.start, np.array([0.0, -0.25, 0.5, -0.75, 1.0])).tolist() == [0.0, 0.5, 1.0, 0.5, 0.0]
    assert s.locks.deeper[0].w.all()
    assert s.locks.deeper[0].b.tolist() == [False, True]


def test_tables_of_one_hidden_layer_are_units() -> None:
    s = parse(HEAD + '[[layer]]\nw = [[1], [-2]]\nb = [3, 4]\nlock = ["b"]\n[[layer]]\nw = [[5, 6]]\nb = [7]\n', "t", None)
    unit = "[[unit]]\nw = {}\nb = {}\nv = {}\nlock = ['b']\n"
    same = parse(HEAD + unit.format(1, 3, 5) + unit.format(-2, 4, 6) + "[network]\noutput_bias = 7\n", "t", None)
    assert s == same
    assert to_toml(s) == to_toml(same)
    assert "[[layer]]" not in to_toml(s)


def test_layers_are_drawn() -> None:
    text = HEAD + '[network]\nactivation = ["relu", "tanh"]\n[init]\nscheme = "kinks"\nunits = [3, 2]\nseed = 5\n'
    s = parse(text, "t", None)
    assert (s.start.sizes, s.network.layer_activations, s.init.units) == ((3, 2), ("relu", "tanh"), (3, 2))
    assert (s.start, s.locks) == draw_units(s.init, (3, 2), s.dataset.x, 0.0, False, s.network)
    assert "units = [3, 2]" in to_toml(s)
    assert "[[layer]]" not in to_toml(s)
    assert parse(to_toml(s), "t", None) == s
    edited = replace(s, start=replace(s.start, c=0.5))
    assert (edited.init.units, to_toml(edited).count("[[layer]]")) == (None, 3)
    assert parse(to_toml(edited), "t", None) == edited
    one_name = parse(text.replace('["relu", "tanh"]', '"tanh"'), "t", None)
    assert one_name.network.layer_activations == ("tanh", "tanh")
    assert 'activation = "tanh"' in to_toml(one_name)
    assert parse(HEAD + "[init]\nunits = [3]\n", "t", None) == parse(HEAD + "[init]\nunits = 3\n", "t", None)


def test_overrides_draw_other_layers() -> None:
    s = parse(HEAD + '[network]\nactivation = "tanh"\n[init]\nunits = 3\n', "t", None)
    deep = s.with_overrides(units=(4, 2))
    assert (deep.start.sizes, deep.network.layer_activations) == ((4, 2), ("tanh", "tanh"))
    assert parse(to_toml(deep), "t", None) == deep
    assert deep.with_overrides(units=3) == s


def test_every_error_at_once() -> None:
    text = (
        HEAD
        + """
[network]
activation = "relu"
slope_at_kink = 2
output_bias = 1

[[unit]]
w = 1

[[layer]]
w = [[1, 2], [3]]
b = [0, 0]

[[layer]]
w = [[1, 2], [3]]
b = [0, "x"]
activation = "rellu"

[[layer]]
w = [[1, 2], [3]]
b = [0]
lock = ["w[0][0][0]"]
bias = 1

[[layer]]
w = [[1, 2], [3, 4]]
b = [0]
"""
    )
    assert problems(text) == [
        "network: activation: not beside [[layer]], whose tables say it of each layer",
        "network: output_bias: not beside [[layer]], whose tables say it of each layer",
        "network: slope_at_kink: expected one of 0.0, 0.5, 1.0, got 2",
        "expected either [[unit]] or [[layer]], got both",
        "layer 1: w: unit 0: expected 1 number, as many as the layer has inputs, got 2",
        'layer 2: b: item 2: expected a finite number of at most 1e+39 either way, got "x"',
        'layer 2: activation: expected one of relu, leaky_relu, softplus, sigmoid, tanh, identity, step, rect, got "rellu" '
        "(did you mean relu?)",
        'layer 3: lock: item 1: expected "w", "b", "w[1]", "w[1][2]" or "b[1]", got "w[0][0][0]"',
        'layer 3: unknown key "bias" (known: w, b, activation, lock)',
        "layer 4: w: expected one row, as the last layer is the output, got 2",
    ]


NEITHER = "expected either [[unit]] or [init] units, got neither"
NAMES = "relu, leaky_relu, softplus, sigmoid, tanh, identity"
INPUTS = "as many as the layer has inputs"
ASK = "[[ask]]\ntext = 'a'\nthen = 'b'\nx = 1\ntolerance = 1\n[[ask.supposed]]\nunit = 0\n"
MISFITS = {
    OUTPUT: "layer: expected at least 2, a hidden layer and the output, got 1",
    OUTPUT * 12: "layer: expected at most 11, 10 hidden layers and the output, got 12",
    OUTPUT + "[[layer]]\nw = [[1, 2]]\nb = [0]\n": f"layer 2: w: unit 0: expected 1 number, {INPUTS}, got 2",
    LAYERS.replace("[3, 4],", "[3, 4, 5],"): f"layer 2: w: unit 1: expected 2 numbers, {INPUTS}, got 3",
    LAYERS.replace("[-1, 0, 1]", "[-1, 0]"): "layer 2: b: expected 3, one for each row of w, got 2",
    LAYERS.replace("[3, 4],", "[3, 4, 5],").replace("[-1, 0, 1]", "[-1, 0]"): (
        f"layer 2: w: unit 1: expected 2 numbers, {INPUTS}, got 3\nlayer 2: b: expected 3, one for each row of w, got 2"
    ),
    LAYERS.replace("b = [10]", ""): "layer 3: b: missing",
    LAYERS.replace("[2][1]", "[2][2]"): "layer 2: lock: w[2][2]: expected a place in w of 3 rows of 2, or in b",
    LAYERS.replace('"softplus"', '"step"'): f'layer 3: activation: expected one of {NAMES}, got "step"',
    LAYERS + "[init]\nunits = [3, 2]\n": "expected either [init] units or [[layer]], got both",
    "[init]\nunits = [3, 65]\n": f"init: units: item 2: expected a whole number from 1 to 64, got 65\n{NEITHER}",
    f"[init]\nunits = {[1] * 11}\n": f"init: units: expected 1 to 10 hidden layers, got 11\n{NEITHER}",
    "[init]\nunits = [3, 2]\n[network]\nactivation = ['relu', 'relu', 'tanh']\n": (
        "network: activation: expected 2, one for each hidden layer, got 3"
    ),
    LAYERS + ASK: "ask 0: supposed: only for networks of one hidden layer",
}


@pytest.mark.parametrize("text", MISFITS, ids=range(len(MISFITS)))
def test_what_does_not_fit_gets_a_line(text: str) -> None:
    assert "\n".join(problems(HEAD + text)) == MISFITS[text]


def layer(units: int, inputs: int) -> str:
    return f"[[layer]]\nw = {[[0] * inputs] * units}\nb = {[0] * units}\n"


def test_sixty_four_units_are_the_most_of_each_of_several_layers() -> None:
    assert problems(HEAD + layer(65, 1) + layer(65, 65) + layer(1, 65)) == [
        "layer 1: w: expected rows of 1 to 64 units, got 65",
        "layer 2: w: expected rows of 1 to 64 units, got 65",
    ]
    assert parse(HEAD + layer(256, 1) + layer(1, 256), "t", None).start.units == 256
    ten = layer(64, 1) + layer(64, 64) * 9 + layer(1, 64)
    assert parse(HEAD + ten, "t", None).start.sizes == (64,) * 10


def test_the_largest_network_is_written_and_read() -> None:
    sizes = (64,) * 10
    values = -np.random.default_rng(0).uniform(1e-300, 1e-299, number_of_values(sizes))
    s = parse(HEAD + layer(2, 1) + layer(2, 2) + layer(1, 2), "t", None)
    relu: Activation = "relu"
    s = replace(s, network=Network(deeper=(relu,) * 9), start=parameters_of(values, sizes), locks=free_locks(sizes))
    text = to_toml(s)
    assert 900_000 < len(text) < MAX_BYTES_WITH_ROWS
    assert values_of(parse(text, "t", None).start).tolist() == values.tolist()
    with pytest.raises(ScenarioError, match="more than the 64 kB that a share string may hold: 640 units"):
        share_string(s)


@pytest.mark.parametrize("filling", ["# ", "k1 = 0\n", "[1],", '"1, 2, 3",'])
def test_nothing_but_long_rows_of_numbers_makes_a_file_larger(filling: str) -> None:
    text = HEAD + LAYERS + filling * (MAX_BYTES // len(filling))
    assert problems(text) == ["expected at most 64 kB"]
    assert problems(HEAD + LAYERS + "# " + "0, " * 333_333) == ["expected at most 1000 kB"]


FINITE = st.floats(-PARAMETER_LIMIT, PARAMETER_LIMIT)


@st.composite
def layered(draw: st.DrawFn) -> Scenario:
    s = parse(HEAD + LAYERS, "any", None)
    sizes = tuple(draw(st.lists(st.integers(1, 4), min_size=2, max_size=4)))
    number = number_of_values(sizes)
    p = parameters_of(np.array(draw(st.lists(FINITE, min_size=number, max_size=number))), sizes)
    share = draw(st.sampled_from([0.0, 0.3, 0.7, 1.0]))
    drawn = parameters_of(np.random.default_rng(draw(st.integers(0, 99))).random(number), sizes)
    locks = Locks(
        *(drawn.w < share, drawn.b < share, drawn.v < share, drawn.c < share),
        tuple(LayerLocks(it.w < share, it.b < share) for it in drawn.deeper),
    )
    names = draw(st.lists(st.sampled_from(UNIT_ACTIVATIONS), min_size=len(sizes), max_size=len(sizes)))
    network = Network(names[0], draw(st.sampled_from(ACTIVATIONS)), draw(st.sampled_from([0.0, 0.5, 1.0])), tuple(names[1:]))
    init = draw(st.builds(Init, st.sampled_from(SCHEMES), seed=st.integers(0, 9), units=st.none() | st.just(sizes)))
    if init.units and draw(st.booleans()):
        p, locks = draw_units(init, init.units, s.dataset.x, p.c, locks.c, network)
    return replace(s, network=network, start=p, locks=locks, init=init)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(layered())
def test_written_layers_read_back_equal(s: Scenario) -> None:
    assert parse(to_toml(s), "any", None) == s
    assert replace(read_share_string(share_string(s)), name="any") == s
