"""The processor cores that this process may use, which may be fewer than the machine has."""

import math
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def available_cores(root: Path = Path("/")) -> int:
    """Return how many cores the affinity of the process and the quotas of its control groups allow: at least 1.

    A quota is rounded up, as joblib and Go do.  root: of the file system.
    """
    return max(1, min([_affinity(), *map(math.ceil, _quotas(root))]))


def _affinity() -> int:
    if sys.version_info >= (3, 13):
        return os.process_cpu_count() or 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _quotas(root: Path) -> Iterator[float]:
    """Yield the quotas, in cores, of the control groups (Linux, version 1 or 2) that the process is in, and of those around."""
    groups = ""
    with suppress(OSError):
        groups = (root / "proc/self/cgroup").read_text(errors="replace")
    for line in groups.splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        top = root / "sys/fs/cgroup" / ("cpu" if controllers else "")
        group = top / path.lstrip("/")
        for folder in (group, *group.parents):
            with suppress(OSError, ValueError, ZeroDivisionError):  # no such file, or "max"
                if controllers:
                    quota, period = (int((folder / f"cpu.cfs_{name}_us").read_text()) for name in ("quota", "period"))
                else:
                    quota, period = map(int, (folder / "cpu.max").read_text().split())
                if quota > 0:
                    yield quota / period
            if folder == top:
                break
