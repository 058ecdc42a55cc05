"""Opening: with and without a compiler, and the one line that says what to install."""

import asyncio
import os
import platform
import subprocess
import sys
import threading
import tomllib
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from relutui.engine.devices import choice, opening
from relutui.engine.engine import Engine
from relutui.engine.tinygrad_patches.environment import isolated_environment
from relutui.model.trainer import Device, TrainerUnavailable
from relutui.model.training import Checkpoint, Problem
from tests.engine.problems import LAB_START, lab
from tests.support.blocking import Blocking
from tests.support.waiting import LIMIT, bounded, until

OPEN = """
import asyncio, sys
from relutui.engine.engine import Engine
from relutui.model.trainer import Device, TrainerUnavailable
assert "tinygrad" not in sys.modules, "imported too early"
{before}
try:
    device = asyncio.run(Engine({device!r}).open())
    print(device, device.advice, sep="|")
except TrainerUnavailable as error:
    print(error)
"""
needs_assembler = pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="tinygrad's assembler is for x86-64")


def opened(device: str | None, before: str = "", **environment: str) -> str:
    """What opening says in a fresh process, which must write nothing else."""
    code = OPEN.format(device=device, before=before)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True, timeout=LIMIT
    )
    assert done.stderr == ""
    return done.stdout.strip()


@needs_assembler
def test_without_a_compiler_the_assembler_opens_and_names_what_is_faster() -> None:
    assert opened(None, PATH="") == "CPU (x86 assembler)|clang on PATH would be faster"


@needs_assembler
def test_dev_and_the_argument_choose_the_device() -> None:
    assert opened(None, PATH="", DEV="CPU:X86") == "CPU (x86 assembler)|"
    assert opened("cpu:x86", PATH="", DEV="CL") == "CPU (x86 assembler)|"


