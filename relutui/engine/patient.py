"""The engine of a screen: on a crowded machine it waits with opening until it is needed."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter, process_time

from relutui.engine.thread import Engine, P, T
from relutui.training import Device

SHARE = 0.1  # of a core: who has had less so far is one of many, as in a classroom that starts all at once
PATIENCE = 60.0, 300.0  # s


class PatientEngine(Engine):
    """Opens where there is time for it, or as soon as anything else is asked of it, or in a few minutes.

    With its first kernels it takes more than a second of processor time.  Two hundred sessions that start together are all on
    their screens before any of them opens.
    """

    def __init__(self, device: str | None = None) -> None:
        super().__init__(device)
        self._began = perf_counter(), process_time()
        self._needed = asyncio.Event()

    async def open(self) -> Device:
        """Open the device when it is time (again at no cost); raises TrainerUnavailable."""
        if self._is_crowded():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._needed.wait(), random.uniform(*PATIENCE))
        return await super().open()

    def _is_crowded(self) -> bool:
        """Whether others have kept this process from the processor since the engine was made."""
        began, used = self._began
        return process_time() - used < SHARE * (perf_counter() - began)

    async def _call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._needed.set()
        return await super()._call(function, *args, **kwargs)
