"""Sessions in terminals of their own (120x36), looked at from outside as the system sees them."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

OWN = [sys.executable, "-m", "relutui", "lab"]
BARE_APP = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("\u28ff" * 40)
Bare().run()
"""
BARE = [sys.executable, "-c", BARE_APP]
CHART = re.compile(rb"(?:\xe2[\xa0-\xa3][\x80-\xbf].*?){20}", re.DOTALL)  # cells of braille; a legend has fewer
READY = re.compile(rb"CPU")
LIMIT = 60.0  # s
PROGRESS = '{"format": 1, "show_everything": true, "opened": [], "solved": [], "answer": []}'  # no column waits for its lesson


class Session:
    """A process in a terminal that takes all it sends, with a folder of its own; every panel is shown but to a new learner.

    It may write bytecode: without it, the sources of relutui, unlike those of an installed app, are compiled at every start.
    """

    def __init__(self, command: list[str], checkout: str | None = None, *, is_new: bool = False) -> None:
        """checkout: the folder whose relutui is started, by default the working folder; is_new: as for a new learner."""
        self._main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
        self._state = tempfile.TemporaryDirectory()
        own = Path(self._state.name, "relutui")
        own.mkdir(mode=0o700)
        if not is_new:
            (own / "progress.json").write_text(PROGRESS)
        environment = os.environ | {"TERM": "xterm-256color", "XDG_STATE_HOME": self._state.name}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            command, stdin=side, stdout=side, stderr=side, env=environment, cwd=checkout, start_new_session=True
        )
        os.close(side)
        self.sent = b""

    def fileno(self) -> int:
        """What select() waits on."""
        return self._main

    def press(self, keys: str) -> None:
        """Type some keys."""
        os.write(self._main, keys.encode())

    def read(self, seconds: float, most: int = 1 << 16) -> None:
        """Take what comes, and return with it or after so many seconds."""
        if select.select([self._main], [], [], seconds)[0]:
            self.sent += os.read(self._main, most)

    def wait_for(self, pattern: re.Pattern[bytes]) -> float:
        """Seconds from the start of the process until it has sent this."""
        while not pattern.search(self.sent):
            if time.monotonic() - self.began > LIMIT:
                raise TimeoutError(f"nothing like {pattern.pattern!r} has come in {LIMIT:.0f} s")
            self.read(0.1)
        return time.monotonic() - self.began

    def rest(self, seconds: float) -> None:
        """Take what comes for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0.0:
            self.read(left)

    def cpu(self) -> float:
        """Seconds of processor time that it has used."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9

    def memory(self) -> float:
        """MB that it takes."""
        return memory_of(Path(f"/proc/{self.process.pid}"))

    def end(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        os.close(self._main)
        self._state.cleanup()


def memory_of(process: Path) -> float:
    """MB that the process of this folder of /proc takes; of what it shares, its part (PSS)."""
    lines = (process / "smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def verdict(met: bool) -> str:
    """How a target is said to be kept."""
    return "met" if met else "MISSED"
