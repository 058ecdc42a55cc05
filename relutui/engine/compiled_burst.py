"""Trains a checkpoint in bursts of a compiled kernel, on the engine's thread."""

from array import array
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from relutui.engine.exact import ExactBurst, ExactSpec, Sampler, advance, checkpoint_after, losses_of
from relutui.engine.kernels.arguments import Progress
from relutui.engine.kernels.layers_layout import LayersSpec
from relutui.engine.kernels.pieces_layout import DOUBT, PiecesSpec
from relutui.engine.kernels.points_layout import PointsSpec
from relutui.engine.program import STATE, BurstStart
from relutui.engine.programs import TableProgram, program_for
from relutui.lib.arrays import quiet
from relutui.model.gradient import GREATEST, State
from relutui.model.trainer import Diverged
from relutui.model.training import Checkpoint, Problem, Sample, sampling_stride
from relutui.model.values import number_of_values, values_of

_MAX_BURST_STEPS = 10_000  # so that closing need not wait for a long training
_MAX_STOPPING_BURST_STEPS = 1_000  # with stop_below: the kernel idles through the steps after it has stopped
_BURST_STEPS_AFTER_DOUBT = 64  # in the first burst after a doubt, which may soon return


class CompiledBurst:
    """The kernel of a spec; trains any problem and checkpoint that the spec fits."""

    def __init__(self, spec: PointsSpec | PiecesSpec | LayersSpec) -> None:
        self._program = program_for(spec)
        self._in_doubt = False  # whether the tables by pieces may be too inexact for the state in memory
        self._last: Callable[[], Checkpoint | None] = lambda: None  # the checkpoint whose state is in the device's memory

    @quiet
    def train(self, start: Checkpoint, problem: Problem, steps: int, interrupt: Callable[[], None]) -> Checkpoint:
        """Return the checkpoint after `steps`, or fewer if the loss falls below settings.stop_below.

        interrupt: called between bursts; what it raises ends the training.
        Raises Diverged with the last finite state.
        """
        self._load(start, problem)
        program = self._program
        stride = sampling_stride(start.history, steps)
        longest = most = _MAX_BURST_STEPS if problem.settings.stop_below is None else _MAX_STOPPING_BURST_STEPS
        samples: tuple[Sample, ...] = ()
        taken, diverged = 0, False
        while taken < steps and not diverged:
            interrupt()
            reached = start.step + taken
            asked = min(longest, steps - taken, program.most_steps(reached))
            burst_start = BurstStart(reached, start.optimizer.steps + taken, stride, reached)
            before = {name: program.current(name).copy() for name in program.state}
            done, rows = self._run(asked, burst_start)
            if diverged := not self._finite(rows):
                done, rows = self._last_finite(before, done, burst_start)
            samples += _samples(rows, burst_start)
            taken += done
            longest = min(2 * longest, most)
            if done < asked and not diverged:
                if not self._in_doubt:
                    break
                sampler = Sampler(start.step + taken, stride)
                done, diverged = self._by_points(start, steps - taken, start.optimizer.steps + taken, interrupt, sampler)
                if done == 0:
                    break
                taken, longest = taken + done, _BURST_STEPS_AFTER_DOUBT
                samples += tuple(sample for sample in sampler.samples if sample.step < start.step + taken)
        checkpoint = checkpoint_after(start, problem, self._state(), taken, samples)
        if diverged:
            raise Diverged(checkpoint)
        self._last = ref(checkpoint)
        return checkpoint

    def _by_points(
        self, start: Checkpoint, steps: int, adam_steps: int, interrupt: Callable[[], None], sampler: Sampler
    ) -> tuple[int, bool]:
        """Train the state in memory point by point until the tables are exact enough again.

        Returns the number of steps taken and whether the training diverged.
        """
        program = self._program
        assert isinstance(program, TableProgram)
        left, known = np.array([steps]), np.array([adam_steps])
        done = advance(self._problem, self._state(), left, known, interrupt, program.doubtful, sampler)
        taken, diverged = int(done.taken[0]), bool(np.isnan(done.losses[0]))
        self._write(done.before if diverged else done.state)
        return max(0, taken - diverged), diverged

    def _load(self, start: Checkpoint, problem: Problem) -> None:
        program, memory, sizes = self._program, start.optimizer, start.parameters.sizes
        self._problem, self._nothing = problem, np.zeros((1, number_of_values(sizes)))
        parts = zip(STATE, (start.parameters, memory.first, memory.second))
        self._start = {name: values_of(part)[None] for name, part in parts if name in program.state}
        program.load(problem, sizes)
        last, self._last = self._last(), lambda: None
        if start is not last:
            for name, values in self._start.items():
                program.write_state(name, values)

    def _write(self, state: State) -> None:
        for name, values in zip(STATE, state):
            if name in self._program.state:
                self._program.write_state(name, values)

    def _run(self, steps: int, burst_start: BurstStart) -> tuple[int, NDArray[np.float32]]:
        """Run one burst from the state in memory, and learn whether the tables by pieces may be too inexact for what it leaves.

        Returns the number of steps taken, and the rows of its samples and of the final state, of shape (rows, 1 + values).
        """
        self._program.run(steps, burst_start)
        taken, samples, *by_pieces = self._program.current("progress").tolist()
        self._in_doubt = any(by_pieces[DOUBT - len(Progress) :])
        return taken, self._program.samples(samples + 1)

    def _finite(self, rows: NDArray[np.float32]) -> bool:
        """Return whether the state in memory and its loss are finite in float32, the dtype of samples.

        relu(nan) is 0: a finite loss does not show that the state is.
        """
        program, loss = self._program, rows[-1, 0]
        if self._in_doubt:
            loss = losses_of(self._problem, program.read_state("parameters", self._nothing))[0]
        return bool(loss < GREATEST) and all((np.abs(program.current(name)) <= GREATEST).all() for name in program.state)

    def _last_finite(
        self, before: dict[str, NDArray[Any]], taken: int, burst_start: BurstStart
    ) -> tuple[int, NDArray[np.float32]]:
        """Bring the last finite state into memory, by a binary search over shorter bursts from `before`; return as `_run`."""
        finite, bad = 0, taken
        while finite + 1 < bad:
            middle = (finite + bad) // 2
            self._restore(before)
            _, rows = self._run(middle, burst_start)
            finite, bad = (middle, bad) if self._finite(rows) else (finite, middle)
        self._restore(before)
        return self._run(finite, burst_start)

    def _restore(self, state: dict[str, NDArray[Any]]) -> None:
        for name, values in state.items():
            self._program.write(name, values)

    def _state(self) -> State:
        """Return the state in memory, with all digits of the start for every number that has not changed."""
        start = self._start
        return tuple(self._program.read_state(n, start[n]) if n in start else self._nothing for n in STATE)


def _samples(rows: NDArray[np.float32], burst_start: BurstStart) -> tuple[Sample, ...]:
    """Return the samples of a burst; the last row is the final state and no sample."""
    numbers, length = array("f", rows.tobytes()), rows.shape[1]
    first = -(-burst_start.step // burst_start.stride) * burst_start.stride
    values = [numbers[n + 1 : n + length] for n in range(0, len(numbers) - length, length)]
    made = zip(count(first, burst_start.stride), rows[:-1, 0].tolist(), values)
    return tuple(map(partial(tuple.__new__, Sample), made))  # takes a third of the time of Sample(*...)


def burst_for(spec: PointsSpec | PiecesSpec | LayersSpec | ExactSpec) -> CompiledBurst | ExactBurst:
    """Return the trainer of checkpoints for a spec."""
    return ExactBurst() if isinstance(spec, ExactSpec) else CompiledBurst(spec)
