"""What training takes and gives, and the protocol of whoever does it."""

from array import array
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from relutui.batch import Batch
from relutui.data import Dataset
from relutui.network import Loss, Network, Parameters

Optimizer = Literal["sgd", "momentum", "adam"]
OPTIMIZERS: tuple[Optimizer, ...] = ("sgd", "momentum", "adam")

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8  # adam's, as everywhere
HISTORY_LIMIT = 2000  # samples kept in a checkpoint
BURST_SAMPLES = 32  # samples recorded in a burst, at most


@dataclass(frozen=True, eq=False)
class Locks:
    """Which parameters training and nudges leave alone: w, b, v bool of shape (units,), and c."""

    w: NDArray[np.bool_]
    b: NDArray[np.bool_]
    v: NDArray[np.bool_]
    c: bool

    def __post_init__(self) -> None:
        for name in ("w", "b", "v"):
            mask = np.array(getattr(self, name), dtype=np.bool_)
            mask.setflags(write=False)
            object.__setattr__(self, name, mask)
        if not self.w.shape == self.b.shape == self.v.shape:
            raise ValueError(f"w, b, v must be of one length: {self.w.shape}, {self.b.shape}, {self.v.shape}")

    @property
    def movable(self) -> NDArray[np.bool_]:
        """Whether the kink of a unit is free, its w or its b, so that training can move the unit; of shape (units,)."""
        free: NDArray[np.bool_] = ~(self.w & self.b)
        return free

    def whole(self, unit: int) -> bool:
        """Whether nothing of a unit is free."""
        return bool(self.w[unit] and self.b[unit] and self.v[unit])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Locks):
            return NotImplemented
        return self.c == other.c and all(
            np.array_equal(mine, its) for mine, its in zip((self.w, self.b, self.v), (other.w, other.b, other.v))
        )


@dataclass(frozen=True)
class TrainingSettings:
    """How a network is trained; steps is one press of s, stop_below ends a run once the loss is below it."""

    optimizer: Optimizer = "sgd"
    learning_rate: float = 0.05
    momentum: float = 0.9
    loss: Loss = "mse"
    steps: int = 1
    stop_below: float | None = None


@dataclass(frozen=True)
class Problem:
    """All that a step of training depends on, beside the checkpoint."""

    network: Network
    dataset: Dataset
    locks: Locks
    settings: TrainingSettings


@dataclass(frozen=True)
class OptimizerState:
    """The optimizer's running means: first (momentum, adam) and second moments (adam), and the steps they cover."""

    first: Parameters
    second: Parameters
    steps: int

    @classmethod
    @lru_cache(8)
    def zero(cls, units: int) -> "OptimizerState":
        """The state before the first step."""
        nothing = Parameters(np.zeros(units), np.zeros(units), np.zeros(units), 0.0)
        return cls(nothing, nothing, 0)


class Sample(NamedTuple):
    """The loss and the parameters of the state before step number `step` was taken.

    values: c, w_0, b_0, v_0, w_1, ... in float32, as a batch has them; empty where the units were not the present ones.
    """

    step: int
    loss: float
    values: "array[float]"

    @property
    def parameters(self) -> Parameters | None:
        """The parameters, where the units were the present ones."""
        if not self.values:
            return None
        values = np.frombuffer(self.values, np.float32).astype(np.float64)
        return Parameters(values[1::3], values[2::3], values[3::3], float(values[0]))


@dataclass(frozen=True)
class Checkpoint:
    """Where training stands: parameters, optimizer state, steps taken, and the samples recorded on the way."""

    parameters: Parameters
    optimizer: OptimizerState
    step: int = 0
    history: tuple[Sample, ...] = field(default=(), repr=False)

    @classmethod
    def start(cls, parameters: Parameters) -> "Checkpoint":
        """A checkpoint at step 0."""
        return cls(parameters, OptimizerState.zero(parameters.units))

    def edited(self, parameters: Parameters) -> "Checkpoint":
        """The same step with other parameters, and so without the optimizer's memory of the old ones."""
        return replace(self, parameters=parameters, optimizer=OptimizerState.zero(parameters.units))


def sampling_stride(history: tuple[Sample, ...], steps: int) -> int:
    """The stride at which a burst of `steps` records: a power of two, so that samples of long and short bursts line up.

    At most BURST_SAMPLES are recorded, and none closer together than a thinned history holds them.
    """
    span = history[-1].step - history[0].step + steps if history else steps
    stride = 1
    while stride * BURST_SAMPLES < steps or stride * HISTORY_LIMIT < span:
        stride *= 2
    return stride


def extend_history(history: tuple[Sample, ...], new: tuple[Sample, ...]) -> tuple[Sample, ...]:
    """The history with new samples at its end, thinned evenly (to multiples of a power of two) to HISTORY_LIMIT at most."""
    joined, stride = history + new, 1
    while len(joined) > HISTORY_LIMIT:
        stride *= 2
        joined = tuple(sample for sample in joined if sample.step % stride == 0)
    return joined


def random_start(parameters: Parameters, locks: Locks, scale: float, seed: int) -> Parameters:
    """The start that a seed gives: w, b, v ~ Normal(0, scale) where not locked, c = 0 unless locked.

    A unit's numbers do not depend on how many units follow it, nor on the device.
    """
    drawn = np.random.default_rng(seed).normal(0.0, scale, size=(parameters.units, 3))
    w, b, v = (
        np.where(locked, value, drawn[:, column])
        for column, (locked, value) in enumerate(((locks.w, parameters.w), (locks.b, parameters.b), (locks.v, parameters.v)))
    )
    return Parameters(w, b, v, parameters.c if locks.c else 0.0)


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
