"""What an edit and a frame of training cost, of processor time, at 120x36 in a terminal that takes everything at once.

Run: python -m tests.benchmarks.edit [--beside CHECKOUT]... [NAME...], of scenarios; without, lab, shifted-100, and large, which
is 256 units and 100,000 points.

CHECKOUT: a folder with another build of relutui, which takes each key in turn with this one; the ratio is printed.

All threads of the process count, from the key to the last byte sent.  What shares a core makes the same work take longer, so it
is the lower quartile that is judged.
"""

import statistics
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path

from tests.benchmarks.sessions import READY, Session, verdict

EDITS = 40
DRAWN = b"\x1b[1;1H"  # where Textual leaves the cursor after each drawing
RUNNING = 10  # s
QUIET = 0.12  # s without work, after which an edit is drawn
IDLE = 0.001  # s of processor time in it that are no work
TARGETS = {"lab": 10.0, "shifted-100": 10.0, "large": 60.0}  # ms
LARGE = """
title = "256 units and 100,000 points"
[init]
units = 256
seed = 1
[target]
expression = "sin(3 * x) + x / 4"
domain = [-3.0, 3.0]
samples = 100000
"""


def measure(name: str, checkouts: list[str | None]) -> list[tuple[list[float], list[float]]]:
    """Milliseconds that each of several edits takes, and a frame in each of several seconds of training, for each build."""
    sessions = [Session([sys.executable, "-m", "relutui", name], checkout) for checkout in checkouts]
    try:
        for session in sessions:
            session.wait_for(READY)
            session.rest(2.0)
            _until_idle(session)
        edits = [[_edit(session, "+" if number % 20 < 10 else "-") for session in sessions] for number in range(EDITS)]
        frames = [[_frame(session) for session in sessions] for _ in range(RUNNING)]
        return [*zip(map(list, zip(*edits)), map(list, zip(*frames)))]
    finally:
        for session in sessions:
            session.end()


def _edit(session: Session, key: str) -> float:
    before = session.cpu()
    session.press(key)
    return (_until_idle(session) - before) * 1e3


def _frame(session: Session) -> float:
    session.press(" ")
    session.rest(0.2)  # the first frames of a run choose what is shown
    before, sent = session.cpu(), len(session.sent)
    session.rest(1.0)
    frames = session.sent.count(DRAWN, sent)  # on a busy machine not all twelve
    cost = (session.cpu() - before) * 1e3 / max(1, frames)
    session.press(" ")
    _until_idle(session)
    return cost


def _until_idle(session: Session) -> float:
    """The processor time in seconds once the session does no more."""
    before = -1.0
    while (now := session.cpu()) - before > IDLE:
        before = now
        session.rest(QUIET)
    return now


def main() -> None:
    """Print the figures of each scenario."""
    parser = ArgumentParser(prog="python -m tests.benchmarks.edit")
    parser.add_argument("--beside", metavar="CHECKOUT", action="append", default=[])
    parser.add_argument("names", metavar="NAME", nargs="*", default=list(TARGETS))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder) / "large.toml"
        large.write_text(LARGE)
        for name in arguments.names:
            results = measure(str(large) if name == "large" else name, [None, *arguments.beside])
            for what, columns in zip(("an edit", "a frame of training"), zip(*results)):
                _print(name, what, columns, arguments.beside)


def _print(name: str, what: str, columns: tuple[list[float], ...], beside: list[str]) -> None:
    own, *others = [statistics.quantiles(costs, n=4)[0] for costs in columns]
    target = TARGETS.get(name, 10.0)
    print(
        f"{name:<12} {what:<20} {own:6.1f} ms, median {statistics.median(columns[0]):.1f}   "
        f"(target {target:g})  {verdict(own <= target)}"
    )
    for checkout, other in zip(beside, others):
        print(f"{'':<12} {own / other:.2f} x the {other:.1f} ms of {checkout}", flush=True)


if __name__ == "__main__":
    main()
