"""Training from the screen: in frames, one burst after the other, dropped when the state was edited meanwhile."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from itertools import count

from relutui.explain import hints, why_stuck
from relutui.lib.pacing import next_count
from relutui.model.trainer import Diverged, Trainer, fault
from relutui.model.training import Checkpoint
from relutui.session import edits
from relutui.session.device_status import DeviceStatus
from relutui.session.session import Session
from relutui.session.state import State
from relutui.ui.controllers.host import Host

FRAME_S = 1 / 12  # s: the screen draws no more often while it trains
MAX_BURST_S = 0.015  # s: a burst asked for in one piece takes no longer than this, as far as the last ones tell
STEP_GUESS_S = 1e-5  # s a step, before anything was measured


class TrainingLoop:
    """Carries out requests for steps, and runs as long as the session is running, in one task of the event loop."""

    def __init__(self, trainer: Trainer, host: Host, clock: Callable[[], float] = time.perf_counter) -> None:
        self._trainer, self._host, self._clock = trainer, host, clock
        self._requests: deque[int] = deque()
        self._runs = count()
        self._task: asyncio.Task[None] | None = None
        self._step_s = STEP_GUESS_S  # on the device
        self._device: DeviceStatus | None = None

    @property
    def busy(self) -> bool:
        """Whether steps are being taken or due."""
        return self._task is not None and not self._task.done()

    def request(self, steps: int) -> None:
        """Take some steps, after those requested before; they are one entry of the history."""
        self._requests.append(steps)
        self.wake()

    def wake(self) -> None:
        """See whether there is something to do."""
        if not self.busy and (self._requests or self._host.session.running):
            self._task = asyncio.create_task(self._work())

    def cancel(self) -> None:
        """Forget what was requested."""
        self._requests.clear()
        if self._task:
            self._task.cancel()

    async def _work(self) -> None:
        try:
            await self._drain()
        except Exception as error:  # a fault of ours or of the trainer's, or there is none: said, and the screen goes on
            self._requests.clear()
            self._host.session = replace(self._host.session, running=False).say(fault("training", error), error=True)

    async def _drain(self) -> None:
        while self._requests or self._host.session.running:
            run = next(self._runs)
            if self._requests:
                await self._train_steps(self._requests.popleft(), run)
            else:
                while self._host.session.running and not self._requests:
                    await self._train_frame(run)
        self._host.session = edits.fit_limits(self._host.session)  # it held still while the curve moved

    async def _train_steps(self, steps: int, run: int) -> None:
        """A number of steps, as fast as they go; given up when the state is edited or training stops."""
        while steps > 0:
            state = self._host.session.state
            burst = min(steps, self._burst_steps())
            checkpoint = await self._burst(state.checkpoint, state, burst, run)
            if checkpoint is None or not self._apply(state, checkpoint, burst, run):
                self._requests.clear()
                return
            steps -= burst

    async def _train_frame(self, run: int) -> None:
        """The steps of one frame, then a rest until the next is due."""
        end = self._clock() + FRAME_S
        session = self._host.session
        state, left = session.state, session.speed
        checkpoint, asked = state.checkpoint, 0
        while left is None or left > 0:
            burst = min(left or self._burst_steps(), self._burst_steps())
            trained = await self._burst(checkpoint, state, burst, run)
            if trained is None:
                return
            checkpoint, asked = trained, asked + burst
            left = None if left is None else left - burst
            stopped = checkpoint.step - state.checkpoint.step < asked
            if stopped or self._host.session.state is not state or self._clock() + MAX_BURST_S > end:
                break
        self._apply(state, checkpoint, asked, run)
        await asyncio.sleep(max(0.0, end - self._clock()))

    async def _burst(self, checkpoint: Checkpoint, state: State, steps: int, run: int) -> Checkpoint | None:
        """A burst from a checkpoint; nothing if it diverged, which the session then says."""
        began = self._clock()
        try:
            trained = await self._trainer.train(checkpoint, state.problem(self._host.session.dataset), steps)
        except Diverged as error:
            if self._host.session.state is state:
                self._host.session = edits.diverged(self._host.session, error, run)
            return None
        # Half the old guess: one slow burst (a compilation, another process) does not shorten many that follow.
        self._step_s = (self._step_s + (self._clock() - began) / steps) / 2
        return trained

    def _apply(self, state: State, checkpoint: Checkpoint, asked: int, run: int) -> bool:
        """Show what was trained unless the state was edited since; False if training must not go on by itself."""
        session = self._host.session
        if session.state is not state:
            return False
        session = _with_current_message(session, edits.trained(session, checkpoint, run))
        stopped = checkpoint.step - state.checkpoint.step < asked
        if stopped:
            bound = session.state.settings.stop_below
            session = replace(session, running=False).say(f"stopped at step {checkpoint.step}: the loss is below {bound:g}")
        self._host.session = session
        return not stopped

    def _burst_steps(self) -> int:
        """The steps of a burst; what another device took tells nothing."""
        if self._device != self._host.session.device:
            self._step_s, self._device = STEP_GUESS_S, self._host.session.device
        return next_count(1, self._step_s, MAX_BURST_S)


def _with_current_message(before: Session, after: Session) -> Session:
    """The session after some steps; that they came to a stand is more than what was said before, unless that is an error.

    A hint that was given is said as long as it holds.
    """
    said = after.view.message
    if said and said.text == hints.hint(before) != (now := hints.hint(after)):
        return after.say(now) if after.view.hint and after.view.hint.of_state and now else after.with_view(message=None)
    stopped = said and not said.error and not why_stuck.stuck_reason(before) and why_stuck.stuck_reason(after)
    return after.with_view(message=None) if stopped else after
