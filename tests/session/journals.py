"""Journals of sessions that were cut off."""

import os

from relutui.session.journal import Journal, RecoverableSession, find_recoverable
from relutui.session.session import Session


def abandon(journal: Journal) -> None:
    """What the system does when a process ends."""
    assert journal._lock is not None
    os.close(journal._lock)


def left_behind(session: Session) -> RecoverableSession:
    """The only journal left behind, of a session that was kept and then cut off."""
    journal = Journal()
    journal.keep(session)
    abandon(journal)
    (orphan,) = find_recoverable()
    return orphan
