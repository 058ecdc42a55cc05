"""A burst kernel compiled for a spec, with its memory.  All of it on the engine's one thread."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tinygrad import Tensor, dtypes
from tinygrad.uop.ops import UOp

from relutui.engine.kernels.arguments import Count, Rate, corrections
from relutui.engine.kernels.pieces_layout import INTEGERS, PiecesSpec
from relutui.engine.kernels.points_layout import PointsSpec
from relutui.engine.tinygrad_patches.device_memory import DeviceArray
from relutui.engine.tinygrad_patches.launch import compile_kernel
from relutui.lib.arrays import Array
from relutui.model.batch import values_of
from relutui.model.dataset import Dataset
from relutui.model.network import Network
from relutui.model.training import Locks, Problem, TrainingSettings

_MAX_ADAM_STEPS = 2**30  # steps, of which there may be more than an int32 can hold
STATE = ("parameters", "first", "second")  # what training carries on, as far as the optimizer has it


class BurstStart(NamedTuple):
    """Where a burst starts: its first step, the steps that adam's moments cover, and the stride of its samples."""

    step: int
    adam_steps: int
    stride: int


class Program(ABC):
    """The kernel of a spec, which runs on what was written to its memory.

    Its callers see to numpy's warnings: numbers may be beyond float32, which makes them infinite.

    lengths: of the buffers, in the order of the kernel's arguments; `kind` is what those hold that are not whole numbers.
    """

    def __init__(self, spec: PointsSpec | PiecesSpec, lengths: dict[str, int], kind: type, kernel: Callable[..., UOp]) -> None:
        self.spec, self._kind = spec, kind
        real = dtypes.double if kind is np.float64 else dtypes.float32
        tensors = {n: Tensor.empty(size, dtype=dtypes.int32 if n in INTEGERS else real) for n, size in lengths.items()}
        self._memory = {n: DeviceArray(tensor, np.int32 if n in INTEGERS else kind) for n, tensor in tensors.items()}
        self._arrays = {name: memory.numbers for name, memory in self._memory.items()}
        self.state = [name for name in STATE if name in tensors]
        if "corrections" in tensors:
            self.write("corrections", corrections())
        self._loaded: tuple[Network, TrainingSettings, int] | None = None
        self._dataset: Dataset | None = None
        self._locks: Locks | None = None
        self._launch = compile_kernel(tensors.values(), kernel)

    def load(self, problem: Problem, units: int) -> None:
        """Write all that a burst reads beside the state, as far as it is not there already."""
        network, dataset, locks, settings = problem.network, problem.dataset, problem.locks, problem.settings
        if self._loaded == (loading := (network, settings, units)) and self._dataset is dataset and self._locks is locks:
            return
        rates = np.zeros(len(Rate))
        rates[Rate.LEARNING], rates[Rate.MOMENTUM] = settings.learning_rate, settings.momentum
        rates[Rate.SLOPE_AT_KINK] = network.slope_at_kink
        rates[Rate.STOP_BELOW] = 0.0 if settings.stop_below is None else settings.stop_below
        self.write("rates", rates)
        self._units, self._columns = units, self._columns_of(units)
        self._sampled = np.append(0, 1 + self._columns)
        free = np.zeros(self.spec.parameters)
        free[self._columns_of(len(locks.w))] = 1.0 - values_of(locks)
        self.write("free", free)
        self._load(problem)
        self._loaded, self._dataset, self._locks = loading, dataset, locks

    @property
    @abstractmethod
    def work(self) -> int:
        """How long a step of a network takes, in times of a unit at a point."""

    @abstractmethod
    def _load(self, problem: Problem) -> None:
        """Write the data, and what else only this kernel reads."""

    def run(self, steps: int, burst_start: BurstStart, networks: int = 1) -> None:
        """Run the kernel on from the state in memory."""
        counts = self._arrays["counts"]
        counts[Count.STEPS], counts[Count.UNITS] = steps, self._units
        counts[Count.STRIDE], counts[Count.FIRST] = burst_start.stride, burst_start.step % burst_start.stride
        counts[Count.COVERED], counts[Count.NETWORKS] = min(burst_start.adam_steps, _MAX_ADAM_STEPS), networks
        self._memory["counts"].upload()
        self._launch()

    def write(self, name: str, values: NDArray[Any]) -> None:
        """Fill the beginning of a buffer."""
        self._arrays[name][: len(values)] = values
        self._memory[name].upload()

    def current(self, name: str) -> NDArray[Any]:
        """What is in a buffer, until the next run."""
        return self._memory[name].download()

    def write_state(self, name: str, values: Array) -> None:
        """Fill parameters or moments, of shape (networks, 1 + 3 units), and what there is room for beside them with zeros."""
        array = self._arrays[name]
        array.fill(0)
        self._rows(array)[: len(values), self._columns] = values + 0.0  # no -0.0, by which a kink lies on the wrong side
        self._memory[name].upload()

    def read_state(self, name: str, old: Array) -> Array:
        """Parameters or moments, of the shape of `old`; where one has not changed, the old one in all its digits."""
        new = self._rows(self.current(name))[: len(old)].take(self._columns, axis=1)
        return np.where(new == old.astype(self._kind, copy=False), old, new)

    def losses(self) -> NDArray[np.float32]:
        """The loss of each network in its first row of samples."""
        return self._rows(self.current("samples"))[:, 0].astype(np.float32)

    def samples(self, number: int) -> NDArray[np.float32]:
        """Loss and parameters of the first samples of the one network, of shape (number, 2 + 3 units)."""
        rows = self.current("samples").reshape(self.spec.rows, -1)[:number]
        return rows.take(self._sampled, axis=1).astype(np.float32)

    def _columns_of(self, units: int) -> NDArray[np.intp]:
        """Where c, w_0, b_0, v_0, w_1, ... are in what a network has of the memory."""
        return np.arange(1 + 3 * units)

    def _rows(self, array: NDArray[Any]) -> NDArray[Any]:
        """What each network has in a buffer, of shape (networks, ...)."""
        networks = self.spec.networks
        return array.reshape(-1, networks).T if self.spec.interleaved else array.reshape(networks, -1)
