"""Switching between sessions: unwritten ones are kept in the background, and a tour leads back to the session before."""

from dataclasses import replace

from relutui.lib.files import File
from relutui.lib.history import History
from relutui.scenario.course import ORDER
from relutui.session.course_progress import following
from relutui.session.introduction import add_line, introduce
from relutui.session.progress import Progress, scenario_key
from relutui.session.session import Session
from relutui.session.state import State

MAX_KEPT_SESSIONS = 40  # unwritten sessions besides the present one: more than the course has scenarios


def refusal(session: Session) -> str:
    """Return why no other session can be opened now: the background is full.  Empty if one can."""
    if not session.unsaved or len(session.other_sessions) < MAX_KEPT_SESSIONS:
        return ""
    return f"{MAX_KEPT_SESSIONS} scenarios are kept unwritten already: write this one (w), or discard one in the gallery (o, d)"


def next_offered(session: Session) -> str | None:
    """Return the scenario of the course that enter goes on to once the present one is solved, until a cell is chosen."""
    return following(session.scenario) if session.view.just_solved and not session.tour else None


def switch_to(present: Session, session: Session) -> Session:
    """Switch to a new session or one in the background; the present one is kept there if it is unwritten."""
    kept = tuple(_in_background(other) for other in present.unwritten_sessions if other is not session)
    message = None if session in present.other_sessions else session.view.message  # said as it was opened
    target = introduce(replace(on_same_screen(present, _in_background(session)), kept=kept).with_view(message=message))
    return add_line(target, f"{present.scenario.name} is kept: o") if present.unsaved else target


def open_recovered(present: Session, sessions: tuple[Session, ...]) -> Session:
    """Switch to the first of the recovered sessions; the others are kept in the background."""
    first, *others = sessions
    first = introduce(first.with_view(just_solved=False))
    return replace(on_same_screen(present, first), kept=(*others, *map(_in_background, present.unwritten_sessions)))


def keep_recovered(present: Session, sessions: tuple[Session, ...]) -> Session:
    """Keep recovered sessions in the background of the present one."""
    return replace(present, kept=(*present.kept, *map(_in_background, sessions)))


def goes_on_from(session: Session, start: Session) -> bool:
    """Return whether a session goes on from one that was just opened: its scenario, and its seed where one was asked for."""
    scenario, seed = start.scenario, start.state.seed
    same = scenario_key(session.scenario) == scenario_key(scenario) and session.scenario == scenario
    return same and seed in (session.state.seed, scenario.init.seed if scenario.init.units else None)


def open_tour(present: Session, session: Session) -> Session:
    """Switch to the session of a tour; `return_from_tour` leads back to the present one.

    A tour that is started from an unedited tour leads back to where the first one was started.
    """
    home = present.previous if present.previous and not present.unsaved else replace(present, previous=None, kept=())
    kept = present.kept if home is present.previous else present.other_sessions
    return replace(on_same_screen(present, session), previous=home, kept=kept)


def end_tour(session: Session) -> Session:
    """End the tour: its line disappears, and its result becomes the saved start of a new history."""
    if session.tour is None:
        return session
    state = replace(session.state, edits=0)
    result = session.with_document(states=History(state), saved=state).with_view(message=None)
    return replace(result, tour=None)


def session_before_tour(session: Session) -> Session | None:
    """Return the session before the tour; None if there is none or the present one has unwritten work."""
    return None if session.unsaved else session.previous


def return_from_tour(session: Session) -> Session:
    """Return to the session before the tour, as it was; without a tour do nothing."""
    home = session_before_tour(session)
    return replace(on_same_screen(session, home), kept=session.kept) if home else session


def say_way_back(old: Session, new: Session) -> Session:
    """Add to the message, when a change turns the result of a tour into own work, how to get back."""
    home = new.previous
    if home is None or home is not old.previous or not session_before_tour(old) or session_before_tour(new):
        return new
    way_back = f"{home.scenario.name} is kept: o" if home.unsaved else f"o opens {home.scenario.name} again"
    message = f"{new.view.message.text}; " if new.view.message else ""
    return new.say(f"{message}your own work now; {way_back}", error=bool(new.view.message and new.view.message.error))


def drop_session(session: Session, other: Session) -> Session:
    """Drop another session, which has been discarded or written."""
    if other is session.previous:
        return replace(session, previous=None)
    return replace(session, kept=tuple(kept for kept in session.kept if kept is not other))


def is_left_solved(session: Session, progress: Progress) -> bool:
    """Return whether a session is an exercise of the course that was not edited since it was solved, nor ever written.

    It is ticked and can be solved again, so that quitting need not ask about it.
    """
    document = session.document
    known = scenario_key(session.scenario) in progress.solved.keys() & set(ORDER)
    return known and document.solved_in is not None and document.solved_in[0] == session.state.edits and not document.written


def asked_on_quitting(session: Session) -> tuple[Session, ...]:
    """Return the unwritten sessions that quitting asks about: this one, and the others but for solved exercises."""
    return tuple(one for one in session.unwritten_sessions if one is session or not is_left_solved(one, session.progress))


def record_written(session: Session, target: Session, state: State, file: File) -> Session:
    """Record that a state of this session, or of another one, has been written to a file."""
    if any(target is other for other in session.other_sessions):
        return drop_session(session, target)
    return session.with_document(saved=state, new=False, files=(file, *session.document.files))


def _in_background(session: Session) -> Session:
    """Return the session as the background keeps it: not running, nothing being typed or in hand, no message."""
    idle = session.with_view(typing=None, message=None, hold=None, drawing=None, just_solved=False)
    return replace(idle, previous=None, kept=(), running=False)


def on_same_screen(present: Session, session: Session) -> Session:
    """Return the session with the layout, device and progress of the present one."""
    return replace(session.with_view(layout=present.view.layout), device=present.device, progress=present.progress)
