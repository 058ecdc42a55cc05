"""The device that training runs on: being opened, ready, or unavailable."""

from dataclasses import dataclass

from relutui.model.trainer import Device


@dataclass(frozen=True)
class Opening:
    """The device is being opened."""


@dataclass(frozen=True)
class Ready:
    """Training runs on `device`."""

    device: Device


@dataclass(frozen=True)
class Unavailable:
    """Training is impossible; `reason` names what to install or choose instead."""

    reason: str


DeviceStatus = Opening | Ready | Unavailable
