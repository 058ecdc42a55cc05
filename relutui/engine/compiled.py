"""The training of a checkpoint by bursts of a compiled kernel.  All of it on the engine's one thread."""

from array import array
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from relutui.batch import values_of
from relutui.engine.burst import Form, Progress
from relutui.engine.loading import program_for
from relutui.engine.piece_memory import PiecesForm
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
        samples: list[Sample] = []
        taken, diverged = 0, False
        while taken < steps and not diverged:
            interrupt()
            asked = min(longest, steps - taken)
            place = Place(start.step + taken, start.optimizer.steps + taken, stride)
            before = {name: program.read(name) for name in program.state}
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
        self._last = ref(checkpoint)
        return checkpoint

    def _load(self, start: Checkpoint, problem: Problem) -> None:
        self._used = 3 * start.parameters.units + 1
        self._program.load(problem, start.parameters.units)
        last, self._last = self._last(), lambda: None
        if start is last:
            return
        for name, values in zip(STATE, (start.parameters, start.optimizer.first, start.optimizer.second)):
            if name in self._program.state:
                self._program.write_state(name, values_of(values)[None])

    def _run(self, steps: int, place: Place) -> int:
        """Run the kernel on from the state in memory; the steps it took."""
        self._program.run(steps, place)
        return int(self._program.read("progress")[Progress.TAKEN])

    def _finite(self) -> bool:
        """Whether the state in memory and its loss are finite in float32, which samples have.

        relu(nan) is 0, so that the loss alone does not tell.
        """
        program = self._program
        loss = program.losses(program.read("progress")[Progress.SAMPLES])[0]
        columns = program.columns(self._used)
        states = [program.read(name)[columns].astype(np.float32) for name in program.state]
        return bool(np.isfinite(loss)) and all(np.isfinite(state).all() for state in states)

    def _last_finite(self, before: dict[str, NDArray[Any]], taken: int, place: Place) -> int:
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
            self._program.write(name, values)

    def _samples(self, place: Place) -> list[Sample]:
        """The samples of the last run, which started at `place`."""
        start = -(-place.step // place.stride) * place.stride
        rows = self._program.samples(self._program.read("progress")[Progress.SAMPLES], self._used)
        losses, values = rows[:, 0].tolist(), rows[:, 1:]
        steps = range(start, start + len(rows) * place.stride, place.stride)
        return [Sample(step, loss, array("f", row.tobytes())) for step, loss, row in zip(steps, losses, values)]

    def _checkpoint(self, start: Checkpoint, problem: Problem, taken: int, samples: tuple[Sample, ...]) -> Checkpoint:
        memory = OptimizerState.zero(start.parameters.units)  # sgd has none
        if "first" in self._program.state:
            first = self._kept("first", start.optimizer.first)
            second = self._kept("second", start.optimizer.second) if "second" in self._program.state else memory.second
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
        values = self._program.read_state(name, values_of(old)[None])[0]
        return Parameters(values[1::3], values[2::3], values[3::3], values[0])
