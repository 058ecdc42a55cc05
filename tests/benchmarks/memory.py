"""What a session takes of memory (PSS), alone: before its device is open, after, and while it trains.

Run: python -m tests.benchmarks.memory [STEPS].  `classroom.py` tells what one of many takes.
"""

import asyncio
import gc
import signal
import sys
from pathlib import Path

from tests.benchmarks.sessions import CHART, OWN, READY, Session, memory_of, verdict

STEPS, WARM = 1_000_000, 100_000  # those that are counted, and those before, by which the history of training is full
BEFORE, OPEN, GROWTH = 50.0, 110.0, 2.0  # MB


def idle() -> tuple[float, float]:
    """MB as the first frame is drawn, and with the device open and its first kernels compiled."""
    session = Session(OWN)
    try:
        session.wait_for(CHART)
        session.process.send_signal(signal.SIGSTOP)  # opens the device now
        before = session.memory()
        session.process.send_signal(signal.SIGCONT)
        session.wait_for(READY)
        session.rest(10.0)
        return before, session.memory()
    finally:
        session.end()


async def training(steps: int) -> tuple[float, float]:
    """MB of this process, which runs the app without a terminal, before and after so many steps at full speed."""
    from relutui.engine.engine import Engine
    from relutui.scenario.csv_choice import NOTHING_CHOSEN, CsvChoice
    from relutui.scenario.library import find, load
    from relutui.session.session import Session as Opened
    from relutui.session.session import open_session
    from relutui.ui.app import RelutuiApp
    from relutui.ui.screens.explore import Explore

    def opener(name: str, choice: CsvChoice = NOTHING_CHOSEN) -> Opened:
        return open_session(load(find(name), choice))

    app = RelutuiApp(opener("lab"), Engine(), opener)
    async with app.run_test(size=(120, 36)) as pilot:
        explore = app.screen
        assert isinstance(explore, Explore)
        await explore.settled()
        await pilot.press("full_stop", "full_stop", "full_stop", "full_stop", "space")
        taken = []
        for wanted in (WARM, WARM + steps):
            while explore.session.state.checkpoint.step < wanted:
                await asyncio.sleep(0.1)
            gc.collect()
            taken.append(memory_of(Path("/proc/self")))
        await pilot.press("space")
    return taken[0], taken[1]


def main() -> None:
    """Print the figures and their targets."""
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else STEPS
    before, opened = idle()
    print(f"{before:6.1f} MB before the device is open   target {BEFORE:.0f}: {verdict(before <= BEFORE)}")
    print(f"{opened:6.1f} MB with the device open        target {OPEN:.0f}: {verdict(opened <= OPEN)}")
    first, last = asyncio.run(training(steps))
    print(f"{last - first:+6.1f} MB over {steps:,} steps   target {GROWTH:+.0f}: {verdict(last - first <= GROWTH)}")


if __name__ == "__main__":
    main()
