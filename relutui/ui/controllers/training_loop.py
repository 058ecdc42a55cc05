"""Training in the background of a screen, in frames of several bursts; what was trained is dropped if the state was edited."""

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

FRAME_S = 1 / 12  # between two drawings of a run
MAX_BURST_S = 0.015  # of one call of the trainer, estimated from the calls before it
STEP_GUESS_S = 1e-5  # of one step, before any was measured


class TrainingLoop:
    """Takes the requested steps, and trains while the session is running, in one task of the event loop."""

    def __init__(self, trainer: Trainer, host: Host, clock: Callable[[], float] = time.perf_counter) -> None:
        self._trainer, self._host, self._clock = trainer, host, clock
        self._requests: deque[int] = deque()
        self._runs = count()
        self._task: asyncio.Task[None] | None = None
        self._step_s = STEP_GUESS_S  # on the device below
        self._device: DeviceStatus | None = None

    @property
    def busy(self) -> bool:
        """Whether steps are being taken or about to be."""
        return self._task is not None and not self._task.done()

    def request(self, steps: int) -> None:
        """Take some steps, after those requested before; together they are one entry of the history."""
        self._requests.append(steps)
        self.wake()

    def wake(self) -> None:
        """Start training if steps are requested or the session is running."""
        if not self.busy and (self._requests or self._host.session.running):
            self._task = asyncio.create_task(self._work())

    def cancel(self) -> None:
        """Drop the requests, and the burst under way."""
        self._requests.clear()
        if self._task:
            self._task.cancel()

    async def _work(self) -> None:
        try:
            await self._drain()
        except Exception as error:  # a fault of ours or of the trainer, or no trainer: show it, and go on
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
        self._host.session = edits.fit_limits(self._host.session)  # they were held during the run

    async def _train_steps(self, steps: int, run: int) -> None:
        """Take a number of steps as fast as possible, until the state is edited or training stops."""
        while steps > 0:
            state = self._host.session.state
            if not state.trainable:  # no longer, since the steps were asked for
                self._requests.clear()
                return
            burst = min(steps, self._burst_steps())
            checkpoint = await self._burst(state.checkpoint, state, burst, run)
            if checkpoint is None or not self._apply(state, checkpoint, burst, run):
                self._requests.clear()
                return
            steps -= burst

    async def _train_frame(self, run: int) -> None:
        """Take the steps of one frame, show them, and rest until the next frame is due."""
        end = self._clock() + FRAME_S
        session = self._host.session
        state, remaining = session.state, session.speed
        checkpoint, asked = state.checkpoint, 0
        while remaining is None or remaining > 0:
            burst = min(remaining or self._burst_steps(), self._burst_steps())
            trained = await self._burst(checkpoint, state, burst, run)
            if trained is None:
                return
            checkpoint, asked = trained, asked + burst
            remaining = None if remaining is None else remaining - burst
            stopped = checkpoint.step - state.checkpoint.step < asked
            if stopped or self._host.session.state is not state or self._clock() + MAX_BURST_S > end:
                break
        self._apply(state, checkpoint, asked, run)
        await asyncio.sleep(max(0.0, end - self._clock()))

    async def _burst(self, checkpoint: Checkpoint, state: State, steps: int, run: int) -> Checkpoint | None:
        """Train one burst from a checkpoint; return None if it diverged, after telling the session."""
        start = self._clock()
        try:
            trained = await self._trainer.train(checkpoint, state.problem(self._host.session.dataset), steps)
        except Diverged as error:
            if self._host.session.state is state:
                self._host.session = edits.record_divergence(self._host.session, error, run)
            return None
        # Averaged with the old estimate, so that one slow burst (a compilation, another process) does not shorten many others.
        self._step_s = (self._step_s + (self._clock() - start) / steps) / 2
        return trained

    def _apply(self, state: State, checkpoint: Checkpoint, asked: int, run: int) -> bool:
        """Show a trained checkpoint unless the state was edited since; return whether training may go on by itself."""
        session = self._host.session
        if session.state is not state:
            return False
        session = _with_current_message(session, edits.record_training(session, checkpoint, run))
        stopped = checkpoint.step - state.checkpoint.step < asked
        if stopped:
            bound = session.state.settings.stop_below
            session = replace(session, running=False).say(
                f"✓ training found it: stopped at step {checkpoint.step}, where the loss is below {bound:g}"
            )
        self._host.session = session
        return not stopped

    def _burst_steps(self) -> int:
        """Return the number of steps that take about MAX_BURST_S on the present device."""
        if self._device != self._host.session.device:
            self._step_s, self._device = STEP_GUESS_S, self._host.session.device
        return next_count(1, self._step_s, MAX_BURST_S)


def _with_current_message(before: Session, after: Session) -> Session:
    """Return the session after some steps with the message that holds now.

    A hint stays while it holds; any other message but an error gives way once training has got stuck.
    """
    message = after.view.message
    if message and message.text == hints.hint(before) != (now := hints.hint(after)):
        return after.say(now) if after.view.hint and after.view.hint.of_state and now else after.with_view(message=None)
    got_stuck = message and not message.error and not why_stuck.stuck_reason(before) and why_stuck.stuck_reason(after)
    return after.with_view(message=None) if got_stuck else after
