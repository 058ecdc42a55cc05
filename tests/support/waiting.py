"""Waiting for what another task, thread or process is about to do: never for ever, and what it was for is said."""

import asyncio
import inspect
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

LIMIT = 60.0  # s that anything may take on a busy machine

states: list[Callable[[], str]] = []  # what there is to tell of what is being tested, such as the screen that is shown


@asynccontextmanager
async def bounded(what: str | Callable[[], bool]) -> AsyncIterator[None]:
    """Fail after LIMIT with what was waited for (of a condition, its source), and how things stand then."""
    state = ""

    def note() -> None:  # before the wait is given up, which may change it
        nonlocal state
        state = "\n".join([*(tell() for tell in states), tasks()])

    noted = asyncio.get_running_loop().call_later(LIMIT, note)
    try:
        async with asyncio.timeout(LIMIT + 0.001):
            yield
    except TimeoutError:
        awaited = what if isinstance(what, str) else inspect.getsource(what).strip()
        raise AssertionError(f"not within {LIMIT:g} s: {awaited}\n{state}") from None
    finally:
        noted.cancel()


async def until(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    async with bounded(condition):
        while not condition():
            await asyncio.sleep(0.01)


async def turns(number: int = 5) -> None:
    """Let every other task that can go on do so, so many times."""
    for _ in range(number):
        await asyncio.sleep(0)


def tasks() -> str:
    """The tasks of the running event loop, each with where it waits; none where no loop runs."""
    try:
        found = asyncio.all_tasks()
    except RuntimeError:
        return "no tasks"
    out = io.StringIO()
    for task in sorted(found, key=lambda task: task.get_name()):
        task.print_stack(limit=3, file=out)
    return f"{len(found)} tasks:\n{out.getvalue()}"
