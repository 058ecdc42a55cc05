"""A nudge down that turns out to have been the sign of a number: `-` and a digit begin a negative one."""

from dataclasses import dataclass, replace

from relutui.edits import parameter, set_parameter
from relutui.history import History
from relutui.session import Session


@dataclass(frozen=True)
class Nudge:
    """The session before a nudge of the selected parameter, and after it."""

    before: Session
    after: Session


def taken_back(session: Session, nudge: Nudge) -> Session:
    """The session as if the nudge had not been; what was trained since stays."""
    before, after = nudge.before, nudge.after
    if before.states is after.states:
        return session
    if session.states is after.states:
        return replace(
            session,
            states=before.states,
            best=before.best,
            y_limits=before.y_limits,
            solved_in=before.solved_in,
            ahead=before.ahead,
        )
    selection, states = before.selection, session.states
    moved = parameter(before.state, selection) - parameter(after.state, selection)
    back = set_parameter(session, selection, parameter(session.state, selection) + moved, states.group).state
    back = replace(back, marks=before.state.marks, edits=before.state.edits, change=states.present.change)
    # Where nudges went before, the last one took the place of their entry.
    instead = (before.state,) if before.states.group == after.states.group else ()
    past = tuple(kept for entry in states.past for kept in (instead if entry is after.state else (entry,)))
    return session.at(History(back, past, (), states.group))
