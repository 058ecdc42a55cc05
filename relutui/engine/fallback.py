"""A trainer that goes on on the processor where its device fails."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeVar

from relutui.engine.devices.choice import UnknownDevice
from relutui.model.batch import Batch
from relutui.model.trainer import Device, DeviceFailed, DeviceReport, Trainer, TrainerUnavailable
from relutui.model.training import Checkpoint, Problem

T = TypeVar("T")


class CpuFallback:
    """Trains as the wrapped trainer does; where its device cannot be opened at first, or fails, the processor takes over.

    What failed is done again there; where the processor cannot be opened either, the first error is raised.

    report: is called on the event loop with the device that took over and the reason.
    """

    def __init__(self, trainer: Trainer, report: Callable[[Device, str], None]) -> None:
        self._trainer, self._report = trainer, report
        self._device: Device | None = None
        self._switching = asyncio.Lock()

    async def open(self) -> Device:
        """Open the device, or else the processor (again at no cost); raises TrainerUnavailable."""
        try:
            self._device = await self._trainer.open()
        except UnknownDevice:
            raise
        except TrainerUnavailable as error:
            return await self._fall_back(error)
        return self._device

    def devices(self) -> AsyncGenerator[DeviceReport]:
        """Every device there may be, as the wrapped trainer finds them."""
        return self._trainer.devices()

    async def switch(self, device: str) -> Device:
        """Train on this device from here on; raises TrainerUnavailable, and stays with the present one."""
        async with self._switching:
            self._device = opened = await self._trainer.switch(device)
        return opened

    async def prepare(self, problem: Problem, units: int) -> None:
        """Compile ahead what training `units` units, and one more, will need; raises TrainerUnavailable."""
        await self._with_fallback(lambda: self._trainer.prepare(problem, units))

    async def train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        """The checkpoint `steps` on, as `Trainer.train`; raises Diverged and TrainerUnavailable."""
        return await self._with_fallback(lambda: self._trainer.train(checkpoint, problem, steps))

    async def train_batch(self, batch: Batch, problem: Problem, steps: int) -> Batch:
        """The batch `steps` on, as `Trainer.train_batch`; raises TrainerUnavailable."""
        return await self._with_fallback(lambda: self._trainer.train_batch(batch, problem, steps))

    async def close(self) -> None:
        """Close the wrapped trainer."""
        await self._trainer.close()

    async def _with_fallback(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do the work on the device, once more on the processor if the device fails."""
        if self._device is None:
            await self.open()
        try:
            return await work()
        except DeviceFailed as error:
            await self._fall_back(error)
        return await work()

    async def _fall_back(self, error: TrainerUnavailable) -> Device:
        """Go on on the processor, even if whoever found the error is cancelled; raises it where there is no processor."""
        return await asyncio.shield(self._take_over(self._device, error))

    async def _take_over(self, failed: Device | None, error: TrainerUnavailable) -> Device:
        async with self._switching:
            if self._device is not None and self._device is not failed:  # a call that failed before saw to it, or `switch`
                return self._device
            try:
                self._device = device = await self._trainer.switch("CPU")
            except TrainerUnavailable:
                raise error from None
            self._report(device, f"{error}; on {device} from here on")
            return device
