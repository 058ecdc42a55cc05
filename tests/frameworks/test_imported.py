"""Files that the real libraries have written are brought in as the networks they are."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import torch
from keras import layers
from safetensors.numpy import save_file as save_arrays
from safetensors.torch import save_file

from relutui.exchange.export import content_of
from relutui.exchange.opening import open_named
from relutui.scenario.scenario import Scenario, ScenarioError
from tests.exchange.networks import PAIRS, UNITS, C, X, prediction, scenario_of

W, B, V = (np.array(column) for column in zip(*UNITS))

keras.config.set_floatx("float64")


def is_the_network(scenario: Scenario, activation: str, output: str) -> None:
    network = scenario.network
    assert (network.activation, network.output_activation) == (activation, output)
    found = network.prediction(scenario.start, np.array(X)).tolist()
    assert found == pytest.approx([prediction(activation, output, x) for x in X], rel=1e-6, abs=1e-15)


@pytest.mark.parametrize("ending", [".safetensors", ".onnx"])
@pytest.mark.parametrize(("activation", "output"), PAIRS)
def test_what_was_exported_comes_back(activation: str, output: str, ending: str, tmp_path: Path) -> None:
    exported, file = scenario_of(activation, output), tmp_path / f"net{ending}"
    content = content_of(exported, ending)
    assert isinstance(content, bytes)
    file.write_bytes(content)
    scenario = open_named(str(file))
    assert (scenario.network, scenario.start, scenario.intro) == (exported.network, exported.start, "")


def pytorch(*activations: torch.nn.Module, dtype: torch.dtype = torch.float64) -> torch.nn.Sequential:
    network = torch.nn.Sequential(torch.nn.Linear(1, 5), activations[0], torch.nn.Linear(5, 1), *activations[1:]).to(dtype)
    values = W[:, None], B, V[None, :], np.array([C])
    network.load_state_dict({name: torch.tensor(value) for name, value in zip(network.state_dict(), values)})
    return network


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_a_state_dict_of_pytorch(dtype: torch.dtype, tmp_path: Path) -> None:
    file = tmp_path / "net.safetensors"
    save_file(pytorch(torch.nn.ReLU(), dtype=dtype).state_dict(), file)
    scenario = open_named(str(file))
    is_the_network(scenario, "relu", "identity")
    assert (
        scenario.intro
        == "net.safetensors names no activation: relu is taken.\nFor another: relutui import FILE --activation tanh"
    )


def test_half_precision_has_its_few_digits(tmp_path: Path) -> None:
    file = tmp_path / "net.safetensors"
    for dtype, digits in (torch.bfloat16, 2.0**-8), (torch.float16, 2.0**-11):
        save_file(pytorch(torch.nn.ReLU(), dtype=dtype).state_dict(), file)
        assert open_named(str(file)).start.w == pytest.approx(W, rel=digits)
    save_arrays({"0.weight": np.ones((3, 1), np.int64)}, file)
    with pytest.raises(ScenarioError, match=r'net\.safetensors: expected floating-point numbers, found "0\.weight": "I64"'):
        open_named(str(file))


@pytest.mark.parametrize(
    ("module", "activation"),
    [
        (torch.nn.ReLU(), "relu"),
        (torch.nn.LeakyReLU(), "leaky_relu"),
        (torch.nn.Softplus(), "softplus"),
        (torch.nn.Sigmoid(), "sigmoid"),
        (torch.nn.Tanh(), "tanh"),
        (torch.nn.Identity(), "identity"),
    ],
)
def test_onnx_of_pytorch(module: torch.nn.Module, activation: str, tmp_path: Path) -> None:
    file = tmp_path / "net.onnx"
    write_onnx(pytorch(module, torch.nn.Tanh()), file)
    is_the_network(open_named(str(file)), activation, "tanh")


def write_onnx(network: torch.nn.Module, file: Path, width: int = 1) -> None:
    content = io.BytesIO()
    torch.onnx.export(network.double(), (torch.zeros((2, width), dtype=torch.float64),), content, dynamo=False)
    file.write_bytes(content.getvalue())


@pytest.mark.parametrize(
    ("network", "told"),
    [
        (torch.nn.Sequential(torch.nn.Linear(1, 4), torch.nn.ELU(), torch.nn.Linear(4, 1)), 'the operator "Elu"'),
        (
            torch.nn.Sequential(torch.nn.Linear(1, 4), torch.nn.LeakyReLU(0.2), torch.nn.Linear(4, 1)),
            "expected leaky_relu with slope 0.01 below 0, found 0.2",
        ),
        (
            torch.nn.Sequential(torch.nn.Linear(2, 16), torch.nn.ReLU(), torch.nn.Linear(16, 1)),
            "expected a network 1 -> n -> 1, found 3 layers: 2 -> 16 -> 1",
        ),
    ],
)
def test_onnx_of_other_networks_is_named(network: torch.nn.Sequential, told: str, tmp_path: Path) -> None:
    file = tmp_path / "net.onnx"
    write_onnx(network, file, network[0].in_features)
    with pytest.raises(ScenarioError, match=told):
        open_named(str(file))


def model(*after: Any, **of_hidden: Any) -> keras.Sequential:
    network = keras.Sequential([keras.Input((1,)), layers.Dense(5, **of_hidden), *after[:-1], layers.Dense(1), after[-1]])
    network.set_weights([W[None, :], B, V[:, None], np.array([C])])
    return network


LINEAR = layers.Activation("linear")
MODELS: list[tuple[Callable[[], Any], str, str]] = [
    (lambda: model(LINEAR, activation="relu"), "relu", "identity"),
    (lambda: model(layers.LeakyReLU(0.01), layers.Activation("tanh")), "leaky_relu", "tanh"),
    (lambda: model(layers.ReLU(negative_slope=0.01), LINEAR), "leaky_relu", "identity"),
    (lambda: model(layers.ReLU(), layers.ReLU()), "relu", "relu"),
    (lambda: model(LINEAR, activation="softplus"), "softplus", "identity"),
    (lambda: model(layers.Activation("sigmoid"), LINEAR), "sigmoid", "identity"),
    (lambda: model(layers.Activation("sigmoid"), layers.Activation("softplus")), "sigmoid", "softplus"),
    (lambda: model(LINEAR), "identity", "identity"),
]


@pytest.mark.parametrize("ending", [".keras", ".h5"])
@pytest.mark.parametrize(("make", "activation", "output"), MODELS)
def test_models_of_keras(make: Callable[[], Any], activation: str, output: str, ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"net{ending}"
    make().save(file)
    is_the_network(open_named(str(file)), activation, output)


def test_weights_of_keras_alone_name_no_activation(tmp_path: Path) -> None:
    file = tmp_path / "net.weights.h5"
    model(LINEAR, activation="tanh").save_weights(file)
    scenario = open_named(str(file))
    is_the_network(scenario, "relu", "identity")
    assert (
        scenario.intro
        == "net.weights.h5 names no activation: relu is taken.\nFor another: relutui import FILE --activation tanh"
    )


@pytest.mark.parametrize("ending", [".keras", ".h5"])
@pytest.mark.parametrize("names", [("b_first", "a_last"), ("dense_1", "dense")])
def test_layers_with_names_and_a_trained_model(names: tuple[str, str], ending: str, tmp_path: Path) -> None:
    """The names are not in the order of the alphabet; an optimizer leaves arrays of its own."""
    x = keras.Input((1,))
    network = keras.Model(x, layers.Dense(1, name=names[1])(layers.Dense(5, activation="tanh", name=names[0])(x)))
    network.set_weights([W[None, :], B, V[:, None], np.array([C])])
    network.compile("adam", "mse")
    file = tmp_path / f"net{ending}"
    network.save(file)
    is_the_network(open_named(str(file)), "tanh", "identity")


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: model(LINEAR, activation="leaky_relu"), "expected leaky_relu with slope 0.01 below 0, found 0.2"),
        (lambda: model(layers.LeakyReLU(), LINEAR), "expected leaky_relu with slope 0.01 below 0, found 0.3"),
        (lambda: model(LINEAR, activation="elu"), 'found "elu"'),
        (
            lambda: keras.Sequential([keras.Input((1,)), layers.Dense(5), layers.PReLU(), layers.Dense(1)]),
            'expected Dense layers and activations, found "PReLU"',
        ),
        (lambda: model(layers.ReLU(max_value=6.0), LINEAR), "expected a ReLU without max_value and threshold"),
        (
            lambda: keras.Sequential([keras.Input((2,)), layers.Dense(16), layers.Dense(1)]),
            "expected a network 1 -> n -> 1, found 3 layers: 2 -> 16 -> 1",
        ),
    ],
)
@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_other_models_of_keras_are_named(make: Callable[[], Any], told: str, ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"net{ending}"
    make().save(file)
    with pytest.raises(ScenarioError, match=told) as raised:
        open_named(str(file))
    assert len(raised.value.problems) == 1
