"""Files made to do harm: each gets one line, opens nothing beside itself, and takes little memory."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import h5py
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from tests.support.places import ROOT
from tests.support.waiting import LIMIT

MOST_MB = 50
READER = """
import resource, sys, subprocess, zipfile
from pathlib import Path
import h5py, onnx, safetensors  # whose own memory is not that of a file
from relutui.exchange.opening import open_named
from relutui.scenario.scenario import ScenarioError
"".encode("cp437")  # in which zipfile reads names, and which Python imports once
files = sorted(Path(sys.argv[1]).glob("bad*"))
def tell(event, what):
    if event == "open" and isinstance(what[0], str) and "bad" not in what[0]:
        print("opened", what[0])
sys.addaudithook(tell)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for file in files:
    try:
        open_named(str(file))
        print("taken", file.name)
    except ScenarioError as error:
        print(*error.problems)
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(max(grown, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss - before) / 1024, "MB")
"""


def read_all(folder: Path) -> tuple[list[str], float]:
    """What is said of each file in the order of their names, and the memory that it took, in MB."""
    done = subprocess.run(
        [sys.executable, "-c", READER, folder], cwd=ROOT, capture_output=True, text=True, check=True, timeout=LIMIT
    )
    *lines, memory = done.stdout.splitlines()
    return [line.partition(": ")[2] or line for line in lines], float(memory.split()[0])


def a_model(*nodes: onnx.NodeProto, constants: tuple[TensorProto, ...] = ()) -> onnx.ModelProto:
    x, y = (helper.make_tensor_value_info(name, TensorProto.DOUBLE, ["n", 1]) for name in "xy")
    return helper.make_model(helper.make_graph(nodes, "net", [x], [y], list(constants)))


def test_onnx(tmp_path: Path) -> None:
    multiply = helper.make_node("MatMul", ["x", "w"], ["y"])
    elsewhere = numpy_helper.from_array(np.ones((1, 3)), "w")
    onnx.external_data_helper.set_external_data(elsewhere, "other.bin")
    elsewhere.ClearField("raw_data")
    large = TensorProto(name="w", data_type=TensorProto.DOUBLE, dims=[2**31, 2**31])
    lying = TensorProto(name="w", data_type=TensorProto.DOUBLE, dims=[1, 3], raw_data=bytes(8))
    texts = TensorProto(name="w", data_type=TensorProto.STRING, dims=[1, 1], string_data=[b"x"])
    in_constant = helper.make_node("Constant", [], ["w"])
    in_constant.attribute.append(onnx.AttributeProto(name="value", t=elsewhere, type=onnx.AttributeProto.TENSOR))
    nothing = b"".join(b"\x0a\x00" for _ in range(240_000))  # as many nodes without anything in them
    graph = b"\x3a" + varint(len(nothing)) + nothing
    files: list[tuple[bytes, str]] = [
        (a_model(multiply, constants=(elsewhere,)).SerializeToString(), '"w" is in another file, which is not opened'),
        (a_model(in_constant, multiply).SerializeToString(), '"w" is in another file, which is not opened'),
        (a_model(multiply, constants=(large,)).SerializeToString(), '"w" says that it is larger than the file'),
        (a_model(multiply, constants=(lying,)).SerializeToString(), '"w" has other numbers than it says'),
        (a_model(multiply, constants=(texts,)).SerializeToString(), '"w" has other numbers than it says'),
        (a_model(helper.make_node("MatMul", ["x", "x"], ["y"])).SerializeToString(), 'a branch at "MatMul"'),
        (a_model(helper.make_node("Relu", ["x"], ["y"])).SerializeToString(), "expected a layer before each relu"),
        (a_model(helper.make_node("Relu", ["x"], [])).SerializeToString(), "expected operators with one output each"),
        (graph, "found 240000 operators"),
        (b"\x3a\xff\xff\xff\xff\x0f" + bytes(100), "no ONNX file: its bytes are not those of a model"),
        (bytes(500_001), "expected at most 500 kB"),
        (b"", "expected one input and one output, found 0 and 0"),
    ]
    check(tmp_path, ".onnx", files)


def varint(number: int) -> bytes:
    parts = []
    while number > 127:
        parts.append(number % 128 + 128)
        number //= 128
    return bytes([*parts, number])


def test_safetensors(tmp_path: Path) -> None:
    def with_header(header: object, data: bytes = b"") -> bytes:
        text = header if isinstance(header, bytes) else json.dumps(header).encode()
        return len(text).to_bytes(8, "little") + text + data

    many = {f"{n}": {"dtype": "F64", "shape": [0], "data_offsets": [0, 0]} for n in range(60_000)}
    square = {"w": {"dtype": "F64", "shape": [2**40, 2**40], "data_offsets": [0, 8]}}
    files: list[tuple[bytes, str]] = [
        (b"\xff" * 8, "no safetensors file: "),
        ((10**9).to_bytes(8, "little") + b"{}", "no safetensors file: "),
        (with_header(square, bytes(8)), "no safetensors file: "),
        (with_header({"w": {"dtype": "F64", "shape": [1], "data_offsets": [0, 800]}}, bytes(8)), "no safetensors file: "),
        (with_header(b"[" * 99_000), "no safetensors file: "),
        (with_header(many), "expected a network 1 -> n -> 1, found names and shapes of more than 100 kB"),
        (with_header(dict(list(many.items())[:100])), "expected a network 1 -> n -> 1, found 100 tensors"),
        (with_header({}), "expected the weights of a network, found none"),
        (b"\x80\x02}.", "no safetensors file: "),
    ]
    check(tmp_path, ".safetensors", files)


def test_hdf5(tmp_path: Path) -> None:
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["kernel"] = np.ones((1, 3))
    (tmp_path / "raw").write_bytes(bytes(800))
    files = {
        "bad0.h5": '"layer/kernel" in it is a link, which is not followed',
        "bad1.h5": '"layer/kernel" is in another file, which is not opened',
        "bad2.h5": '"layer/kernel" is in another file, which is not opened',
        "bad3.h5": '"layer/kernel" is in chunks, perhaps compressed: save it plainly, as Keras does',
        "bad4.h5": 'expected a network 1 -> n -> 1, found "layer/kernel": 1000000000 x 1000',
        "bad5.h5": "expected a network 1 -> n -> 1, found a file of many arrays",
        "bad6.h5": "expected a network 1 -> n -> 1, found a file of many arrays",
        "bad7.h5": 'expected numbers, found "layer/kernel": "object"',
        "bad8.h5": "expected a text as model_config, found something else",
        "bad9.h5": '"layer/kernel" in it is a link, which is not followed',
    }
    for name in files:
        with h5py.File(tmp_path / name, "w") as file:
            layer = file.create_group("layer")
            match name:
                case "bad0.h5":
                    layer["kernel"] = h5py.ExternalLink(str(secret), "kernel")
                case "bad1.h5":
                    layer.create_dataset("kernel", (1, 3), "f8", external=[(str(tmp_path / "raw"), 0, 800)])
                case "bad2.h5":
                    virtual = h5py.VirtualLayout((1, 3), "f8")
                    virtual[:] = h5py.VirtualSource(str(secret), "kernel", (1, 3))
                    layer.create_virtual_dataset("kernel", virtual)
                case "bad3.h5":
                    layer.create_dataset("kernel", (10, 10_000), "f8", compression="gzip", chunks=(10, 10_000), fillvalue=1.0)
                case "bad4.h5":
                    layer.create_dataset("kernel", (10**9, 1000), "f8", chunks=(1, 1000))
                case "bad5.h5":
                    for number in range(300):
                        layer.create_group(f"{number}")
                case "bad6.h5":
                    layer.create_group("/".join("deep" for _ in range(40)))
                case "bad7.h5":
                    layer.create_dataset("kernel", (1, 3), h5py.string_dtype())
                case "bad8.h5":
                    file.attrs.create("model_config", np.ones(1000))
                case "bad9.h5":
                    layer["kernel"] = h5py.SoftLink("/layer")
    lines, memory = read_all(tmp_path)
    assert lines == [*files.values()]
    assert memory < MOST_MB


def test_keras(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "weights", "w") as file:
        file["layers/dense/vars/0"] = np.ones((1, 3))
    weights = (tmp_path / "weights").read_bytes()
    configurations = {
        b"{": "no model of Keras: its description cannot be read",
        b"[" * 1_000_000: "no model of Keras: its description cannot be read",
        b'{"config": {"layers": [{"class_name": "Lambda", "config": {}}]}}': 'found "Lambda"',
        b'{"config": {"layers": []}}': "expected weights of the 0 layers that it describes, found 1",
        b"9" * 5000: "no model of Keras: its description cannot be read",
        b" " * 50_000_000: "expected at most 4 MB once it is unpacked",
    }
    for number, text in enumerate(configurations):
        with zipfile.ZipFile(tmp_path / f"bad{number}.keras", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("config.json", text)
            archive.writestr("model.weights.h5", weights)
    (tmp_path / "bad8.keras").write_bytes(b"PK\x05\x06" + bytes(18))
    lines, memory = read_all(tmp_path)
    expected = [*configurations.values(), "no file of Keras: expected config.json in it"]
    assert all(told in line for line, told in zip(lines, expected, strict=True)), lines
    assert memory < MOST_MB


def check(folder: Path, ending: str, files: list[tuple[bytes, str]]) -> None:
    for number, (content, _) in enumerate(files):
        (folder / f"bad{number:02}{ending}").write_bytes(content)
    lines, memory = read_all(folder)
    assert len(lines) == len(files)
    for line, (_, told) in zip(lines, files):
        assert told in line
    assert memory < MOST_MB
