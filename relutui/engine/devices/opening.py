"""Opening a device: the choice of compiler, and what to install where none is found."""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version

from relutui.engine.devices.catalogue import needed_by
from relutui.engine.devices.choice import assembler_lacks, choose, clang
from relutui.engine.tinygrad_patches.helper_programs import no_helper_programs
from relutui.model.trainer import Device, TrainerUnavailable

TINYGRAD = "0.14.0"
# clang makes vectors half as long as the processor's unless told: the kernels are nothing but vectors.
_LONG_VECTORS = "x86_64,native,prefer-vector-width=512"
_RENDERERS = {"Clang": "clang", "X86": "x86 assembler", "CPULLVM": "LLVM", "OpenCL": "OpenCL", "QCOMCL": "OpenCL"}


def open_device(device: str | None) -> Device:
    """Import tinygrad and open the device that `choose` says.

    Raises TrainerUnavailable, saying in one line why and what to install.
    """
    choice = choose(device)
    needs = needed_by(choice.device)
    if choice.device.upper().startswith("CPU:X86") and (lacks := assembler_lacks()):
        raise TrainerUnavailable(lacks)
    where = "in CC" if os.environ.get("CC") else "on PATH"
    if choice.device.upper().startswith("CPU:CLANG") and not choice.best and not clang():
        raise TrainerUnavailable(choice.refused(f"no clang {where} that works{needs}"))
    import_tinygrad()
    try:
        name, renderer = _open(choice.device)
    except Exception as error:
        if choice.best and choice.device == "CPU:LLVM":
            raise TrainerUnavailable(assembler_lacks()) from error
        # Where a library is missing, tinygrad 0.14.0 asks whether one would try to set a variable.
        why = one_line(error).partition(": try setting")[0]
        raise TrainerUnavailable(choice.refused(why + needs)) from error
    advice = f"clang {where} would be faster" if choice.best and renderer == "X86" else ""
    if choice.device.upper() == "CUDA" and renderer == "PTX":  # the driver alone; by pieces it cannot train
        advice = "NVRTC, of CUDA's toolkit, would be faster"
    return Device(name, _RENDERERS.get(renderer, renderer), advice)


def _open(target: str) -> tuple[str, str]:
    """Have tinygrad open a device; its name and renderer there.  Raises whatever tinygrad, or a driver, finds wrong."""
    from tinygrad import Device as Devices
    from tinygrad.helpers import DEV

    long_vectors = target.upper() == "CPU:CLANG" and platform.machine().lower() in ("x86_64", "amd64")
    DEV.value = f"{target}:{_LONG_VECTORS}" if long_vectors else target
    name = Devices.DEFAULT
    with no_helper_programs():
        renderer = type(Devices[name].renderer).__name__.removesuffix("Renderer")
    if renderer == "CPULLVM":
        from relutui.engine.tinygrad_patches.compilers import check_llvm

        check_llvm()
    return name, renderer


def import_tinygrad() -> None:
    """Import all of tinygrad that training needs and change in it what has to be; raises TrainerUnavailable."""
    found = ""
    try:
        with suppress(PackageNotFoundError):  # not installed by a package manager: it may do
            found = version("tinygrad")
        if found not in ("", TINYGRAD):
            raise ImportError(f"found {found}")
        import relutui.engine.compiled_batch  # noqa: F401
        from relutui.engine.tinygrad_patches.installation import install
    except Exception as error:
        raise TrainerUnavailable(f"training needs tinygrad: pip install tinygrad=={TINYGRAD} ({one_line(error)})") from error
    install()


def one_line(error: BaseException) -> str:
    """The first line of an error's message, of its first part if it is a group."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return (str(error).splitlines() or [f"{type(error).__name__} without a message"])[0][:120]


@contextmanager
def keep_device_on_failure() -> Iterator[None]:
    """Have tinygrad stay with its device unless another is opened here: it is named before it is opened."""
    from tinygrad.helpers import DEV

    before = DEV.value
    try:
        yield
    except Exception:
        DEV.value = before
        raise


def free_device_memory(device: Device) -> None:
    """Give the memory of a device back, which tinygrad keeps for what may come."""
    from tinygrad import Device as Devices

    with suppress(Exception):  # of a device that failed anything may fail
        Devices[device.name].allocator.free_cache()
