"""The chart in hand: the selected unit's kink, slope and height are moved by single keys, beside the curve of before.

All moves of a hold are one entry of the history.  Any other edit, and training, ends the hold and keeps what it did.
"""

from dataclasses import replace

from relutui.lib.number_text import LIMIT
from relutui.lib.round_numbers import multiple_after, nearest_multiple, steps_to
from relutui.model.selection import Field, Selection
from relutui.session import edits, kink_edits
from relutui.session.session import Session
from relutui.session.view_state import Hold

FIRST_SLOPE = 1.0  # of a unit with w = 0, which has no kink to move
CHANGE = "moves in the chart"
BEYOND = "press enter, then type a value"  # as digits choose units while the chart is in hand


def take(session: Session, by_mouse: bool = False) -> Session:
    """Take hold of the chart, in the Fit view; a run is paused."""
    hold = Hold(session.document, session.view.name, session.view.y_limits, object(), by_mouse)
    return replace(session, running=False).with_view(name="fit", hold=hold, message=None)


def keep(session: Session) -> Session:
    """Let go of the chart, and keep what was moved."""
    moved = session.view.hold is not None and session.states is not session.view.hold.before.states
    session = session.with_view(hold=None, message=None)
    if session.solved:  # which is said, and why
        return session
    return session.say("kept; u goes back" if moved else "nothing was moved")


def restore(session: Session) -> Session:
    """Let go of the chart, with every unit as it was before."""
    hold = session.view.hold
    if hold is None:
        return session
    before = hold.before
    restored = session.with_states(before.states).with_document(best=before.best, solved_in=before.solved_in)
    return restored.with_view(hold=None, name=hold.name, y_limits=hold.y_limits).say("as it was before")


def nearest_step(session: Session, x: float) -> float:
    """Return the x nearest to another one that is a multiple of the kink's step in the data's own units."""
    units = session.scale.x
    return units.scaled(nearest_multiple(units.own(x), kink_edits.kink_step(session)))


def move_kink_to(session: Session, x: float) -> Session:
    """Move the selected unit's kink to the step nearest to x, as far as it can go."""
    kink = kink_edits.kink_form_of(session.state, session.view.selection.row).kink
    if kink is None:
        return session
    own, to = session.scale.x.own(kink), session.scale.x.own(nearest_step(session, x))
    steps = steps_to(own, to, kink_edits.kink_step(session))
    return move_kink(session, steps) if steps else session


def move_kink(session: Session, steps: int) -> Session:
    """Move the selected unit's kink; slope and side stay."""
    if (row := unit_in_hand(session)) is None:
        return session.say(f"c has no kink{_what_moves_c(session)}")
    return _move(session, Selection(row, "kink"), steps, kink_edits.kink_step(session))


def change_slope(session: Session, steps: int) -> Session:
    """Change the selected unit's slope |w|; where w is locked, its v; of c, its value."""
    selection = sloped(session)
    return _move(session, selection, steps, _step(session))


def change_height(session: Session, steps: int) -> Session:
    """Change the selected unit's v, and so the height of all that it adds; of c, its value."""
    row = unit_in_hand(session)
    selection = Selection(session.state.parameters.units, "c") if row is None else Selection(row, "v")
    return _move(session, selection, steps, _step(session))


def flip(session: Session) -> Session:
    """Turn the selected unit to the other side of its kink."""
    if (row := unit_in_hand(session)) is None:
        return session.say(f"c has no side{_what_moves_c(session)}")
    return _move(session, Selection(row, "side"), 1, 1.0)


def choose(session: Session, row: int) -> Session:
    """Select the unit of a row, or c in the row after them; if there is none, say so."""
    units = session.state.parameters.units
    if row > units:
        return session.say(f"there is no unit {row}: the last is {units - 1}, and tab goes from one to the next")
    column = session.view.column
    return edits.select(session, Selection(row, "c" if row == units else column))


def choose_next(session: Session, by: int) -> Session:
    """Select the next unit or the one before, cyclically; c comes after the last."""
    return choose(session, (session.view.selection.row + by) % (session.state.parameters.units + 1))


def sloped(session: Session) -> Selection:
    """Return what up and down change: the slope; with b locked w, which moves the kink too; with w locked v; of c, c itself."""
    row, state = unit_in_hand(session), session.state
    if row is None:
        return Selection(state.parameters.units, "c")
    fields: tuple[Field, ...] = ("slope", "w", "v")
    free = (place for field in fields if not edits.refusal(state, place := Selection(row, field)))
    return next(free, Selection(row, "slope"))


def _what_moves_c(session: Session) -> str:
    """Return the end of a sentence: which keys move c, or what has to be done before."""
    return ", and is locked; l unlocks it" if session.state.locks.c else ": up and down move it"


def unit_in_hand(session: Session) -> int | None:
    """Return the row of the selected unit, which the keys move; None where c is selected."""
    row = session.view.selection.row
    return row if row < session.state.parameters.units else None


def _step(session: Session) -> float:
    exercise = session.scenario.exercise
    return exercise.step if exercise else edits.DEFAULT_NUDGE_STEP


def _move(session: Session, selection: Selection, steps: int, step: float) -> Session:
    """Move a value from multiple to multiple of a step, within the range of the exercise, or say why it cannot be moved."""
    exercise, state = session.scenario.exercise, session.state
    limits = exercise.range if exercise else (-LIMIT, LIMIT)
    if why := edits.refusal(state, selection):
        return session.say(why)
    if not selection.on_handle:
        return _move_number(session, selection, steps, step, limits if selection.field == "w" else (-LIMIT, LIMIT))
    form = kink_edits.kink_form_of(state, selection.row)
    if not form.slope and (form.kink is None or selection.field != "slope"):
        return _with_slope(session, selection.row, limits)
    new = kink_edits.value_after_nudge(session, selection, steps, step, limits, to_multiple=True)
    return (
        session.say(kink_edits.nudge_refusal(state, selection, limits, BEYOND))
        if new is None
        else _set(session, selection, new)
    )


def _move_number(session: Session, selection: Selection, steps: int, step: float, limits: tuple[float, float]) -> Session:
    """Move a parameter itself from multiple to multiple of a step; one beyond the limits moves no further away."""
    old, (low, high) = edits.parameter(session.state, selection), limits
    new = multiple_after(old, steps, step)
    new = min(new, max(high, old)) if steps > 0 else max(new, min(low, old))
    if new == old:
        beyond = f"; {BEYOND} to go beyond" if limits != (-LIMIT, LIMIT) else ""
        return session.say(f"{selection} is at the end of its range, {low:g} to {high:g}{beyond}")
    return _set(session, selection, new)


def _with_slope(session: Session, row: int, limits: tuple[float, float]) -> Session:
    """Give a unit with w = 0 the kink that waits for a slope, or one at the probe, if its w and b are free."""
    slope = Selection(row, "slope")
    if why := edits.refusal(session.state, slope):
        return session.say(f"unit {row} has w = 0 and so no kink; {why}")
    if kink_edits.kink_form_of(session.state, row).kink is None and not session.state.locks.b[row]:
        session = _set(session, Selection(row, "kink"), session.view.probe)
    new = kink_edits.value_after_nudge(session, slope, 1, FIRST_SLOPE, limits)
    return (
        session.say(kink_edits.nudge_refusal(session.state, slope, limits, BEYOND))
        if new is None
        else _set(session, slope, new)
    )


def _set(session: Session, selection: Selection, value: float) -> Session:
    assert session.view.hold
    return edits.set_parameter(session, selection, value, session.view.hold.group, CHANGE)
