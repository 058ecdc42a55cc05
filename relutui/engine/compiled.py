"""The training of a checkpoint by bursts of a compiled kernel.  All of it on the engine's one thread."""

from array import array
from collections.abc import Callable
from functools import partial
from itertools import count
from math import isfinite
from typing import Any
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from relutui.batch import values_of
from relutui.engine.loading import program_for
from relutui.engine.piece_memory import PiecesForm
from relutui.engine.point_memory import Form, Progress
from relutui.engine.program import STATE, Place
from relutui.network import Parameters, quiet
from relutui.training import (
    Checkpoint,
    Diverged,
    OptimizerState,
    Problem,
    Sample,
    extend_history,
    sampling_stride,
)

_LONGEST = 10_000  # steps in one run of the kernel, so that closing need not wait for a long training
_LONGEST_STOPPING = 1_000  # where it may stop early: the kernel idles through the steps that are left


class CompiledBurst:
    """The kernel of a form; `train` trains any problem and checkpoint of that form."""

    def __init__(self, form: Form | PiecesForm) -> None:
        self._program = program_for(form)
        self._last: Callable[[], Checkpoint | None] = lambda: None  # the checkpoint whose state is in memory

    @quiet
    def train(self, start: Checkpoint, problem: Problem, steps: int, interrupt: Callable[[], None]) -> Checkpoint:
        """The checkpoint `steps` on, or fewer by stop_below; `interrupt` is called between bursts, to raise if need be.

        Raises Diverged with the last finite state.
        """
        self._load(start, problem)
        program = self._program
        stride = sampling_stride(start.history, steps)
        longest = _LONGEST if problem.settings.stop_below is None else _LONGEST_STOPPING
        samples: tuple[Sample, ...] = ()
        taken, diverged = 0, False
        while taken < steps and not diverged:
            interrupt()
            asked = min(longest, steps - taken)
            place = Place(start.step + taken, start.optimizer.steps + taken, stride)
            before = {name: program.current(name).copy() for name in program.state}
            done, rows = self._run(asked, place)
            if diverged := not self._finite(rows):
                done, rows = self._last_finite(before, done, place)
            samples += _samples(rows, place)
            taken += done
            if done < asked:
                break
        checkpoint = self._checkpoint(start, taken, samples)
        if diverged:
            raise Diverged(checkpoint)
        self._last = ref(checkpoint)
        return checkpoint

    def _load(self, start: Checkpoint, problem: Problem) -> None:
        self._program.load(problem, start.parameters.units)
        last, self._last = self._last(), lambda: None
        if start is last:
            return
        for name, values in zip(STATE, (start.parameters, start.optimizer.first, start.optimizer.second)):
            if name in self._program.state:
                self._program.write_state(name, values_of(values)[None])

    def _run(self, steps: int, place: Place) -> tuple[int, NDArray[np.float32]]:
        """Run the kernel on from the state in memory; the steps it took, and the rows of its samples and of the final loss."""
        self._program.run(steps, place)
        taken, samples = self._program.current("progress")[: len(Progress)].tolist()
        return taken, self._program.samples(samples + 1)

    def _finite(self, rows: NDArray[np.float32]) -> bool:
        """Whether the state in memory and its loss are finite in float32, which samples have.

        relu(nan) is 0, so that the loss alone does not tell.
        """
        states = (self._program.current(name).astype(np.float32) for name in self._program.state)
        return isfinite(rows[-1, 0]) and all(np.isfinite(state).all() for state in states)

    def _last_finite(self, before: dict[str, NDArray[Any]], taken: int, place: Place) -> tuple[int, NDArray[np.float32]]:
        """Leave the last finite state in memory, by running shorter bursts from `before`; what `_run` tells of the last."""
        finite, bad = 0, taken
        while finite + 1 < bad:
            middle = (finite + bad) // 2
            self._restore(before)
            _, rows = self._run(middle, place)
            finite, bad = (middle, bad) if self._finite(rows) else (finite, middle)
        self._restore(before)
        return self._run(finite, place)

    def _restore(self, state: dict[str, NDArray[Any]]) -> None:
        for name, values in state.items():
            self._program.write(name, values)

    def _checkpoint(self, start: Checkpoint, taken: int, samples: tuple[Sample, ...]) -> Checkpoint:
        memory = OptimizerState.zero(start.parameters.units)  # sgd has none
        if "first" in self._program.state:
            first = self._kept("first", start.optimizer.first)
            second = self._kept("second", start.optimizer.second) if "second" in self._program.state else memory.second
            memory = OptimizerState(first, second, start.optimizer.steps + taken)
        parameters, history = self._kept("parameters", start.parameters), extend_history(start.history, samples)
        return Checkpoint(parameters, memory, start.step + taken, history)

    def _kept(self, name: str, old: Parameters) -> Parameters:
        """The numbers in memory; where one has not changed, the old one in all its digits."""
        values = self._program.read_state(name, values_of(old)[None])[0]
        return Parameters(values[1::3], values[2::3], values[3::3], values[0])


def _samples(rows: NDArray[np.float32], place: Place) -> tuple[Sample, ...]:
    """The samples of a run that started at `place`; its last row is no sample."""
    numbers, length = array("f", rows.tobytes()), rows.shape[1]
    first = -(-place.step // place.stride) * place.stride
    values = [numbers[n + 1 : n + length] for n in range(0, len(numbers) - length, length)]
    made = zip(count(first, place.stride), rows[:-1, 0].tolist(), values)
    return tuple(map(partial(tuple.__new__, Sample), made))  # a third of the time of Sample(*...)
