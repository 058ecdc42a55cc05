"""A compiled burst with its memory, and the training of a checkpoint by bursts.  All of it on the engine's one thread."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tinygrad import Device, Tensor, dtypes
from tinygrad.engine.realize import compile_linear, link_linear, run_linear

from relutui.engine.burst import CORRECTIONS, LANES, Count, Form, Progress, Rate, burst, corrections, sizes
from relutui.network import Array, Parameters
from relutui.training import (
    Checkpoint,
    Diverged,
    OptimizerState,
    Problem,
    Sample,
    extend_history,
    sampling_stride,
)

_UNITS, _POINTS = 64, 1024  # the smallest sizes; the next are four times as large
_LONGEST = 10_000  # steps in one run of the kernel, so that closing need not wait for a long training
_LONGEST_STOPPING = 1_000  # where it may stop early: the kernel idles through the steps that are left


def form_for(problem: Problem, units: int) -> Form:
    """What to compile for training `units` units on this problem."""
    network = problem.network
    return Form(
        network.activation,
        network.output_activation,
        problem.settings.optimizer,
        _room(_UNITS, units),
        _room(_POINTS, len(problem.dataset)),
    )


def _room(size: int, needed: int) -> int:
    while size < needed:
        size *= 4
    return size


class _Place(NamedTuple):
    """Where a burst starts: its first step, the steps that adam's moments cover, and the stride of its samples."""

    step: int
    covered: int
    stride: int


