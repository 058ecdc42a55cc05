"""How fast the app answers in many browsers at once on two cores while some of them train.

Run: python -m tests.benchmarks.browser_users [USERS [TRAINING [SECONDS [NAME]]]], of a scenario; without, 30 5 30 measured.

Each user is a connection as a page makes it.  The others press + and - in turn about once a second; from a key to the first of
what is drawn then is what counts.
"""

import asyncio
import os
import random
import socket
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path

from tests.benchmarks.sessions import memory_of, verdict
from tests.web.service import Service
from tests.web.visitor import Connected, Visitor

CORES = 2
SIZE = 142, 42  # of a window of 1280 x 800
BYTES_RECEIVED = slice(128, 136)  # of Linux's tcp_info
FASTER = "..."  # 1,000 steps a frame
LATENCY_MS, TRAFFIC = 300.0, 16_000.0  # of a key at the median; bytes a second while training


class User:
    """A page whose user reads all along what is drawn."""

    def __init__(self, page: Connected) -> None:
        self._page, self._drawn = page, asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        while await self._page.take():
            self._drawn.set()

    async def until(self, words: str) -> None:
        """Wait until some words stand on the screen."""
        await self._page.screen.until(words)

    async def type(self, text: str) -> None:
        """Type something."""
        await self._page.type(text)

    async def press(self, seconds: float) -> list[float]:
        """Press keys for so long; return the seconds until something was drawn after each."""
        end, latencies, key = time.monotonic() + seconds, [], "+"
        await asyncio.sleep(random.random())
        while time.monotonic() < end:
            self._drawn.clear()
            began = time.monotonic()
            await self.type(key)
            await self._drawn.wait()
            latencies.append(time.monotonic() - began)
            key = "-" if key == "+" else "+"
            await asyncio.sleep(0.5 + random.random())
        return latencies

    async def look(self, seconds: float) -> float:
        """Look for so long; return the bytes a second that came, deflated as they are sent."""
        before = self._received
        await asyncio.sleep(seconds)
        return (self._received - before) / seconds

    @property
    def _received(self) -> int:
        info = self._page.socket.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
        return int.from_bytes(info[BYTES_RECEIVED], sys.byteorder)


def processor_s(pid: int) -> float:
    """The seconds of processor time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(service: Service, users: int, training: int, seconds: float) -> None:
    """Print the table."""
    async with AsyncExitStack() as stack:
        began, present = time.monotonic(), []
        for _ in range(users):
            visitor = await stack.enter_async_context(Visitor(service.address))
            await visitor.enter()
            present.append(User(await stack.enter_async_context(visitor.page(*SIZE))))
        await asyncio.gather(*(user.until("? Keys") for user in present))
        print(f"{users} users are there after {time.monotonic() - began:.1f} s")
        trainers, others = present[:training], present[training:]
        for user in trainers:
            await user.type(f" {FASTER}")
        await asyncio.gather(*(user.until("Pause") for user in trainers))
        await asyncio.sleep(10.0)  # until the kernels are compiled
        pids = [service.process.pid, *service.children()]
        before, own = sum(map(processor_s, pids)), time.process_time()
        trained, *pressed = await asyncio.gather(
            asyncio.gather(*(user.look(seconds) for user in trainers)), *(user.press(seconds) for user in others)
        )
        used, own = (sum(map(processor_s, pids)) - before) / seconds, (time.process_time() - own) / seconds
        server, *apps = (memory_of(Path(f"/proc/{pid}")) for pid in pids)
    ms = sorted(1000.0 * latency for one in pressed for latency in one)
    median = statistics.median(ms)
    print(f"from a key to what is drawn: median {median:.0f} ms, {len(ms)} keys, 95 % within {ms[int(0.95 * len(ms))]:.0f} ms,")
    print(f"    the slowest {ms[-1]:.0f} ms; target {LATENCY_MS:.0f} ms {verdict(median <= LATENCY_MS)}")
    if trained:
        most = max(trained)
        print(f"a user who trains is sent {statistics.median(trained) / 1000:.1f} kB/s, the most {most / 1000:.1f} kB/s;")
        print(f"    target {TRAFFIC / 1000:.0f} kB/s {verdict(most <= TRAFFIC)}")
    print(f"processors: {used:.2f} of {CORES} for server and apps, {own:.2f} for what measures")
    print(
        f"memory (PSS): {server:.0f} MB the server, {statistics.median(apps):.0f} MB an app, {server + sum(apps):.0f} MB in all"
    )


def main() -> None:
    """Serve, and measure."""
    given = sys.argv[1:]
    users, training, seconds = (int(given[n]) if n < len(given) else usual for n, usual in enumerate((30, 5, 30)))
    name = given[3] if len(given) > 3 else "measured"
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    with tempfile.TemporaryDirectory() as home, Service(Path(home), name, "--users", str(users)) as service:
        asyncio.run(measure(service, users, training, float(seconds)))


if __name__ == "__main__":
    main()
