"""How long `relutui lab` takes to its first frame, chart included, and until training is ready, beside a bare Textual app.

Run: python -m tests.benchmarks.start [ROUNDS].  The two kinds are started in turn; the figures are medians.
"""

import statistics
import sys

from tests.benchmarks.sessions import BARE, CHART, OWN, READY, Session, verdict

RATIO, OPENING = 2.5, 1.0


def first_frame(command: list[str]) -> tuple[float, float]:
    """Seconds until the first frame, and seconds of processor time to it."""
    session = Session(command)
    try:
        return session.wait_for(CHART), session.cpu()
    finally:
        session.end()


def opening() -> float:
    """Seconds from the first frame until the device is named."""
    session = Session(OWN)
    try:
        first = session.wait_for(CHART)
        return session.wait_for(READY) - first
    finally:
        session.end()


def main() -> None:
    """Print the medians, their ratio and the targets."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    first_frame(OWN)
    times = [(*first_frame(OWN), *first_frame([sys.executable, "-c", BARE]), opening()) for _ in range(rounds)]
    own, own_cpu, bare, bare_cpu, ready = (statistics.median(column) for column in zip(*times))
    ratio = statistics.median(row[0] / row[2] for row in times)
    print(f"first frame        {own:.2f} s ({own_cpu:.2f} s CPU), a bare Textual app's {bare:.2f} s ({bare_cpu:.2f} s CPU)")
    print(f"                   {ratio:.2f} times   target {RATIO}: {verdict(ratio <= RATIO)}")
    print(f"device ready after {ready:.2f} s   target {OPENING}: {verdict(ready <= OPENING)}")


if __name__ == "__main__":
    main()
