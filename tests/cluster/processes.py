"""A scheduler and workers as a user starts them: processes of their own, on 127.0.0.1."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.waiting import LIMIT

PROGRAMS = Path(sys.executable).parent


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Wait for what another thread or process does."""
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, f"not within {LIMIT:g} s: {what}"
        time.sleep(0.01)


@contextmanager
def process(log: Path, *command: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program of this environment, which writes to a log; it is killed at the end."""
    with log.open("wb") as out, subprocess.Popen([PROGRAMS / command[0], *command[1:]], stdout=out, stderr=out) as running:
        try:
            yield running
        finally:
            running.kill()


@contextmanager
def scheduler(folder: Path, *options: str | Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run `dask scheduler`; its process and address, which is in folder/scheduler.json too."""
    file = folder / "scheduler.json"
    command = ("dask", "scheduler", "--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0")
    with process(folder / "scheduler.log", *command, "--scheduler-file", file, *options) as running:
        wait_until(lambda: bool(_address(file)), "the scheduler's file")
        yield running, _address(file)


@contextmanager
def worker(folder: Path, address: str | Path, *options: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run `relutui worker`, ready to work."""
    log = folder / "worker.log"
    with process(log, "relutui", "worker", address, "--device", "CPU:X86", *options) as running:
        wait_until(lambda: b"works for" in log.read_bytes() or running.poll() is not None, "the worker's first line")
        assert running.poll() is None, log.read_text()
        yield running


def _address(file: Path) -> str:
    with suppress(OSError, ValueError):
        return str(json.loads(file.read_text())["address"])
    return ""
