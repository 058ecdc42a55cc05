"""The client of a Dask cluster, which has the chunks of a sweep trained there."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
from distributed import Client, Future, KilledWorker

from relutui import __version__
from relutui.cluster.address import Address, no_connection
from relutui.cluster.log import silence
from relutui.cluster.task import Identity, differing, identify, train_chunk
from relutui.lib.pacing import next_count
from relutui.model.trainer import Device, TrainerUnavailable
from relutui.scenario.writer import problem_toml
from relutui.study.grid import value_of
from relutui.study.sweep import MAX_CHUNK, Sweep, SweepProgress
from relutui.study.sweep_results import Cell, Chunk, Result

CONNECT_S = 2.0  # for a scheduler to answer
CLOSE_S = 2.0  # for it to hear that the client leaves
LOOK_S = 1.0  # between two looks at how many workers there are
CHUNK_S = 2.0  # target time of a chunk: shorter ones load the scheduler, and one that a worker has begun is not stopped
CHUNK_COST_S = 4e-3  # of scheduler and client for each chunk: of very many workers chunks take longer, so that both keep up
FIRST_WORK = 256  # networks times units in the first chunks, before their time is known
MAX_GROWTH = 4  # largest ratio of a chunk to those before
CHUNKS_AHEAD = 2  # sent out for each thread, so that none waits for its next


class Cluster:
    """A Dask cluster, as its client sees it; mixed: whether its workers may differ in version and renderer."""

    def __init__(self, address: Address, mixed: bool) -> None:
        self._address, self._mixed = address, mixed
        self._client: Client | None = None
        self._expected: Identity | None = None

    async def open(self) -> Device:
        """Connect, and return the device of the first worker, which is waited for.  Raises TrainerUnavailable."""
        silence()
        url, security = self._address.url, self._address.security
        try:
            await self._address.reach(CONNECT_S)  # Dask would try again and again where nobody listens
            self._client = Client(url, security=security, timeout=CONNECT_S, asynchronous=True, set_as_default=False)
            await self._client
        except (
            OSError,
            ValueError,
            MemoryError,
        ) as error:  # the last: a server of another kind, whose words Dask takes for sizes
            raise no_connection(url, error) from None
        first: Identity = await self._answer(self._client.submit(identify, pure=False))
        if not self._mixed:
            self._expected = first | {"relutui": __version__, "numpy": np.__version__}
            self._check(first)
        return Device(first["device"], "mixed" if self._mixed else first["renderer"])

    async def run(self, sweep: Sweep, missing: Sequence[Chunk]) -> AsyncIterator[SweepProgress]:
        """Have it trained chunk by chunk, and yield the progress after each, in whatever order they are finished.

        Raises TrainerUnavailable, after which no more is to be expected.
        """
        supply = Supply(missing)
        cell, text = None, ""
        done = sweep.networks - sum(len(seeds) for _, seeds in missing)
        going: dict[asyncio.Task[tuple[Result, float]], Chunk] = {}
        threads, looked = 0, -LOOK_S
        while True:
            if time.monotonic() - looked >= LOOK_S:
                threads, looked = await self._threads(), time.monotonic()
            while len(going) < CHUNKS_AHEAD * max(threads, 1) and (chunk := supply.take()):
                if chunk.cell != cell:  # one text at a time: there may be many cells, of many points each
                    cell, text = chunk.cell, _text(sweep, chunk.cell)
                going[asyncio.create_task(self._train(sweep, chunk, text))] = chunk
            if not going:
                return
            ended, _ = await asyncio.wait(going, timeout=LOOK_S, return_when=asyncio.FIRST_COMPLETED)
            for task in sorted(ended, key=lambda task: task.exception() is not None):  # first what came to something
                result, seconds = task.result()
                chunk = going.pop(task)
                supply.learn(chunk, seconds, max(CHUNK_S, threads * CHUNK_COST_S))
                done += len(result)
                yield SweepProgress(done, sum(len(seeds) for _, seeds in going.values()), 0.0, (chunk, result))

    async def close(self) -> None:
        """Leave the cluster, which drops what was not finished."""
        if self._client:
            with suppress(OSError, asyncio.TimeoutError):
                await asyncio.wait_for(self._client.close(), CLOSE_S)

    async def _threads(self) -> int:
        """The number of threads of all workers; 0 if the scheduler does not answer."""
        assert self._client
        try:
            return sum((await asyncio.wait_for(self._client.nthreads(), CLOSE_S)).values())
        except (TimeoutError, OSError):
            return 0

    async def _train(self, sweep: Sweep, chunk: Chunk, text: str) -> tuple[Result, float]:
        """The result of a chunk, and the seconds it took the worker."""
        assert self._client
        cell, seeds = chunk
        asked = text, value_of(cell, "units"), seeds[0], len(seeds), sweep.steps, sweep.below, sweep.parameters, self._expected
        own, numbers, seconds = await self._answer(self._client.submit(train_chunk, *asked, pure=False))
        self._check(own)
        outcomes, parameters = 8 * len(seeds), 9 * len(seeds)  # the bytes before them
        result = Result(
            cell,
            np.frombuffer(numbers[:outcomes]),
            np.frombuffer(numbers[outcomes:parameters], np.uint8),
            np.frombuffer(numbers[parameters:]),
        )
        return result, seconds

    async def _answer(self, future: "Future[Any]") -> Any:
        try:
            return await future
        except KilledWorker as error:
            died = error.allowed_failures + 1
            raise TrainerUnavailable(f"interrupted ({died} workers died of the same chunk)") from None
        except Exception as error:
            if future.status != "error":
                raise TrainerUnavailable(f"interrupted (the scheduler at {self._address.url} is gone)") from None
            name = "" if isinstance(error, TrainerUnavailable) else f"{type(error).__name__}: "
            raise TrainerUnavailable(f"a worker failed: {name}{error}".splitlines()[0]) from None

    def _check(self, own: Identity) -> None:
        if self._expected and (keys := differing(own, self._expected)):
            has, wanted = (", ".join(f"{key} {each[key]}" for key in keys) for each in (own, self._expected))
            raise TrainerUnavailable(
                f"the worker at {own['worker']} has {has} instead of {wanted}; --mixed allows it, and last digits may differ"
            )


class Supply:
    """Cuts what is missing into chunks that take about as long as they should, as those before have shown."""

    def __init__(self, missing: Sequence[Chunk]) -> None:
        self._left, self._work = deque(missing), FIRST_WORK

    def take(self) -> Chunk | None:
        """The next chunk; None if there is no more."""
        if not self._left:
            return None
        cell, seeds = self._left.popleft()
        size = min(max(1, self._work // cell.units), MAX_CHUNK)
        if seeds[size:]:
            self._left.appendleft(Chunk(cell, seeds[size:]))
        return Chunk(cell, seeds[:size])

    def learn(self, chunk: Chunk, seconds: float, target_s: float = CHUNK_S) -> None:
        """Learn how long a chunk took a worker, and how long others should; a small one, the rest of a cell, tells little."""
        work = len(chunk.seeds) * chunk.cell.units
        if 2 * work > self._work:
            self._work = next_count(work, seconds, target_s, MAX_GROWTH * self._work)


def _text(sweep: Sweep, cell: Cell) -> str:
    scenario = sweep.scenario
    return problem_toml(replace(scenario, settings=cell.settings, init=cell.init))
