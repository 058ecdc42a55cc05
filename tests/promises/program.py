"""The program in a terminal of its own, which pyte plays: what is typed, what is sent, what stands on the screen."""

import json
import os
import resource
import shlex
import signal
import sys
import termios
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType

import pexpect
import pyte
import pytest

from relutui.session.journal import find_recoverable
from relutui.session.session import Session

LIMIT = 30.0  # s that anything may take on a busy machine
REST_S = 0.1  # without output: the frame is whole
QUIET_START_S = 1.0  # until the first frame, on an idle machine
FOREIGN = ("COLUMNS", "LINES", "COLORTERM", "NO_COLOR", "DEV", "CC", "RELUTUI_DEVICE", "PYTEST_CURRENT_TEST")
SWITCHED = [(b"\x1b[?%dh" % mode, b"\x1b[?%dl" % mode) for mode in (1049, 1000, 1002, 1006, 2004, 1004)] + [
    (b"\x1b[?25l", b"\x1b[?25h"),
    (b"\x1b[?7l", b"\x1b[?7h"),
]  # on and off


class Program:
    """`relutui` with some arguments, at home in a folder of the test.  Leaving the context kills it, if it still runs.

    device: "NONE" opens in no time and does not train; None is the best.  The whole screen is shown, device and all, not
    only what the course has explained so far.
    """

    def __init__(
        self,
        home: Path,
        *arguments: str,
        device: str | None = "NONE",
        size: tuple[int, int] = (120, 36),
        environment: Mapping[str, str] = {},
        ignoring: tuple[int, ...] = (),
        largest_file: int | None = None,
        module: str = "relutui",
        shell: bool = False,
        redirected: str = "",
    ) -> None:
        """`ignoring` are signals that the program inherits as ignored, as nohup would have it; largest_file is in bytes.

        shell: typed into one, whose process it is that is waited for and measured; there some files may be redirected.
        """
        self.home, (width, height) = home, size
        if not {"HOME", "XDG_STATE_HOME"} & environment.keys():
            _know_all(home)
        self.screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self.screen)
        self.sent = b""
        self._first_frame_s: float | None = None
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("XDG_") and name not in FOREIGN}
        self.began = time.monotonic()
        command = [sys.executable, "-m", module, *arguments, *(["--device", device] if device else [])]
        self.process = pexpect.spawn(
            "bash" if shell else command[0],
            ["--norc", "--noprofile", "--noediting", "-i"] if shell else command[1:],
            env=inherited | {"HOME": str(home), "TERM": "xterm-256color"} | dict(environment),
            cwd=str(home),
            dimensions=(height, width),
            preexec_fn=partial(_inherit, ignoring, largest_file),
            echo=True,  # as a shell leaves it
            timeout=LIMIT,
        )
        self.process.delaybeforesend = None
        if shell:
            self.press(f"{shlex.join(command)} {redirected}\n")

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
        screen = self.screen  # whose own `display` fails in pyte 0.8 once half of a wide character is written over
        rows = ([screen.buffer[y][x].data for x in range(screen.columns)] for y in range(screen.lines))
        return "\n".join("".join(row).rstrip() for row in rows)

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
        except (pexpect.EOF, OSError, ValueError):  # ValueError: it was hung up
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
            assert self.read(), f"it has ended; the screen:\n{self.text}"
            assert time.monotonic() < end, f"not in {seconds:g} s; the screen:\n{self.text}"

    def wait_at_rest(self, condition: Callable[[], bool], seconds: float = LIMIT) -> None:
        """Take what comes until a condition holds and nothing more comes: within a frame it may hold for a moment only."""
        end = time.monotonic() + seconds
        while True:
            self.wait_until(condition, end - time.monotonic())
            before = len(self.sent)
            assert self.read(REST_S), f"it has ended; the screen:\n{self.text}"
            if len(self.sent) == before:
                return

    def wait_for(self, text: str, seconds: float = LIMIT) -> None:
        """Take what comes until the screen has this."""
        self.wait_until(lambda: text in self.text, seconds)
        if self._first_frame_s is None:
            self._first_frame_s = time.monotonic() - self.began

    def within(self, seconds: float) -> float:
        """So many seconds where the first frame takes QUIET_START_S; as many times more as that takes longer elsewhere."""
        assert self._first_frame_s is not None, "nothing was waited for yet"
        return seconds * max(1.0, self._first_frame_s / QUIET_START_S)

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

    def hang_up(self) -> None:
        """Close the terminal, as a connection that is lost does."""
        self.process.ptyproc.fileobj.close()
        self.process.child_fd = self.process.ptyproc.fd = -1
        self.process.closed = self.process.ptyproc.closed = True

    def is_restored(self) -> bool:
        """Whether the terminal is as a shell wants it: its first screen with a cursor, lines with an echo, keys for signals."""
        flags = termios.tcgetattr(self.process.child_fd)[3]
        wanted = termios.ECHO | termios.ICANON | termios.ISIG
        ends = [self.sent.rfind(end) >= self.sent.rfind(beginning) for beginning, end in SWITCHED]
        return flags & wanted == wanted and all(ends)

    def relatives(self) -> list[int]:
        """The processes of its terminal session that still run, itself among them."""
        found = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                number, rest = path.read_text().split(" ", 1)
                state, _, _, session = rest.rpartition(")")[2].split()[:4]
                if int(session) == self.pid and state != "Z":
                    found.append(int(number))
        return found

    def children(self) -> list[int]:
        """The processes that it has started and that still run."""
        found = Path(f"/proc/{self.pid}/task").glob("*/children")
        return [int(child) for task in found for child in task.read_text().split()]

    def memory(self) -> float:
        """MB that it takes; of what it shares, its part (PSS)."""
        lines = Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def left_behind(home: Path) -> list[Session]:
    """The sessions in the journals that programs with this home have left behind, which stay there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(home / ".local" / "state"))
        found = find_recoverable()
    for orphan in found:
        orphan.release()
    return [orphan.session for orphan in found]


def _inherit(ignored: tuple[int, ...], largest_file: int | None) -> None:
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):  # whatever the tests themselves have inherited
        signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)
    if largest_file is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))


def _know_all(home: Path) -> None:
    """Leave the progress of a learner who wants to see everything, unless the program has been here before."""
    path = home / ".local" / "state" / "relutui" / "progress.json"
    if not path.parent.exists():
        path.parent.mkdir(parents=True, mode=0o700)
        path.write_text(json.dumps({"format": 1, "show_everything": True, "opened": [{"scenario": "lab", "when": 1}]}))
