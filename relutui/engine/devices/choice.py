"""Chooses the device: the one that was named, else the fastest of the processor's compilers; never a GPU nobody named."""

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from relutui.lib.safe_text import shorten
from relutui.model.trainer import DEVICES, TrainerUnavailable

VARIABLES = "RELUTUI_DEVICE", "DEV"  # the second is tinygrad's own
_TARGET = re.compile(r"(\w*(:[\d,-]*)?\+)?(?P<device>[A-Z]+)(:(?P<renderer>[A-Z]\w*)(:[\w,+-]*)?)?", re.ASCII)  # DEV's
_ASSEMBLER_NEEDS = {"avx2", "fma", "f16c"}
_TRIAL_SOURCE = b"int clang = __clang__;"  # an error in every other compiler
_TRIAL_LIMIT_S, _COMPILE_LIMIT_S = 3.0, 60.0  # a compiler may hang; a kernel may take long on a busy machine


class UnknownDevice(TrainerUnavailable):
    """Unknown device name; no other device is taken instead."""


class Choice(NamedTuple):
    """A device in tinygrad's notation, the variable that named it, and whether its compiler was left to us (`best`)."""

    device: str
    variable: str = ""
    best: bool = False

    def refused(self, why: str) -> str:
        """Return the message that it cannot be opened."""
        source = f" (from {self.variable})" if self.variable else ""
        return f"device {shorten(self.device) or 'without a name'}{source} cannot be opened: {why}"


def choose(device: str | None) -> Choice:
    """Return the device named here, else by RELUTUI_DEVICE, else by DEV, else "CPU" with its fastest compiler.

    That is clang if it works, else tinygrad's assembler if the processor has the instructions, else LLVM.
    Raises UnknownDevice.
    """
    named = next((Choice(os.environ[name], name) for name in VARIABLES if os.environ.get(name)), Choice("CPU"))
    if device is not None:
        named = Choice(device)
    target = _TARGET.fullmatch(named.device.upper())
    if not target or not _is_known(target["device"], target["renderer"]):
        expected = ", ".join(("CPU", *DEVICES))
        raise UnknownDevice(named.refused(f"expected one of {expected}"))
    if named.device.upper() != "CPU":
        return named
    return Choice("CPU:CLANG" if clang() else "CPU:LLVM" if assembler_lacks() else "CPU:X86", named.variable, best=True)


def _is_known(device: str, renderer: str | None) -> bool:
    """Return whether the device is known; the renderers of devices other than the CPU are left to tinygrad."""
    return device in DEVICES if device != "CPU" else renderer is None or f"CPU:{renderer}" in DEVICES


def assembler_lacks() -> str:
    """Return what to install if this processor lacks instructions that tinygrad's assembler uses, else an empty text."""
    machine = platform.machine().lower()
    if machine not in ("x86_64", "amd64"):
        return f"training on {machine} needs clang: install it (apt install clang, xcode-select --install)"
    if not (lacking := ", ".join(sorted(_ASSEMBLER_NEEDS - _processor_features()))):
        return ""
    return f"training needs clang on this processor, which lacks {lacking}: install it (apt install clang)"


def _processor_features() -> set[str]:
    """Return the features that Linux lists; elsewhere those the assembler needs, which x86-64 has had for ten years."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return _ASSEMBLER_NEEDS
    return next((set(line.split()) for line in lines if line.startswith("flags")), _ASSEMBLER_NEEDS)


def clang() -> str | None:
    """Return the path of clang, from $CC or else on PATH; None if it is missing, broken or another compiler."""
    path = shutil.which(os.environ.get("CC") or "clang")
    if path is None:
        return None
    try:
        run_compiler([path, "-c", "-x", "c", "-", "-o", os.devnull], _TRIAL_SOURCE, _TRIAL_LIMIT_S)
    except (OSError, RuntimeError):
        return None
    return path


def run_compiler(command: list[str], input: bytes, limit: float = _COMPILE_LIMIT_S) -> bytes:
    """Return a compiler's output.

    Raises RuntimeError with its messages, which must not reach the screen, or after `limit` seconds.
    """
    try:
        done = subprocess.run(command, input=input, capture_output=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"no answer from {command[0]} within {limit:g} s") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip() or f"status {done.returncode}"
        raise RuntimeError(f"{command[0]}: {said}")
    return done.stdout
