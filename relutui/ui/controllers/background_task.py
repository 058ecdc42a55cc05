"""Long work of a screen: one task at a time in the background, which can be cancelled and whose progress is redrawn."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from textual.screen import Screen

from relutui.model.trainer import fault
from relutui.terminal.backlog import is_behind

MIN_REDRAW_INTERVAL_S = 0.25  # between the end of a drawing and the next one, while the task works
REST_PER_DRAWING = 4  # the least rest after a drawing, in units of the time it took


def raise_failure(task: asyncio.Task[None]) -> None:
    """Raise a finished task's failure in the event loop: a done callback, so as not to wait for garbage collection."""
    if not task.cancelled():
        task.result()


class BackgroundTask:
    """Works for a screen and has it draw the progress; problem: why the work failed, if it did."""

    def __init__(self, screen: Screen[Any], draw: Callable[[], None], clock: Callable[[], float] = time.perf_counter) -> None:
        self._screen, self._draw, self._clock = screen, draw, clock
        self._task: asyncio.Task[None] | None = None
        self._start_time: float | None = None  # when the first piece was done, which may have included a compilation
        self._done = 0.0  # amount of work since then
        self._next_drawing = 0.0
        self.problem = ""
        self.seconds_left: float | None = None

    @property
    def busy(self) -> bool:
        """Whether the task is running."""
        return self._task is not None

    def start(self, doing: str, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Start the work, and draw once it is over; `doing` names it in the message of a failure."""
        self.problem, self._start_time, self._done = "", None, 0.0
        self._task = asyncio.create_task(self._carry_out(doing, work))

    def cancel(self) -> None:
        """Stop the work."""
        if self._task:
            self._task.cancel()
        self._task = self.seconds_left = None

    def advance(self, done: float, left: float) -> None:
        """Update the remaining-time estimate and redraw."""
        if self._start_time is None:
            self._start_time = self._clock()
        elif done:
            self._done += done
            self.seconds_left = (self._clock() - self._start_time) * left / self._done
        self.show()

    def show(self) -> None:
        """Draw, unless the last drawing is too recent or still waits for the terminal."""
        start = self._clock()
        if start >= self._next_drawing and not is_behind(self._screen.app):
            self.draw()
            end = self._clock()
            self._next_drawing = end + max(MIN_REDRAW_INTERVAL_S, REST_PER_DRAWING * (end - start))

    def draw(self) -> None:
        """Draw at once, unless the screen is being removed: its panels may be gone."""
        if self._screen.display:
            self._draw()

    async def _carry_out(self, doing: str, work: Callable[[], Coroutine[None, None, None]]) -> None:
        try:
            await work()
        except Exception as error:  # a fault of ours or of the trainer, or no trainer: show it, and go on
            self.problem = fault(doing, error)
        self._task = self.seconds_left = None
        self.draw()
