"""Work that a signal cancels, so that a command can still print what it has."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

SIGNALS = signal.SIGINT, signal.SIGTERM, signal.SIGHUP


def run_until_signalled(work: Coroutine[Any, Any, T]) -> tuple[T, int]:
    """Run work that ctrl-C, SIGTERM or a lost terminal cancels; return its result and the exit status, 0 or 128 + signal.

    A second signal is obeyed at once, as if there were no work; what is ignored, as under nohup, stays so.
    """
    status = 0
    usual = {number: signal.getsignal(number) for number in SIGNALS}

    def restore() -> None:
        for number, handler in usual.items():
            signal.signal(number, handler)

    async def watched() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task

        def cancel(number: int, frame: object) -> None:
            nonlocal status
            status = 128 + number
            restore()
            task.cancel()
            loop.call_soon_threadsafe(lambda: None)  # wake the loop

        for number, handler in usual.items():
            if handler is not signal.SIG_IGN:
                signal.signal(number, cancel)
        try:
            return await work
        finally:
            restore()

    return asyncio.run(watched()), status
