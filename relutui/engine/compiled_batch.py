"""Trains many networks at once with a compiled kernel: on a processor the engine's workers share them."""

from tinygrad import Device

from relutui.engine.batch_part import PartTrainer
from relutui.engine.exact import ExactBatch, ExactSpec
from relutui.engine.kernels.lanes_layout import LanesSpec
from relutui.engine.kernels.layers_layout import LayersSpec
from relutui.engine.kernels.pieces_layout import PiecesSpec
from relutui.engine.kernels.points_layout import PointsSpec
from relutui.engine.programs import RUN_WORK, program_for
from relutui.engine.workers import Interrupt, Workers, divide
from relutui.model.batch import Batch
from relutui.model.training import Problem

_LEAST_WORK = 300_000  # units times points times steps of a part that is worth a thread: a tenth of a millisecond
_LEAST_WORK_EACH = 500  # of one network: with less, most of the time is Python's, which runs one thread at a time


class CompiledBatch:
    """The kernel of a spec; trains batches of any size in parts, of as many networks as the spec has room for.

    Each worker has a program, with memory for a part; a GPU has one worker.
    """

    def __init__(self, spec: PointsSpec | PiecesSpec | LanesSpec | LayersSpec, workers: Workers) -> None:
        self._workers = workers if Device.DEFAULT == "CPU" else Workers(1)
        self._trainers = [PartTrainer(program_for(spec))]

    def train(self, batch: Batch, problem: Problem, steps: int, interrupt: Interrupt) -> Batch:
        """Return the batch after `steps`, with its losses, of shape (networks,).

        interrupt: called between bursts; what it raises ends the training.
        """
        program = self._trainers[0].program
        program.load(problem, batch.sizes)
        spec, work = program.spec, program.work
        most = spec.networks if spec.parallel else min(spec.networks, max(1, RUN_WORK // work))
        each = work * max(1, steps)
        workers = self._workers.count if each >= _LEAST_WORK_EACH else 1
        parts = divide(len(batch), most, _LEAST_WORK // each, workers, spec.block)
        trainers = self._trainers_of(min(len(parts), self._workers.count))
        for other in trainers[1:]:
            other.program.load(problem, batch.sizes)

        def train_part(worker: int, part: slice, interrupt: Interrupt) -> Batch:
            return trainers[worker].train(batch, part, problem, steps, interrupt)

        trained = self._workers.map(train_part, parts, interrupt)
        joined = trained[0] if len(parts) == 1 else Batch.joined(trained)
        if len(parts) == len(trainers):
            for trainer, part in zip(trainers, parts):
                trainer.remember(joined, part)
        return joined

    def _trainers_of(self, workers: int) -> list[PartTrainer]:
        """Return a trainer for each of so many workers."""
        while len(self._trainers) < workers:
            self._trainers.append(PartTrainer(self._trainers[0].program.twin()))
        return self._trainers[:workers]


def batch_for(
    spec: PointsSpec | PiecesSpec | LanesSpec | LayersSpec | ExactSpec, workers: Workers
) -> CompiledBatch | ExactBatch:
    """Return the trainer of batches for a spec."""
    return ExactBatch(workers) if isinstance(spec, ExactSpec) else CompiledBatch(spec, workers)
