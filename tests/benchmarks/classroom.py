"""How long it takes until all of many sessions, started at once on two cores, have drawn their first frame, chart included.

Run: python -m tests.benchmarks.classroom [SESSIONS].  They are 200 without; then they take some 9 GB of memory.

As many bare Textual apps tell what of it is the machine's and the libraries'.
"""

import os
import select
import statistics
import sys
import time

from tests.benchmarks.sessions import BARE, CHART, OWN, Session, verdict

SESSIONS, CORES, TARGET = 200, 2, 60.0
LIMIT = 300.0  # s


def start(command: list[str], number: int) -> tuple[list[float], float, float]:
    """The seconds after which each was up, and the processor time and memory of the median of them."""
    began = time.monotonic()
    sessions = [Session(command) for _ in range(number)]
    waiting, seen = set(sessions), []
    try:
        while waiting and time.monotonic() - began < LIMIT:
            for session in select.select(sessions, [], [], 1.0)[0]:
                session.read(0.0)
                if session in waiting and CHART.search(session.sent):
                    waiting.remove(session)
                    seen.append(time.monotonic() - began)
        cpu = statistics.median(session.cpu() for session in sessions)
        memory = statistics.median(session.memory() for session in sessions)
    finally:
        for session in sessions:
            session.end()
    return seen, cpu, memory


def main() -> None:
    """Print when the last first frame was seen, and what a session took."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else SESSIONS
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    target = TARGET * number / SESSIONS
    bare, bare_cpu, _ = start([sys.executable, "-c", BARE], number)
    seen, cpu, memory = start(OWN, number)
    half = statistics.median(seen)
    print(f"{len(seen)} of {number} sessions are up, the first after {seen[0]:.1f} s, half of them after {half:.1f} s")
    print(f"the last after {seen[-1]:.1f} s   target {target:.0f}: {verdict(len(seen) == number and seen[-1] <= target)}")
    print(f"each has taken {cpu:.2f} s CPU and {memory:.1f} MB (PSS)")
    print(f"bare Textual apps: the last after {bare[-1]:.1f} s, each with {bare_cpu:.2f} s CPU")


if __name__ == "__main__":
    main()
