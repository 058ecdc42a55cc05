"""Each exported file, run or read by the library that it is for, predicts what the math module says."""

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from safetensors.torch import load as load_tensors

from relutui.exchange.export import content_of
from relutui.exchange.exported import exported
from relutui.exchange.kinds import FRAMEWORKS, Framework
from relutui.exchange.problem import ExchangeError
from relutui.exchange.script import script_of
from relutui.scenario.reader import parse
from tests.exchange.networks import PAIRS, X, prediction, scenario_of
from tests.support.waiting import LIMIT

MODULES = {
    "relu": torch.nn.ReLU(),
    "leaky_relu": torch.nn.LeakyReLU(0.01),
    "softplus": torch.nn.Softplus(),
    "sigmoid": torch.nn.Sigmoid(),
    "tanh": torch.nn.Tanh(),
    "identity": torch.nn.Identity(),
}


def expected(activation: str, output: str) -> Any:
    """The predictions, to 1e-6 of each, however small it is."""
    return pytest.approx([prediction(activation, output, x) for x in X], rel=1e-6, abs=0.0)


def test_the_arrays_of_the_test_are_of_float64() -> None:
    assert jnp.asarray(np.float64(1) / 3).dtype == np.float64


@pytest.mark.parametrize("framework", ["torch", "keras", "jax"])
@pytest.mark.parametrize(("activation", "output"), PAIRS)
def test_the_script_predicts(framework: Framework, activation: str, output: str) -> None:
    names: dict[str, Any] = {"__name__": "taken"}
    exec(compile(script_of(exported(scenario_of(activation, output)), framework), "net.py", "exec"), names)
    x = np.array(X)
    found = names["predict"](names["parameters"], x) if framework == "jax" else names["predict"](x)
    assert np.asarray(found.detach() if framework == "torch" else found).tolist() == expected(activation, output)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_script_runs_by_itself(framework: Framework, tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text(script_of(exported(scenario_of("leaky_relu", "identity")), framework))
    for given, count in ([], 11), ([*map(str, X)], len(X)):
        printed = subprocess.run(
            [sys.executable, "-I", file, *given], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=LIMIT
        ).stdout.splitlines()
        rows = [[float(cell) for cell in line.split(",")] for line in printed]
        assert len(rows) == count
        assert [y for _, y in rows] == pytest.approx([prediction("leaky_relu", "identity", x) for x, _ in rows], rel=1e-6)
    assert [x for x, _ in rows] == list(X)


@pytest.mark.parametrize(("activation", "output"), PAIRS)
def test_onnxruntime_predicts(activation: str, output: str) -> None:
    content = content_of(scenario_of(activation, output), ".onnx")
    assert isinstance(content, bytes)
    model = onnx.load_model_from_string(content)
    onnx.checker.check_model(model, full_check=True)
    assert (model.ir_version, model.opset_import[0].version) == (10, 18)
    session = onnxruntime.InferenceSession(content)
    (found,) = session.run(None, {"x": np.array(X)[:, None]})
    assert found.ravel().tolist() == expected(activation, output)


@pytest.mark.parametrize(("activation", "output"), [pair for pair in PAIRS if pair[0] in MODULES])
def test_pytorch_loads_the_tensors(activation: str, output: str) -> None:
    content = content_of(scenario_of(activation, output), ".safetensors")
    assert isinstance(content, bytes)
    assert content == content_of(scenario_of(activation, output), ".safetensors")
    network = torch.nn.Sequential(torch.nn.Linear(1, 5), MODULES[activation], torch.nn.Linear(5, 1), MODULES[output])
    network.load_state_dict(load_tensors(content), assign=True)  # else the float32 of the network would be kept
    with torch.no_grad():
        found = network(torch.tensor(X, dtype=torch.float64)[:, None])
    assert found.ravel().tolist() == expected(activation, output)


def test_numpy_loads_the_arrays() -> None:
    content = content_of(scenario_of("tanh", "identity"), ".npz")
    assert isinstance(content, bytes)
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        z = arrays["w"][:, None] * arrays["x"] + arrays["b"][:, None]
        assert (arrays["v"] @ np.tanh(z) + arrays["c"]).tolist() == expected("tanh", "identity")


YEARS = """title = "T"
[target]
scale = "unit"
points = [[1950, 10], [1970, 10], [1990, 50]]
[network]
output_activation = "{}"
output_bias = -0.5
[[unit]]
w = 1.0
b = -0.5
v = 2.0
"""


@pytest.mark.parametrize(("output", "last"), [("identity", -10.0), ("relu", 10.0)])
def test_scaled_data_are_predicted_in_their_own_units(output: str, last: float) -> None:
    """10 + 40 g(2 relu(s - 1/2) - 1/2) for s = 0, 1/2 and 1: of the identity -10, -10 and 30, of relu 10, 10 and 30."""
    scaled, x = parse(YEARS.format(output), "t", None), np.array([1950.0, 1970.0, 1990.0])
    content = content_of(scaled, ".onnx")
    assert isinstance(content, bytes)
    (found,) = onnxruntime.InferenceSession(content).run(None, {"x": x[:, None]})
    assert found.ravel() == pytest.approx(np.array([last, last, 30.0]))
    for framework in ("torch", "keras", "jax"):
        names: dict[str, Any] = {"__name__": "taken"}
        exec(compile(script_of(exported(scaled), framework), "net.py", "exec"), names)
        found = names["predict"](names["parameters"], x) if framework == "jax" else names["predict"](x)
        assert np.asarray(found.detach() if framework == "torch" else found) == pytest.approx(np.array([last, last, 30.0]))
    if output == "identity":
        assert content_of(scaled, ".safetensors")
    else:
        with pytest.raises(ExchangeError, match="tensors have no place for the scale of y after the output activation relu"):
            content_of(scaled, ".safetensors")
