"""The engine: asynchronous calls, answered in order by the one thread that tinygrad lives on."""

import asyncio
import gc
import sys
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from relutui.engine.tinygrad_patches.environment import isolated_environment
from relutui.engine.workers import Workers
from relutui.lib.process_memory import give_back_freed
from relutui.model.trainer import Device, DeviceFailed, DeviceReport, Diverged, TrainerUnavailable
from relutui.model.training import Checkpoint, Problem

if TYPE_CHECKING:
    from relutui.engine.compiled_batch import CompiledBatch
    from relutui.engine.compiled_burst import CompiledBurst
    from relutui.engine.exact import ExactBatch, ExactBurst, ExactSpec
    from relutui.engine.kernel_choice import Method
    from relutui.engine.kernels.lanes_layout import LanesSpec
    from relutui.engine.kernels.layers_layout import LayersSpec
    from relutui.engine.kernels.pieces_layout import PiecesSpec
    from relutui.engine.kernels.points_layout import PointsSpec
    from relutui.model.batch import Batch

    KernelSpec = PointsSpec | PiecesSpec | LayersSpec | ExactSpec

CLOSED = "the engine is closed"
DEVICE_SEARCH_S = 15.0  # for a device to answer on a busy machine; the others are reported meanwhile
SWITCH_INTERVAL_S = 0.0002  # between threads, while a kernel is compiled
MAX_COMPILED_BATCHES = 8  # that are kept, each with its memory

P = ParamSpec("P")
T = TypeVar("T")
S = TypeVar("S")
_Call = tuple[asyncio.AbstractEventLoop, asyncio.Future[Any], Callable[[], object]]


