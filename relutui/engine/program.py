"""A burst kernel compiled for a form, with its memory.  All of it on the engine's one thread."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tinygrad import Device, Tensor, dtypes
from tinygrad.engine.realize import compile_linear, link_linear, run_linear

from relutui.batch import values_of
from relutui.engine.burst import CORRECTIONS, LANES, Count, Form, Progress, Rate, burst, corrections, sizes
from relutui.training import Problem

STATE = ("parameters", "first", "second")  # what training carries on, as far as the optimizer has it


class Place(NamedTuple):
    """Where a burst starts: its first step, the steps that adam's moments cover, and the stride of its samples."""

    step: int
    covered: int
    stride: int


class Program:
    """The kernel of a form, which runs on what was written to its memory."""

    def __init__(self, form: Form) -> None:
        self.form = form
        tensors = {name: Tensor.empty(size, dtype=_kind(name)) for name, size in sizes(form).items()}
        self._buffers = {name: tensor.uop.base.buffer.ensure_allocated() for name, tensor in tensors.items()}
        self._shares_memory = hasattr(Device[Device.DEFAULT].allocator, "_as_buffer")
        self._arrays = {name: self._array(name) for name in tensors}
        self.state = [name for name in STATE if name in tensors]
        if "corrections" in tensors:
            self.write("corrections", corrections())
        kernel = Tensor.custom_kernel(*tensors.values(), fxn=burst(form))[0]
        self._program = link_linear(compile_linear(kernel.schedule_linear()))

    def load(self, problem: Problem, units: int) -> None:
        """Write all that a burst reads beside the state."""
        dataset, settings, locks = problem.dataset, problem.settings, problem.locks
        points = len(dataset)
        padding = -points % LANES  # repeats the last point: any other could overflow where no real one does
        with np.errstate(over="ignore"):
            self.write("free", 1.0 - values_of(locks))
            self.write("x", np.concatenate([dataset.x, dataset.x[-1:].repeat(padding)]))
            self.write("y", np.concatenate([dataset.y, dataset.y[-1:].repeat(padding)]))
            weight = 1.0 / points if settings.loss == "mse" else 1.0
            self.write("weight", np.repeat([weight, 0.0], [points, padding]))
            rates = np.zeros(len(Rate))
            rates[Rate.LEARNING], rates[Rate.MOMENTUM] = settings.learning_rate, settings.momentum
            rates[Rate.SLOPE_AT_KINK] = problem.network.slope_at_kink
            rates[Rate.STOP_BELOW] = 0.0 if settings.stop_below is None else settings.stop_below
            self.write("rates", rates)
        self._units, self._blocks = units, (points + padding) // LANES

    def run(self, steps: int, place: Place, networks: int = 1) -> None:
        """Run the kernel on from the state in memory."""
        counts = np.zeros(len(Count))
        counts[Count.STEPS], counts[Count.UNITS], counts[Count.BLOCKS] = steps, self._units, self._blocks
        counts[Count.STRIDE], counts[Count.FIRST] = place.stride, place.step % place.stride
        counts[Count.COVERED], counts[Count.NETWORKS] = min(place.covered, CORRECTIONS), networks
        self.write("counts", counts)
        self.write("progress", np.zeros(self.form.networks * len(Progress)))
        run_linear(self._program, update_stats=False, jit=True)

    def write(self, name: str, values: NDArray[Any]) -> None:
        """Fill the beginning of a buffer."""
        array, buffer = self._arrays[name], self._buffers[name]
        array[: len(values)] = values
        if not self._shares_memory:  # a copy, for OpenCL takes it only when its turn has come
            buffer.allocator._copyin(buffer._buf, array.copy().data.cast("B"))

    def read(self, name: str) -> NDArray[Any]:
        """A copy of a buffer."""
        array, buffer = self._arrays[name], self._buffers[name]
        if not self._shares_memory:
            buffer.allocator._copyout(array.data.cast("B"), buffer._buf)
        return array.copy()

    def write_state(self, name: str, values: NDArray[Any]) -> None:
        """Fill parameters or moments, of shape (networks, 1 + 3 units)."""
        rows = np.zeros((len(values), self.form.parameters), np.float32)
        with np.errstate(over="ignore"):
            rows[:, : values.shape[1]] = values
        self.write(name, rows.ravel())

    def read_state(self, name: str, old: NDArray[np.float64]) -> NDArray[np.float64]:
        """Parameters or moments, of the shape of `old`; where one has not changed, the old one in all its digits."""
        networks, used = old.shape
        with np.errstate(over="ignore"):
            narrow = old.astype(np.float32)
        new = np.ascontiguousarray(self.read(name).reshape(-1, self.form.parameters)[:networks, :used])
        return np.where(new.view(np.int32) == narrow.view(np.int32), old, new.astype(np.float64))

    def samples(self) -> NDArray[np.float32]:
        """The loss and the parameters of each sample, of shape (networks, rows, 2 + 3 units)."""
        return self.read("samples").reshape(self.form.networks, self.form.rows, -1)

    def _array(self, name: str) -> NDArray[Any]:
        """The buffer as numpy's, sharing its memory where the device's is the processor's."""
        kind = np.int32 if self._buffers[name].dtype == dtypes.int32 else np.float32
        if self._shares_memory:
            return np.frombuffer(self._buffers[name].as_memoryview(force_zero_copy=True), kind)
        return np.zeros(self._buffers[name].size, kind)


def _kind(name: str) -> Any:
    return dtypes.int32 if name in ("counts", "progress") else dtypes.float32
