"""The engine of a screen: on a crowded machine it waits with opening until it is needed, and where a device fails the
processor takes over.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter, process_time

from relutui.engine.devices.choice import UnknownDevice
from relutui.engine.engine import Engine, P, T
from relutui.model.trainer import Device, DeviceFailed, TrainerUnavailable

SHARE = 0.1  # of a core: who has had less so far is one of many, as in a classroom that starts all at once
BRIEF = 0.2  # s, in which that may happen to anybody
PATIENCE = 60.0, 300.0  # s


class PatientEngine(Engine):
    """Opens where there is time for it, or as soon as anything else is asked of it, or in a few minutes.

    With its first kernels it takes more than a second of processor time.  Two hundred sessions that start together are all on
    their screens before any of them opens.

    A device that cannot be opened at first, or fails, is given up for the processor, and what failed is done again there.
    """

    def __init__(self, device: str | None = None) -> None:
        super().__init__(device)
        self._began = perf_counter(), process_time()
        self._needed = asyncio.Event()
        self._told: Callable[[Device, str], None] | None = None
        self._news: list[tuple[Device, str]] = []

    def listen(self, told: Callable[[Device, str], None]) -> None:
        """Call this with the device, and why, whenever another is taken than the one that was asked for."""
        self._told = told

    async def open(self) -> Device:
        """Open the device when it is time (again at no cost); raises TrainerUnavailable."""
        if self._is_crowded():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._needed.wait(), random.uniform(*PATIENCE))
        return await super().open()

    def _is_crowded(self) -> bool:
        """Whether others have kept this process from the processor since the engine was made."""
        began, used = self._began
        passed = perf_counter() - began
        return passed > BRIEF and process_time() - used < SHARE * passed

    async def _call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._needed.set()
        try:
            return await super()._call(function, *args, **kwargs)
        finally:
            while self._news and self._told:
                self._told(*self._news.pop(0))

    # Below: only on the engine's thread.

    def _compute(self, function: Callable[[], T]) -> T:
        try:
            return super()._compute(function)
        except DeviceFailed as error:
            self._fall_back(error)
        return super()._compute(function)

    def _open(self) -> Device:
        try:
            return super()._open()
        except UnknownDevice:
            raise
        except TrainerUnavailable as error:
            return self._fall_back(error)

    def _fall_back(self, error: TrainerUnavailable) -> Device:
        """Go on on the processor; raises the error where that cannot be opened either."""
        try:
            device = self._switch("CPU")
        except TrainerUnavailable:
            raise error from None
        self._news.append((device, f"{error}; on {device} from here on"))
        return device
