"""How long `relutui lab` takes to its first chart, and until training is ready, beside a bare Textual app.

Run: python -m tests.benchmarks.start [ROUNDS [CHECKOUT...]].  The kinds are started in turn; the figures are medians.

CHECKOUT: folders with other builds of relutui, which are started with the libraries of this one.
"""

import math
import statistics
import sys

from tests.benchmarks.sessions import BARE, CHART, OWN, READY, Session, verdict

RATIO, OPENING = 1.4, 1.0


def first_chart(command: list[str], checkout: str | None = None) -> tuple[float, float]:
    """Seconds until the first chart, and seconds of processor time to it."""
    session = Session(command, checkout, is_new=True)
    try:
        return session.wait_for(CHART), session.cpu()
    finally:
        session.end()


def opening() -> float:
    """Seconds from the first chart until the device is named; infinite if it is not within LIMIT, as on a crowded machine."""
    session = Session(OWN)
    try:
        first = session.wait_for(CHART)
        return session.wait_for(READY) - first
    except TimeoutError:
        return math.inf
    finally:
        session.end()


def main() -> None:
    """Print the medians, their ratios and the targets."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    kinds = {"a bare app": (BARE, None), "relutui": (OWN, None)} | {folder: (OWN, folder) for folder in sys.argv[2:]}
    for command, checkout in kinds.values():
        first_chart(command, checkout)  # writes the bytecode
    times = [[first_chart(*kind) for kind in kinds.values()] for _ in range(rounds)]
    for name, column in zip(kinds, zip(*times)):
        wall, cpu = (statistics.median(figure) for figure in zip(*column))
        ratio, cpu_ratio = (statistics.median(row[i] / bare[i] for row, (bare, *_) in zip(column, times)) for i in (0, 1))
        told = f"   target {RATIO}: {verdict(ratio <= RATIO)}" if name == "relutui" else ""
        print(f"{name:<20} {wall:.3f} s ({cpu:.3f} s CPU), {ratio:.2f} ({cpu_ratio:.2f}) times a bare app's{told}")
    ready = statistics.median(opening() for _ in range(rounds))
    print(f"device ready after   {ready:.2f} s   target {OPENING}: {verdict(ready <= OPENING)}")


if __name__ == "__main__":
    main()
