"""The device of a screen: opened, exchanged for another, and with its kernels compiled ahead."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace

from relutui.model.trainer import DEVICES, Device, Trainer, TrainerUnavailable
from relutui.readout.status import device_text
from relutui.session.device_status import Ready, Unavailable
from relutui.session.session import Session
from relutui.ui.controllers.background_task import raise_failure
from relutui.ui.controllers.host import Host


class DeviceManager:
    """Keeps the device in the session, and the trainer prepared for what the session may train next."""

    def __init__(self, trainer: Trainer, host: Host) -> None:
        self._trainer, self._host = trainer, host
        self._open = False
        self._prepared: object = None
        self._preparing = False
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> bool:
        """Whether a device is being opened, or something compiled."""
        return bool(self._tasks)

    def begin(self) -> None:
        """Open the device that the trainer takes by itself."""
        self._spawn(self._begin())

    def switch(self, device: str) -> None:
        """Open one of the DEVICES, and train there from then on; the session stays as it is."""
        self._host.session = self._host.session.say(f"opening {DEVICES[device]} ...")
        self._spawn(self._switch(device))

    def report_fallback(self, device: Device, reason: str) -> None:
        """Have the session say that training goes on on another device, and why."""
        self._tell(device, reason, error=True)

    def wake(self) -> None:
        """See whether there is something else to compile, or another device to compile it for."""
        if self._open and not self._preparing and self._prepared != _compiled_for(self._host.session):
            self._preparing = True
            self._spawn(self._prepare())

    async def _begin(self) -> None:
        try:
            device = await self._trainer.open()
        except TrainerUnavailable as error:
            self._host.session = replace(self._host.session, device=Unavailable(str(error))).say(str(error), error=True)
            return
        said = f"training runs on {device}; {device.advice}" if device.advice and not self._host.session.view.message else ""
        self._tell(device, said)

    async def _switch(self, device: str) -> None:
        try:
            opened = await self._trainer.switch(device)
        except TrainerUnavailable as error:
            still = f"; still on {device_text(self._host.session.device)}" if self._open else ""
            self._host.session = self._host.session.say(f"{error}{still}", error=True)
        else:
            self._tell(opened, f"training runs on {opened}")

    def _tell(self, device: Device, said: str, error: bool = False) -> None:
        """Have the session say which device it is by now, and why."""
        self._open = True
        session = replace(self._host.session, device=Ready(device))
        self._host.session = session.say(said, error) if said else session

    async def _prepare(self) -> None:
        """Compile ahead for the present kind and number of units; failing is told when training is asked for.

        One after the other: what is passed by meanwhile, such as activations that one looks through, is left out.
        """
        while self._prepared != (wanted := _compiled_for(self._host.session)):
            self._prepared, state = wanted, self._host.session.state
            with suppress(TrainerUnavailable):
                await self._trainer.prepare(state.problem(self._host.session.dataset), state.parameters.units)
        self._preparing = False

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(raise_failure)


def _compiled_for(session: Session) -> object:
    return session.device, session.state.network, session.state.settings.optimizer, session.state.parameters.units
