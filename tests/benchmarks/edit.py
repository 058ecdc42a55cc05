"""What an edit and a frame of training cost, of processor time, at 120x36 in a terminal that takes everything at once.

Run: python -m tests.benchmarks.edit [NAME...], of scenarios; lab and shifted-100 without.  Target: 10 ms.

All threads of the process count, from the key to the last byte sent.  What shares a core makes the same work take longer, so it
is the lower quartile that is judged.
"""

import statistics
import sys

from tests.benchmarks.sessions import READY, Session, verdict

EDITS = 60
FRAMES = 12  # a second
RUNNING = 10  # s
QUIET = 0.12  # s after a key: an edit is drawn by then
TARGET = 10.0  # ms


def measure(name: str) -> tuple[list[float], list[float]]:
    """Milliseconds that each of several edits takes, and a frame in each of several seconds of training."""
    session = Session([sys.executable, "-m", "relutui", name])
    try:
        session.wait_for(READY)
        session.rest(2.0)
        edits = [_cost(session, "+" if number % 20 < 10 else "-", QUIET) for number in range(EDITS)]
        _cost(session, " ", 1.0)
        return edits, [_cost(session, "", 1.0) / FRAMES for _ in range(RUNNING)]
    finally:
        session.end()


def _cost(session: Session, key: str, seconds: float) -> float:
    before = session.cpu()
    if key:
        session.press(key)
    session.rest(seconds)
    return (session.cpu() - before) * 1e3


def main() -> None:
    """Print the figures of each scenario."""
    for name in sys.argv[1:] or ["lab", "shifted-100"]:
        for what, costs in zip(("an edit", "a frame of training"), measure(name)):
            lower, middle, _ = statistics.quantiles(costs, n=4)
            met = verdict(lower <= TARGET)
            print(f"{name:<12} {what:<20} {lower:5.1f} ms, median {middle:.1f}   (target {TARGET:g})  {met}", flush=True)


if __name__ == "__main__":
    main()
