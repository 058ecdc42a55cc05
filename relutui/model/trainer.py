"""Whoever trains: the protocol of a trainer, its devices, and how it fails."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Protocol

from relutui.model.batch import Batch
from relutui.model.training import Checkpoint, Problem


@dataclass(frozen=True)
class Device:
    """What training runs on: name and renderer as in "CPU (x86 assembler)", and what would be faster, if anything."""

    name: str
    renderer: str
    advice: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.renderer})"


# What there may be, in tinygrad's notation and in the order of every list, and how the text of the opened `Device` begins.
DEVICES = {
    "CPU:X86": "CPU (x86 assembler)",
    "CPU:CLANG": "CPU (clang)",
    "CPU:LLVM": "CPU (LLVM)",
    **{name: name for name in ("CL", "CUDA", "NV", "AMD", "METAL", "QCOM", "WEBGPU")},
}


@dataclass(frozen=True)
class DeviceReport:
    """What was found of a device: `device` in tinygrad's notation ("CPU:CLANG", "CUDA"), the name and renderer as of `Device`.

    reason: why it is not usable and what to install; burst_seconds: the time of 1,000 steps of 3 units on 300 points, or 0.
    """

    device: str
    name: str
    renderer: str
    usable: bool
    reason: str
    burst_seconds: float


class TrainerUnavailable(Exception):
    """Training is not possible here; the message says in one line why and what to install."""


def fault(doing: str, error: Exception) -> str:
    """What to say in one line of an error, of ours or of the trainer's, that ended what was being done."""
    if isinstance(error, TrainerUnavailable):
        return str(error)
    return f"{doing} failed: {type(error).__name__}: {error}".splitlines()[0]


class DeviceFailed(TrainerUnavailable):
    """A device other than the processor failed in the middle of it; the processor may take over."""


class Diverged(Exception):
    """Loss or a parameter stopped being finite after `checkpoint`, the last finite state."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        super().__init__(f"loss or a parameter is no longer finite after step {checkpoint.step}")
        self.checkpoint = checkpoint


class Trainer(Protocol):
    """Whoever trains: the engine, or a fake in tests.  Calls are answered in order, off the event loop's thread."""

    async def open(self) -> Device:
        """Open the device (again at no cost); raises TrainerUnavailable."""

    def devices(self) -> AsyncGenerator[DeviceReport]:
        """Every device there may be, each as soon as it is found usable or not; closing it ends the search."""

    async def switch(self, device: str) -> Device:
        """Train on this device from here on; raises TrainerUnavailable, and stays with the present one."""

    def listen(self, told: Callable[[Device, str], None]) -> None:
        """Call this with the device, and why, whenever another is taken than the one that was asked for."""

    async def prepare(self, problem: Problem, units: int) -> None:
        """Compile ahead what training `units` units, and a few more, will need."""

    async def train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        """The checkpoint `steps` full-batch steps on, fewer if settings.stop_below is reached before.

        Raises Diverged with the last finite state, and TrainerUnavailable.
        """

    async def train_batch(self, batch: Batch, problem: Problem, steps: int) -> Batch:
        """The batch `steps` full-batch steps on, with the losses it has then; 0 steps only measure them.

        A network whose loss falls below settings.stop_below stays there; one that diverges has a loss that is not finite.
        Raises TrainerUnavailable.
        """

    async def close(self) -> None:
        """Give the device and its thread back."""
