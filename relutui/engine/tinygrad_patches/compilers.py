"""Compilers that print nothing on the screen and end in time.

tinygrad: 0.14.0.
Reason: it calls clang by `subprocess.check_output`, which leaves it the terminal to print on and lets it run for ever; and it
    takes a libLLVM whose typed pointers it cannot name.
Replaced by: captured output and a time limit in tinygrad, and a check of LLVM's version; see "What compilers print, and how
    long they take" and "libLLVM 14 and 15" in docs/upstream.md.
"""

from pathlib import Path
from types import SimpleNamespace

import tinygrad.runtime.support.compiler_cpu as compiler_cpu

from relutui.engine.devices.choice import run_compiler


def install() -> None:
    """Have tinygrad call clang by `run_compiler`."""
    compiler_cpu.subprocess = SimpleNamespace(check_output=run_compiler)


def check_llvm() -> None:
    """Raise RuntimeError where the libLLVM that tinygrad has loaded is older than 16."""
    from tinygrad.runtime.autogen import llvm

    if not hasattr(llvm.dll, "LLVMGetVersion"):  # which came with LLVM 16
        raise RuntimeError(f"{Path(llvm.dll._name).name} is too old")