class Engine:
    """A `Trainer` that uses tinygrad.

    device: in the notation of tinygrad's DEV, such as "CPU:X86" or "CL"; None leaves it to `devices.choice.choose`.
    method: the only one to train by, where a problem allows both; None takes the faster.  workers: the threads that share the
    networks of a batch on a processor, the engine's own among them; answers do not depend on their number.
    """

    def __init__(self, device: str | None = None, method: "Method | None" = None, workers: int = 1) -> None:
        self._wanted, self._method, self._workers = device, method, Workers(workers)
        self._thread: Thread | None = None
        self._waiting = SimpleQueue[_Call | None]()
        self._closed = Event()
        self._awaited: asyncio.Future[Any] | None = None  # the answer that is being computed
        self._device: Device | None = None
        self._bursts: dict[KernelSpec, CompiledBurst | ExactBurst] = {}
        self._batches: dict[KernelSpec | LanesSpec, CompiledBatch | ExactBatch] = {}
        self._last: tuple[object, Any] = None, None  # the last request, and what is compiled for it

    async def open(self) -> Device:
        """Open the device, if it is not open yet, and return it.  Raises TrainerUnavailable."""
        return await self._call(self._open)

    def devices(self) -> AsyncGenerator[DeviceReport]:
        """Probe every known device, and yield each report as soon as it is there; closing the generator ends the search."""
        from relutui.engine.devices.catalogue import probe_devices

        return probe_devices(DEVICE_SEARCH_S)

    async def switch(self, device: str) -> Device:
        """Train on this device from now on.  Raises TrainerUnavailable, and keeps the present device then."""
        return await self._call(self._switch, device)

    async def prepare(self, problem: Problem, units: int) -> None:
        """Compile ahead of time the kernels for `units` units and one more.  Raises TrainerUnavailable."""
        await self._call(self._prepare, problem, units)

    async def train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        """Return the checkpoint after `steps` steps, or fewer if the loss falls below settings.stop_below.

        Raises Diverged with the last finite state, and TrainerUnavailable.
        """
        return await self._call(self._train, checkpoint, problem, steps)

    async def train_batch(self, batch: "Batch", problem: Problem, steps: int) -> "Batch":
        """Return the batch after `steps` steps, with its losses, of shape (networks,); 0 steps only measure them.

        A network whose loss falls below settings.stop_below stops there; one that diverges has a loss that is not finite.
        Raises TrainerUnavailable.
        """
        return await self._call(self._train_batch, batch, problem, steps)

    async def close(self) -> None:
        """End the threads: calls that wait are refused, and one that runs ends at its next burst."""
        if not self._closed.is_set():
            self._closed.set()
            self._waiting.put(None)

    async def _call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._closed.is_set():
            raise TrainerUnavailable(CLOSED)
        if self._thread is None:
            thread = Thread(target=self._work, name="relutui-engine", daemon=True)
            thread.start()
            self._thread = thread
        loop = asyncio.get_running_loop()
        answer = loop.create_future()
        self._waiting.put((loop, answer, partial(function, *args, **kwargs)))  # an executor takes a third more of a short call
        try:
            return cast(T, await answer)
        finally:
            del answer  # an error, which it holds, holds this frame

    # Below: only on the engine's thread.

    def _work(self) -> None:
        """Answer the calls until the engine is closed."""
        while call := self._waiting.get():
            self._answer(*call)
            del call
        self._workers.close()

    def _answer(self, loop: asyncio.AbstractEventLoop, answer: asyncio.Future[Any], function: Callable[[], object]) -> None:
        """Answer a call."""
        self._awaited = answer
        value: object
        try:
            self._interrupt()
            with isolated_environment():
                deliver, value = answer.set_result, function()
        except BaseException as error:
            deliver, value = answer.set_exception, error
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(_deliver, answer, deliver, value)
        self._awaited = None
        del answer, deliver, value  # an error holds this frame

    def _interrupt(self) -> None:
        if self._closed.is_set():
            raise TrainerUnavailable(CLOSED)
        if self._awaited and self._awaited.cancelled():
            raise TrainerUnavailable("given up")

    def _open(self) -> Device:
        if self._device is None:
            from relutui.engine.devices.opening import open_device  # imported on demand: start-up time counts

            with _keep_screen_responsive():
                self._device = open_device(self._wanted)
        return self._device

    def _switch(self, wanted: str) -> Device:
        from relutui.engine.devices.opening import free_device_memory, keep_device_on_failure, open_device

        before = self._device
        with _keep_screen_responsive(), keep_device_on_failure() if before else nullcontext():
            self._device = device = open_device(wanted)
        if before and before != device:
            self._bursts.clear()
            self._batches.clear()
            self._last = None, None
            free_device_memory(before)
        return device

    def _prepare(self, problem: Problem, units: int) -> None:
        for needed in [max(problem.locks.sizes)] if problem.network.deeper else [units, units + 1]:
            self._burst(problem, needed)

    def _train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        if steps <= 0:
            return checkpoint
        burst = self._burst(problem, max(checkpoint.parameters.sizes))
        with self._device_errors("training"):
            return burst.train(checkpoint, problem, steps, self._interrupt)

    def _train_batch(self, batch: "Batch", problem: Problem, steps: int) -> "Batch":
        self._open()
        from relutui.engine.compiled_batch import batch_for
        from relutui.engine.kernel_choice import choose_batch_kernel

        make = partial(batch_for, workers=self._workers)
        compiled = self._compiled(self._batches, make, choose_batch_kernel, problem, max(batch.sizes), len(batch))
        if len(self._batches) > MAX_COMPILED_BATCHES:
            del self._batches[next(iter(self._batches))]
        with self._device_errors("training"):
            return compiled.train(batch, problem, steps, self._interrupt)

    def _burst(self, problem: Problem, units: int) -> "CompiledBurst | ExactBurst":
        self._open()
        from relutui.engine.compiled_burst import burst_for
        from relutui.engine.kernel_choice import choose_kernel

        return self._compiled(self._bursts, burst_for, choose_kernel, problem, units)

    def _compiled(
        self,
        compiled_specs: dict[S, T],
        compile_spec: Callable[[S], T],
        choose: Callable[..., S],
        problem: Problem,
        *sizes: int,
    ) -> T:
        """Return what trains this problem, compiled if need be.

        The last answer is remembered, for choosing a spec takes as long as hundreds of steps.
        """
        from relutui.engine.kernel_choice import traits

        settings, data = problem.settings, problem.dataset
        kind = problem.network, settings.optimizer, settings.weight_decay > 0.0, problem.uses_minibatches
        asked = *kind, len(data), traits(data), *sizes
        if self._last[0] != asked:
            spec = choose(problem, *sizes, method=self._method)
            if spec not in compiled_specs:
                self._interrupt()
                with self._device_errors("compiling the training kernel"), _keep_screen_responsive():
                    compiled_specs[spec] = compile_spec(spec)
            self._last = asked, compiled_specs[spec]
        compiled: T = self._last[1]
        return compiled

    @contextmanager
    def _device_errors(self, task: str) -> Iterator[None]:
        """Raise whatever goes wrong with the device as one line: DeviceFailed, or TrainerUnavailable on the processor."""
        try:
            yield
        except (Diverged, TrainerUnavailable):
            raise
        except Exception as error:
            from relutui.engine.devices.opening import one_line

            device, reason = self._device, f"failed while {task}: {one_line(error)}"
            if device is None or device.name == "CPU":
                raise TrainerUnavailable(f"{device} {reason}") from error
            raise DeviceFailed(f"{device.name} {reason}") from error


def _deliver(answer: asyncio.Future[Any], deliver: Callable[[Any], None], value: object) -> None:
    """Set the result or the error of a call that has not been cancelled."""
    if not answer.cancelled():
        deliver(value)


@contextmanager
def _keep_screen_responsive() -> Iterator[None]:
    """Let the screen's thread run often while this thread computes in Python for a second.

    At Python's interval of 5 ms a chart, which calls into C a hundred times, would take half a second to draw.  Afterwards
    tinygrad's objects are hidden from the garbage collector, whose full passes over them stop everything for 0.1 s, and memory
    is given back: 44 MB where Python had to compile tinygrad's modules first.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
        gc.freeze()
        give_back_freed()
