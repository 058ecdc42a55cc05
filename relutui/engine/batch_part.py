"""Trains a part of a batch in the memory of one program, on the engine's thread or a worker's."""

from collections.abc import Callable
from weakref import ref

import numpy as np
from tinygrad import Device

from relutui.engine.exact import IntArray, advance_many, is_finite, losses_of
from relutui.engine.program import STATE, BurstStart, Program
from relutui.engine.programs import RUN_WORK, TableProgram
from relutui.engine.workers import Interrupt
from relutui.lib.arrays import Array, quiet
from relutui.model.batch import Batch
from relutui.model.gradient import GREATEST
from relutui.model.training import Problem

_GPU_RUN_WORK = 40 * RUN_WORK
_GPU_FILLING_NETWORKS = 256  # take a GPU as long as one network
_UNSAMPLED_STRIDE = 2**30  # steps: no samples
_UNSAMPLED_STEP = _UNSAMPLED_STRIDE // 2  # a first step at which no sample is due, nor for long before and after
_STEPS_AFTER_DOUBT = 64  # by pieces in the first burst after a doubt, which may soon return; then twice as many


class PartTrainer:
    """Trains as many networks at a time as its program has room for; the program has loaded their problem."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._last: tuple[slice, tuple[Callable[[], Array | None], ...]] | None = None  # what the program's memory holds

    @quiet
    def train(self, batch: Batch, part: slice, problem: Problem, steps: int, interrupt: Interrupt) -> Batch:
        """Return the part of the batch after `steps`, with its losses.

        interrupt: called between bursts; what it raises ends the training.
        """
        self._problem, self._interrupt, self._sizes = problem, interrupt, batch.sizes
        self._load(batch, part)
        spec, work, networks = self.program.spec, self.program.work, len(self._before["parameters"])
        limit, occupied = (_GPU_RUN_WORK, max(networks, _GPU_FILLING_NETWORKS)) if spec.parallel else (RUN_WORK, networks)
        run_steps = max(1, limit // (work * occupied))
        taken = 0
        while True:
            interrupt()
            asked = min(run_steps, steps - taken, self.program.most_steps(batch.step + taken))
            self._run(asked, batch.step + taken)
            taken += asked
            if taken >= steps:
                return self._trained(batch.step + steps)

    def remember(self, batch: Batch, part: slice) -> None:
        """Note that the last answer is this part of a batch, which need not be loaded if it is trained next."""
        self._last = part, tuple(map(ref, _state(batch)))

    def _load(self, batch: Batch, part: slice) -> None:
        """Write a part of the batch to the device's memory, unless it is there already."""
        last, self._last = self._last, None
        known = last and last[0] == part and all(kept() is its for kept, its in zip(last[1], _state(batch)))
        self._before = {"parameters": batch.values[part], "first": batch.first[part], "second": batch.second[part]}
        for name in () if known else self.program.state:
            self.program.write_state(name, self._before[name])

    def _run(self, steps: int, adam_steps: int) -> None:
        program, networks = self.program, len(self._before["parameters"])
        program.run(steps, _unsampled(adam_steps), networks)
        if program.spec.parallel:  # else a GPU is given all runs at once, and none can be given up
            Device[Device.DEFAULT].synchronize()
        if isinstance(program, TableProgram):
            remaining = steps - program.taken()[:networks].astype(np.int64)
            if (remaining[program.doubts()[:networks]] > 0).any():
                self._train_in_doubt(program, remaining, adam_steps + steps)

    def _train_in_doubt(self, program: TableProgram, remaining: IntArray, end: int) -> None:
        """Finish the networks that stopped in doubt: point by point while in doubt, and by pieces otherwise.

        remaining: the steps each network still has to take, of shape (networks,); end: adam's steps after the last of them.
        """
        problem, interrupt = self._problem, self._interrupt
        state, burst_steps = self._state(program, len(remaining)), _STEPS_AFTER_DOUBT
        doubts = program.doubts()[: len(remaining)].copy()
        active = np.flatnonzero(doubts & (remaining > 0))
        while len(active):
            doubtful = active[doubts[active]]
            if len(doubtful):
                doubtful_state = tuple(part[doubtful] for part in state)
                result = advance_many(
                    problem, doubtful_state, remaining[doubtful], end - remaining[doubtful], interrupt, program.doubtful
                )
                for part, new in zip(state, result.state):
                    part[doubtful] = new
                remaining[doubtful] -= result.taken
                doubts[doubtful] = (result.taken == 0) | np.isnan(result.losses)  # these networks are finished
            active = active[~doubts[active] & (remaining[active] > 0)]
            if not len(active):
                break
            interrupt()
            steps = min(burst_steps, int(remaining[active].max()))
            self._write(program, tuple(part[active] for part in state))
            skipped = steps - remaining[active]
            program.run(steps, _unsampled(end - steps), len(active), skipped)
            taken = program.taken()[: len(active)] - skipped
            for part, new in zip(state, self._state(program, len(active))):
                part[active] = new
            remaining[active] -= taken
            doubts[active] = program.doubts()[: len(active)]
            active, burst_steps = active[(taken > 0) | doubts[active]], 2 * burst_steps
        self._write(program, state)
        program.run(0, _unsampled(end), len(remaining))

    def _state(self, program: Program, networks: int) -> tuple[Array, ...]:
        """Return the state of the first networks, each part of shape (networks, values); zeros where there is none."""
        nothing = np.zeros((networks, self._before["parameters"].shape[1]))
        return tuple(program.read_state(name, nothing) if name in program.state else nothing for name in STATE)

    def _write(self, program: Program, state: tuple[Array, ...]) -> None:
        for name, values in zip(STATE, state):
            if name in program.state:
                program.write_state(name, values)

    def _trained(self, step: int) -> Batch:
        """Return the part of the batch in the device's memory, at this step."""
        program, before = self.program, self._before
        after = {name: program.read_state(name, old) if name in program.state else old for name, old in before.items()}
        values, first, second = after.values()
        measured = program.losses()[: len(values)].astype(np.float64)
        if isinstance(program, TableProgram) and (doubts := program.doubts()[: len(values)]).any():
            measured[doubts] = losses_of(self._problem, values[doubts])
        # relu(nan) is 0: a finite loss does not show that the state is
        finite = is_finite((values, first, second)) & (measured < GREATEST)
        return Batch(values, first, second, step, np.where(finite, measured, np.nan), sizes=self._sizes)


def _unsampled(taken: int) -> BurstStart:
    """The start of a burst without samples, of networks that have taken so many steps."""
    return BurstStart(_UNSAMPLED_STEP, taken, _UNSAMPLED_STRIDE, taken)


def _state(batch: Batch) -> tuple[Array, ...]:
    return batch.values, batch.first, batch.second
