"""A trainer that continues on the processor when its device fails."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from relutui.model.trainer import Device, DeviceFailed, DeviceReport, Trainer, TrainerUnavailable
from relutui.model.training import Checkpoint, Problem

if TYPE_CHECKING:
    from relutui.model.batch import Batch

T = TypeVar("T")


class CpuFallback:
    """Trains as the wrapped trainer does, and on the processor once its device cannot be opened or fails.

    The call that failed is repeated there.  If the processor cannot be opened either, the first error is raised.

    report: called on the event loop with the new device and the reason.
    """

    def __init__(self, trainer: Trainer, report: Callable[[Device, str], None]) -> None:
        self._trainer, self._report = trainer, report
        self._device: Device | None = None
        self._switching = asyncio.Lock()

    async def open(self) -> Device:
        """Open the device or, if it fails, the processor, and return it.  Raises TrainerUnavailable."""
        from relutui.engine.devices.choice import UnknownDevice  # imported on demand: start-up time counts

        try:
            self._device = await self._trainer.open()
        except UnknownDevice:
            raise
        except TrainerUnavailable as error:
            return await self._fall_back(error)
        return self._device

    def devices(self) -> AsyncGenerator[DeviceReport]:
        """Yield the wrapped trainer's reports."""
        return self._trainer.devices()

    async def switch(self, device: str) -> Device:
        """Train on this device from now on.  Raises TrainerUnavailable, and keeps the present device then."""
        async with self._switching:
            self._device = opened = await self._trainer.switch(device)
        return opened

    async def prepare(self, problem: Problem, units: int) -> None:
        """Compile ahead of time, as `Trainer.prepare`.  Raises TrainerUnavailable."""
        await self._with_fallback(lambda: self._trainer.prepare(problem, units))

    async def train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        """Return the checkpoint after `steps`, as `Trainer.train`.  Raises Diverged and TrainerUnavailable."""
        return await self._with_fallback(lambda: self._trainer.train(checkpoint, problem, steps))

    async def train_batch(self, batch: "Batch", problem: Problem, steps: int) -> "Batch":
        """Return the batch after `steps`, as `Trainer.train_batch`.  Raises TrainerUnavailable."""
        return await self._with_fallback(lambda: self._trainer.train_batch(batch, problem, steps))

    async def close(self) -> None:
        """Close the wrapped trainer."""
        await self._trainer.close()

    async def _with_fallback(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do the work on the device, and again on the processor if the device fails."""
        if self._device is None:
            await self.open()
        try:
            return await work()
        except DeviceFailed as error:
            await self._fall_back(error)
        return await work()

    async def _fall_back(self, error: TrainerUnavailable) -> Device:
        """Switch to the processor, even if the call that failed is cancelled; raise the error if that fails too."""
        return await asyncio.shield(self._take_over(self._device, error))

    async def _take_over(self, failed: Device | None, error: TrainerUnavailable) -> Device:
        async with self._switching:
            if self._device is not None and self._device is not failed:  # another call has switched meanwhile
                return self._device
            try:
                self._device = device = await self._trainer.switch("CPU")
            except TrainerUnavailable:
                raise error from None
            self._report(device, f"{error}; on {device} from here on")
            return device
