"""What training needs and returns: locks, settings, a problem, and checkpoints with their history."""

from array import array
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relutui.lib.arrays import Array
from relutui.model.dataset import Dataset
from relutui.model.network import Loss, Network, Parameters
from relutui.model.shapes import Sizes, check_layer, check_shapes, same_arrays, sizes_of
from relutui.model.values import number_of_values, parameters_of

Optimizer = Literal["sgd", "momentum", "adam"]
Mask = NDArray[np.bool_]

OPTIMIZERS: tuple[Optimizer, ...] = ("sgd", "momentum", "adam")

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8  # Adam's defaults, of Kingma and Ba (2015)
HISTORY_LIMIT = 2000  # samples kept in a checkpoint, at most
BURST_SAMPLES = 32  # samples recorded in one burst, at most


@dataclass(frozen=True, eq=False)
class LayerLocks:
    """Which parameters of a hidden layer neither training nor nudges change: bool, of the shapes of a Layer.

    Raises ValueError if w and b are not of so many units.
    """

    w: Mask
    b: Mask

    def __post_init__(self) -> None:
        for name in ("w", "b"):
            object.__setattr__(self, name, _mask(getattr(self, name)))
        check_layer(self)

    def __eq__(self, other: object) -> bool:
        return same_arrays(self, other, ("w", "b")) if isinstance(other, LayerLocks) else NotImplemented


@dataclass(frozen=True, eq=False)
class Locks:
    """Which parameters neither training nor nudges change: bool, of the shapes of Parameters.

    Raises ValueError if their shapes do not fit together.
    """

    w: Mask
    b: Mask
    v: Mask
    c: bool
    deeper: tuple[LayerLocks, ...] = ()

    def __post_init__(self) -> None:
        for name in ("w", "b", "v"):
            object.__setattr__(self, name, _mask(getattr(self, name)))
        check_shapes(self)

    @property
    def layers(self) -> tuple[LayerLocks, ...]:
        """Those of every hidden layer, from the first."""
        return (LayerLocks(self.w[:, None], self.b), *self.deeper)

    @property
    def sizes(self) -> Sizes:
        """The number of units of each hidden layer."""
        return sizes_of(self)

    @property
    def movable(self) -> NDArray[np.bool_]:
        """Whether training can move the kink of each unit of the first layer, its w or its b being free; of shape (units,)."""
        free: Mask = ~(self.w & self.b)
        return free

    def whole(self, unit: int) -> bool:
        """Whether w, b and v of a unit of a network of one layer are all locked."""
        return bool(self.w[unit] and self.b[unit] and self.v[unit])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Locks):
            return NotImplemented
        return self.c == other.c and self.deeper == other.deeper and same_arrays(self, other, ("w", "b", "v"))


def free_locks(sizes: Sizes, c: bool = False) -> Locks:
    """Locks of hidden layers of so many units, with nothing locked but, if `c`, the output bias."""
    free = parameters_of(np.zeros(number_of_values(sizes)), sizes)
    deeper = tuple(LayerLocks(_mask(layer.w), _mask(layer.b)) for layer in free.deeper)
    return Locks(_mask(free.w), _mask(free.b), _mask(free.v), c, deeper)


def locks_of(values: Array, sizes: Sizes) -> Locks:
    """The locks that are not 0 in values of shape (values,), in the order of values.py; the inverse of values_of."""
    it = parameters_of(values, sizes)
    deeper = tuple(LayerLocks(layer.w != 0.0, layer.b != 0.0) for layer in it.deeper)
    return Locks(it.w != 0.0, it.b != 0.0, it.v != 0.0, it.c != 0.0, deeper)


def _mask(locked: ArrayLike) -> Mask:
    """A read-only copy of bool."""
    mask = np.array(locked, dtype=np.bool_)
    mask.setflags(write=False)
    return mask


@dataclass(frozen=True)
class TrainingSettings:
    """How a network is trained; steps: taken at one press of s; stop_below: a run ends once the loss is below it.

    weight_decay: times each free parameter, what is added to its gradient in every step, as by the optimizers of PyTorch.
    automatic_rate: whether the learning rate is that of `learning_rate.py` for the start, from which on it stays.
    batch: the points that a step goes by, as `minibatch.py` chooses them by batch_seed; None: all.
    """

    optimizer: Optimizer = "sgd"
    learning_rate: float = 0.05
    momentum: float = 0.9
    loss: Loss = "mse"
    steps: int = 1
    stop_below: float | None = None
    weight_decay: float = 0.0
    automatic_rate: bool = False
    batch: int | None = None
    batch_seed: int = 0


@dataclass(frozen=True)
class Problem:
    """All that a training step depends on except the checkpoint."""

    network: Network
    dataset: Dataset
    locks: Locks
    settings: TrainingSettings

    @property
    def points_of_step(self) -> int:
        """The number of points that a step goes by, but for the last of an epoch, which may have fewer."""
        return min(self.settings.batch or len(self.dataset), len(self.dataset))

    @property
    def uses_minibatches(self) -> bool:
        """Whether a step goes by some of the points."""
        return self.points_of_step < len(self.dataset)


class OptimizerState(NamedTuple):
    """The optimizer's running means: first moments (momentum, Adam), second moments (Adam), and the steps they cover."""

    first: Parameters
    second: Parameters
    steps: int

    @classmethod
    @lru_cache(8)
    def zero(cls, *sizes: int) -> "OptimizerState":
        """The state before the first step, of hidden layers of so many units."""
        nothing = parameters_of(np.zeros(number_of_values(sizes)), sizes)
        return cls(nothing, nothing, 0)


class Sample(NamedTuple):
    """The loss and the parameters after `step` steps.

    values: in float32, in the order of `values.py`; empty if the network had other units then.
    """

    step: int
    loss: float
    values: "array[float]"


@dataclass(frozen=True)
class Checkpoint:
    """The state of training: parameters, optimizer state, steps taken, and the samples recorded so far."""

    parameters: Parameters
    optimizer: OptimizerState
    step: int = 0
    history: tuple[Sample, ...] = field(default=(), repr=False)

    @classmethod
    def start(cls, parameters: Parameters) -> "Checkpoint":
        """Start at step 0 with these parameters."""
        return cls(parameters, OptimizerState.zero(*parameters.sizes))

    def edited(self, parameters: Parameters) -> "Checkpoint":
        """Replace the parameters at the same step, and reset the optimizer, whose moments belong to the old ones."""
        return replace(self, parameters=parameters, optimizer=OptimizerState.zero(*parameters.sizes))

    def parameters_at(self, sample: Sample) -> Parameters | None:
        """The parameters at a sample of the history, or None if the network had other units then."""
        return parameters_of(np.frombuffer(sample.values, np.float32), self.parameters.sizes) if sample.values else None


def sampling_stride(history: tuple[Sample, ...], steps: int) -> int:
    """The number of steps between two samples of a burst of `steps`: a power of two, so that samples of all bursts line up.

    A burst records at most BURST_SAMPLES, no closer together than the samples of a thinned history.
    """
    span = history[-1].step - history[0].step + steps if history else steps
    stride = 1
    while stride * BURST_SAMPLES < steps or stride * HISTORY_LIMIT < span:
        stride *= 2
    return stride


def extend_history(history: tuple[Sample, ...], new: tuple[Sample, ...]) -> tuple[Sample, ...]:
    """Append samples to a history, and thin it to steps that are multiples of a power of two until HISTORY_LIMIT remain."""
    joined, stride = history + new, 1
    while len(joined) > HISTORY_LIMIT:
        stride *= 2
        joined = tuple(sample for sample in joined if sample.step % stride == 0)
    return joined
