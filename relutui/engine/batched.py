"""The training of many networks at once by a compiled burst.  All of it on the engine's one thread."""

from collections.abc import Callable
from weakref import ref

import numpy as np
from tinygrad import Device

from relutui.batch import Batch, predictions
from relutui.engine.loading import PieceProgram, program_for
from relutui.engine.piece_memory import PiecesForm
from relutui.engine.pieces import GREATEST
from relutui.engine.point_memory import Form
from relutui.engine.program import Place
from relutui.network import Array, quiet
from relutui.training import Problem

_NEVER = 2**30  # stride: no samples
_LARGE = 1e5  # of a parameter: beyond it the terms of a loss by pieces may cancel until nothing of it is left
_WORK = 50_000_000  # of all networks and steps in one run of the kernel, so that one can interrupt it soon
_WORK_OF_GPU = 40 * _WORK
_BUSY = 256  # networks take a GPU as long as one


class CompiledBatch:
    """The kernel of a form; `train` trains batches of any size, as many networks at a time as the form has room for."""

    def __init__(self, form: Form | PiecesForm) -> None:
        self._program = program_for(form)
        self._last: tuple[Callable[[], Array | None], ...] = ()  # the state that is in memory

    @quiet
    def train(self, batch: Batch, problem: Problem, steps: int, interrupt: Callable[[], None]) -> Batch:
        """The batch `steps` on, with its losses; `interrupt` is called now and then, to raise if need be."""
        self._program.load(problem, batch.units)
        form, work = self._program.form, self._program.work
        size = form.networks if form.parallel else min(form.networks, max(1, _WORK // work))
        together = min(size, len(batch))
        at_once = max(1, _WORK_OF_GPU // (work * max(together, _BUSY)) if form.parallel else _WORK // (work * together))
        trained = []
        known = bool(self._last) and all(last() is its for last, its in zip(self._last, _state(batch)))
        self._last = ()
        for first in range(0, len(batch), size):
            self._load(batch, slice(first, first + size), known)
            for step in range(0, steps, at_once) or (0,):
                interrupt()
                self._run(min(at_once, steps - step), batch.step + step)
            trained.append(self._trained(batch.step + steps, problem))
        if len(trained) > 1:
            return Batch.joined(trained)
        self._last = tuple(map(ref, _state(trained[0])))
        return trained[0]

    def _load(self, batch: Batch, part: slice, known: bool) -> None:
        """Write a part of the batch to memory, unless it is there already."""
        self._before = {"parameters": batch.values[part], "first": batch.first[part], "second": batch.second[part]}
        for name in () if known else self._program.state:
            self._program.write_state(name, self._before[name])

    def _run(self, steps: int, covered: int) -> None:
        self._program.run(steps, Place(1, covered, _NEVER), len(self._before["parameters"]))
        Device[Device.DEFAULT].synchronize()  # else a GPU is given all runs at once, and none can be given up

    def _trained(self, step: int, problem: Problem) -> Batch:
        """The part in memory, which has taken so many steps."""
        program, before = self._program, self._before
        after = {name: program.read_state(name, old) if name in program.state else old for name, old in before.items()}
        losses = program.losses()[: len(after["parameters"])].astype(np.float64)
        if isinstance(program, PieceProgram):
            for n in np.flatnonzero(np.abs(after["parameters"]).max(axis=1) > _LARGE):
                losses[n] = _loss(problem, after["parameters"][n : n + 1])
        # relu(nan) is 0, so that the loss alone does not tell
        finite = np.all([np.isfinite(values).all(axis=1) for values in after.values()], axis=0)
        return Batch(after["parameters"], after["first"], after["second"], step, np.where(finite, losses, np.nan))


def _state(batch: Batch) -> tuple[Array, ...]:
    return batch.values, batch.first, batch.second


def _loss(problem: Problem, values: Array) -> float:
    """The loss of a network, point by point; inf where float32 could not hold it."""
    squares = (predictions(problem.network, values, problem.dataset.x) - problem.dataset.y) ** 2
    loss = float(squares.mean() if problem.settings.loss == "mse" else squares.sum())
    return loss if loss < GREATEST else np.inf
