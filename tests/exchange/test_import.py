"""Networks of other programs, without their libraries: what is brought in, and what is refused, in one line each."""

import io
import pickle
import zipfile
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as drawn

import relutui
from relutui.cli.main import main
from relutui.exchange.export import content_of
from relutui.exchange.layers import Layer, network_of
from relutui.exchange.named_arrays import layers_of
from relutui.exchange.opening import Given, open_named
from relutui.exchange.problem import ExchangeError
from relutui.model.network import Network, Parameters
from relutui.scenario.library import load
from relutui.scenario.reader import parse
from relutui.scenario.scenario import ScenarioError
from relutui.scenario.writer import to_toml
from tests.exchange.networks import PAIRS, UNITS, C, X, prediction, scenario_of

W, B, V = (np.array(column) for column in zip(*UNITS))
OTHERS = {  # what other programs call the same arrays, each in an order of its own
    "PyTorch": {"2.weight": V[None, :], "0.bias": B, "0.weight": W[:, None], "2.bias": np.array([C])},
    "Keras": {"dense_9/kernel": W[None, :], "dense_9/bias": B, "dense_10/kernel": V[:, None], "dense_10/bias": np.array([C])},
    "np.savez": {"arr_0": W[None, :], "arr_1": B, "arr_2": V[:, None], "arr_3": np.array([C])},
    "by hand": {"W1": W[None, :], "b1": B, "W2": V[:, None], "b2": np.array(C)},
    "the other way": {"W1": W[:, None], "b1": B, "W2": V[None, :], "b2": np.array([C])},
}


