"""Opens a device, or says in one line why not and what to install."""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from relutui.engine.devices.catalogue import needed_by
from relutui.engine.devices.choice import assembler_lacks, choose, clang
from relutui.engine.tinygrad_patches.helper_programs import no_helper_programs
from relutui.model.trainer import Device, TrainerUnavailable

TINYGRAD = "0.14.0"
# By itself clang uses vectors of half the processor's width; the kernels are nothing but vectors.
_LONG_VECTORS = "x86_64,native,prefer-vector-width=512"
_RENDERERS = {"Clang": "clang", "X86": "x86 assembler", "CPULLVM": "LLVM", "OpenCL": "OpenCL", "QCOMCL": "OpenCL"}


def open_device(device: str | None) -> Device:
    """Import tinygrad and open the device that `choose` returns.

    Raises TrainerUnavailable, with the reason and what to install in one line.
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
        # For a missing library tinygrad 0.14.0 suggests to set a variable, which would be of no use.
        why = one_line(error).partition(": try setting")[0]
        raise TrainerUnavailable(choice.refused(why + needs)) from error
    advice = f"clang {where} would be faster" if choice.best and renderer == "X86" else ""
    if choice.device.upper() == "CUDA" and renderer == "PTX":  # the driver alone, which cannot train by pieces
        advice = "NVRTC, of CUDA's toolkit, would be faster"
    return Device(name, _RENDERERS.get(renderer, renderer), advice)


def _open(target: str) -> tuple[str, str]:
    """Open a device and return the names of it and its renderer.  Raises whatever tinygrad or a driver raises."""
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
    """Import and patch all of tinygrad that training needs, so that its faults show here.  Raises TrainerUnavailable."""
    from importlib.metadata import PackageNotFoundError, version  # here: it imports a parser of mails

    found = ""
    try:
        with suppress(PackageNotFoundError):  # not installed as a package: its version is unknown
            found = version("tinygrad")
        if found not in ("", TINYGRAD):
            raise ImportError(f"found {found}")
        import relutui.engine.compiled_batch  # noqa: F401
        from relutui.engine.tinygrad_patches.installation import install
    except Exception as error:
        raise TrainerUnavailable(f"training needs tinygrad: pip install tinygrad=={TINYGRAD} ({one_line(error)})") from error
    install()


def one_line(error: BaseException) -> str:
    """Return the first line of an error's message, at most 120 characters; of a group, that of its first error."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return (str(error).splitlines() or [f"{type(error).__name__} without a message"])[0][:120]


@contextmanager
def keep_device_on_failure() -> Iterator[None]:
    """Set tinygrad's default device back if the block raises: it is set before the device is opened."""
    from tinygrad.helpers import DEV

    before = DEV.value
    try:
        yield
    except Exception:
        DEV.value = before
        raise


def free_device_memory(device: Device) -> None:
    """Free the memory of a device that tinygrad keeps for later use."""
    from tinygrad import Device as Devices

    with suppress(Exception):  # on a device that has failed, any call may fail
        Devices[device.name].allocator.free_cache()
