"""The program in a terminal of its own, which pyte plays: what is typed, what is sent, what stands on the screen."""

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import TracebackType

import pexpect
import pyte

LIMIT = 30.0  # s that anything may take on a busy machine
FOREIGN = ("COLUMNS", "LINES", "COLORTERM", "NO_COLOR", "DEV", "CC", "RELUTUI_DEVICE", "PYTEST_CURRENT_TEST")


class Program:
    """`relutui` with some arguments, at home in a folder of the test.  Leaving the context kills it, if it still runs.

    device: "NONE" opens in no time and does not train; None is the best.
    """

    def __init__(
        self,
        home: Path,
        *arguments: str,
        device: str | None = "NONE",
        size: tuple[int, int] = (120, 36),
        environment: Mapping[str, str] = {},
        ignoring: tuple[int, ...] = (),
        module: str = "relutui",
    ) -> None:
        """`ignoring` are signals that the program inherits as ignored, as nohup would have it."""
        self.home, (width, height) = home, size
        self.screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self.screen)
        self.sent = b""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("XDG_") and name not in FOREIGN}
        self.began = time.monotonic()
        self.process = pexpect.spawn(
            sys.executable,
            ["-m", module, *arguments, *(["--device", device] if device else [])],
            env=inherited | {"HOME": str(home), "TERM": "xterm-256color"} | dict(environment),
            cwd=str(home),
            dimensions=(height, width),
            preexec_fn=partial(_ignore, ignoring),
            echo=True,  # as a shell leaves it
            timeout=LIMIT,
        )
        self.process.delaybeforesend = None

    def __enter__(self) -> "Program":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.process.isalive():
            self.process.kill(9)
            self.process.wait()
        self.process.close()

    @property
    def pid(self) -> int:
        number: int = self.process.pid
        return number

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return "\n".join(row.rstrip() for row in self.screen.display)

    def press(self, keys: str | bytes) -> None:
        """Type some keys, as the terminal sends them."""
        self.process.send(keys)

    def resize(self, width: int, height: int) -> None:
        """Change the size of the terminal."""
        self.screen.resize(height, width)
        self.process.setwinsize(height, width)

    def read(self, seconds: float = 0.05) -> bool:
        """Take what comes within so long; False at the end of it all."""
        try:
            some = self.process.read_nonblocking(1 << 16, seconds)
        except pexpect.TIMEOUT:
            return True
        except (pexpect.EOF, OSError):
            return False
        self.sent += some
        self._stream.feed(some)
        return True

    def rest(self, seconds: float) -> None:
        """Take what comes for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.read(min(0.05, max(0.0, end - time.monotonic()))):
            pass

    def wait_until(self, condition: Callable[[], bool], seconds: float = LIMIT) -> None:
        """Take what comes until a condition holds, or fail with what stands on the screen."""
        end = time.monotonic() + seconds
        while not condition():
            goes_on = self.read() and time.monotonic() < end
            assert goes_on, f"not in {seconds:g} s; the screen:\n{self.text}"

    def wait_for(self, text: str, seconds: float = LIMIT) -> None:
        """Take what comes until the screen has this."""
        self.wait_until(lambda: text in self.text, seconds)

    def wait_for_end(self, seconds: float = LIMIT) -> int:
        """The exit status once it has ended, minus the signal's number if one killed it."""
        end = time.monotonic() + seconds
        while self.read() and time.monotonic() < end:
            pass
        while self.process.isalive():
            assert time.monotonic() < end, f"still runs after {seconds:g} s; the screen:\n{self.text}"
            time.sleep(0.005)
        status: int | None = self.process.exitstatus
        return -self.process.signalstatus if status is None else status

    def children(self) -> list[int]:
        """The processes that it has started and that still run."""
        found = Path(f"/proc/{self.pid}/task").glob("*/children")
        return [int(child) for task in found for child in task.read_text().split()]

    def memory(self) -> float:
        """MB that it takes; of what it shares, its part (PSS)."""
        lines = Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _ignore(numbers: tuple[int, ...]) -> None:
    for number in numbers:
        signal.signal(number, signal.SIG_IGN)
