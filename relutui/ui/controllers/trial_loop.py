"""Trials in the background: where a run whose loss stands still leads, and whether the advised change would help."""

import asyncio
import math
from dataclasses import replace

from relutui.explain.why_stuck import missing_trial
from relutui.model.trainer import Diverged, Trainer
from relutui.session.findings import Trial
from relutui.session.session import Session
from relutui.session.state import State, loss_of
from relutui.ui.controllers.host import Host

SAME_RUN_STEPS = 20_000  # of the state as it is
CHANGED_STEPS = 4_000  # of the state with an advised change
MAX_WORK = 400_000_000  # units times points times steps
REST_S = 0.1  # without a change before a trial begins
BURST_STEPS = 500  # of one call of the trainer, so that others get their turn; not timed, so that all machines say the same
BURST_WORK = 2_000_000  # units times points times steps of one call; longer ones could take over 0.02 s


class TrialLoop:
    """Tries what the session's state lacks trials of, in one task of the event loop, while nothing else is trained."""

    def __init__(self, trainer: Trainer, host: Host) -> None:
        self._trainer, self._host = trainer, host
        self._task: asyncio.Task[None] | None = None
        self._failed: State | None = None  # the state of which a trial failed

    @property
    def busy(self) -> bool:
        """Whether a trial is under way or about to be."""
        return self._task is not None and not self._task.done()

    def wake(self) -> None:
        """Start trying if a trial is missing."""
        if not self.busy and self._missing() is not None:
            self._task = asyncio.create_task(self._work())

    def _missing(self) -> tuple[str, tuple[int, ...]] | None:
        session = self._host.session
        return None if session.running or session.state is self._failed else missing_trial(session)

    async def _work(self) -> None:
        while self._missing() is not None:
            session = self._host.session
            await asyncio.sleep(REST_S)
            if self._host.session.state is not session.state or (missing := self._missing()) is None:
                continue
            try:
                trial = await self._try(session, *missing)
            except Exception:  # no trainer, or a fault: training itself will say so, and what is not tried is not claimed
                self._failed = session.state
                continue
            if trial and self._host.session.state is session.state:
                others = tuple(one for one in self._host.session.findings.trials if one.state is session.state)
                self._host.session = self._host.session.with_findings(trials=(*others, trial))

    async def _try(self, session: Session, reason: str, units: tuple[int, ...]) -> Trial | None:
        """Train from the session's state, changed as the reason advises; None if the session goes on meanwhile."""
        from relutui.study.advised_change import advised_change  # imported on demand: start-up time counts

        state, data = session.state, session.dataset
        changed = advised_change(session, reason, units) if reason else (state, "")
        if changed is None:
            return Trial(state, reason, "", 0, math.nan)
        start, change = changed
        problem, checkpoint = start.problem(data), replace(start.checkpoint, history=())
        work = start.parameters.units * len(data)
        steps, burst = min(SAME_RUN_STEPS if not reason else CHANGED_STEPS, MAX_WORK // work), BURST_WORK // work
        from relutui.model.gradient import next_step  # imported on demand: start-up time counts

        if not reason and next_step(checkpoint, problem) == checkpoint.parameters:
            return Trial(state, reason, change, steps, session.loss)
        end = checkpoint.step + steps
        while checkpoint.step < end:
            asked = min(max(1, burst), BURST_STEPS, end - checkpoint.step)
            try:
                trained = await self._trainer.train(checkpoint, problem, asked)
            except Diverged as error:
                return Trial(state, reason, change, error.checkpoint.step + 1 - state.checkpoint.step, math.nan)
            if self._host.session.state is not state or self._host.session.running:
                return None
            stopped = trained.step < checkpoint.step + asked
            checkpoint = replace(trained, history=())
            if stopped:
                break
        lost = loss_of(replace(start, checkpoint=checkpoint), data)
        return Trial(state, reason, change, checkpoint.step - state.checkpoint.step, lost)