@pytest.mark.parametrize(
    ("device", "why"),
    [("FOO", "expected one of CPU, "), ("CPU:CLANG", "no clang on PATH that works; needs clang: apt install clang")],
)
def test_a_wrong_or_missing_device_is_one_line(device: str, why: str) -> None:
    said = opened(device, PATH="")
    assert said.startswith(f"device {device} cannot be opened: {why}")
    assert "\n" not in said


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (AttributeError("failed to load library cuda: try setting CUDA_PATH?"), "failed to load library cuda"),
        (RuntimeError("CUDA Error 999, unknown\n\nTraceback"), "CUDA Error 999, unknown"),
        (ExceptionGroup("none", [RuntimeError("no such GPU"), ValueError("else")]), "no such GPU"),
        (AssertionError(), "AssertionError without a message"),
    ],
)
def test_why_a_device_cannot_be_opened_and_what_it_needs_are_told_in_a_line(
    monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def failing(target: str) -> tuple[str, str]:
        raise error

    monkeypatch.setattr(opening, "_open", failing)
    monkeypatch.setattr(opening, "import_tinygrad", lambda: None)
    monkeypatch.setenv("RELUTUI_DEVICE", "cuda:ptx")
    with pytest.raises(TrainerUnavailable) as raised:
        opening.open_device(None)
    needs = "needs an NVIDIA GPU and its driver"
    assert str(raised.value) == f"device cuda:ptx (from RELUTUI_DEVICE) cannot be opened: {said}; {needs}"


@pytest.mark.parametrize(
    ("named", "renderer", "advice"),
    [("cuda", "PTX", "NVRTC, of CUDA's toolkit, would be faster"), ("cuda", "CUDA", ""), ("CUDA:PTX", "PTX", "")],
)
def test_what_would_make_cuda_faster_is_told_to_who_did_not_choose(
    monkeypatch: pytest.MonkeyPatch, named: str, renderer: str, advice: str
) -> None:
    monkeypatch.setattr(opening, "_open", lambda target: ("CUDA", renderer))
    monkeypatch.setattr(opening, "import_tinygrad", lambda: None)
    assert opening.open_device(named) == Device("CUDA", renderer, advice)


@pytest.mark.parametrize(("llvm", "old"), [({"LLVMGetVersion": None}, False), ({}, True)])
def test_an_llvm_that_tinygrad_takes_but_cannot_use_is_refused(
    engine: Blocking, monkeypatch: pytest.MonkeyPatch, llvm: dict[str, object], old: bool
) -> None:
    engine.open()  # imports tinygrad as the engine wants it
    from relutui.engine.tinygrad_patches.compilers import check_llvm

    library = SimpleNamespace(dll=SimpleNamespace(_name="/usr/lib/libLLVM-15.so", **llvm))
    monkeypatch.setattr("tinygrad.runtime.autogen.llvm", library, raising=False)
    with pytest.raises(RuntimeError, match=r"^libLLVM-15\.so is too old$") if old else nullcontext():
        check_llvm()


def test_without_tinygrad_the_line_says_how_to_install_it() -> None:
    assert "pip install tinygrad==0.14.0" in opened("CPU:X86", before='sys.modules["tinygrad"] = None', PATH="")


def test_without_clang_where_the_assembler_is_of_no_use_one_is_told_to_install_it() -> None:
    """And where LLVM, which is tried, is of no use either."""
    before = """
import platform
from relutui.engine.devices import choice, opening
choice._processor_features = lambda: {{"avx2", "sse4_2"}}
platform.machine = lambda: {machine!r}
opening._open = lambda target: exec(f'raise RuntimeError({{target!r}})')
"""
    on_arm = opened(None, before.format(machine="aarch64"), PATH="")
    assert on_arm == "training on aarch64 needs clang: install it (apt install clang, xcode-select --install)"
    on_an_old_one = opened(None, before.format(machine="x86_64"), PATH="")
    assert on_an_old_one == "training needs clang on this processor, which lacks f16c, fma: install it (apt install clang)"
    assert (
        opened("CPU:X86", before.format(machine="x86_64"), PATH="") == on_an_old_one
    )  # it would be killed by its first kernel


def test_another_compiler_is_not_taken_for_clang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", sys.executable)
    assert choice.clang() is None


@pytest.mark.parametrize(
    "script", ["#!/bin/sh\nexit 1\n", "#!/bin/sh\n[ $1 = --version ] && echo clang\n[ $1 = --version ]\n", "?"]
)
def test_a_broken_clang_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    path = tmp_path / "clang"
    path.write_text(script)
    path.chmod(0o700)
    monkeypatch.setenv("CC", str(path))
    assert choice.clang() is None


def test_a_compiler_that_fails_or_hangs_is_one_error() -> None:
    with pytest.raises(RuntimeError, match=r"^sh: out of luck$"):
        choice.run_compiler(["sh", "-c", "echo out of luck >&2; exit 3"], b"")
    with pytest.raises(RuntimeError, match=r"no answer from sh within 0\.01 s"):
        choice.run_compiler(["sh", "-c", "exec sleep 9"], b"", 0.01)


def test_the_version_of_tinygrad_is_the_one_that_is_installed_with_relutui() -> None:
    with Path("pyproject.toml").open("rb") as file:
        assert f"tinygrad=={opening.TINYGRAD}" in tomllib.load(file)["project"]["dependencies"]


def test_only_the_thread_of_tinygrad_is_kept_from_the_environment_and_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "yes")
    monkeypatch.setenv("CC", "my-clang")
    usual = os.getenv

    def seen(_: object = None) -> list[str]:
        return [os.getenv(name, "default") for name in ("NO_COLOR", "CC", "CACHELEVEL")]

    with ThreadPoolExecutor(1) as other:
        with isolated_environment():
            assert seen() == ["default", "my-clang", "0"]
            assert other.submit(seen).result() == ["yes", "my-clang", "default"]
        assert os.getenv is usual


def test_opening_again_costs_nothing(engine: Blocking) -> None:
    assert engine.open() is engine.open()


async def test_closing_ends_a_long_training(device: str | None) -> None:
    engine = Engine(device)
    await engine.train(LAB_START, lab(), 1)
    begun, train = threading.Event(), engine._train

    def noted(checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        begun.set()
        return train(checkpoint, problem, steps)

    engine._train = noted  # type: ignore[method-assign]
    training = asyncio.create_task(engine.train(LAB_START, lab(), 2_000_000_000))  # minutes of them
    await until(begun.is_set)
    await engine.close()
    with pytest.raises(TrainerUnavailable, match="closed"):
        await asyncio.wait_for(training, LIMIT)
    with pytest.raises(TrainerUnavailable, match="closed"):
        await engine.open()


async def test_the_event_loop_runs_while_the_engine_works(engine: Blocking) -> None:
    training = asyncio.create_task(engine.engine.train(LAB_START, lab(), 2_000_000))
    turns = 0
    async with bounded("a training is done"):
        while not training.done():
            await asyncio.sleep(0.001)
            turns += 1
    assert turns > 3
