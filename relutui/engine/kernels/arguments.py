"""The arguments of every kernel beside the state: counts, rates, progress and adam's corrections."""

from enum import IntEnum

import numpy as np
from tinygrad.dtype import AddrSpace, DType
from tinygrad.uop.ops import UOp

from relutui.lib.arrays import Array
from relutui.model.training import BETA1, BETA2


def register(size: int, kind: DType, slot: int) -> UOp:
    """Return `size` registers of the kernel; registers of different slots are different."""
    return UOp.placeholder((size,), kind, slot=slot, addrspace=AddrSpace.REG)


CORRECTIONS = 20_000  # from here on adam's bias corrections are 1 in float32


class Count(IntEnum):
    """The indices of the whole numbers that a burst reads from `counts`."""

    STEPS = 0
    UNITS = 1
    TILES = 2  # of TILE points, or of as many as there are threads
    STRIDE = 3  # a sample is kept at every multiple of it (a power of two)
    FIRST = 4  # the number of the first step, modulo STRIDE
    ADAM_STEPS = 5  # so far
    NETWORKS = 6  # that run in turn


class Rate(IntEnum):
    """The indices of the real numbers that a burst reads from `rates`."""

    LEARNING = 0
    MOMENTUM = 1
    SLOPE_AT_KINK = 2
    STOP_BELOW = 3
    DECAY = 4  # the weight decay, where the kernel is compiled for one


def rates_length(decay: bool) -> int:
    """Return the length of `rates`: without decay the kernel is what it is without this number."""
    return len(Rate) if decay else Rate.DECAY


class Progress(IntEnum):
    """The indices of the numbers that a burst writes to `progress`."""

    TAKEN = 0  # steps
    SAMPLES = 1


def corrections() -> Array:
    """Return 1 / (1 - BETA1**t) and 1 / sqrt(1 - BETA2**t) in turn, for t = 1, 2, ..., float64 of shape (2 * CORRECTIONS,).

    Kingma and Ba (2015), "Adam"; float32 could not compute them.
    """
    t = np.arange(1, CORRECTIONS + 1)
    return np.stack([1 / (1 - BETA1**t), 1 / np.sqrt(1 - BETA2**t)], axis=1).ravel()
