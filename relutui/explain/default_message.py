"""What to say when nothing has just been said."""

from relutui.explain.edit_effect import edited, effect
from relutui.explain.hints import hint
from relutui.explain.phrasing import counted, listing, told
from relutui.explain.segment_errors import mistake
from relutui.explain.why_stuck import stuck
from relutui.explain.why_unit import reason
from relutui.lib.number_text import loss_text
from relutui.model.pieces import diagnose
from relutui.session.session import Session, exercise_loss


def guidance(session: Session) -> str:
    """Solved; stuck; what the last edit did, while its unit is selected; that unit's reason; at the start the summary."""
    if session.solved:
        return _solved(session)
    if why := stuck(session):
        return why.text
    did = _about_edit(session)
    if did and session.selection.row == edited(session)[0].row:
        return did
    about = _about_unit(session)
    if session.states.past:
        return about or did or session.scenario.summary
    return f"{session.scenario.summary} {about}".strip()


def _solved(session: Session) -> str:
    exercise = session.scenario.exercise
    if exercise is None:
        return ""
    edits, steps = session.solved_in or (0, 0)
    work = [counted(edits, "edit")] * bool(edits) + [counted(steps, "step")] * bool(steps)
    after = f" in {listing(work)}" if work else ""
    loss = loss_text(exercise_loss(session.scenario, session.state))
    return f"Solved{after}: the loss {loss} is below {exercise.solved_below:g}."


def _about_edit(session: Session) -> str:
    """What the last edit did and made of its unit; or that it made the common mistake, unless the hint says so already."""
    changed = edited(session)
    if not changed:
        return ""
    row, state, before = changed[0].row, session.state, session.states.past[-1]
    if row == state.parameters.units:
        return effect(session)
    wrong = mistake(session, row)
    if wrong and wrong != hint(session):
        return wrong
    was, found = (diagnose(s.network, s.parameters, session.dataset.x, session.domain)[row] for s in (before, state))
    return told(effect(session), reason(row, found) if found and found != was else "")


def _about_unit(session: Session) -> str:
    """What is to be known of the selected unit, if anything."""
    unit, state = session.selection.row, session.state
    if unit < state.parameters.units:
        found = diagnose(state.network, state.parameters, session.dataset.x, session.domain)[unit]
        if found:
            return reason(unit, found)
        if state.locks.whole(unit):
            return f"Unit {unit} is locked: training and nudges leave it alone (L unlocks it)."
    return ""
