"""A kernel compiled for a spec, with its memory: made on the engine's thread, and used by one thread at a time."""

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from copy import copy
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from tinygrad.uop.ops import UOp

from relutui.engine.kernels.arguments import Count, Rate, corrections
from relutui.engine.kernels.lanes_layout import LanesSpec
from relutui.engine.kernels.layers_layout import LayersSpec
from relutui.engine.kernels.pieces_layout import INTEGERS, PiecesSpec
from relutui.engine.kernels.points_layout import PointsSpec
from relutui.engine.tinygrad_patches.device_memory import DeviceArray
from relutui.engine.tinygrad_patches.launch import compile_kernel
from relutui.lib.arrays import Array
from relutui.model.dataset import Dataset
from relutui.model.network import Network
from relutui.model.shapes import Sizes
from relutui.model.training import Locks, Problem, TrainingSettings
from relutui.model.values import number_of_values, values_of

_MAX_ADAM_STEPS = 2**30  # so that the count fits an int32; beyond it the corrections have long been 1
# What does not differ from network to network: the data and the settings.
_SHARED = ("free", "layers", "pairs", "table", "cells", "x", "y", "weight", "rates", "scales", "extents", "corrections")
STATE = ("parameters", "first", "second")  # that training carries along; sgd has the first only, momentum the first two


class BurstStart(NamedTuple):
    """The start of a burst.

    step: the number of its first step, by which samples are due; adam_steps: the number of steps in adam's moments; stride:
    steps between samples; taken: the steps that the networks have taken, by which their minibatches follow one another.
    """

    step: int
    adam_steps: int
    stride: int
    taken: int


