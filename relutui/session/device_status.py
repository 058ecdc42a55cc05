"""What training runs on, as far as that is known."""

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
    """There is no training, for a reason that names what to install or to choose instead."""

    reason: str


DeviceStatus = Opening | Ready | Unavailable
