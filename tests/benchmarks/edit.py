"""How long an edit takes from the key until it is drawn, at 120x36, in a terminal that takes everything at once.

Run: python tests/benchmarks/edit.py [NAME...], of scenarios; lab and shifted-100 without.  Target: 30 ms.
"""

import asyncio
import statistics
import sys
import time

from relutui.app import RelutuiApp
from relutui.engine import Engine
from relutui.scenario import find, load
from relutui.screens.explore import Explore
from relutui.session import Session, open_session

NUDGES = 40


def opener(name: str) -> Session:
    """The session in which a scenario begins."""
    return open_session(load(find(name)))


async def measure(name: str) -> list[float]:
    """Seconds that each of NUDGES edits of the scenario's first free parameter takes."""
    app = RelutuiApp(opener(name), Engine(None), opener)
    drawn = 0.0

    async with app.run_test(size=(120, 36)) as pilot:
        explore = app.screen
        assert isinstance(explore, Explore)
        await explore.settled()
        display = app._display

        def timed(screen: object, renderable: object) -> None:
            nonlocal drawn
            display(screen, renderable)  # type: ignore[arg-type]
            drawn = time.perf_counter()

        app._display = timed  # type: ignore[method-assign]  # where Textual writes to the terminal
        times = []
        for _ in range(NUDGES):
            began, drawn = time.perf_counter(), 0.0
            app.simulate_key("plus")
            while not drawn:
                await asyncio.sleep(0)
            await pilot.pause(0.05)
            times.append(drawn - began)
    return times


def main() -> None:
    """Print the median and the slowest for each scenario."""
    for name in sys.argv[1:] or ["lab", "shifted-100"]:
        times = asyncio.run(measure(name))
        middle, most = statistics.median(times) * 1e3, max(times) * 1e3
        print(f"{name:<14} an edit is drawn after {middle:.1f} ms, at most {most:.1f}   (target 30)")


if __name__ == "__main__":
    main()