def npz(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.fixture
def refused(tmp_path: Path) -> Callable[[bytes, str], str]:
    """Why a file with this content and ending is not opened."""

    def why(content: bytes, ending: str = ".npz") -> str:
        file = tmp_path / f"bad{ending}"
        file.write_bytes(content)
        with pytest.raises(ScenarioError) as raised:
            open_named(str(file))
        (problem,) = raised.value.problems
        assert problem.startswith(f"bad{ending}: ")
        assert "\n" not in problem
        return problem.removeprefix(f"bad{ending}: ")

    return why


@pytest.mark.parametrize(("activation", "output"), PAIRS)
def test_what_was_exported_comes_back(activation: str, output: str, tmp_path: Path) -> None:
    exported, file = scenario_of(activation, output), tmp_path / "net.npz"
    content = content_of(exported, ".npz")
    assert isinstance(content, bytes)
    file.write_bytes(content)
    scenario = open_named(str(file))
    assert (scenario.network, scenario.start, scenario.dataset) == (exported.network, exported.start, exported.dataset)
    assert scenario.summary == f"1 -> 5 -> 1, {activation}; the target is its data."
    assert scenario.intro == ""


@pytest.mark.parametrize("arrays", OTHERS.values(), ids=list(OTHERS))
def test_arrays_are_known_by_names_and_shapes(arrays: dict[str, np.ndarray], tmp_path: Path) -> None:
    file = tmp_path / "net.npz"
    file.write_bytes(npz(**arrays))
    scenario = open_named(str(file))
    assert list(zip(scenario.start.w, scenario.start.b, scenario.start.v)) == list(UNITS)
    assert scenario.start.c == C
    assert scenario.intro == "net.npz names no activation: relu is taken.\nFor another: relutui import FILE --activation tanh"
    # The kinks are at 1, 5/6 and 20/3; that at 40,000 is too far away to be shown with them.
    assert scenario.domain == pytest.approx((5 / 6 - 35 / 24, 20 / 3 + 35 / 24))
    assert [x for x, _ in scenario.target.knots[1:-1]] == pytest.approx([5 / 6, 1.0, 20 / 3])
    assert scenario.network.loss(scenario.start, scenario.dataset.x, scenario.dataset.y) < 1e-25


def test_activations_and_range_can_be_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, made = tmp_path / "net.npz", tmp_path / "made.toml"
    file.write_bytes(npz(**OTHERS["by hand"]))
    scenario = open_named(str(file), Given("tanh", "softplus", (-2.0, 3.0)))
    assert scenario.network == Network("tanh", "softplus")
    assert (scenario.domain, len(scenario.target.points), scenario.intro) == ((-2.0, 3.0), 101, "")
    options = ["--activation", "tanh", "--output-activation", "softplus", "--domain=-2,3"]
    assert main(["import", str(file), "-o", str(made), *options]) == 0
    assert capsys.readouterr() == (f"{made}: 1 -> 5 -> 1, tanh; the target is what it predicts.\n", "")
    read = load(made)
    assert (read.network, read.start, read.dataset) == (scenario.network, scenario.start, scenario.dataset)
    assert main(["import", str(file), "-o", str(made)]) == 1
    assert capsys.readouterr().err == f"{made}: File exists\n"


def test_without_a_name_the_scenario_has_that_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.npz").write_bytes(npz(**OTHERS["by hand"]))
    assert main(["import", "net.npz"]) == 0
    assert capsys.readouterr().out == (
        "net.toml: 1 -> 5 -> 1, relu; the target is what it predicts.\n"
        "net.toml: net.npz names no activation: relu is taken. For another: relutui import FILE --activation tanh\n"
    )
    assert main(["train", "net.npz", "--steps", "0"]) == 0
    assert capsys.readouterr().out.startswith("net: 0 steps\nMSE ")
    assert main(["import", "net.txt"]) == 2
    assert capsys.readouterr().err.startswith("relutui: net.txt: expected a name that ends in .npz, .safetensors, ")


@pytest.mark.parametrize(
    ("widths", "told"),
    [
        ((2, 16, 1), "expected a network 1 -> n -> 1, found 3 layers: 2 -> 16 -> 1"),
        ((1, *(8,) * 11, 1), "expected at most 10 hidden layers, found 13 layers: 1 -> 8 -> 8 -> 8 -> ... -> 1"),
        ((1, 8, 65, 1), "expected at most 64 units in each of several hidden layers, found 4 layers: 1 -> 8 -> 65 -> 1"),
        ((1, 1), "expected a network 1 -> n -> 1, found 2 layers: 1 -> 1"),
        ((784, *(64,) * 9, 10), "expected a network 1 -> n -> 1, found 11 layers: 784 -> 64 -> 64 -> 64 -> ... -> 10"),
        ((1, 257, 1), "expected at most 256 units, found 3 layers: 1 -> 257 -> 1"),
    ],
)
def test_other_networks_are_named(widths: tuple[int, ...], told: str, refused: Callable[[bytes], str]) -> None:
    arrays: dict[str, np.ndarray] = {}
    for number, (before, after) in enumerate(pairwise(widths)):
        arrays[f"{2 * number}.weight"], arrays[f"{2 * number}.bias"] = np.ones((after, before)), np.ones(after)
    assert refused(npz(**arrays)) == told


def test_what_is_no_layer_is_named() -> None:
    for arrays, told in (
        ({"conv.weight": np.ones((8, 1, 3))}, 'expected the matrices and biases of layers, found "conv.weight": 8 x 1 x 3'),
        ({"1.running_mean": np.ones(4)}, 'expected the matrices and biases of layers, found "1.running_mean": 4'),
        ({"0.weight": np.ones((3, 1)), "0.bias": np.ones(2)}, 'expected a bias of 3 or 1 in "0", found 2'),
        ({"0.bias": np.ones(2)}, 'expected a matrix beside the bias of "0", found none'),
        (
            {"0.weight": np.ones((3, 1)), "2.weight": np.ones((1, 4))},
            "expected layers of which each takes what the one before gives, found 1 -> 3, 4 -> 1",
        ),
    ):
        with pytest.raises(ExchangeError) as raised:
            layers_of(arrays)
        assert str(raised.value) == told
    with pytest.raises(ExchangeError, match="expected the weights of a network, found none"):
        network_of([], None, None)


def test_a_matrix_without_a_bias_has_one_of_0() -> None:
    hidden, last = layers_of({"fc1.weight": W[:, None], "fc2.weight": V[None, :]})
    assert hidden.weight.tolist() == W[:, None].tolist()
    assert (hidden.bias.tolist(), last.bias.tolist()) == ([0.0] * 5, [0.0])


@pytest.mark.parametrize(
    ("hidden", "last", "told"),
    [
        (("elu", 0.01), ("", 0.01), 'expected as activation one of relu, .*; found "elu"'),
        (("leaky_relu", 0.3), ("", 0.01), "expected leaky_relu with slope 0.01 below 0, found 0.3"),
        (("relu", 0.01), ("step", 0.01), 'expected as activation of the output one of relu, .*identity; found "step"'),
    ],
)
def test_activations_that_are_others_are_named(hidden: tuple[str, float], last: tuple[str, float], told: str) -> None:
    layers = [Layer(W[:, None], B, *hidden), Layer(V[None, :], np.array([C]), *last)]
    with pytest.raises(ExchangeError, match=told):
        network_of(layers, None, None)


def test_float32_has_the_slope_of_leaky_relu() -> None:
    layers = [Layer(W[:, None], B, "leaky_relu", float(np.float32(0.01)))]
    layers.append(Layer(V[None, :], np.array([C]), "linear"))
    assert network_of(layers, None, None).network == Network("leaky_relu", "identity")


@pytest.mark.parametrize("ending", [".pt", ".pth", ".pkl", ".ckpt", ".bin"])
def test_pickles_are_never_read(ending: str, refused: Callable[[bytes, str], str]) -> None:
    assert refused(pickle.dumps({"w": [1.0]}), ending) == (
        "a pickle, which may run code and is never read: save it as safetensors"
    )


def test_hostile_archives_are_refused(refused: Callable[[bytes], str]) -> None:
    objects = io.BytesIO()
    np.save(objects, np.array([{}], dtype=object), allow_pickle=True)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**9, 10**9)})
    bomb = zipped({"w.npy": bytes(100_000_000)})
    assert len(bomb) < 100_000
    for content, told in (
        (b"", "no archive that can be read: File is not a zip file"),
        (b"PK\x05\x06" + bytes(18), "expected the weights of a network, found none"),
        (bomb, "expected at most 8 MB once it is unpacked"),
        (zipped({f"{number}.npy": b"" for number in range(65)}), "expected at most 64 files in it"),
        (zipped({"w.npy": b"x"}, zipfile.ZIP_LZMA), '"w.npy" in it is compressed in another way than deflate'),
        (zipped({"w.npy": objects.getvalue()}), '"w" in it is a pickle, which may run code: save arrays of numbers'),
        (zipped({"w.npy": header.getvalue()}), '"w" in it has 0 bytes, its header says 8,000,000,000,000,000,000'),
        (zipped({"w.npy": b"\x93NUMPY\x01\x00\xff\x7f" + b"(" * 32767}), '"w" in it is no array of numpy'),
        (zipped({"data.pkl": pickle.dumps({})}), '"data.pkl" in it is no array of numpy'),
        (npz(w=np.array(["relu"]), b=np.array([1j])), 'expected numbers, found "b": "complex128"'),
        (
            npz(W1=np.full((1, 2), np.nan), W2=np.ones((2, 1))),
            "expected weights up to 1e+39 in size, found one that is none",
        ),
        (npz(w=W, b=B, v=V[:2], c=np.array(C)), "expected w, b and v of one length and one c, found 5, 5, 2 and 1"),
        (bytes(4_000_001), "expected at most 4 MB, far more than a network 1 -> n -> 1 has"),
    ):
        assert refused(content) == told


