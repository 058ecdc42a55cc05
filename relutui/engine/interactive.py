"""A trainer for a screen, whose device is opened late on a crowded machine."""

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import suppress
from time import perf_counter, process_time
from typing import TYPE_CHECKING

from relutui.model.trainer import Device, DeviceReport, Trainer
from relutui.model.training import Checkpoint, Problem

if TYPE_CHECKING:
    from relutui.model.batch import Batch

CROWDED_CPU_SHARE = 0.1  # of a core: a process that gets less shares the machine with many, as when a whole class starts
MIN_OBSERVED_S = 0.2  # below which a small share tells nothing
OPENING_DELAY_S = 60.0, 300.0  # drawn between these, so that the devices of a class do not all open together


class DeferredOpening:
    """Trains as the wrapped trainer does; on a crowded machine it opens when training is needed, or after some minutes.

    Opening and the first kernels take more than a second of processor time.  When two hundred sessions start together, all
    of them show their screens before any of them opens its device.
    """

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._began = perf_counter(), process_time()
        self._needed = asyncio.Event()

    async def open(self) -> Device:
        """Open the device, at once or late, and return it.  Raises TrainerUnavailable."""
        if self._is_crowded():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._needed.wait(), random.uniform(*OPENING_DELAY_S))
        self._needed.set()
        return await self._trainer.open()

    def devices(self) -> AsyncGenerator[DeviceReport]:
        """Yield the wrapped trainer's reports."""
        return self._trainer.devices()

    async def switch(self, device: str) -> Device:
        """Train on this device from now on.  Raises TrainerUnavailable, and keeps the present device then."""
        self._needed.set()
        return await self._trainer.switch(device)

    async def prepare(self, problem: Problem, units: int) -> None:
        """Compile ahead of time, as `Trainer.prepare`.  Raises TrainerUnavailable."""
        self._needed.set()
        await self._trainer.prepare(problem, units)

    async def train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        """Return the checkpoint after `steps`, as `Trainer.train`.  Raises Diverged and TrainerUnavailable."""
        self._needed.set()
        return await self._trainer.train(checkpoint, problem, steps)

    async def train_batch(self, batch: "Batch", problem: Problem, steps: int) -> "Batch":
        """Return the batch after `steps`, as `Trainer.train_batch`.  Raises TrainerUnavailable."""
        self._needed.set()
        return await self._trainer.train_batch(batch, problem, steps)

    async def close(self) -> None:
        """Close the wrapped trainer."""
        await self._trainer.close()

    def _is_crowded(self) -> bool:
        """Return whether this process has had little processor time since the trainer was made."""
        started, used = self._began
        passed = perf_counter() - started
        return passed > MIN_OBSERVED_S and process_time() - used < CROWDED_CPU_SHARE * passed
