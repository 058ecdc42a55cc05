"""Leaving a device for another: what tinygrad 0.14.0 holds on to, and what it lets go of too soon.  On the one thread."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from relutui.model.trainer import Device


@contextmanager
def or_staying() -> Iterator[None]:
    """Have tinygrad stay with its device unless another is opened here: it is named before it is opened."""
    from tinygrad.helpers import DEV

    before = DEV.value
    try:
        yield
    except Exception:
        DEV.value = before
        raise


def give_back(device: Device) -> None:
    """Give the memory of a device back, which tinygrad keeps for what may come."""
    from tinygrad import Device as Devices

    with suppress(Exception):  # of a device that failed anything may fail
        Devices[device.name].allocator.free_cache()
