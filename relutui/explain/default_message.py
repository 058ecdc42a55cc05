"""The message shown while no action has left one."""

from relutui.explain.edit_effect import edit_effect, edited_fields, state_before
from relutui.explain.hints import hint, is_task_unchanged
from relutui.explain.phrasing import count_text, enumeration, join_sentences
from relutui.explain.segment_errors import double_counted_slope
from relutui.explain.standstill import standstill
from relutui.explain.why_stuck import stuck_reason
from relutui.explain.why_unit import state_reason
from relutui.lib.number_text import loss_below_text
from relutui.model.unit_states import diagnose
from relutui.session.course_progress import following
from relutui.session.other_sessions import next_offered
from relutui.session.own_units import loss_name
from relutui.session.session import Session, exercise_loss


def default_message(session: Session) -> str:
    """The first that applies: solved, stuck, no way to train, the last edit of the selected unit, its state, the summary.

    That training cannot move anything is said as the scenario opens, and after steps that moved nothing.
    """
    if session.solved:
        return _solved_message(session)
    if why := stuck_reason(session):
        return why.text
    if session.state.network.deeper:
        return join_sentences(session.scenario.summary, standstill(session))
    past, edit_message = session.states.past, _edit_message(session)
    if not edit_message and (why_not := standstill(session)):
        return join_sentences("" if past else session.scenario.summary, why_not)
    if edit_message and session.view.selection.row == edited_fields(session)[0].row:
        return edit_message
    unit_message = _unit_message(session)
    if session.states.past:
        return unit_message or edit_message or session.scenario.summary
    return f"{session.scenario.summary} {unit_message}".strip()


def _solved_message(session: Session) -> str:
    exercise = session.scenario.exercise
    if exercise is None:
        return ""
    edits, steps = session.document.solved_in or (0, 0)
    work = [count_text(edits, "edit")] * bool(edits) + [count_text(steps, "step")] * bool(steps)
    effort = f" in {enumeration(work)}" if work else ""
    loss = loss_below_text(exercise_loss(session.scenario, session.state), exercise.solved_below)
    kind = loss_name(session, session.scenario.settings.loss)
    return join_sentences(
        f"Solved{effort}: the {kind} {loss} is below {exercise.solved_below:g}.",
        exercise.why if is_task_unchanged(session) else "",
        way_on(session),
    )


def way_on(session: Session) -> str:
    """The next scenario of the course, and how to get there; empty if there is none."""
    if name := next_offered(session):
        return f"enter goes on to {name}."
    name = following(session.scenario)
    return f"Next: {name} (o)." if name and not session.tour else ""


def _edit_message(session: Session) -> str:
    """The effect of the last edit and the unit's new state, or the double-counted slope unless the hint already names it."""
    changed = edited_fields(session)
    if not changed:
        return ""
    row, state, before = changed[0].row, session.state, state_before(session)
    if row == state.parameters.units:
        return edit_effect(session)
    mistake = double_counted_slope(session, row)
    if mistake and mistake != hint(session):
        return mistake
    old, new = (diagnose(s.network, s.parameters, session.dataset, session.domain)[row] for s in (before, state))
    became = state_reason(session, row, new) if new and new != old and session.shows("state") else ""
    return join_sentences(edit_effect(session), became)


def _unit_message(session: Session) -> str:
    """The state of the selected unit if it is dead, parked, always on, a twin or locked; empty otherwise."""
    unit, state = session.view.selection.row, session.state
    if unit < state.parameters.units:
        diagnosis = diagnose(state.network, state.parameters, session.dataset, session.domain)[unit]
        if diagnosis and session.shows("state"):
            return state_reason(session, unit, diagnosis)
        if state.locks.whole(unit):
            return f"Unit {unit} is locked: training and nudges leave it alone (L unlocks it)."
    return ""
