"""How long `relutui lab` takes to its first frame and until training is ready, beside a bare Textual app.

Run: python tests/benchmarks/start.py [ROUNDS].  Each start is in a terminal of its own (120x36), the two kinds in turn.
Targets: first frame within 0.7 s of the command on a warm disk, the device ready within 1.5 s after.
"""

import fcntl
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import termios
import time

BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("At the probe CPU (")
Bare().run()
"""
FIRST_FRAME, READY = b"At the probe", b"CPU ("
LIMIT = 20.0  # s


def start(command: list[str]) -> tuple[float, float]:
    """Seconds until the first frame, and until the device is named, of one start."""
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    began = time.perf_counter()
    environment = os.environ | {"TERM": "xterm-256color"}
    process = subprocess.Popen(command, stdin=side, stdout=side, stderr=side, env=environment, start_new_session=True)
    os.close(side)
    seen, first, ready = b"", 0.0, 0.0
    try:
        while not ready and time.perf_counter() - began < LIMIT:
            if select.select([main], [], [], 0.1)[0]:
                seen += os.read(main, 65536)
            now = time.perf_counter() - began
            first = first or (now if FIRST_FRAME in seen else 0.0)
            ready = ready or (now if READY in seen else 0.0)
    finally:
        process.terminate()
        process.wait()
        os.close(main)
    return first, ready


def main() -> None:
    """Print the medians and the ratio to a bare app."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    own, bare = [sys.executable, "-m", "relutui", "lab"], [sys.executable, "-c", BARE]
    start(own)
    times = [(start(own), start(bare)) for _ in range(rounds)]
    first, ready, plain = (
        statistics.median(values)
        for values in ([own[0] for own, _ in times], [own[1] for own, _ in times], [bare[0] for _, bare in times])
    )
    print(f"first frame        {first:.2f} s   (target 0.7; {first / plain:.1f} x a bare Textual app's {plain:.2f} s)")
    print(f"device ready after {ready - first:.2f} s   (target 1.5)")


if __name__ == "__main__":
    main()
