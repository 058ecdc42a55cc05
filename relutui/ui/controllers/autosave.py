"""The autosave of the session to its recovery journal, and the warning that another process has the same file open."""

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

SAVE_INTERVAL_S = 2.0  # at most twice as much work is lost
MAX_UNSAVED_EDITS = 10  # so many are saved before the interval is over


class Autosave:
    """Saves the host's session to the journal, in a thread, whenever it has changed."""

    def __init__(self, journal: Journal, host: Host) -> None:
        self._journal, self._host = journal, host
        self._written: tuple[object, ...] = ()
        self._last_state, self._other_count = host.session.state, len(host.session.other_sessions)
        self._edit_count = 0  # since the last save
        self._scenario: Scenario | None = None
        self._open_file: Path | None = None  # the scenario's file, unless it comes with the program
        self._folder_change = 0
        self._reported_pids: set[int] = set()
        self._problem = ""
        self._last_message: object = self  # as of the last failed save
        self._save_now = asyncio.Event()

    def note(self, session: Session) -> None:
        """Save at once after many edits, or when a kept session was thrown away."""
        state, last = session.state, self._last_state
        if state is not last and state.checkpoint.step == last.checkpoint.step:
            self._edit_count += 1
        fewer = len(session.other_sessions) < self._other_count
        self._last_state, self._other_count = state, len(session.other_sessions)
        if fewer or self._edit_count >= MAX_UNSAVED_EDITS:
            self._save_now.set()

    async def run(self) -> None:
        """Save again and again until the app ends."""
        while True:
            try:
                await self._keep()
                await self._warn_of_others()
            except OSError as error:
                self._warn_of_failure(str(error.strerror or error))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._save_now.wait(), SAVE_INTERVAL_S)
            self._save_now.clear()

    def adopt(self, session: Session) -> None:
        """Save a recovered session at once, before the journal it comes from is removed.  Raises OSError."""
        self._journal.keep(session)

    def keep_last(self) -> None:
        """Save the session for the last time.  Raises OSError."""
        self._journal.keep(self._host.session, last=True)

    def drop(self) -> None:
        """Delete the journal, when the user quits without its contents.  Raises OSError."""
        self._journal.drop()

    async def _keep(self) -> None:
        session = self._host.session
        new = session.state, session.document.saved, session.scenario, session.unsaved, *session.other_sessions
        self._edit_count = 0
        if len(self._written) != len(new) or any(one is not other for one, other in zip(self._written, new)):
            await asyncio.to_thread(self._journal.keep, session)
            self._written, self._problem = new, ""

    async def _warn_of_others(self) -> None:
        """Warn once of every other process that has this file open."""
        session = self._host.session
        if session.scenario is not self._scenario:
            source = session.scenario.source
            self._open_file = None if source is None or is_shipped(source) else source
            await asyncio.to_thread(self._journal.announce, self._open_file)
            self._scenario, self._folder_change, self._reported_pids = session.scenario, 0, set()
        if self._open_file is None or session.running or (changed := self._journal.last_change_ns()) == self._folder_change:
            return
        self._folder_change = changed
        others = await asyncio.to_thread(self._journal.find_others, self._open_file)
        for other in others:
            if other.pid not in self._reported_pids:
                since = time.strftime("%H:%M", time.localtime(other.start_s))
                name = sanitize_line(self._open_file.name)
                warning = f"{name} is open in another session too (process {other.pid}, since {since})"
                self._host.session = self._host.session.say(warning)
        self._reported_pids = {other.pid for other in others}

    def _warn_of_failure(self, problem: str) -> None:
        """Warn once that saving fails, when training does not run and the message on the screen is not a new one."""
        session = self._host.session
        quiet, self._last_message = session.view.message is self._last_message, session.view.message
        if problem != self._problem and not session.running and quiet:
            self._problem = problem
            self._host.session = session.say(f"your work is not kept for recovery ({problem}); w writes it", error=True)
