"""Threads for compiled code, which runs outside Python's lock: side by side on as many cores."""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from typing import TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Interrupt = Callable[[], None]


class Workers:
    """So many threads, the caller's among them; the others are started when they are first needed."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._pool = ThreadPoolExecutor(max(1, count - 1), "relutui-worker")

    def map(
        self, function: Callable[[int, Item, Interrupt], Answer], items: Sequence[Item], interrupt: Interrupt
    ) -> list[Answer]:
        """Return the answer to each item, in their order, once no thread works on any of them.

        function: called with the number of the worker, the item, and what it has to call now and then instead of `interrupt`,
        which also ends the others when one has failed.  Worker n begins with item n, and whoever is free takes the next.
        Raises the first error of any.
        """
        answers: dict[int, Answer] = {}
        errors: list[BaseException] = []
        threads = min(self.count, len(items))
        further = iter(range(threads, len(items)))

        def check() -> None:
            if errors:
                raise _Stopped
            interrupt()

        def work(worker: int) -> None:
            try:
                check()
                for number in chain((worker,), further):
                    answers[number] = function(worker, items[number], check)
            except BaseException as error:
                errors.append(error)

        others: list[Future[None]] = []
        try:
            for worker in range(1, threads):
                others.append(self._pool.submit(work, worker))
            work(0)
        except RuntimeError as error:  # a thread cannot be started
            errors.append(error)
        for other in others:
            other.result()
        if errors:
            try:
                raise errors[0]
            finally:
                errors[:] = [_Stopped()]  # the first one holds this frame
        return [answers[number] for number in range(len(items))]

    def close(self) -> None:
        """Let the threads end; for whoever calls `map`, after the last call."""
        self._pool.shutdown(wait=False)


class _Stopped(Exception):
    """Another worker has failed."""


def divide(networks: int, most: int, least: int, workers: int, block: int = 1) -> list[slice]:
    """Divide networks into parts that keep all workers busy, but for those that would get fewer than `least` networks.

    most: networks in a part, unless one block has more; block: networks that are trained together, a part has whole blocks.
    """
    sharers = max(1, min(workers, networks // max(1, least)))
    rounds = math.ceil(networks / (sharers * max(block, most - most % block)))
    size = block * math.ceil(networks / (sharers * rounds * block))
    return [slice(first, min(first + size, networks)) for first in range(0, networks, size)]
