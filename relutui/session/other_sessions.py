"""Switching between sessions: unwritten ones are kept in the background, and a tour leads back to the session before."""

from dataclasses import replace

from relutui.lib.files import File
from relutui.lib.history import History
from relutui.session.session import Session
from relutui.session.state import State

MAX_KEPT_SESSIONS = 12  # unwritten sessions besides the present one


def refusal(session: Session) -> str:
    """Return why no other session can be opened now: the background is full.  Empty if one can."""
    if not session.unsaved or len(session.other_sessions) < MAX_KEPT_SESSIONS:
        return ""
    return f"{MAX_KEPT_SESSIONS} scenarios are kept unwritten already: write this one (w), or discard one in the gallery (o, d)"


def switch_to(now: Session, session: Session) -> Session:
    """Switch to a new session or one in the background; the present one is kept there if it is unwritten."""
    kept = tuple(_in_background(one) for one in now.unwritten_sessions if one is not session)
    there = replace(_on_same_screen(now, _in_background(session)), kept=kept)
    return there.say(f"{now.scenario.name} is kept: o") if now.unsaved else there


def open_recovered(now: Session, sessions: tuple[Session, ...]) -> Session:
    """Switch to the first of the recovered sessions; the others are kept in the background."""
    first, *others = sessions
    return replace(_on_same_screen(now, first), kept=(*others, *map(_in_background, now.unwritten_sessions)))


def open_tour(now: Session, session: Session) -> Session:
    """Switch to the session of a tour; `back` returns to the present one.

    A tour that starts from an unedited tour returns to where the first one started.
    """
    home = now.previous if now.previous and not now.unsaved else replace(now, previous=None, kept=())
    kept = now.kept if home is now.previous else now.other_sessions
    there = replace(_on_same_screen(now, session), previous=home, kept=kept)
    return there.say(f"{home.scenario.name} is kept: esc leads back, once the tour is stopped or over")


def end_tour(session: Session) -> Session:
    """End the tour: its line disappears, and its result becomes the saved start of a new history."""
    if session.tour is None:
        return session
    state = replace(session.state, edits=0)
    after = session.with_document(states=History(state), saved=state).with_view(message=None)
    return replace(after, tour=None)


def session_before_tour(session: Session) -> Session | None:
    """Return the session before the tour; None if there is none or the present one has unwritten work."""
    return None if session.unsaved else session.previous


def return_from_tour(session: Session) -> Session:
    """Return to the session before the tour, as it was; without a tour do nothing."""
    home = session_before_tour(session)
    return replace(_on_same_screen(session, home), kept=session.kept) if home else session


def say_way_back(before: Session, now: Session) -> Session:
    """Add to the message, when a change turns the result of a tour into own work, how to get back."""
    home = now.previous
    if home is None or home is not before.previous or not session_before_tour(before) or session_before_tour(now):
        return now
    where = f"{home.scenario.name} is kept: o" if home.unsaved else f"o opens {home.scenario.name} again"
    said = f"{now.view.message.text}; " if now.view.message else ""
    return now.say(f"{said}your own work now; {where}", error=bool(now.view.message and now.view.message.error))


def drop_session(session: Session, other: Session) -> Session:
    """Drop another session, which has been discarded or written."""
    if other is session.previous:
        return replace(session, previous=None)
    return replace(session, kept=tuple(one for one in session.kept if one is not other))


def record_written(session: Session, which: Session, state: State, file: File) -> Session:
    """Record that a state of this session, or of another one, has been written to a file."""
    if any(which is other for other in session.other_sessions):
        return drop_session(session, which)
    return session.with_document(saved=state, files=(file, *session.document.files))


def _in_background(session: Session) -> Session:
    """Return the session as the background keeps it: not running, nothing being typed, no message."""
    return replace(session.with_view(typing=None, message=None), previous=None, kept=(), running=False)


def _on_same_screen(now: Session, session: Session) -> Session:
    """Return the session with the layout and device of the present one."""
    return replace(session.with_view(layout=now.view.layout), device=now.device)
