"""Networks of several hidden layers, to the libraries and back."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from keras import layers
from safetensors.torch import load as load_tensors
from safetensors.torch import save_file

from relutui.exchange.export import content_of
from relutui.exchange.exported import exported
from relutui.exchange.kinds import Framework
from relutui.exchange.opening import Given, open_named
from relutui.exchange.script import script_of
from relutui.scenario.scenario import Scenario
from tests.exchange.deep_networks import LAYERS, deep_prediction, deep_scenario
from tests.exchange.networks import X
from tests.frameworks.test_imported import write_onnx

keras.config.set_floatx("float64")
NAMES = [name for _, _, name in LAYERS]


def expected(odd: bool = False) -> Any:
    return pytest.approx([deep_prediction(x, odd) for x in X], rel=1e-6)


def pytorch() -> torch.nn.Sequential:
    modules = (torch.nn.ReLU(), torch.nn.LeakyReLU(0.01), torch.nn.Tanh(), torch.nn.Identity())
    network = torch.nn.Sequential(
        *(each for (w, b, _), act in zip(LAYERS, modules) for each in (torch.nn.Linear(len(w[0]), len(b)), act))
    ).double()
    with torch.no_grad():
        for number, (w, b, _) in enumerate(LAYERS):
            network[2 * number].weight.copy_(torch.tensor(w))
            network[2 * number].bias.copy_(torch.tensor(b))
    return network


def is_the_network(scenario: Scenario) -> None:
    network = scenario.network
    assert [*network.layer_activations, network.output_activation] == NAMES
    assert network.prediction(scenario.start, np.array(X)).tolist() == expected()


@pytest.mark.parametrize("odd", [False, True])
@pytest.mark.parametrize("framework", ["torch", "keras", "jax"])
def test_the_script_predicts(framework: Framework, odd: bool) -> None:
    names: dict[str, Any] = {"__name__": "taken"}
    exec(compile(script_of(exported(deep_scenario(odd)), framework), "net.py", "exec"), names)
    x = np.array(X)
    found = names["predict"](names["parameters"], x) if framework == "jax" else names["predict"](x)
    assert np.asarray(found.detach() if framework == "torch" else found).tolist() == expected(odd)


@pytest.mark.parametrize("odd", [False, True])
def test_onnxruntime_predicts_and_the_file_comes_back(odd: bool, tmp_path: Path) -> None:
    scenario, file = deep_scenario(odd), tmp_path / "net.onnx"
    content = content_of(scenario, ".onnx")
    assert isinstance(content, bytes)
    onnx.checker.check_model(onnx.load_model_from_string(content), full_check=True)
    (found,) = onnxruntime.InferenceSession(content).run(None, {"x": np.array(X)[:, None]})
    assert found.ravel().tolist() == expected(odd)
    file.write_bytes(content)
    back = open_named(str(file))
    assert (back.network, back.start) == (scenario.network, scenario.start)


def test_pytorch_loads_the_tensors_and_they_come_back(tmp_path: Path) -> None:
    content, file = content_of(deep_scenario(), ".safetensors"), tmp_path / "net.safetensors"
    assert isinstance(content, bytes)
    network = pytorch()
    for parameter in network.parameters():
        torch.nn.init.zeros_(parameter)
    network.load_state_dict(load_tensors(content), assign=True)
    with torch.no_grad():
        assert network(torch.tensor(X, dtype=torch.float64)[:, None]).ravel().tolist() == expected()
    file.write_bytes(content)
    back = open_named(str(file))
    assert (back.network, back.start) == (deep_scenario().network, deep_scenario().start)


def test_files_of_pytorch(tmp_path: Path) -> None:
    write_onnx(pytorch(), tmp_path / "net.onnx")
    is_the_network(open_named(str(tmp_path / "net.onnx")))
    save_file(pytorch().state_dict(), tmp_path / "net.safetensors")
    back = open_named(str(tmp_path / "net.safetensors"), Given("relu"))
    assert back.start == deep_scenario().start


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_files_of_keras(ending: str, tmp_path: Path) -> None:
    acts = (layers.ReLU(), layers.LeakyReLU(0.01), layers.Activation("tanh"), layers.Activation("linear"))
    modules = [each for (_, b, _), act in zip(LAYERS, acts) for each in (layers.Dense(len(b)), act)]
    model = keras.Sequential([keras.Input((1,)), *modules])
    model.set_weights([array for w, b, _ in LAYERS for array in (np.array(w).T, np.array(b))])
    model.save(tmp_path / f"net{ending}")
    is_the_network(open_named(str(tmp_path / f"net{ending}")))
