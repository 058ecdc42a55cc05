"""Opening a device: tinygrad's environment, the choice of compiler, and what to install where none is found."""

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from relutui.training import Device, TrainerUnavailable

_RENDERERS = {"Clang": "clang", "X86": "x86 assembler", "CPULLVM": "LLVM", "OpenCL": "OpenCL"}
_ASSEMBLER_NEEDS = {"avx2", "fma", "f16c"}


def open_device(device: str | None) -> Device:
    """Import tinygrad and open a device, named as tinygrad's DEV names it; None is DEV if set, else the CPU.

    Raises TrainerUnavailable, saying in one line why and what to install.
    """
    compiler = clang()
    wanted = device or os.environ.get("DEV") or "CPU"
    if wanted.upper() == "CPU":
        wanted = "CPU:CLANG" if compiler else _cpu_without_clang()
    # No pool of compiler processes (it breaks inside Textual), no kernel cache on disk (read-only homes, planted files), and
    # nothing that would run the helper programs which are left out below.
    os.environ.update(PARALLEL="0", CACHELEVEL="0", HCQ2="0")
    try:
        from tinygrad import Device as Devices
        from tinygrad.helpers import DEV
    except Exception as error:
        raise TrainerUnavailable(f"training needs tinygrad: pip install tinygrad==0.14.0 ({one_line(error)})") from error
    try:
        DEV.value = wanted
        name = Devices.DEFAULT
        with _no_helper_programs():
            renderer = type(Devices[name].renderer).__name__.removesuffix("Renderer")
    except Exception as error:
        raise TrainerUnavailable(f"device {wanted} cannot be opened: {one_line(error)}") from error
    if renderer == "Clang" and not compiler:
        raise TrainerUnavailable(f"device {wanted} cannot be opened: no clang on PATH")
    advice = ""
    if renderer == "X86" and not compiler:
        advice = f"clang {'in CC' if os.environ.get('CC') else 'on PATH'} would be faster"
    return Device(name, _RENDERERS.get(renderer, renderer), advice)


def clang() -> str | None:
    """The path of clang: of $CC where that is set, else on PATH; None where it is missing or another compiler."""
    path = shutil.which(os.environ.get("CC") or "clang")
    if path is None:
        return None
    version = subprocess.run([path, "--version"], capture_output=True, stdin=subprocess.DEVNULL, check=False)
    return path if b"clang" in version.stdout else None


def _cpu_without_clang() -> str:
    machine = platform.machine().lower()
    if machine not in ("x86_64", "amd64"):
        raise TrainerUnavailable(f"training on {machine} needs clang: install it (apt install clang, xcode-select --install)")
    if missing := _ASSEMBLER_NEEDS - _processor_features():
        lacking = ", ".join(sorted(missing))
        raise TrainerUnavailable(
            f"training needs clang on this processor, which lacks {lacking}: install it (apt install clang)"
        )
    return "CPU:X86"


def _processor_features() -> set[str]:
    """The features that Linux names; elsewhere those that the assembler needs, as every such machine of ten years has them."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return _ASSEMBLER_NEEDS
    return next((set(line.split()) for line in lines if line.startswith("flags")), _ASSEMBLER_NEEDS)


def one_line(error: BaseException) -> str:
    """The first line of an error's message, of its first part if it is a group."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return (str(error).splitlines() or [type(error).__name__])[0][:120]


@contextmanager
def _no_helper_programs() -> Iterator[None]:
    """Let tinygrad's CPU open without clang, and in half the time.

    tinygrad 0.14.0 compiles four helper programs with clang whenever its CPU opens, although only HCQ2=1 ever runs them.
    Here each becomes a lone `ret`; kernels are compiled as usual.
    """
    import tinygrad.runtime.ops_cpu as ops_cpu
    from tinygrad.device import TinyELF

    class Stub:
        def __init__(self, renderer: object) -> None:
            self.target = renderer.target  # type: ignore[attr-defined]

        def to_elf(self) -> object:
            return TinyELF(b"\xc3", "stub", self.target, ())

    compile_helper = ops_cpu.do_to_program
    ops_cpu.do_to_program = lambda _ast, renderer: Stub(renderer)
    try:
        yield
    finally:
        ops_cpu.do_to_program = compile_helper
