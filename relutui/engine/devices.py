"""What tinygrad can train on here, and why not on the others.

Each device is probed in a process of its own (`python -m relutui.engine.devices NAME`), since a broken driver may hang, print
or crash.
"""

import asyncio
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from ctypes.util import find_library
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from relutui.data import Dataset
from relutui.engine.thread import Engine
from relutui.network import Network, Parameters
from relutui.training import Checkpoint, Locks, Problem, TrainerUnavailable, TrainingSettings

STEPS = 1000  # of the burst that is timed
_TIME_LIMIT = 20.0  # seconds


class _Candidate(NamedTuple):
    device: str  # in DEV's notation
    renderer: str
    needs: str
    library: str = ""  # looked for before anything is started
    file: str = ""

    @property
    def missing(self) -> str:
        """What is plainly not there, if anything."""
        if self.library and not find_library(self.library):
            return f"no lib{self.library}"
        return f"no {self.file}" if self.file and not Path(self.file).exists() else ""


_CANDIDATES = (
    _Candidate("CPU:X86", "x86 assembler", "an x86-64 processor with avx2, fma and f16c"),
    _Candidate("CPU:CLANG", "clang", "clang: apt install clang"),
    _Candidate("CPU:LLVM", "LLVM", "libLLVM 16 to 21: apt install libllvm19, or set LLVM_PATH"),
    _Candidate("CL", "OpenCL", "an OpenCL driver: the GPU's own, or apt install pocl-opencl-icd", library="OpenCL"),
    _Candidate("CUDA", "CUDA", "an NVIDIA GPU and its driver", library="cuda"),
    _Candidate("NV", "NV", "an NVIDIA GPU and its open kernel driver", file="/dev/nvidiactl"),
    _Candidate("AMD", "AMD", "an AMD GPU and the amdgpu driver", file="/dev/kfd"),
    _Candidate("METAL", "Metal", "macOS on Apple's processors", file="/System/Library/Frameworks/Metal.framework"),
    _Candidate("QCOM", "QCOM", "a Qualcomm Adreno GPU and its driver", file="/dev/kgsl-3d0"),
    _Candidate("WEBGPU", "WGSL", "the Dawn library: pip install dawn-python"),
)


@dataclass(frozen=True)
class DeviceReport:
    """A device as `relutui devices` shows it; burst_seconds is the time of 1,000 steps of 3 units on 300 points, or 0."""

    name: str
    renderer: str
    usable: bool
    reason: str
    burst_seconds: float


def probe_devices() -> list[DeviceReport]:
    """Every device that tinygrad knows, usable or not, in a fixed order."""
    with ThreadPoolExecutor(max_workers=len(_CANDIDATES)) as pool:
        return list(pool.map(_probe, _CANDIDATES))


def _probe(candidate: _Candidate) -> DeviceReport:
    if candidate.missing:
        return _unusable(candidate, candidate.missing)
    command = [sys.executable, "-m", "relutui.engine.devices", candidate.device]
    try:
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=_TIME_LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return _unusable(candidate, f"no answer within {_TIME_LIMIT:.0f} s")
    try:
        return DeviceReport(**json.loads(done.stdout.splitlines()[-1]))
    except (ValueError, TypeError, IndexError):
        return _unusable(candidate, f"its driver ended the process (status {done.returncode})")


def _unusable(candidate: _Candidate, why: str) -> DeviceReport:
    name = candidate.device.partition(":")[0]
    return DeviceReport(name, candidate.renderer, False, f"{why}; needs {candidate.needs}", 0.0)


async def measure(device: str) -> DeviceReport:
    """Open the device in this process and time a burst on it."""
    candidate = next(candidate for candidate in _CANDIDATES if candidate.device == device)
    engine = Engine(device)
    x = np.linspace(0.0, 3.0, 300)
    free = np.zeros(3, dtype=bool)
    problem = Problem(
        Network(), Dataset(x, np.interp(x, [0, 1, 2, 3], [2, 0, 1, 4])), Locks(free, free, free, False), TrainingSettings()
    )
    start = Checkpoint.start(Parameters(np.array([-2.0, 0.5, 1.0]), np.array([2.0, 0.0, -2.0]), np.ones(3), 0.0))
    try:
        opened = await engine.open()
        await engine.train(start, problem, 1)  # compiles
        began = time.perf_counter()
        trained = await engine.train(start, problem, STEPS)
        seconds = time.perf_counter() - began
        losses = [problem.network.loss(p, problem.dataset.x, problem.dataset.y) for p in (start.parameters, trained.parameters)]
        if trained.step != STEPS or not np.isclose(trained.history[0].loss, losses[0]) or losses[1] > losses[0] / 2:
            return _unusable(candidate, "trains, but wrongly")
        return DeviceReport(opened.name, opened.renderer, True, "", seconds)
    except TrainerUnavailable as error:
        return _unusable(candidate, str(error))
    finally:
        await engine.close()


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(measure(sys.argv[1])))))
