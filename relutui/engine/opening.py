"""Opening a device: the choice of compiler, and what to install where none is found."""

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import SimpleNamespace

from relutui.training import Device, TrainerUnavailable

TINYGRAD = "0.14.0"
_RENDERERS = {"Clang": "clang", "X86": "x86 assembler", "CPULLVM": "LLVM", "OpenCL": "OpenCL"}
_ASSEMBLER_NEEDS = {"avx2", "fma", "f16c"}
_TRIAL = b"int clang = __clang__;"  # which other compilers do not know
_TRIAL_LIMIT, _LIMIT = 3.0, 60.0  # s for the trial, and for a kernel on a busy machine: a compiler may hang


def open_device(device: str | None) -> Device:
    """Import tinygrad and open a device, named as tinygrad's DEV names it; None is DEV if set, else the CPU.

    Raises TrainerUnavailable, saying in one line why and what to install.
    """
    compiler = clang()
    wanted = device or os.environ.get("DEV") or "CPU"
    if wanted.upper() == "CPU":
        wanted = "CPU:CLANG" if compiler else "CPU:X86"
    if ":X86" in wanted.upper():
        _check_processor()
    _import_tinygrad()
    from tinygrad import Device as Devices
    from tinygrad.helpers import DEV

    try:
        DEV.value = wanted
        name = Devices.DEFAULT
        with _no_helper_programs():
            renderer = type(Devices[name].renderer).__name__.removesuffix("Renderer")
    except Exception as error:
        raise TrainerUnavailable(f"device {wanted} cannot be opened: {one_line(error)}") from error
    if renderer == "Clang" and not compiler:
        raise TrainerUnavailable(f"device {wanted} cannot be opened: no clang on PATH that works")
    advice = ""
    if renderer == "X86" and not compiler:
        advice = f"clang {'in CC' if os.environ.get('CC') else 'on PATH'} would be faster"
    return Device(name, _RENDERERS.get(renderer, renderer), advice)


def clang() -> str | None:
    """The path of clang: of $CC where that is set, else on PATH; None where it is missing, broken or another compiler."""
    path = shutil.which(os.environ.get("CC") or "clang")
    if path is None:
        return None
    try:
        _compile([path, "-c", "-x", "c", "-", "-o", os.devnull], _TRIAL, _TRIAL_LIMIT)
    except (OSError, RuntimeError):
        return None
    return path


def _compile(command: list[str], input: bytes, limit: float = _LIMIT) -> bytes:
    """What a compiler makes of its input.  Raises RuntimeError with what it says, none of which is to reach the screen."""
    try:
        done = subprocess.run(command, input=input, capture_output=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"no answer from {command[0]} within {limit:g} s") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip() or f"status {done.returncode}"
        raise RuntimeError(f"{command[0]}: {said}")
    return done.stdout


def _check_processor() -> None:
    """Raise TrainerUnavailable where tinygrad's assembler would make what the processor does not know."""
    machine = platform.machine().lower()
    if machine not in ("x86_64", "amd64"):
        raise TrainerUnavailable(f"training on {machine} needs clang: install it (apt install clang, xcode-select --install)")
    if missing := _ASSEMBLER_NEEDS - _processor_features():
        lacking = ", ".join(sorted(missing))
        raise TrainerUnavailable(
            f"training needs clang on this processor, which lacks {lacking}: install it (apt install clang)"
        )


def _processor_features() -> set[str]:
    """The features that Linux names; elsewhere those that the assembler needs, as every such machine of ten years has them."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return _ASSEMBLER_NEEDS
    return next((set(line.split()) for line in lines if line.startswith("flags")), _ASSEMBLER_NEEDS)


def _import_tinygrad() -> None:
    """Import all of tinygrad that training needs, so that whatever is wrong with it is told here."""
    found = ""
    try:
        with suppress(PackageNotFoundError):  # not installed by a package manager: it may do
            found = version("tinygrad")
        if found not in ("", TINYGRAD):
            raise ImportError(f"found {found}")
        import tinygrad.runtime.support.compiler_cpu as compiler_cpu

        import relutui.engine.batched  # noqa: F401
    except Exception as error:
        raise TrainerUnavailable(f"training needs tinygrad: pip install tinygrad=={TINYGRAD} ({one_line(error)})") from error
    # tinygrad 0.14.0 leaves a compiler what it prints, on the screen, and as long as it likes.
    compiler_cpu.subprocess = SimpleNamespace(check_output=_compile)


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
