"""Which device is taken: by whom it is named, else the fastest of the processor's compilers."""

import pytest

from relutui.engine.devices import choice
from relutui.engine.devices.choice import Choice, UnknownDevice, choose
from relutui.engine.engine import Engine
from relutui.engine.fallback import CpuFallback
from relutui.model.trainer import DEVICES
from tests.engine.problems import lab

BEST = "CPU:CLANG"
EXPECTED = "expected one of CPU, CPU:X86, CPU:CLANG, CPU:LLVM, CL, CUDA, NV, AMD, METAL, QCOM, WEBGPU"


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a processor with all that there is."""
    for name in choice.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(choice, "clang", lambda: "/usr/bin/clang")
    monkeypatch.setattr(choice, "assembler_lacks", lambda: "")


@pytest.mark.parametrize(
    ("option", "relutui", "dev", "chosen"),
    [
        (None, None, None, Choice(BEST, best=True)),
        (None, None, "CL", Choice("CL", "DEV")),
        (None, "CUDA", "CL", Choice("CUDA", "RELUTUI_DEVICE")),
        ("NV", "CUDA", "CL", Choice("NV")),
        (None, "", "CL", Choice("CL", "DEV")),  # set to nothing is not set
        (None, "", "", Choice(BEST, best=True)),
        ("CPU", "CUDA", "CL", Choice(BEST, best=True)),
        (None, "cpu", "CL", Choice(BEST, "RELUTUI_DEVICE", best=True)),
    ],
)
def test_the_option_comes_before_our_variable_and_that_before_tinygrads(
    monkeypatch: pytest.MonkeyPatch, option: str | None, relutui: str | None, dev: str | None, chosen: Choice
) -> None:
    for name, value in (("RELUTUI_DEVICE", relutui), ("DEV", dev)):
        if value is not None:
            monkeypatch.setenv(name, value)
    assert choose(option) == chosen


@pytest.mark.parametrize(
    ("clang", "lacking", "best"),
    [("/clang", "", "CPU:CLANG"), ("/clang", "avx2", "CPU:CLANG"), (None, "", "CPU:X86"), (None, "avx2", "CPU:LLVM")],
)
def test_the_best_of_the_processor_is_clang_then_the_assembler_then_llvm(
    monkeypatch: pytest.MonkeyPatch, clang: str | None, lacking: str, best: str
) -> None:
    monkeypatch.setattr(choice, "clang", lambda: clang)
    monkeypatch.setattr(choice, "assembler_lacks", lambda: lacking)
    assert choose(None).device == choose("CPU").device == best


@pytest.mark.parametrize("name", [*DEVICES, "cuda", "CUDA:PTX", "nv:nak", "CPU:X86:x86_64,znver2", "PCI+AMD", "PCI:1,2+NV"])
def test_what_tinygrad_understands_of_a_device_that_trains_is_taken(name: str) -> None:
    assert choose(name) == Choice(name)


@pytest.mark.parametrize(
    "name",
    [
        "GPU",
        "cuda:9",
        "CUDA:",
        "CPU:FOO",
        "CPU:1",
        "NULL",
        "PYTHON",
        "CPU;CL",
        "a:b:c:d",
        "CL ",
        "CЛ",
        "",
        "\x1b[31mCL",
        "X\nY",
    ],
)
def test_what_no_device_is_called_is_one_line_of_what_may_be(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with pytest.raises(UnknownDevice) as error:
        choose(name)
    assert str(error.value).startswith("device ")
    assert str(error.value).endswith(f" cannot be opened: {EXPECTED}")
    assert str(error.value).isprintable()


def test_who_named_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELUTUI_DEVICE", "GPU")
    with pytest.raises(UnknownDevice, match=r"^device GPU \(from RELUTUI_DEVICE\) cannot be opened: "):
        choose(None)
    with pytest.raises(UnknownDevice, match=r"^device without a name cannot be opened: "):
        choose("")
    with pytest.raises(UnknownDevice, match=r"^device Y{39}… cannot be opened: "):
        choose("Y" * 1_000_000)


async def test_nothing_is_taken_instead_of_what_no_device_is_called() -> None:
    """Whereas the processor takes over from a device that fails."""
    engine = CpuFallback(Engine("GPU"), lambda device, reason: None)
    with pytest.raises(UnknownDevice):
        await engine.prepare(lab(), 3)
    await engine.close()
