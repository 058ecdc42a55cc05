"""Keeping the recovery journal while the app runs, and an eye on other sessions."""

import asyncio
import time
from contextlib import suppress
from pathlib import Path

from relutui.lib.safe_text import sanitize_line
from relutui.scenario.library import is_shipped
from relutui.scenario.scenario import Scenario
from relutui.session.journal import Journal
from relutui.session.session import Session
from relutui.ui.controllers.host import Host

SAVE_INTERVAL_S = 2.0  # s: no more than twice that is lost, however slow the disk
MAX_UNSAVED_EDITS = 10  # that are written before the period is over


class Autosave:
    """Writes the journal of the host's session, in a thread, as often as there is something new."""

    def __init__(self, journal: Journal, host: Host) -> None:
        self._journal, self._host = journal, host
        self._written: tuple[object, ...] = ()
        self._last_state, self._other_count = host.session.state, len(host.session.others)
        self._edit_count = 0  # since it was kept
        self._scenario: Scenario | None = None
        self._open_file: Path | None = None  # the file that is open, unless it comes with the program
        self._folder_change = 0
        self._reported_pids: set[int] = set()
        self._problem = ""
        self._last_message: object = self  # a SAVE_INTERVAL_S ago, if anything
        self._save_now = asyncio.Event()

    def note(self, session: Session) -> None:
        """See whether so much was edited that it cannot wait, or one was thrown away."""
        now, last = session.state, self._last_state
        if now is not last and now.checkpoint.step == last.checkpoint.step:
            self._edit_count += 1
        fewer = len(session.others) < self._other_count
        self._last_state, self._other_count = now, len(session.others)
        if fewer or self._edit_count >= MAX_UNSAVED_EDITS:
            self._save_now.set()

    async def run(self) -> None:
        """Until the app ends."""
        while True:
            try:
                await self._keep()
                await self._look_around()
            except OSError as error:
                self._tell(str(error.strerror or error))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._save_now.wait(), SAVE_INTERVAL_S)
            self._save_now.clear()

    def adopt(self, session: Session) -> None:
        """Write this session at once, before the journal from which it comes is removed.  Raises OSError."""
        self._journal.keep(session)

    def keep_last(self) -> None:
        """Write the session as it is now, for the last time.  Raises OSError."""
        self._journal.keep(self._host.session, last=True)

    def drop(self) -> None:
        """Throw away what was kept: nobody wants it."""
        self._journal.drop()

    async def _keep(self) -> None:
        session = self._host.session
        new = session.state, session.document.saved, session.scenario, session.unsaved, *session.others
        self._edit_count = 0
        if len(self._written) != len(new) or any(one is not other for one, other in zip(self._written, new)):
            await asyncio.to_thread(self._journal.keep, session)
            self._written, self._problem = new, ""

    async def _look_around(self) -> None:
        """Tell which other sessions have this file open, each once."""
        session = self._host.session
        if session.scenario is not self._scenario:
            source = session.scenario.source
            self._open_file = None if source is None or is_shipped(source) else source
            await asyncio.to_thread(self._journal.announce, self._open_file)
            self._scenario, self._folder_change, self._reported_pids = session.scenario, 0, set()
        if self._open_file is None or session.running or (changed := self._journal.changed()) == self._folder_change:
            return
        self._folder_change = changed
        others = await asyncio.to_thread(self._journal.others, self._open_file)
        for other in others:
            if other.pid not in self._reported_pids:
                since = time.strftime("%H:%M", time.localtime(other.since))
                name = sanitize_line(self._open_file.name)
                warning = f"{name} is open in another session too (process {other.pid}, since {since})"
                self._host.session = self._host.session.say(warning)
        self._reported_pids = {other.pid for other in others}

    def _tell(self, problem: str) -> None:
        """Say that nothing is kept: once, when nothing else has just been said and nothing runs that would talk over it."""
        session = self._host.session
        calm, self._last_message = session.view.message is self._last_message, session.view.message
        if problem != self._problem and not session.running and calm:
            self._problem = problem
            self._host.session = session.say(f"your work is not kept for recovery ({problem}); w writes it", error=True)
