"""The device that training runs on: being opened, ready, or unavailable."""

from dataclasses import dataclass
from typing import NamedTuple

from relutui.model.trainer import Device


@dataclass(frozen=True)
class Opening:
    """The device is being opened."""


class Ready(NamedTuple):
    """Training runs on `device`."""

    device: Device


class Unavailable(NamedTuple):
    """Training is impossible; `reason` names what to install or choose instead."""

    reason: str


DeviceStatus = Opening | Ready | Unavailable
