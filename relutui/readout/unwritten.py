"""What is said of sessions that are not written: which they are, and what was done in them."""

from relutui.explain.words import counted, listing
from relutui.session import Session


def done(session: Session) -> str:
    """As in "2 edits, at step 500"; where there is nothing to count, the last change."""
    state = session.state
    edits = [counted(state.edits, "edit")] * bool(state.edits)
    steps = [f"at step {state.checkpoint.step:,}"] * bool(state.checkpoint.step)
    return ", ".join(edits + steps) or state.change


def said_of_recovered(sessions: tuple[Session, ...], waiting: int) -> str:
    """Once the first of some sessions has come back, and the others are kept; more of them wait for the next start."""
    first, *others = sessions
    kept = f"; {listing(one.scenario.name for one in others)} {'are' if len(others) > 1 else 'is'} kept: o" if others else ""
    wait = f"; {waiting} more {'wait' if waiting > 1 else 'waits'} for the next start" if waiting else ""
    return f"recovered: {done(first)}; u undoes, r rewinds{kept}{wait}"