class Program(ABC):
    """The kernel of a spec, which runs on what was written to its memory.

    Numbers beyond float32 become infinite: callers silence numpy's warnings.

    lengths: the sizes of the buffers, in the order of the kernel's arguments; kind: the dtype of the non-integer buffers.
    """

    def __init__(
        self,
        spec: PointsSpec | PiecesSpec | LanesSpec | LayersSpec,
        lengths: dict[str, int],
        kind: type,
        kernel: Callable[..., UOp],
    ) -> None:
        self.spec, self._kind, self._lengths = spec, kind, lengths
        self.state = [name for name in STATE if name in lengths]
        memory = self._allocated(lengths)
        self._kernel = compile_kernel([array.tensor for array in memory.values()], kernel)
        self._use(memory)
        if "corrections" in lengths:
            self.write("corrections", corrections())
        self._loaded: tuple[Network, TrainingSettings, Sizes] | None = None
        self._dataset: Dataset | None = None
        self._locks: Locks | None = None

    def twin(self) -> Self:
        """Return another program of the same kernel: with memory of its own for networks, and the same for all else.

        It loads the problem, after this one has, before it runs.
        """
        twin = copy(self)
        twin._use(self._memory | self._allocated([name for name in self._lengths if name not in _SHARED]))
        twin._loaded = None
        return twin

    def _allocated(self, names: Iterable[str]) -> dict[str, DeviceArray]:
        kinds = {name: np.int32 if name in INTEGERS else self._kind for name in names}
        return {name: DeviceArray(self._lengths[name], kind) for name, kind in kinds.items()}

    def _use(self, memory: dict[str, DeviceArray]) -> None:
        self._memory = memory
        self._arrays = {name: array.numbers for name, array in memory.items()}
        self._launch = self._kernel([array.tensor for array in memory.values()])

    def load(self, problem: Problem, sizes: Sizes) -> None:
        """Write all that a burst reads besides the state, unless it is there already; sizes: the units of each hidden layer."""
        network, dataset, locks, settings = problem.network, problem.dataset, problem.locks, problem.settings
        if self._loaded == (loading := (network, settings, sizes)) and self._dataset is dataset and self._locks is locks:
            return
        rates = np.zeros(len(Rate))
        rates[Rate.LEARNING], rates[Rate.MOMENTUM] = settings.learning_rate, settings.momentum
        rates[Rate.SLOPE_AT_KINK] = network.slope_at_kink
        rates[Rate.STOP_BELOW] = 0.0 if settings.stop_below is None else settings.stop_below
        rates[Rate.DECAY] = settings.weight_decay
        self.write("rates", rates[: self._lengths["rates"]])
        self._sizes, self._columns = sizes, self._columns_of(sizes)
        self._sampled = np.append(0, 1 + self._columns)
        self.write("free", self._free(locks))
        self._load(problem)
        self._loaded, self._dataset, self._locks = loading, dataset, locks

    @property
    @abstractmethod
    def work(self) -> int:
        """The time of one step of one network, in visits of a point by a unit."""

    def most_steps(self, taken: int) -> int:
        """The steps that one burst may take after `taken` others, as far as the memory for minibatches goes; at least 1."""
        return sys.maxsize

    @abstractmethod
    def _load(self, problem: Problem) -> None:
        """Write the data, and whatever else only this kernel reads."""

    def run(self, steps: int, burst_start: BurstStart, networks: int = 1) -> None:
        """Run one burst from the state in memory."""
        counts = self._arrays["counts"]
        counts[Count.STEPS], counts[Count.UNITS] = steps, self._sizes[0]
        counts[Count.STRIDE], counts[Count.FIRST] = burst_start.stride, burst_start.step % burst_start.stride
        counts[Count.ADAM_STEPS], counts[Count.NETWORKS] = min(burst_start.adam_steps, _MAX_ADAM_STEPS), networks
        self._memory["counts"].upload()
        self._launch()

    def write(self, name: str, values: NDArray[Any]) -> None:
        """Write values, of shape (n,), to the first n numbers of a buffer."""
        self._arrays[name][: len(values)] = values
        self._memory[name].upload()

    def current(self, name: str) -> NDArray[Any]:
        """Return the numbers of a buffer, of shape (size,); they are valid until the next burst."""
        return self._memory[name].download()

    def write_state(self, name: str, values: Array) -> None:
        """Write parameters or moments, of shape (networks, values), and zeros for units and networks beyond them.

        Networks that are trained in turn, one after the other in memory, need no zeros beyond them: a worker with few of them
        touches little memory.
        """
        array = self._arrays[name]
        rows = self._rows(array)
        (array if self.spec.parallel or self.spec.interleaved else rows[: len(values)]).fill(0)
        rows[: len(values), self._columns] = values + 0.0  # makes -0.0 0.0: it would put a kink on the wrong side
        self._memory[name].upload()

    def read_state(self, name: str, old: Array) -> Array:
        """Return parameters or moments, of the shape of `old`, with all digits of `old` for those that have not changed."""
        new = self._rows(self.current(name))[: len(old)].take(self._columns, axis=1)
        return np.where(new == old.astype(self._kind, copy=False), old, new)

    def losses(self) -> NDArray[np.float32]:
        """Return the loss in the first row of samples of each network, of shape (networks,), float32."""
        return self._rows(self.current("samples"))[:, 0].astype(np.float32)

    def samples(self, number: int) -> NDArray[np.float32]:
        """Return loss and parameters of the first samples of the first network, of shape (number, 1 + values), float32."""
        rows = self.current("samples").reshape(self.spec.rows, -1)[:number]
        return rows.take(self._sampled, axis=1).astype(np.float32)

    def _columns_of(self, sizes: Sizes) -> NDArray[np.intp]:
        """Return the indices of the parameters, in the order of `values.py`, in a network's row of a buffer."""
        return np.arange(number_of_values(sizes))

    def _free(self, locks: Locks) -> Array:
        """Return 1 for each parameter that training may change, and 0 for any other number in a network's row of a buffer."""
        free = np.zeros(self.spec.parameters)
        locked = values_of(locks)[: len(free)]
        free[self._columns_of((len(locked) // 3,))] = 1.0 - locked
        return free

    def _rows(self, array: NDArray[Any]) -> NDArray[Any]:
        """Return a view of a buffer with a row for each network, of shape (networks, ...)."""
        networks = self.spec.networks
        return array.reshape(-1, networks).T if self.spec.interleaved else array.reshape(networks, -1)
