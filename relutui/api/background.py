"""The engine of this process, and the thread whose event loop its calls are awaited on.

A notebook's own event loop is running already, so that nothing can be awaited on it from a plain call.
"""

import asyncio
from collections.abc import Callable, Coroutine
from functools import cache
from threading import Thread
from typing import Any, TypeVar

from relutui.engine.engine import Engine
from relutui.lib.cores import available_cores

T = TypeVar("T")


def run(work: Callable[[Engine], Coroutine[Any, Any, T]]) -> T:
    """Return what work with the engine comes to; an exception here, such as KeyboardInterrupt, cancels it."""
    future = asyncio.run_coroutine_threadsafe(work(_engine()), _loop())
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise


@cache
def _engine() -> Engine:
    return Engine(workers=available_cores())


@cache
def _loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    Thread(target=loop.run_forever, name="relutui-api", daemon=True).start()
    return loop
