"""How long a key waits for its echo while training, at 120x36 on a link of 8 kB/s.

Run: python -m tests.benchmarks.link [NAME...], of scenarios; lab and shifted-100 without.
Target: 100 ms, and the time that the link takes for what it carries meanwhile.

The keys change the speed of the run, which stands on the status line: pyte, a terminal emulator, tells when it is there.
"""

import statistics
import sys
import time

import pyte

from tests.benchmarks.sessions import READY, Session, verdict

RATE = 8_000  # bytes a second
PIECE = 80  # bytes that the link takes at once
KEYS = 20
BETWEEN = 0.7  # s from one key to the next
TARGET = 100.0  # ms
SPEEDS = (".", "10 a frame"), (",", "1 a frame")


class Terminal:
    """A terminal behind a link: it shows what a session sends no sooner than that is carried."""

    def __init__(self, session: Session) -> None:
        self._session, self._free = session, 0.0
        self.screen = pyte.Screen(120, 36)
        self._stream = pyte.ByteStream(self.screen)
        self._stream.feed(session.sent)

    def carry(self) -> None:
        """What comes next, if anything comes soon, once the link is free for it."""
        time.sleep(max(0.0, self._free - time.monotonic()))
        before = len(self._session.sent)
        self._session.read(0.01, PIECE)
        new = self._session.sent[before:]
        self._free = time.monotonic() + len(new) / RATE
        self._stream.feed(new)

    def wait_for(self, text: str) -> None:
        """Carry on until this stands on the first line."""
        while f"running, {text}" not in self.screen.display[0]:
            self.carry()


def measure(name: str) -> tuple[list[float], list[float]]:
    """Milliseconds from each of several keys to its echo, and those of them in which the link was not busy."""
    session = Session([sys.executable, "-m", "relutui", name])
    waits, rests = [], []
    try:
        session.wait_for(READY)
        session.rest(2.0)
        terminal = Terminal(session)
        session.press(" ")
        terminal.wait_for(SPEEDS[1][1])
        for number in range(KEYS):
            end = time.monotonic() + BETWEEN
            while time.monotonic() < end:
                terminal.carry()
            key, echo = SPEEDS[number % 2]
            before, began = len(session.sent), time.monotonic()
            session.press(key)
            terminal.wait_for(echo)
            waits.append((time.monotonic() - began) * 1e3)
            rests.append(waits[-1] - (len(session.sent) - before) / RATE * 1e3)
        return waits, rests
    finally:
        session.end()


def main() -> None:
    """Print the figures of each scenario."""
    for name in sys.argv[1:] or ["lab", "shifted-100"]:
        waits, rests = measure(name)
        most = max(rests)
        print(
            f"{name:<12} key to echo {statistics.median(waits):.0f} ms, at most {max(waits):.0f}; "
            f"beyond the link's time {statistics.median(rests):.0f}, at most {most:.0f}   "
            f"(target {TARGET:g})  {verdict(most <= TARGET)}",
            flush=True,
        )


if __name__ == "__main__":
    main()
