"""The devices that tinygrad knows, and a search for those that work here.

Drivers may hang, print or crash: each is probed in a process of its own, see `probe_worker.py`.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import NamedTuple

from relutui.model.trainer import DeviceReport


class Candidate(NamedTuple):
    """A device that may be here: `device` in tinygrad's notation, name and renderer as of `Device`.

    needs: what it takes to use it, as text; file: one that exists wherever the device does.
    """

    device: str
    name: str
    renderer: str
    needs: str
    file: str = ""

    def unusable(self, reason: str) -> DeviceReport:
        """Return a report that it cannot be used, or was not seen to work."""
        return DeviceReport(self.device, self.name, self.renderer, False, reason, 0.0)


# In the order of every list.  Of the others that tinygrad 0.14.0 knows, NULL computes nothing, PYTHON interprets a kernel step
# by step, DSP is a part of Qualcomm's phones without a terminal, and HIP and CPU:LVP are AMD and LLVM by a detour.
CANDIDATES = (
    Candidate("CPU:X86", "CPU", "x86 assembler", "an x86-64 processor with avx2, fma and f16c"),
    Candidate("CPU:CLANG", "CPU", "clang", "clang: apt install clang"),
    Candidate("CPU:LLVM", "CPU", "LLVM", "LLVM 16 to 21: apt install libllvm19, or set LLVM_PATH"),
    Candidate("CL", "CL", "OpenCL", "an OpenCL driver: the GPU's own, or apt install pocl-opencl-icd"),
    Candidate("CUDA", "CUDA", "CUDA", "an NVIDIA GPU and its driver"),
    Candidate("NV", "NV", "CUDA", "an NVIDIA GPU and its open kernel driver", file="/dev/nvidiactl"),
    Candidate("AMD", "AMD", "HIP", "an AMD GPU and the amdgpu driver", file="/dev/kfd"),
    Candidate("METAL", "METAL", "Metal", "macOS", file="/System/Library/Frameworks/Metal.framework"),
    Candidate("QCOM", "QCOM", "OpenCL", "a Qualcomm Adreno GPU and its driver", file="/dev/kgsl-3d0"),
    Candidate("WEBGPU", "WEBGPU", "WGSL", "a GPU and Dawn: pip install dawn-python, and WEBGPU_PATH set to its library"),
)


def _is_absent(file: str) -> bool:
    """Return whether a file does not exist; anything else that is wrong with it is left to the probe."""
    try:
        os.stat(file)
    except OSError as error:
        return isinstance(error, FileNotFoundError | NotADirectoryError)
    return False


def needed_by(device: str) -> str:
    """Return "; needs ..." for a device, to follow a reason; an empty text if it is not listed."""
    found = next((candidate for candidate in CANDIDATES if device.upper().startswith(candidate.device)), None)
    return f"; needs {found.needs}" if found else ""


async def probe_devices(limit: float) -> AsyncGenerator[DeviceReport]:
    """Yield a report of every device, as it comes, within `limit` seconds; closing the generator ends the search."""
    clock = asyncio.get_running_loop()
    end = clock.time() + limit
    absent = [candidate for candidate in CANDIDATES if candidate.file and _is_absent(candidate.file)]
    waiting = {candidate.device: candidate for candidate in CANDIDATES if candidate not in absent}
    probing = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "relutui.engine.probe_worker", *waiting),  # -P: no module of the present folder
        stdin=asyncio.subprocess.PIPE,  # never written to: it ends when this process does
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # a group that can be ended as a whole, and that ctrl+c does not reach
    )
    assert probing.stdout
    try:
        for candidate in absent:
            yield candidate.unusable(f"no {candidate.file}; needs {candidate.needs}")
        why = f"no answer within {limit:g} s: the machine is busy, its compiler slow, or its driver hangs"
        while True:
            try:
                line = await asyncio.wait_for(probing.stdout.readline(), end - clock.time())
            except TimeoutError:
                break
            if not line:  # all have ended
                why = "what looks for devices has failed"
                break
            report = DeviceReport(**json.loads(line))
            del waiting[report.device]
            yield report
        for candidate in waiting.values():
            yield candidate.unusable(why)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(probing.pid, signal.SIGKILL)
        await probing.wait()
