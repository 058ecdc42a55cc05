"""Keeps tinygrad from the variables of the environment.

tinygrad: 0.14.0.
Reason: it takes more than a hundred variables for its own, most of them for whole numbers: NO_COLOR=yes, DEBUG=true or
    TRAINING=on end its import, THREADS=auto its first kernel, and DEBUG=1 prints over the screen.  It reads all of them by
    os.getenv, when it is imported and whenever it first needs one.
Replaced by: names of its own, or settings that are given to it; see "Variables that are meant for others" in docs/upstream.md.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# No pool of compiler processes (it breaks inside Textual), no kernel cache on disk (read-only homes, planted files), and
# nothing that would run the helper programs that `helper_programs` leaves out.
_SETTINGS = {"PARALLEL": "0", "CACHELEVEL": "0", "HCQ2": "0"}
_getenv = os.getenv
_lock = threading.Lock()
_isolated: set[int] = set()  # threads


@contextmanager
def isolated_environment() -> Iterator[None]:
    """Have os.getenv tell this thread, and no other, no more than where compilers and libraries are."""
    thread = threading.get_ident()
    with _lock:
        _isolated.add(thread)
        os.getenv = _getenv_of_thread
    try:
        yield
    finally:
        with _lock:
            _isolated.remove(thread)
            if not _isolated:
                os.getenv = _getenv


def _getenv_of_thread(key: str, default: Any = None) -> Any:
    if threading.get_ident() not in _isolated or key == "CC" or key.endswith("_PATH"):
        return _getenv(key, default)
    return _SETTINGS.get(key, default)
