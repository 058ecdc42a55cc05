"""The engine for tests that are not asynchronous."""

import asyncio

from relutui.engine.engine import Engine
from relutui.model.batch import Batch
from relutui.model.trainer import Device
from relutui.model.training import Checkpoint, Problem


class Blocking:
    """The engine's calls, waited for."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def open(self) -> Device:
        return asyncio.run(self.engine.open())

    def prepare(self, problem: Problem, units: int) -> None:
        asyncio.run(self.engine.prepare(problem, units))

    def train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        return asyncio.run(self.engine.train(checkpoint, problem, steps))

    def train_batch(self, batch: Batch, problem: Problem, steps: int) -> Batch:
        return asyncio.run(self.engine.train_batch(batch, problem, steps))

    def close(self) -> None:
        asyncio.run(self.engine.close())
