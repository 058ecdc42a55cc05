"""From one session to another and back: what is not written is kept, and after a tour all is as it was before."""

from dataclasses import replace

from relutui.lib.files import File
from relutui.lib.history import History
from relutui.session.session import Session
from relutui.session.state import State

KEPT = 12  # sessions, beside the present one


def refusal(session: Session) -> str:
    """Why no other can be opened now, as nothing is dropped without a word; nothing if one can."""
    if not session.unsaved or len(session.others) < KEPT:
        return ""
    return f"{KEPT} scenarios are kept unwritten already: write this one (w), or discard one in the gallery (o, d)"


def opened(now: Session, session: Session) -> Session:
    """A new session, or one of those kept, in place of the present one, which is kept unless it is written."""
    kept = tuple(_at_rest(one) for one in now.unwritten if one is not session)
    there = replace(_placed(now, _at_rest(session)), kept=kept)
    return there.say(f"{now.scenario.name} is kept: o") if now.unsaved else there


def recovered(now: Session, sessions: tuple[Session, ...]) -> Session:
    """The first of some sessions that were left behind, the others of which are kept."""
    first, *others = sessions
    return replace(_placed(now, first), kept=(*others, *map(_at_rest, now.unwritten)))


def toured(now: Session, session: Session) -> Session:
    """A session for a tour, over the present one: `back` leads there.

    What a tour has left is no work: from there `back` leads to where that one was asked for.
    """
    home = now.previous if now.previous and not now.unsaved else replace(now, previous=None, kept=())
    kept = now.kept if home is now.previous else now.others
    there = replace(_placed(now, session), previous=home, kept=kept)
    return there.say(f"{home.scenario.name} is kept: esc leads back, once the tour is stopped or over")


def own(session: Session) -> Session:
    """The session after its tour, whose line goes: what the tour did is not undone, and nothing that could be lost."""
    if session.tour is None:
        return session
    state = replace(session.state, edits=0)
    after = session.with_document(states=History(state), saved=state).with_view(message=None)
    return replace(after, tour=None)


def way_back(session: Session) -> Session | None:
    """Where a tour was asked for, while nothing was done since that could be lost."""
    return None if session.unsaved else session.previous


def back(session: Session) -> Session:
    """Where the tour was asked for, just as it was; without a tour nothing changes."""
    home = way_back(session)
    return replace(_placed(session, home), kept=session.kept) if home else session


def told(before: Session, now: Session) -> Session:
    """The session after a change, which says so if that made own work of what a tour has left, and where the way back is."""
    home = now.previous
    if home is None or home is not before.previous or not way_back(before) or way_back(now):
        return now
    where = f"{home.scenario.name} is kept: o" if home.unsaved else f"o opens {home.scenario.name} again"
    said = f"{now.view.message.text}; " if now.view.message else ""
    return now.say(f"{said}your own work now; {where}", error=bool(now.view.message and now.view.message.error))


def without(session: Session, other: Session) -> Session:
    """The session without another one that is thrown away, or written."""
    if other is session.previous:
        return replace(session, previous=None)
    return replace(session, kept=tuple(one for one in session.kept if one is not other))


def written(session: Session, which: Session, state: State, file: File) -> Session:
    """The session once a state of it, or another one, is written to a file."""
    if any(which is other for other in session.others):
        return without(session, which)
    return session.with_document(saved=state, files=(file, *session.document.files))


def _at_rest(session: Session) -> Session:
    """The session as one comes back to it."""
    return replace(session.with_view(typing=None, message=None), previous=None, kept=(), running=False)


def _placed(now: Session, session: Session) -> Session:
    """The session on the same screen and device as the present one."""
    return replace(session.with_view(layout=now.view.layout), device=now.device)
