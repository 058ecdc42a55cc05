"""What is sent to the compilers of GPUs that are not here: sources by tinygrad's renderers, without their devices."""

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from relutui.model.dataset import Dataset
from relutui.model.network import Activation, Network
from relutui.model.training import Optimizer, Problem, TrainingSettings
from tests.engine.problems import LAB_DATA, locks
from tests.support.blocking import Blocking

KEYWORDS = {"for", "if", "return", "while", "__launch_bounds__", "__align__", "aligned", "attribute", "__attribute__"}
ARITHMETIC = {"sqrt", "int", "long", "float", "bool", "float2", "float4", "int2", "int4", "make_float2", "make_float4"}
BITS = {"make_int2", "make_int4", "tg_bitcast", "as_type", "__int_as_float"}
BARRIERS = {"CUDA": "__syncthreads();", "METAL": "threadgroup_barrier(mem_flags::mem_threadgroup | mem_flags::mem_device);"}
PLACES = {
    "CUDA": (r"gidx0 = blockIdx\.x; /\* (\d+) \*/", r"lidx0 = threadIdx\.x; /\* (\d+) \*/"),
    "METAL": (r"gidx0 = gid\.x; /\* (\d+) \*/", r"lidx0 = lid\.x; /\* (\d+) \*/"),
}


@pytest.fixture(scope="module")
def opened(engine: Blocking) -> None:
    engine.open()  # imports tinygrad as the engine wants it


def renderer_of(device: str) -> object:
    from tinygrad.helpers import Target
    from tinygrad.renderer.cstyle import CStyleLanguage, CUDARenderer, MetalRenderer

    kind = {"CUDA": CUDARenderer, "METAL": MetalRenderer}[device]
    renderer = kind.__new__(kind)
    CStyleLanguage.__init__(renderer, Target.parse(f"{device}::sm_80" if device == "CUDA" else device))  # no compiler
    return renderer


def source(device: str, form: object) -> str:
    from tinygrad import dtypes
    from tinygrad.codegen import full_rewrite_to_sink, line_rewrite, linearize, pm_linearize_cleanups
    from tinygrad.uop.ops import UOp

    from relutui.engine.kernels.by_layers_gpu import layers_gpu_kernel
    from relutui.engine.kernels.by_pieces import pieces_kernel
    from relutui.engine.kernels.by_points_gpu import points_gpu_kernel
    from relutui.engine.kernels.layers_gpu_layout import layers_gpu_sizes
    from relutui.engine.kernels.layers_layout import LayersSpec
    from relutui.engine.kernels.pieces_layout import INTEGERS, PiecesSpec, pieces_sizes
    from relutui.engine.kernels.points_layout import sizes

    by_pieces = isinstance(form, PiecesSpec)
    if isinstance(form, LayersSpec):
        kernel, lengths = layers_gpu_kernel(form), layers_gpu_sizes(form)
    else:
        kernel, lengths = (pieces_kernel(form), pieces_sizes(form)) if by_pieces else (points_gpu_kernel(form), sizes(form))  # type: ignore[arg-type]
    real = dtypes.double if by_pieces else dtypes.float32
    kinds = [dtypes.int32 if name in INTEGERS else real for name in lengths]
    memory = [UOp.placeholder((length,), kind, n) for n, (length, kind) in enumerate(zip(lengths.values(), kinds))]
    renderer = renderer_of(device)
    sink = full_rewrite_to_sink(kernel(*memory), renderer, optimize=False)
    text: str = renderer.render(line_rewrite(linearize(sink), pm_linearize_cleanups))  # type: ignore[attr-defined]
    return text


def body(text: str) -> str:
    return text[text.index("{", re.search(r"\b(by_points_gpu|by_layers_gpu|by_pieces)\(", text).end()) :]  # type: ignore[union-attr]


def sizes_of(device: str, text: str) -> list[int]:
    """The numbers of groups and of threads in each."""
    return [int(re.search(place, text)[1]) for place in PLACES[device]]  # type: ignore[index]


def what_holds_everywhere(device: str, text: str) -> None:
    called = set(re.findall(r"\b([A-Za-z_]\w*)\s*(?:<[^<>]*>)?\(", body(text)))
    waits = {BARRIERS[device].partition("(")[0]}
    assert called <= KEYWORDS | ARITHMETIC | BITS | waits | {"double", "double2"}, "arithmetic alone: nobody is called back"
    assert text.count("barrier(") + text.count("__syncthreads") == text.count(BARRIERS[device])
    head = text[: text.index("{", re.search(r"\bby_\w+\(", text).start())]  # type: ignore[union-attr]
    assert len(re.findall(r"\bdata\d+", head)) <= 31  # buffers that Metal takes
    shared = re.findall(r"(?:__shared__|threadgroup) .*float \w+\[(\d+)\];", text)
    assert sum(map(int, shared)) * 4 <= 2**15  # bytes that Metal has for a group


