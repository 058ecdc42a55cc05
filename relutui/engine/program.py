"""A burst kernel compiled for a form, with its memory.  All of it on the engine's one thread."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tinygrad import Device, Tensor, dtypes
from tinygrad.engine.realize import compile_linear, get_runtime
from tinygrad.uop.ops import UOp

from relutui.batch import values_of
from relutui.data import Dataset
from relutui.engine.burst import CORRECTIONS, Count, Form, Rate, corrections
from relutui.engine.piece_memory import INTEGERS, PiecesForm
from relutui.network import Array, Network
from relutui.training import Locks, Problem, TrainingSettings

STATE = ("parameters", "first", "second")  # what training carries on, as far as the optimizer has it


class Place(NamedTuple):
    """Where a burst starts: its first step, the steps that adam's moments cover, and the stride of its samples."""

    step: int
    covered: int
    stride: int


class Program(ABC):
    """The kernel of a form, which runs on what was written to its memory.

    Its callers see to numpy's warnings: numbers may be beyond float32, which makes them infinite.

    lengths: of the buffers, in the order of the kernel's arguments; `kind` is what those hold that are not whole numbers.
    """

    def __init__(self, form: Form | PiecesForm, lengths: dict[str, int], kind: type, kernel: Callable[..., UOp]) -> None:
        self.form, self._kind = form, kind
        real = dtypes.double if kind is np.float64 else dtypes.float32
        tensors = {n: Tensor.empty(size, dtype=dtypes.int32 if n in INTEGERS else real) for n, size in lengths.items()}
        self._buffers = {name: tensor.uop.base.buffer.ensure_allocated() for name, tensor in tensors.items()}
        self._shares_memory = hasattr(Device[Device.DEFAULT].allocator, "_as_buffer")
        self._arrays = {name: self._array(name) for name in tensors}
        self.state = [name for name in STATE if name in tensors]
        if "corrections" in tensors:
            self.write("corrections", corrections())
        self._loaded: tuple[Network, TrainingSettings, int] | None = None
        self._dataset: Dataset | None = None
        self._locks: Locks | None = None
        self._counts = np.zeros(len(Count), np.int32)
        linear = Tensor.custom_kernel(*tensors.values(), fxn=kernel)[0].schedule_linear()
        self._launch = _launcher(compile_linear(linear))

    def load(self, problem: Problem, units: int) -> None:
        """Write all that a burst reads beside the state, as far as it is not there already."""
        network, dataset, locks, settings = problem.network, problem.dataset, problem.locks, problem.settings
        self._units = units
        if self._loaded == (loading := (network, settings, units)) and self._dataset is dataset and self._locks is locks:
            return
        rates = np.zeros(len(Rate))
        rates[Rate.LEARNING], rates[Rate.MOMENTUM] = settings.learning_rate, settings.momentum
        rates[Rate.SLOPE_AT_KINK] = network.slope_at_kink
        rates[Rate.STOP_BELOW] = 0.0 if settings.stop_below is None else settings.stop_below
        self.write("rates", rates)
        self.write("free", self._rows_of(1.0 - values_of(locks)[None]).ravel())
        self._load(problem)
        self._loaded, self._dataset, self._locks = loading, dataset, locks

    @property
    @abstractmethod
    def work(self) -> int:
        """How long a step of a network takes, in times of a unit at a point."""

    @abstractmethod
    def _load(self, problem: Problem) -> None:
        """Write the data, and what else only this kernel reads."""

    def run(self, steps: int, place: Place, networks: int = 1) -> None:
        """Run the kernel on from the state in memory."""
        counts = self._counts
        counts[Count.STEPS], counts[Count.UNITS] = steps, self._units
        counts[Count.STRIDE], counts[Count.FIRST] = place.stride, place.step % place.stride
        counts[Count.COVERED], counts[Count.NETWORKS] = min(place.covered, CORRECTIONS), networks
        self.write("counts", counts)
        self._launch()

    def write(self, name: str, values: NDArray[Any]) -> None:
        """Fill the beginning of a buffer."""
        array, buffer = self._arrays[name], self._buffers[name]
        array[: len(values)] = values
        if not self._shares_memory:  # a copy, for OpenCL takes it only when its turn has come
            buffer.allocator._copyin(buffer._buf, array.copy().data.cast("B"))

    def read(self, name: str) -> NDArray[Any]:
        """A copy of a buffer."""
        return self._current(name).copy()

    def _current(self, name: str) -> NDArray[Any]:
        """What is in a buffer, until the next run."""
        array, buffer = self._arrays[name], self._buffers[name]
        if not self._shares_memory:
            buffer.allocator._copyout(array.data.cast("B"), buffer._buf)
        return array

    def write_state(self, name: str, values: Array) -> None:
        """Fill parameters or moments, of shape (networks, 1 + 3 units)."""
        self._write_rows(name, self._rows_of(values))

    def read_state(self, name: str, old: Array) -> Array:
        """Parameters or moments, of the shape of `old`; where one has not changed, the old one in all its digits."""
        networks, used = old.shape
        new = self._read_rows(name, self.form.parameters)[:networks, self.columns(used)]
        return np.where(new == old.astype(self._kind), old, new)

    def columns(self, used: int) -> slice | NDArray[np.intp]:
        """Where c, w_0, b_0, v_0, w_1, ... are in a row of the memory."""
        return slice(used)

    def losses(self, row: int = 0) -> NDArray[np.float32]:
        """The loss of each network in one of its rows of samples."""
        width = self.form.parameters + 1
        return self._read_rows("samples", self.form.rows * width)[:, row * width].astype(np.float32)

    def samples(self, rows: int, used: int) -> NDArray[np.float32]:
        """Loss and the first parameters of the first samples of the one network, of shape (rows, 1 + used)."""
        kept = self._current("samples").reshape(self.form.rows, -1)[:rows]
        return np.concatenate([kept[:, :1], kept[:, 1:][:, self.columns(used)]], axis=1).astype(np.float32)

    def _rows_of(self, values: Array) -> NDArray[Any]:
        """Values of networks as they are in memory, where there is room for more units."""
        rows: NDArray[Any] = np.zeros((len(values), self.form.parameters), self._kind)
        rows[:, self.columns(values.shape[1])] = values
        return rows

    def _write_rows(self, name: str, rows: NDArray[Any]) -> None:
        """Fill a buffer with what each network has in it."""
        if self.form.interleaved:
            table = np.zeros((rows.shape[1], self.form.networks), rows.dtype)
            table[:, : len(rows)] = rows.T
            rows = table
        self.write(name, rows.ravel())

    def _read_rows(self, name: str, width: int) -> NDArray[Any]:
        """What each network has in a buffer, until the next run; of shape (networks, width)."""
        values = self._current(name)
        return values.reshape(width, -1).T if self.form.interleaved else values.reshape(-1, width)

    def _array(self, name: str) -> NDArray[Any]:
        """The buffer as numpy's, sharing its memory where the device's is the processor's."""
        kind = np.int32 if name in INTEGERS else self._kind
        if self._shares_memory:
            return np.frombuffer(self._buffers[name].as_memoryview(force_zero_copy=True), kind)
        return np.zeros(self._buffers[name].size, kind)


def _launcher(linear: UOp) -> Callable[[], object]:
    """What runs a compiled kernel: as tinygrad's `run_linear` does, which finds out at every call what is known here."""
    (call,) = linear.src
    program, buffers = call.src[0], [argument.buffer for argument in call.src[1:]]
    device = buffers[0].device
    global_size, local_size = program.arg.launch_dims({})
    arguments = [buffers[n].get_buf(device) for n in program.arg.globals]
    return partial(get_runtime(device, program), *arguments, global_size=global_size, local_size=local_size)
