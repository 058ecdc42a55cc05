"""The memory of this process, as the system counts it."""

import ctypes
from contextlib import suppress


def give_back_freed() -> None:
    """Give memory that was freed back to the system, where the C library, glibc, would keep it for later use."""
    with suppress(AttributeError, TypeError):  # another library; no library by this way, on Windows
        ctypes.CDLL(None).malloc_trim(0)
