"""Trains many networks at once with a compiled kernel, on the engine's thread."""

from collections.abc import Callable
from weakref import ref

import numpy as np
from tinygrad import Device

from relutui.engine.exact import ExactBatch, ExactSpec, IntArray, advance_many, is_finite, losses_of
from relutui.engine.kernels.pieces_layout import PiecesSpec
from relutui.engine.kernels.points_layout import PointsSpec
from relutui.engine.program import STATE, BurstStart, Program
from relutui.engine.programs import PieceProgram, program_for
from relutui.lib.arrays import Array, quiet
from relutui.model.batch import Batch
from relutui.model.gradient import GREATEST
from relutui.model.training import Problem

_UNSAMPLED_STRIDE = 2**30  # steps: no samples
_UNSAMPLED_STEP = _UNSAMPLED_STRIDE // 2  # a first step at which no sample is due, nor for long before and after
_STEPS_AFTER_DOUBT = 64  # by pieces in the first burst after a doubt, which may soon return; then twice as many
_CPU_RUN_WORK = 50_000_000  # units times points times steps of all networks in one burst, which cannot be interrupted
_GPU_RUN_WORK = 40 * _CPU_RUN_WORK
_GPU_FILLING_NETWORKS = 256  # take a GPU as long as one network


class CompiledBatch:
    """The kernel of a spec; trains batches of any size, as many networks at a time as the spec has room for."""

    def __init__(self, spec: PointsSpec | PiecesSpec) -> None:
        self._program = program_for(spec)
        self._last: tuple[Callable[[], Array | None], ...] = ()  # the state in the device's memory

    @quiet
    def train(self, batch: Batch, problem: Problem, steps: int, interrupt: Callable[[], None]) -> Batch:
        """Return the batch after `steps`, with its losses, of shape (networks,).

        interrupt: called between bursts; what it raises ends the training.
        """
        self._problem, self._interrupt = problem, interrupt
        self._program.load(problem, batch.units)
        spec, work = self._program.spec, self._program.work
        size = spec.networks if spec.parallel else min(spec.networks, max(1, _CPU_RUN_WORK // work))
        together = min(size, len(batch))
        limit, occupied = (_GPU_RUN_WORK, max(together, _GPU_FILLING_NETWORKS)) if spec.parallel else (_CPU_RUN_WORK, together)
        run_steps = max(1, limit // (work * occupied))
        trained = []
        known = bool(self._last) and all(last() is its for last, its in zip(self._last, _state(batch)))
        self._last = ()
        for first in range(0, len(batch), size):
            self._load(batch, slice(first, first + size), known)
            for step in range(0, steps, run_steps) or (0,):
                interrupt()
                self._run(min(run_steps, steps - step), batch.step + step)
            trained.append(self._trained(batch.step + steps))
        if len(trained) > 1:
            return Batch.joined(trained)
        self._last = tuple(map(ref, _state(trained[0])))
        return trained[0]

    def _load(self, batch: Batch, part: slice, known: bool) -> None:
        """Write a part of the batch to the device's memory, unless it is known to be there already."""
        self._before = {"parameters": batch.values[part], "first": batch.first[part], "second": batch.second[part]}
        for name in () if known else self._program.state:
            self._program.write_state(name, self._before[name])

    def _run(self, steps: int, adam_steps: int) -> None:
        program, networks = self._program, len(self._before["parameters"])
        program.run(steps, BurstStart(_UNSAMPLED_STEP, adam_steps, _UNSAMPLED_STRIDE), networks)
        Device[Device.DEFAULT].synchronize()  # else a GPU is given all runs at once, and none can be given up
        if isinstance(program, PieceProgram):
            remaining = steps - program.taken()[:networks].astype(np.int64)
            if (remaining[program.doubts()[:networks]] > 0).any():
                self._train_in_doubt(program, remaining, adam_steps + steps)

    def _train_in_doubt(self, program: PieceProgram, remaining: IntArray, end: int) -> None:
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
            program.run(steps, BurstStart(_UNSAMPLED_STEP, end - steps, _UNSAMPLED_STRIDE), len(active), skipped)
            taken = program.taken()[: len(active)] - skipped
            for part, new in zip(state, self._state(program, len(active))):
                part[active] = new
            remaining[active] -= taken
            doubts[active] = program.doubts()[: len(active)]
            active, burst_steps = active[(taken > 0) | doubts[active]], 2 * burst_steps
        self._write(program, state)
        program.run(0, BurstStart(_UNSAMPLED_STEP, end, _UNSAMPLED_STRIDE), len(remaining))

    def _state(self, program: Program, networks: int) -> tuple[Array, ...]:
        """Return the state of the first networks, each part of shape (networks, 1 + 3 units); zeros where there is none."""
        nothing = np.zeros((networks, self._before["parameters"].shape[1]))
        return tuple(program.read_state(name, nothing) if name in program.state else nothing for name in STATE)

    def _write(self, program: Program, state: tuple[Array, ...]) -> None:
        for name, values in zip(STATE, state):
            if name in program.state:
                program.write_state(name, values)

    def _trained(self, step: int) -> Batch:
        """Return the part of the batch in the device's memory, at this step."""
        program, before = self._program, self._before
        after = {name: program.read_state(name, old) if name in program.state else old for name, old in before.items()}
        values, first, second = after.values()
        measured = program.losses()[: len(values)].astype(np.float64)
        if isinstance(program, PieceProgram) and (doubts := program.doubts()[: len(values)]).any():
            measured[doubts] = losses_of(self._problem, values[doubts])
        # relu(nan) is 0: a finite loss does not show that the state is
        finite = is_finite((values, first, second)) & (measured < GREATEST)
        return Batch(values, first, second, step, np.where(finite, measured, np.nan))


def _state(batch: Batch) -> tuple[Array, ...]:
    return batch.values, batch.first, batch.second


def batch_for(spec: PointsSpec | PiecesSpec | ExactSpec) -> CompiledBatch | ExactBatch:
    """Return the trainer of batches for a spec."""
    return ExactBatch() if isinstance(spec, ExactSpec) else CompiledBatch(spec)
