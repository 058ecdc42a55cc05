"""The keeping of the learner's progress: what is opened and solved is noted, what is new is written and handed in at once."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from relutui.scenario.scenario import Scenario
from relutui.session.progress import Progress, Solved, merge, scenario_key
from relutui.session.progress_file import save_progress
from relutui.session.session import Session
from relutui.ui.controllers.background_task import raise_failure
from relutui.ui.controllers.host import Host

if TYPE_CHECKING:
    from relutui.session.class_member import Member


class ProgressKeeper:
    """Keeps the progress of the host's session in the file that all running apps share."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._kept = host.session.progress  # as of the last writing
        self._opened: Scenario | None = None
        self._task: asyncio.Task[None] | None = None
        self._failed: Progress | None = None  # what could not be written; tried again when more is new
        self._problem = ""  # the last that was said
        self._member: Member | None = None
        self._owes_report = False

    def note(self, session: Session) -> None:
        """Note what was opened or solved, though not by a tour, and write what is new."""
        progress = session.progress
        if not session.tour and session.scenario is not self._opened:
            self._opened = session.scenario
            progress = progress.with_opened(scenario_key(session.scenario), int(time.time()))
        if session.solved and not session.tour and (by := session.document.solved_in) and any(by):
            progress = progress.with_solved(scenario_key(session.scenario), Solved(*by, int(time.time())))
        if progress is not session.progress:
            self._host.session = replace(session, progress=progress)  # and this is called again
        elif self._task is None and (self._owes_report or (progress is not self._kept and progress is not self._failed)):
            self._task = asyncio.create_task(self._keep())
            self._task.add_done_callback(raise_failure)

    def pass_over(self, scenario: Scenario) -> None:
        """Do not note that this scenario is open: nobody has asked for it."""
        self._opened = scenario

    def hand_in_as(self, member: "Member") -> None:
        """Write a report for the class as well, from now on and at once."""
        self._member, self._owes_report = member, True
        self.note(self._host.session)

    async def finish(self) -> None:
        """Wait until what is being written is written."""
        if self._task:
            await self._task

    async def _keep(self) -> None:
        """Write what is new, and what has come meanwhile."""
        while self._owes_report or self._host.session.progress not in (self._kept, self._failed):
            now, problems, self._owes_report = self._host.session.progress, list[str](), False
            hand_in = partial(_hand_in, self._member, problems.append)
            try:
                kept = await asyncio.to_thread(save_progress, self._kept, now, problems.append, hand_in)
            except OSError as error:
                self._failed = now
                if (now.solved, now.answers) != (self._kept.solved, self._kept.answers):
                    problems.append(f"your progress is not kept ({error.strerror or error})")
            else:
                self._kept, session = kept, self._host.session
                if (merged := merge(now, session.progress, kept)) is not session.progress:
                    self._host.session = replace(session, progress=merged)
            self._say(problems)
        self._task = None

    def _say(self, problems: list[str]) -> None:
        """Say a problem once, but not over the numbers of a running training."""
        session = self._host.session
        if problems and problems[0] != self._problem and not session.running:
            self._problem = problems[0]
            self._host.session = session.say(self._problem, error=True)


def _hand_in(member: "Member | None", tell: Callable[[str], object], progress: Progress) -> None:
    if member is None:
        return
    from relutui.session.class_member import hand_in  # imported on demand: start-up time counts

    try:
        hand_in(member, progress)
    except OSError as error:
        tell(f"your report for the class is not written ({error.strerror or error})")
