"""Keeps tinygrad 0.14.0 from the environment; importing this is enough for the threads that ask for it.

It takes more than a hundred variables for its own, and most of them for whole numbers: NO_COLOR=yes, DEBUG=true or TRAINING=on
end its import, THREADS=auto its first kernel, and DEBUG=1 prints over the screen.  All are read by os.getenv.
"""

import os
import threading
from typing import Any

# No pool of compiler processes (it breaks inside Textual), no kernel cache on disk (read-only homes, planted files), and
# nothing that would run the helper programs which are left out in opening.py.
_OWN = {"PARALLEL": "0", "CACHELEVEL": "0", "HCQ2": "0"}
_apart = threading.local()
_getenv = os.getenv


def keep_apart() -> None:
    """From here on os.getenv tells this thread, that of tinygrad, no more than where compilers and libraries are."""
    _apart.kept = True


def _own_getenv(key: str, default: Any = None) -> Any:
    if not hasattr(_apart, "kept") or key == "CC" or key.endswith("_PATH"):
        return _getenv(key, default)
    return _OWN.get(key, default)


os.getenv = _own_getenv
