"""The engine, as the app calls it."""

import asyncio
from functools import cache

import numpy as np

from relutui.bench.task import Run, Task, Values
from relutui.engine.engine import Engine
from relutui.lib.cores import available_cores
from relutui.model.batch import Batch
from relutui.model.dataset import Dataset
from relutui.model.training import Checkpoint, Problem, TrainingSettings, locks_of
from relutui.model.values import parameters_of, values_of

LOOP = asyncio.new_event_loop()


def prepare(task: Task, variant: str) -> Run:
    """`variant` is the device, after "points " for the kernel that visits every point."""
    engine, rows = _engine(variant), task.rows(task.start)
    settings = TrainingSettings(task.optimizer, task.rate)
    data, locks = Dataset(task.x.astype(np.float64), task.y.astype(np.float64)), locks_of(np.zeros(rows.shape[1]), task.sizes)
    problem = Problem(task.network, data, locks, settings)
    if task.networks is None:
        start = Checkpoint.start(parameters_of(rows[0], task.sizes))

        def run(steps: int) -> Values:
            trained = LOOP.run_until_complete(engine.train(start, problem, steps)).parameters
            return task.values(values_of(trained)[None])

        return run

    batch = Batch.start(rows, task.sizes)
    return lambda steps: task.values(LOOP.run_until_complete(engine.train_batch(batch, problem, steps)).values)


@cache
def _engine(variant: str) -> Engine:
    how, _, device = variant.rpartition(" ")
    engine = Engine(device, "points" if how else None, workers=available_cores())
    LOOP.run_until_complete(engine.open())
    return engine