@pytest.mark.parametrize(("activation", "optimizer"), [("relu", "sgd"), ("tanh", "momentum"), ("softplus", "adam")])
@pytest.mark.parametrize("gpu", ["CUDA", "METAL"])
def test_by_points(opened: None, gpu: str, activation: Activation, optimizer: Optimizer) -> None:
    from relutui.engine.kernels.points_layout import PointsSpec

    text = source(
        gpu, PointsSpec(activation, "sigmoid", optimizer, on_kinks=True, units=32, points=512, networks=4096, threads=64)
    )
    assert sizes_of(gpu, text) == [4096, 64]  # a group for each network
    assert not re.search(r"\b(double|half)\b", text)
    what_holds_everywhere(gpu, text)
    assert_all_threads_wait(text, BARRIERS[gpu], 4)  # after the two steps of the loss, each unit's sums, and the update


@pytest.mark.parametrize("gpu", ["CUDA", "METAL"])
def test_by_layers(opened: None, gpu: str) -> None:
    from relutui.engine.kernels.layers_layout import LayersSpec

    form = LayersSpec("relu", ("relu", "softplus"), ("relu",), "sigmoid", "adam", on_kinks=True, units=8, points=512)
    text = source(gpu, form._replace(layers=4, networks=1024, threads=128))
    assert sizes_of(gpu, text) == [1024, 128]  # a group for each network
    assert not re.search(r"\b(double|half)\b", text)
    what_holds_everywhere(gpu, text)
    assert_all_threads_wait(text, BARRIERS[gpu], 3)  # after the two steps of the loss, and the update


@pytest.mark.parametrize("on_kinks", [False, True])
def test_by_pieces(opened: None, on_kinks: bool) -> None:
    from relutui.engine.kernels.pieces_layout import PiecesSpec

    text = source(
        "CUDA", PiecesSpec("adam", on_kinks, centred=True, swamped=False, units=4, places=1024, networks=4096, parallel=True)
    )
    assert sizes_of("CUDA", text) == [128, 32]  # a thread for each network
    assert not re.search(r"\b(float|half) ", body(text))  # it needs float64: its tables cancel
    assert "__syncthreads" not in text
    what_holds_everywhere("CUDA", text)


@pytest.mark.parametrize("networks", [1, 256, 262_144])
def test_metal_which_has_no_float64_trains_by_points(opened: None, networks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from relutui.engine import kernel_choice
    from relutui.engine.kernels.points_layout import PointsSpec

    renderer = SimpleNamespace(renderer=renderer_of("METAL"))
    monkeypatch.setattr(kernel_choice, "Device", type("Devices", (dict,), {"DEFAULT": "METAL"})(METAL=renderer))
    problem = Problem(Network(), LAB_DATA, locks(3), TrainingSettings())
    for form in (kernel_choice.choose_kernel(problem, 3), kernel_choice.choose_batch_kernel(problem, 3, networks, "pieces")):
        assert isinstance(form, PointsSpec)
        assert form.threads


@pytest.mark.parametrize("points", [20, 100, 300, 2000])
@pytest.mark.parametrize("units", [3, 200])
def test_all_chunks_of_a_sweep_are_trained_by_one_method(
    opened: None, points: int, units: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever their size; on data that are too far from 0 for float32, by what has more digits."""
    from relutui.engine import kernel_choice
    from relutui.engine.exact import ExactSpec
    from relutui.engine.kernels.pieces_layout import PiecesSpec

    renderer = SimpleNamespace(renderer=renderer_of("CUDA"))
    monkeypatch.setattr(kernel_choice, "Device", type("Devices", (dict,), {"DEFAULT": "CUDA"})(CUDA=renderer))
    x = np.linspace(0.0, 3.0, points)
    problem = Problem(Network(), Dataset(x, x), locks(units), TrainingSettings())
    far = replace(problem, dataset=Dataset(1e6 + x, x))
    asked = [kernel_choice.choose_batch_kernel(problem, units, networks) for networks in (1, 64, 256, 1024, 4096, 16_384)]
    assert len({type(form) for form in asked}) == 1
    for networks in (1, 16_384):
        assert isinstance(kernel_choice.choose_batch_kernel(far, units, networks), PiecesSpec)
        assert isinstance(kernel_choice.choose_batch_kernel(far, units, networks, "points"), ExactSpec)
    assert isinstance(kernel_choice.choose_kernel(far, units), PiecesSpec)


def assert_all_threads_wait(text: str, barrier: str, least: int) -> None:
    """No barrier is where some threads of a group do not come: in a branch."""
    openers: list[str] = []
    barriers = 0
    for line in map(str.strip, text.splitlines()):
        if line.startswith("}"):
            openers.pop()
        if barrier in line:
            barriers += 1
            assert not any(opener.startswith("if") for opener in openers)
        if line.endswith("{"):
            openers.append(line)
    assert barriers >= least
