"""`relutui serve` as a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from tests.support.places import ROOT
from tests.support.waiting import LIMIT


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port


class Service:
    """A server whose users' folders lie in a folder of the test.  Leaving the context ends it."""

    def __init__(self, home: Path, *arguments: str, port: int | None = None, device: str | None = None) -> None:
        """device: what users train on, None the best; NONE opens in no time and does not train."""
        self.port = port or free_port()
        own = {"XDG_STATE_HOME": str(home / "state"), "HOME": str(home), "PYTHONPATH": str(ROOT)}
        own |= {"RELUTUI_DEVICE": device} if device else {}
        self._log = home / f"serve-{time.monotonic_ns()}.log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "relutui", "serve", "--port", str(self.port), *arguments],
                stderr=log,
                stdout=log,
                cwd=home,
                env={name: value for name, value in os.environ.items() if not name.startswith("XDG_")} | own,
            )
        began = time.monotonic()
        while "ctrl-C ends it" not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() - began < LIMIT, self.said
            time.sleep(0.02)

    @property
    def said(self) -> str:
        return self._log.read_text()

    @property
    def address(self) -> str:
        return self.said.split("relutui is at ")[1].split()[0]

    def __enter__(self) -> "Service":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.end(signal.SIGTERM)

    def end(self, number: int) -> int:
        """End it by a signal, and return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(LIMIT)
        finally:
            self.process.kill()

    def children(self) -> list[int]:
        """The processes that it has started, those of pages."""
        tasks = Path(f"/proc/{self.process.pid}/task")
        return [int(pid) for task in tasks.iterdir() for pid in (task / "children").read_text().split()]
