"""Keys that turn out to begin a number: `-`, which nudged a parameter down, and `.` or `,`, which changed the speed."""

from dataclasses import replace
from typing import NamedTuple

from relutui.lib.history import History
from relutui.session.edits import parameter, set_parameter
from relutui.session.session import Session

_KEY_TEXTS = {"nudge-down": "-", "faster": ".", "slower": "."}  # by command: what its key types; a comma is a point


class NumberPrefix(NamedTuple):
    """The text that may begin a number, and the session before and after the commands of its keys."""

    text: str
    before: Session
    after: Session


def next_prefix(last: NumberPrefix | None, command: str, before: Session, after: Session) -> NumberPrefix | None:
    """Return the number that the key of a command may begin, or continue after the last one; None for most commands."""
    text = _KEY_TEXTS.get(command)
    if text == "." and last and last.text == "-":
        return last._replace(text="-.")
    return NumberPrefix(text, before, after) if text else None


def undo_prefix(session: Session, prefix: NumberPrefix) -> Session:
    """Undo the nudge or the change of speed of a number's first keys; what was trained since stays."""
    before, after = prefix.before, prefix.after
    session = replace(session, speed=before.speed)
    if before.states is after.states:
        return session
    if session.states is after.states:
        document = before.document
        restored = session.with_document(states=document.states, best=document.best, solved_in=document.solved_in)
        return restored.with_view(y_limits=before.view.y_limits).with_findings(preview=before.findings.preview)
    selection, states = before.view.selection, session.states
    shift = parameter(before.state, selection) - parameter(after.state, selection)
    present = set_parameter(session, selection, parameter(session.state, selection) + shift, states.group).state
    present = replace(present, marks=before.state.marks, edits=before.state.edits, change=states.present.change)
    # If the nudge had replaced the entry of nudges before it, that entry comes back.
    replacement = (before.state,) if before.states.group == after.states.group else ()
    past = tuple(state for entry in states.past for state in (replacement if entry is after.state else (entry,)))
    return session.with_states(History(present, past, (), states.group))