class CompiledBurst:
    """The kernel of a form; `train` trains any problem and checkpoint of that form."""

    def __init__(self, form: Form) -> None:
        self.form = form
        tensors = {name: Tensor.empty(size, dtype=_kind(name)) for name, size in sizes(form).items()}
        self._buffers = {name: tensor.uop.base.buffer.ensure_allocated() for name, tensor in tensors.items()}
        self._shares_memory = hasattr(Device[Device.DEFAULT].allocator, "_as_buffer")
        self._arrays = {name: self._array(name) for name in tensors}
        self._state = [str(name) for name in ("parameters", "first", "second") if name in tensors]
        if "corrections" in tensors:
            self._write("corrections", corrections())
        kernel = Tensor.custom_kernel(*tensors.values(), fxn=burst(form))[0]
        self._program = link_linear(compile_linear(kernel.schedule_linear()))

    def train(self, start: Checkpoint, problem: Problem, steps: int, interrupt: Callable[[], None]) -> Checkpoint:
        """The checkpoint `steps` on, or fewer by stop_below; `interrupt` is called between bursts, to raise if need be.

        Raises Diverged with the last finite state.
        """
        self._load(start, problem)
        stride = sampling_stride(start.history, steps)
        longest = _LONGEST if problem.settings.stop_below is None else _LONGEST_STOPPING
        samples: list[Sample] = []
        taken, diverged = 0, False
        while taken < steps and not diverged:
            interrupt()
            asked = min(longest, steps - taken)
            place = _Place(start.step + taken, start.optimizer.steps + taken, stride)
            before = {name: self._read(name) for name in self._state}
            done = self._run(asked, place)
            if diverged := not self._finite():
                done = self._last_finite(before, done, place)
            samples += self._samples(place)
            taken += done
            if done < asked:
                break
        checkpoint = self._checkpoint(start, problem, taken, tuple(samples))
        if diverged:
            raise Diverged(checkpoint)
        return checkpoint

    def _load(self, start: Checkpoint, problem: Problem) -> None:
        dataset, settings = problem.dataset, problem.settings
        points, units = len(dataset), start.parameters.units
        with np.errstate(over="ignore"):
            for name, values in zip(self._state, (start.parameters, start.optimizer.first, start.optimizer.second)):
                self._write(name, _pack(values.w, values.b, values.v, values.c))
            locks = problem.locks
            self._write("free", 1.0 - _pack(locks.w, locks.b, locks.v, locks.c))
            padding = -points % LANES  # repeats the last point: any other could overflow where no real one does
            self._write("x", np.concatenate([dataset.x, dataset.x[-1:].repeat(padding)]))
            self._write("y", np.concatenate([dataset.y, dataset.y[-1:].repeat(padding)]))
            weight = 1.0 / points if settings.loss == "mse" else 1.0
            self._write("weight", np.repeat([weight, 0.0], [points, padding]))
            rates = np.zeros(len(Rate))
            rates[Rate.LEARNING], rates[Rate.MOMENTUM] = settings.learning_rate, settings.momentum
            rates[Rate.SLOPE_AT_KINK] = problem.network.slope_at_kink
            rates[Rate.STOP_BELOW] = 0.0 if settings.stop_below is None else settings.stop_below
            self._write("rates", rates)
        self._units, self._blocks = units, (points + padding) // LANES

    def _run(self, steps: int, place: _Place) -> int:
        """Run the kernel on from the state in memory; the steps it took."""
        counts = np.zeros(len(Count))
        counts[Count.STEPS], counts[Count.UNITS], counts[Count.BLOCKS] = steps, self._units, self._blocks
        counts[Count.STRIDE], counts[Count.FIRST] = place.stride, place.step % place.stride
        counts[Count.COVERED] = min(place.covered, CORRECTIONS)
        self._write("counts", counts)
        self._write("progress", np.zeros(len(Progress)))
        run_linear(self._program, update_stats=False, jit=True)
        return int(self._read("progress")[Progress.TAKEN])

    def _finite(self) -> bool:
        """Whether the state in memory and its loss are finite; relu(nan) is 0, so that the loss alone does not tell."""
        used = 3 * self._units + 1
        loss = self._rows()[self._read("progress")[Progress.SAMPLES], 0]
        return bool(np.isfinite(loss)) and all(np.isfinite(self._read(name)[:used]).all() for name in self._state)

    def _last_finite(self, before: dict[str, NDArray[Any]], taken: int, place: _Place) -> int:
        """Leave the last finite state in memory, by running shorter bursts from `before`; the steps to it."""
        finite, bad = 0, taken
        while finite + 1 < bad:
            middle = (finite + bad) // 2
            self._restore(before)
            self._run(middle, place)
            finite, bad = (middle, bad) if self._finite() else (finite, middle)
        self._restore(before)
        return self._run(finite, place)

    def _restore(self, state: dict[str, NDArray[Any]]) -> None:
        for name, values in state.items():
            self._write(name, values)

    def _rows(self) -> NDArray[np.float32]:
        return self._read("samples").reshape(-1, 3 * self.form.units + 2)

    def _samples(self, place: _Place) -> list[Sample]:
        """The samples of the last run, which started at `place`."""
        start = -(-place.step // place.stride) * place.stride
        rows = self._rows()[: self._read("progress")[Progress.SAMPLES], : 3 * self._units + 2].astype(np.float64)
        w, b = rows[:, 2::3], rows[:, 3::3]
        with np.errstate(all="ignore"):
            kinks = np.where(w == 0.0, np.nan, 0.0 - b / w)  # 0 - 0 is 0, where -0 would be shown
        return [Sample(start + n * place.stride, float(row[0]), tuple(kinks[n].tolist())) for n, row in enumerate(rows)]

    def _checkpoint(self, start: Checkpoint, problem: Problem, taken: int, samples: tuple[Sample, ...]) -> Checkpoint:
        memory = OptimizerState.zero(start.parameters.units)  # sgd has none
        if "first" in self._state:
            first = self._kept("first", start.optimizer.first)
            second = self._kept("second", start.optimizer.second) if "second" in self._state else memory.second
            memory = OptimizerState(first, second, start.optimizer.steps + taken)
        return replace(
            start,
            parameters=self._kept("parameters", start.parameters),
            optimizer=memory,
            step=start.step + taken,
            history=extend_history(start.history, samples),
        )

    def _kept(self, name: str, old: Parameters) -> Parameters:
        """The numbers in memory; where one has not changed, the old one in all its digits."""
        wide = _pack(old.w, old.b, old.v, old.c)
        with np.errstate(over="ignore"):
            narrow = wide.astype(np.float32)
        new = self._read(name)[: len(wide)]
        values = np.where(new.view(np.int32) == narrow.view(np.int32), wide, new.astype(np.float64))
        return Parameters(values[1::3], values[2::3], values[3::3], values[0])

    def _array(self, name: str) -> NDArray[Any]:
        """The buffer as numpy's, sharing its memory where the device's is the processor's."""
        kind = np.int32 if self._buffers[name].dtype == dtypes.int32 else np.float32
        if self._shares_memory:
            return np.frombuffer(self._buffers[name].as_memoryview(force_zero_copy=True), kind)
        return np.zeros(self._buffers[name].size, kind)

    def _write(self, name: str, values: NDArray[Any]) -> None:
        array, buffer = self._arrays[name], self._buffers[name]
        array[: len(values)] = values
        if not self._shares_memory:
            buffer.allocator._copyin(buffer._buf, array.data.cast("B"))

    def _read(self, name: str) -> NDArray[Any]:
        array, buffer = self._arrays[name], self._buffers[name]
        if not self._shares_memory:
            buffer.allocator._copyout(array.data.cast("B"), buffer._buf)
        return array.copy()


def _kind(name: str) -> Any:
    return dtypes.int32 if name in ("counts", "progress") else dtypes.float32


def _pack(w: NDArray[Any], b: NDArray[Any], v: NDArray[Any], c: float) -> Array:
    """c, w_0, b_0, v_0, w_1, ... in one array, as the kernel has them."""
    return np.concatenate([[c], np.stack([w, b, v], axis=1).ravel()]).astype(np.float64)