def test_data_beside_the_weights_are_the_target(tmp_path: Path) -> None:
    file = tmp_path / "net.npz"
    file.write_bytes(npz(**OTHERS["by hand"], x=np.array(X), y=np.array(X) ** 2))
    scenario = open_named(str(file))
    assert scenario.target.points == tuple((x, x * x) for x in X)
    assert scenario.domain == (-3.0, 60.0)
    file.write_bytes(npz(**OTHERS["by hand"], x=np.array(X), y=np.full(len(X), np.inf)))
    with pytest.raises(ScenarioError, match="expected finite numbers up to 1e\\+15"):
        open_named(str(file))


def test_data_may_be_columns_and_are_never_left_out_silently(tmp_path: Path) -> None:
    file = tmp_path / "net.npz"
    file.write_bytes(npz(**OTHERS["by hand"], x=np.array(X)[:, None], y=np.array(X)[None, :]))
    assert open_named(str(file)).target.points == tuple((x, x) for x in X)
    for x, y, found in ((np.ones(3), np.ones(2), "3 and 2"), (np.ones((2, 2)), np.ones(4), "2 x 2 and 4"), ([], [], "0 and 0")):
        file.write_bytes(npz(**OTHERS["by hand"], x=np.array(x), y=np.array(y)))
        with pytest.raises(ScenarioError, match=rf"^net\.npz: expected as x and y as many numbers each, .* found {found}$"):
            open_named(str(file))


