"""The protocol of a trainer, the devices it trains on, and the ways it fails."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from relutui.model.training import Checkpoint, Problem

if TYPE_CHECKING:
    from relutui.model.batch import Batch


@dataclass(frozen=True)
class Device:
    """An opened device: name and renderer as in "CPU (x86 assembler)"; advice: what would be faster, or empty."""

    name: str
    renderer: str
    advice: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.renderer})"


# Every known device, in the order of all lists: its name in tinygrad's notation, and how str() of the opened `Device` begins.
DEVICES = {
    "CPU:X86": "CPU (x86 assembler)",
    "CPU:CLANG": "CPU (clang)",
    "CPU:LLVM": "CPU (LLVM)",
    **{name: name for name in ("CL", "CUDA", "NV", "AMD", "METAL", "QCOM", "WEBGPU")},
}


@dataclass(frozen=True)
class DeviceReport:
    """The result of probing a device; `device` is in tinygrad's notation ("CPU:CLANG"), name and renderer as in `Device`.

    reason: why it is not usable and what to install; burst_seconds: the time of 1,000 steps of 3 units on 300 points, or 0.
    """

    device: str
    name: str
    renderer: str
    usable: bool
    reason: str
    burst_seconds: float


class TrainerUnavailable(Exception):
    """Training is not possible on this machine; the message says in one line why, and what to install."""


def fault(doing: str, error: Exception) -> str:
    """Describe in one line the error that ended `doing`, such as "training"."""
    if isinstance(error, TrainerUnavailable):
        return str(error)
    return f"{doing} failed: {type(error).__name__}: {error}".splitlines()[0]


class DeviceFailed(TrainerUnavailable):
    """A device other than the CPU failed while training; the CPU can take over."""


class Diverged(Exception):
    """The loss or a parameter stopped being finite; `checkpoint` is the last finite state."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        super().__init__(f"loss or a parameter is no longer finite after step {checkpoint.step}")
        self.checkpoint = checkpoint


class Trainer(Protocol):
    """A trainer: the engine, or a fake in tests.  It answers calls in order, outside the event loop's thread."""

    async def open(self) -> Device:
        """Open the device, if it is not open yet, and return it.  Raises TrainerUnavailable."""

    def devices(self) -> AsyncGenerator[DeviceReport]:
        """Probe every known device, and yield each report as soon as it is there; closing the generator ends the search."""

    async def switch(self, device: str) -> Device:
        """Train on this device from now on.  Raises TrainerUnavailable, and keeps the present device then."""

    async def prepare(self, problem: Problem, units: int) -> None:
        """Compile ahead of time the kernels for `units` units and a few more."""

    async def train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        """Return the checkpoint after `steps` steps, or fewer if the loss falls below settings.stop_below.

        Raises Diverged with the last finite state, and TrainerUnavailable.
        """

    async def train_batch(self, batch: "Batch", problem: Problem, steps: int) -> "Batch":
        """Return the batch after `steps` steps, with its losses measured; 0 steps only measure them.

        A network whose loss falls below settings.stop_below stops there; the loss of one that diverges is not finite.
        Raises TrainerUnavailable.
        """

    async def close(self) -> None:
        """Release the device and its thread."""
