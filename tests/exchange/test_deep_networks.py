"""Networks of several hidden layers, to other programs and back, without their libraries."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from relutui.cli.main import main
from relutui.exchange.export import content_of
from relutui.exchange.exported import exported
from relutui.exchange.kinds import FRAMEWORKS
from relutui.exchange.layers import network_of
from relutui.exchange.named_arrays import layers_of
from relutui.exchange.opening import Given, open_named
from relutui.exchange.points_csv import points_csv
from relutui.exchange.script import script_of
from relutui.lib.arrays import Array
from relutui.scenario.library import load
from relutui.scenario.writer import to_toml
from tests.exchange.deep_networks import LAYERS, deep_prediction, deep_scenario
from tests.exchange.networks import X

HIDDEN = len(LAYERS) - 1
W, B = [np.array(w) for w, _, _ in LAYERS], [np.array(b) for _, b, _ in LAYERS]


def both(number: int, weight: str, bias: str, turned: bool = False) -> dict[str, Array]:
    return {weight: W[number].T if turned else W[number], bias: B[number]}


def named(weight: str, bias: str, turned: bool = False, each: int = 1) -> dict[str, Array]:
    arrays: dict[str, Array] = {}
    for number in reversed(range(len(LAYERS))):
        arrays |= both(number, weight.format(each * number), bias.format(each * number), turned)
    return arrays


@pytest.mark.parametrize("odd", [False, True])
def test_the_script_predicts(odd: bool) -> None:
    defined: dict[str, object] = {"__name__": "taken"}
    exec(compile(script_of(exported(deep_scenario(odd)), "numpy"), "net.py", "exec"), defined)
    predict = defined["predict"]
    assert callable(predict)
    assert predict(np.array(X)) == pytest.approx([deep_prediction(x, odd) for x in X], rel=1e-12)
    assert predict(2.5).shape == ()


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_each_script_is_python(framework: str) -> None:
    text = script_of(exported(deep_scenario(odd=True)), framework)  # type: ignore[arg-type]
    compile(text, "net.py", "exec")
    assert text.splitlines()[1].startswith("# A network 1 -> 3 -> 3 -> 2 -> 1 from relutui")


@pytest.mark.parametrize("odd", [False, True])
def test_the_arrays_come_back(odd: bool, tmp_path: Path) -> None:
    scenario, file = deep_scenario(odd), tmp_path / "net.npz"
    content = content_of(scenario, ".npz")
    assert isinstance(content, bytes)
    file.write_bytes(content)
    with np.load(file, allow_pickle=False) as arrays:
        assert arrays["2.weight"].tolist() == W[1].tolist()
        assert arrays["prediction"] == pytest.approx([deep_prediction(x, odd) for x in X], rel=1e-12)
    back = open_named(str(file))
    assert (back.network, back.start, back.dataset) == (scenario.network, scenario.start, scenario.dataset)


@pytest.mark.parametrize(
    "arrays",
    [
        named("{}.weight", "{}.bias", each=2),
        named("dense_{}/kernel", "dense_{}/bias", turned=True),
        named("W{}", "b{}"),
        named("W{}", "b{}", turned=True),
    ],
    ids=["PyTorch", "Keras", "by hand", "the other way"],
)
def test_arrays_of_other_programs(arrays: dict[str, Array]) -> None:
    """The square matrix lies as the others do, whose biases tell it."""
    found = network_of(layers_of(arrays), "tanh", None)
    assert found.network.layer_activations == ("tanh",) * HIDDEN
    assert [layer.w.tolist() for layer in found.parameters.layers] == [w.tolist() for w in W[:-1]]
    assert [layer.b.tolist() for layer in found.parameters.layers] == [b.tolist() for b in B[:-1]]
    assert (found.parameters.v.tolist(), found.parameters.c) == (W[-1][0].tolist(), B[-1][0])


def test_the_target_of_a_file_without_data_is_its_curve(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By its bends, at which the layers after the first bend too, where it is straight between them; else by points."""
    file, made = tmp_path / "net.npz", tmp_path / "made.toml"
    np.savez(file, **named("{}.weight", "{}.bias", each=2))  # type: ignore[arg-type]
    assert main(["import", str(file), "-o", str(made)]) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"{made}: 1 -> 3 -> 3 -> 2 -> 1, relu; the target is what it predicts."
    s = load(made)
    x = np.linspace(*s.domain, 500)
    knots = np.array(s.target.knots)
    assert len(knots) > 5
    assert np.interp(x, *knots.T) == pytest.approx(s.network.prediction(s.start, x))
    smooth = open_named(str(file), Given("tanh"))
    assert (len(smooth.target.points), smooth.network.layer_activations) == (101, ("tanh",) * HIDDEN)


def test_the_table_has_every_unit_of_every_layer() -> None:
    rows = list(csv.DictReader(io.StringIO("".join(points_csv(exported(deep_scenario()))))))
    names = [f"{name}_{layer}_{unit}" for layer, units in ((0, 3), (1, 3)) for unit in range(units) for name in "za"]
    assert list(rows[0]) == [
        "x",
        "target",
        "prediction",
        *names,
        *(f"{n}_2_{unit}" for unit in (0, 1) for n in ("z", "a", "va")),
    ]
    row = {name: float(value) for name, value in rows[X.index(2.5)].items()}
    # z = -2 x 2.5 + 2 = -3, 1.5 x 2.5 - 1.25 = 2.5, 0.25 x 2.5 + 0.5 = 1.125; then -0.5 x 2.5 + 2 x 1.125 + 0.5 = 1.5
    assert [row[name] for name in ("z_0_0", "a_0_0", "a_0_1", "a_0_2", "z_1_0")] == [-3.0, 0.0, 2.5, 1.125, 1.5]
    assert row["prediction"] == pytest.approx(0.375 + row["va_2_0"] + row["va_2_1"])
    assert row["prediction"] == pytest.approx(deep_prediction(2.5))


def test_each_kind_is_written_by_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "deep.toml"
    source.write_text(to_toml(deep_scenario()))
    for ending in (".py", ".npz", ".csv", ".loss.csv"):
        assert main(["export", str(source), str(tmp_path / f"out{ending}")]) == 0
        assert capsys.readouterr().err == ""
