"""What training takes and gives, and the protocol of whoever does it."""

from array import array
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from relutui.model.dataset import Dataset
from relutui.model.network import Loss, Network, Parameters

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
