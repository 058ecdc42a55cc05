"""How long it takes until all of many sessions, started at once on two cores, have drawn their first frame, chart included.

Run: python -m tests.benchmarks.classroom [SESSIONS [CHECKOUT...]].  They are 200 without; then they take some 7 GB of memory.

As many bare Textual apps tell what of it is the machine's and the libraries'.  CHECKOUT: as of `start.py`.
"""

import os
import select
import statistics
import sys
import time

from tests.benchmarks.sessions import BARE, CHART, OWN, Session, verdict

SESSIONS, CORES = 200, 2
RATIO, MEMORY = 1.4, 32.0  # times the bare apps', MB
LIMIT = 300.0  # s


def start(command: list[str], number: int, checkout: str | None = None) -> tuple[list[float], float, float]:
    """The seconds after which each was up, and the processor time and memory of the median of them."""
    began = time.monotonic()
    sessions = [Session(command, checkout, is_new=True) for _ in range(number)]
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
    kinds = {"bare apps": (BARE, None), "relutui": (OWN, None)} | {folder: (OWN, folder) for folder in sys.argv[2:]}
    bare_last = 0.0
    for name, (command, checkout) in kinds.items():
        start(command, 1, checkout)  # writes the bytecode
        seen, cpu, memory = start(command, number, checkout)
        bare_last = bare_last or seen[-1]
        ratio, half = seen[-1] / bare_last, statistics.median(seen)
        print(f"{name}: {len(seen)} of {number} are up, half of them after {half:.1f} s, the last after {seen[-1]:.1f} s")
        print(f"    {ratio:.2f} times the bare apps', each with {cpu:.2f} s CPU and {memory:.1f} MB (PSS)")
        if name == "relutui":
            met = verdict(len(seen) == number and ratio <= RATIO)
            print(f"    targets: {RATIO} times {met}, {MEMORY:.0f} MB {verdict(memory <= MEMORY)}")


if __name__ == "__main__":
    main()
