"""Long work of a screen, in the background: one thing at a time, that can be stopped, drawn now and then."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from textual.screen import Screen

from relutui.model.trainer import fault
from relutui.terminal.backlog import is_behind

MIN_REDRAW_INTERVAL_S = 0.25  # s: while it works the screen is drawn no more often
REST_PER_DRAWING = 4  # nor sooner than so many times what the last drawing took


def raise_failure(task: asyncio.Task[None]) -> None:
    """Let the event loop know of a fault at once (it is a done callback), not when the task is collected as garbage."""
    if not task.cancelled():
        task.result()


class BackgroundTask:
    """Works for a screen, which draws how far that is; problem: why the work ended before its time, if it did."""

    def __init__(self, screen: Screen[Any], draw: Callable[[], None], clock: Callable[[], float] = time.perf_counter) -> None:
        self._screen, self._draw, self._clock = screen, draw, clock
        self._task: asyncio.Task[None] | None = None
        self._start_time: float | None = None  # the time after the first piece, which may have compiled
        self._done = 0.0  # since then
        self._next_drawing = 0.0
        self.problem = ""
        self.seconds_left: float | None = None

    @property
    def busy(self) -> bool:
        """Whether it works."""
        return self._task is not None

    def start(self, doing: str, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Do this work, and draw once it is over; `doing` names it where it fails."""
        self.problem, self._start_time, self._done = "", None, 0.0
        self._task = asyncio.create_task(self._carry_out(doing, work))

    def cancel(self) -> None:
        """Stop working."""
        if self._task:
            self._task.cancel()
        self._task = self.seconds_left = None

    def advanced(self, by: float, left: float) -> None:
        """So much of the work was done, and so much is left: tell how long that takes, and show it."""
        if self._start_time is None:
            self._start_time = self._clock()
        elif by:
            self._done += by
            self.seconds_left = (self._clock() - self._start_time) * left / self._done
        self.show()

    def show(self) -> None:
        """Draw, unless the last drawing was only just now or still waits for the terminal."""
        began = self._clock()
        if began >= self._next_drawing and not is_behind(self._screen.app):
            self.draw()
            ended = self._clock()
            self._next_drawing = ended + max(MIN_REDRAW_INTERVAL_S, REST_PER_DRAWING * (ended - began))

    def draw(self) -> None:
        """Draw at once, unless the screen is being taken away: what it draws on may be gone by then."""
        if self._screen.display:
            self._draw()

    async def _carry_out(self, doing: str, work: Callable[[], Coroutine[None, None, None]]) -> None:
        try:
            await work()
        except Exception as error:  # a fault of ours or of the trainer's, or there is none: said, and the screen goes on
            self.problem = fault(doing, error)
        self._task = self.seconds_left = None
        self.draw()
