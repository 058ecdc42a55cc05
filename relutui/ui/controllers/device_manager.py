"""The device that a screen trains on: opening it, switching to another, and compiling its kernels ahead of time."""

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
    """Keeps the session informed of its device, and the trainer ready for what the session may train next."""

    def __init__(self, trainer: Trainer, host: Host) -> None:
        self._trainer, self._host = trainer, host
        self._open = False
        self._prepared: object = None
        self._preparing = False
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> bool:
        """Whether a device is being opened or a kernel compiled."""
        return bool(self._tasks)

    def begin(self) -> None:
        """Open the trainer's default device."""
        self._spawn(self._begin())

    def switch(self, device: str) -> None:
        """Open one of the DEVICES and train on it from then on."""
        self._host.session = self._host.session.say(f"opening {DEVICES[device]} ...")
        self._spawn(self._switch(device))

    def report_fallback(self, device: Device, reason: str) -> None:
        """Have the session say that training goes on on another device, and why."""
        self._use(device, reason, error=True)

    def wake(self) -> None:
        """Start compiling if the session needs other kernels than the last ones prepared."""
        if self._open and not self._preparing and self._prepared != _compiled_for(self._host.session):
            self._preparing = True
            self._spawn(self._prepare())

    async def _begin(self) -> None:
        try:
            device = await self._trainer.open()
        except TrainerUnavailable as error:
            session = self._host.session
            earlier = f"; {session.view.message.text}" if session.view.message else ""  # such as what was recovered
            self._host.session = replace(session, device=Unavailable(str(error))).say(f"{error}{earlier}", error=True)
            return
        session = self._host.session
        advised = device.advice and session.shows("training") and not session.view.message
        self._use(device, f"training runs on {device}; {device.advice}" if advised else "")

    async def _switch(self, device: str) -> None:
        try:
            opened = await self._trainer.switch(device)
        except TrainerUnavailable as error:
            still = f"; still on {device_text(self._host.session.device)}" if self._open else ""
            self._host.session = self._host.session.say(f"{error}{still}", error=True)
        else:
            self._use(opened, f"training runs on {opened}")

    def _use(self, device: Device, message: str, error: bool = False) -> None:
        """Put the open device into the session, with a message if there is one."""
        self._open = True
        session = replace(self._host.session, device=Ready(device))
        self._host.session = session.say(message, error) if message else session

    async def _prepare(self) -> None:
        """Compile ahead for the present kind and number of units.

        A failure is reported when training is asked for.  Kernels are compiled one after the other, so those that are no longer
        wanted, as when one browses the activations, are skipped.
        """
        while self._prepared != (wanted := _compiled_for(self._host.session)):
            self._prepared, state = wanted, self._host.session.state
            if state.network.stepped:  # never trained
                continue
            with suppress(TrainerUnavailable):
                await self._trainer.prepare(state.problem(self._host.session.dataset), state.parameters.units)
        self._preparing = False

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(raise_failure)


def _compiled_for(session: Session) -> object:
    """Return all that the choice of a session's kernels depends on."""
    settings, units = session.state.settings, session.state.parameters.units
    return session.device, session.state.network, settings.optimizer, settings.weight_decay > 0.0, units
