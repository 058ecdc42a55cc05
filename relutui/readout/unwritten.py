"""Describe sessions that are not saved: which they are, and the work done in them."""

from collections.abc import Sequence
from itertools import pairwise

from relutui.explain.phrasing import count_text, enumeration
from relutui.session.session import Session


def work_done(session: Session) -> str:
    """Describe the unsaved work, as in "2 edits, at step 500"; the last change if there is nothing to count."""
    state = session.state
    steps = [f"at step {state.checkpoint.step:,}"] * bool(state.checkpoint.step)
    if session.document.written:
        edits = _edits_since_written(session)
        return ", ".join([f"{count_text(edits, 'edit') if edits else 'changed'} since it was written", *steps])
    return ", ".join([count_text(state.edits, "edit")] * bool(state.edits) + steps) or state.change


def _edits_since_written(session: Session) -> int:
    """The number of edits since the session was saved; 0 if it cannot be counted, as after undoing past that state."""
    states = (*session.states.past, session.state)
    place = next((place for place in reversed(range(len(states))) if states[place] == session.document.saved), len(states))
    return sum(max(0, after.edits - before.edits) for before, after in pairwise(states[place:]))


def recovery_message(opened: Session | None, kept: Sequence[Session], waiting: int) -> str:
    """The message once a session was recovered and opened, and others kept; `waiting` more are left for the next start."""
    first = [f"{work_done(opened)}; u undoes, r rewinds"] if opened else []
    names = [f"{enumeration(one.scenario.name for one in kept)} {'are' if len(kept) > 1 else 'is'} kept: o"] if kept else []
    rest = [f"{waiting} more {'wait' if waiting > 1 else 'waits'} for the next start"] if waiting else []
    return f"recovered: {'; '.join(first + names + rest)}"
