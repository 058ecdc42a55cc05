"""The engine: asynchronous calls, answered in order by the one thread that tinygrad lives on."""

import asyncio
import gc
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from relutui.engine.opening import one_line, open_device
from relutui.training import Checkpoint, Device, Diverged, Problem, TrainerUnavailable

if TYPE_CHECKING:
    from relutui.engine.burst import Form
    from relutui.engine.compiled import CompiledBurst

P = ParamSpec("P")
T = TypeVar("T")


class Engine:
    """The `Trainer` by tinygrad.  `device` is named as in tinygrad's DEV, "CPU:X86" or "CL"; None takes the best CPU."""

    def __init__(self, device: str | None = None) -> None:
        self._wanted = device
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="relutui-engine")
        self._closed = Event()
        self._device: Device | None = None
        self._bursts: dict[Form, CompiledBurst] = {}

    async def open(self) -> Device:
        """Open the device (again at no cost); raises TrainerUnavailable."""
        return await self._call(self._open)

    async def prepare(self, problem: Problem, units: int) -> None:
        """Compile ahead what training `units` units, and one more, will need."""
        await self._call(self._prepare, problem, units)

    async def train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        """The checkpoint `steps` full-batch steps on, fewer if settings.stop_below is reached before.

        Raises Diverged with the last finite state, and TrainerUnavailable.
        """
        return await self._call(self._train, checkpoint, problem, steps)

    async def close(self) -> None:
        """Give the thread back: what waits is cancelled, what runs ends at its next burst."""
        self._closed.set()
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._interrupt()
        return await asyncio.get_running_loop().run_in_executor(self._executor, lambda: function(*args, **kwargs))

    # Below: only on the engine's thread.

    def _interrupt(self) -> None:
        if self._closed.is_set():
            raise TrainerUnavailable("the engine is closed")

    def _open(self) -> Device:
        if self._device is None:
            with _giving_way():
                self._device = open_device(self._wanted)
        return self._device

    def _prepare(self, problem: Problem, units: int) -> None:
        for needed in (units, units + 1):
            self._burst(problem, needed)

    def _train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        if steps <= 0:
            return checkpoint
        burst = self._burst(problem, checkpoint.parameters.units)
        try:
            return burst.train(checkpoint, problem, steps, self._interrupt)
        except (Diverged, TrainerUnavailable):
            raise
        except Exception as error:
            raise TrainerUnavailable(f"{self._device} failed while training: {one_line(error)}") from error

    def _burst(self, problem: Problem, units: int) -> "CompiledBurst":
        """The burst for this problem, compiled when first asked for."""
        self._open()
        from relutui.engine.compiled import CompiledBurst, form_for

        form = form_for(problem, units)
        if form not in self._bursts:
            self._interrupt()
            try:
                with _giving_way():
                    self._bursts[form] = CompiledBurst(form)
            except Exception as error:
                raise TrainerUnavailable(f"{self._device} cannot compile the training kernel: {one_line(error)}") from error
        return self._bursts[form]


@contextmanager
def _giving_way() -> Iterator[None]:
    """Let the screen's thread have the interpreter soon, while this one computes in Python for a second, and after.

    With Python's own 5 ms a chart, which calls into C a hundred times, would take half a second to draw.  And what tinygrad
    leaves is taken from the garbage collector, whose full passes over it stop everything for 0.1 s.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(0.0002)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
        gc.freeze()
