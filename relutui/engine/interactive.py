"""A trainer for a screen: on a crowded machine its device is opened only when it is needed."""

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import suppress
from time import perf_counter, process_time

from relutui.model.batch import Batch
from relutui.model.trainer import Device, DeviceReport, Trainer
from relutui.model.training import Checkpoint, Problem

CROWDED_CPU_SHARE = 0.1  # of a core: a process that gets less is one of many, as in a classroom that starts all at once
MIN_OBSERVED_S = 0.2  # before which any process may get less
OPENING_DELAY_S = 60.0, 300.0  # at random between these, so that not all open together


class DeferredOpening:
    """Trains as the wrapped trainer does, and opens it where there is time, when training is asked for, or in some minutes.

    Opening and the first kernels take more than a second of processor time.  Two hundred sessions that start together all
    have their screens before any of them opens.
    """

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._began = perf_counter(), process_time()
        self._needed = asyncio.Event()

    async def open(self) -> Device:
        """Open the device when it is time (again at no cost); raises TrainerUnavailable."""
        if self._is_crowded():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._needed.wait(), random.uniform(*OPENING_DELAY_S))
        self._needed.set()
        return await self._trainer.open()

    def devices(self) -> AsyncGenerator[DeviceReport]:
        """Every device there may be, as the wrapped trainer finds them."""
        return self._trainer.devices()

    async def switch(self, device: str) -> Device:
        """Train on this device from here on; raises TrainerUnavailable, and stays with the present one."""
        self._needed.set()
        return await self._trainer.switch(device)

    async def prepare(self, problem: Problem, units: int) -> None:
        """Compile ahead what training `units` units, and one more, will need; raises TrainerUnavailable."""
        self._needed.set()
        await self._trainer.prepare(problem, units)

    async def train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        """The checkpoint `steps` on, as `Trainer.train`; raises Diverged and TrainerUnavailable."""
        self._needed.set()
        return await self._trainer.train(checkpoint, problem, steps)

    async def train_batch(self, batch: Batch, problem: Problem, steps: int) -> Batch:
        """The batch `steps` on, as `Trainer.train_batch`; raises TrainerUnavailable."""
        self._needed.set()
        return await self._trainer.train_batch(batch, problem, steps)

    async def close(self) -> None:
        """Close the wrapped trainer."""
        await self._trainer.close()

    def _is_crowded(self) -> bool:
        """Whether other processes have kept this one from the processor since the trainer was made."""
        started, used = self._began
        passed = perf_counter() - started
        return passed > MIN_OBSERVED_S and process_time() - used < CROWDED_CPU_SHARE * passed
