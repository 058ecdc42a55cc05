"""The engine, as the app calls it."""

import asyncio
from functools import cache

import numpy as np

from relutui.bench.task import Run, Task, Values
from relutui.engine.engine import Engine
from relutui.lib.arrays import Array
from relutui.lib.cores import available_cores
from relutui.model.batch import Batch
from relutui.model.dataset import Dataset
from relutui.model.network import Network, Parameters
from relutui.model.training import Checkpoint, Locks, Problem, TrainingSettings

LOOP = asyncio.new_event_loop()


def prepare(task: Task, variant: str) -> Run:
    """`variant` is the device, after "points " for the kernel that visits every point."""
    engine = _engine(variant)
    free = np.zeros(task.units, dtype=bool)
    settings = TrainingSettings(task.optimizer, task.rate)
    x, y, c, w, b, v = (part.astype(np.float64) for part in (task.x, task.y, *task.start))
    problem = Problem(Network(), Dataset(x, y), Locks(free, free, free, False), settings)
    if task.networks is None:
        start = Checkpoint.start(Parameters(w, b, v, float(c)))

        def run(steps: int) -> Values:
            trained = LOOP.run_until_complete(engine.train(start, problem, steps)).parameters
            return _values(np.array(trained.c), trained.w, trained.b, trained.v)

        return run

    values = np.concatenate([c[:, None], np.stack([w, b, v], axis=2).reshape(task.networks, -1)], axis=1)
    batch = Batch.start(values)

    def run_batch(steps: int) -> Values:
        values = LOOP.run_until_complete(engine.train_batch(batch, problem, steps)).values
        return _values(values[:, 0], values[:, 1::3], values[:, 2::3], values[:, 3::3])

    return run_batch


@cache
def _engine(variant: str) -> Engine:
    how, _, device = variant.rpartition(" ")
    engine = Engine(device, "points" if how else None, workers=available_cores())
    LOOP.run_until_complete(engine.open())
    return engine


def _values(*parts: Array) -> Values:
    c, w, b, v = (part.astype(np.float32) for part in parts)
    return c, w, b, v