def test_whatever_opens_a_scenario_opens_such_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "net.npz"
    file.write_bytes(npz(**OTHERS["by hand"]))
    assert relutui.load(str(file)).predict([2.5]) == pytest.approx([prediction("relu", "identity", 2.5)])
    assert main(["share", str(file)]) == 0
    assert capsys.readouterr().out.startswith("relutui:")
    script = tmp_path / "net.py"
    assert main(["export", str(file), str(script)]) == 0
    assert "# The network of net.npz" in script.read_text()


NUMBERS = st.floats(-1e40, 1e40) | st.floats(-10.0, 10.0) | st.sampled_from([0.0, -0.0, 5e-324, 1e-30])
PARAMETERS = st.integers(1, 4).flatmap(lambda units: drawn.arrays(np.float64, (3, units), elements=NUMBERS))


@given(PARAMETERS, NUMBERS, st.sampled_from(["relu", "tanh", "step"]), st.sampled_from(["identity", "relu", "sigmoid"]))
def test_any_weights_are_a_scenario_that_can_be_written_or_one_line(
    tmp_path_factory: pytest.TempPathFactory, wbv: np.ndarray, c: float, activation: str, output: str
) -> None:
    file = tmp_path_factory.mktemp("any") / "net.npz"
    w, b, v = wbv
    names = {"activation": np.array(activation), "output_activation": np.array(output)}
    file.write_bytes(npz(w=w, b=b, v=v, c=np.array(c), **names))
    try:
        scenario = open_named(str(file))
    except ScenarioError as error:
        (problem,) = error.problems
        assert "\n" not in problem
        return
    assert scenario.start == Parameters(w, b, v, c)
    assert replace(parse(to_toml(scenario), "net", None), file=None) == scenario


def test_a_range_has_to_hold_the_data(tmp_path: Path) -> None:
    file = tmp_path / "net.npz"
    file.write_bytes(npz(**OTHERS["by hand"], x=np.array(X), y=np.array(X)))
    with pytest.raises(ScenarioError, match=r"^net\.npz: domain: expected to hold every x of the data, from -3 to 60$"):
        open_named(str(file), Given(domain=(0.0, 70.0)))
    assert open_named(str(file), Given(domain=(-4.0, 70.0))).domain == (-4.0, 70.0)
    with pytest.raises(ScenarioError, match=r"^net\.npz: domain: .* is too narrow"):
        open_named(str(file), Given(domain=(0.0, 1e-300)))
