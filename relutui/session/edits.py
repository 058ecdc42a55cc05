"""Edits of the parameters, locks and history: pure functions Session -> Session."""

from collections.abc import Hashable
from dataclasses import replace

import numpy as np

from relutui.lib.identity_cache import cached_by_identity
from relutui.lib.number_text import DIGITS, LIMIT
from relutui.model.initialization import random_start
from relutui.model.selection import Move, Selection, existing, fields_of, index_of, neighbour, unit_text, units_of, value_at
from relutui.model.trainer import Diverged
from relutui.model.training import Checkpoint, Locks, locks_of
from relutui.model.values import parameters_of, values_of
from relutui.session import kink_edits, y_range
from relutui.session.scaling_hint import scaling_hint
from relutui.session.session import Session, curve_y, start_of
from relutui.session.state import State

DEFAULT_NUDGE_STEP = 0.1  # of a parameter, where the scenario has no exercise that sets another


def parameter(state: State, selection: Selection) -> float:
    """Return the value of the selected parameter; nan for the kink of a unit that has none."""
    if selection.on_handle:
        return kink_edits.value_of(state, selection)
    return value_at(state.parameters, selection)


def is_locked(locks: Locks, selection: Selection) -> bool:
    """Return whether the selected parameter is locked; a kink, slope or side is locked with the parameter behind it."""
    return bool(value_at(locks, selection.parameter))


def refusal(state: State, selection: Selection) -> str:
    """Return why the selected parameter cannot be edited; empty if it can.  A kink at 0 stays with every slope, as b is 0."""
    if is_locked(state.locks, selection):
        return f"{selection.parameter} is locked; l unlocks it"
    if selection.field in ("slope", "side") and state.locks.b[selection.row] and state.parameters.b[selection.row]:
        return f"b of unit {selection.row} is locked, so the kink could not stay; l on the kink unlocks it"
    return ""


def select(session: Session, selection: Selection) -> Session:
    """Select a parameter; if it no longer exists, select the nearest one that does.  From then on enter types into it."""
    sizes, layer = session.state.parameters.sizes, selection.layer
    selection = existing(selection, units_of(sizes, layer), session.view.fields_of(sizes, layer))
    column = session.view.column if selection.field == "c" else selection.field
    return session.with_view(selection=selection, column=column, message=None, just_solved=False)


def move(session: Session, to: Move) -> Session:
    """Select the parameter that a move in the table leads to; page up and page down lead to another layer, if any."""
    place, sizes, view = session.view.selection, session.state.parameters.sizes, session.view
    if place.layer and to in ("pageup", "pagedown"):
        layer = min(max(1, place.layer + (1 if to == "pagedown" else -1)), len(sizes))
        units = units_of(sizes, layer)
        row, field = (units, "c") if place.field == "c" else (min(place.row, units - 1), place.field)
        return select(session, Selection(row, field, layer))
    return select(session, neighbour(place, to, units_of(sizes, place.layer), view.column, session.fields))


def set_parameter(
    session: Session, selection: Selection, value: float, group: object = None, change: str | None = None
) -> Session:
    """Set a parameter; if it is locked, only say so, and if its unit no longer exists, do nothing.

    Consecutive edits of the same group count as one edit and one entry of the history, which `change` names.
    """
    state = session.state
    if selection.field != "c" and selection.row >= units_of(state.parameters.sizes, selection.layer):
        return session
    if why := refusal(state, selection):
        return session.say(why)
    if value == parameter(state, selection):
        return session
    new_state = (kink_edits.with_value if selection.on_handle else _with_value)(state, selection, value)
    if selection.on_handle and (large := _oversized_names(new_state, selection.row)):
        own = session.scale.x.own(value) if selection.field == "kink" else value
        return session.say(f"{selection} cannot be {own:g}: {large} would have to be larger than {LIMIT:g}", error=True)
    edits = state.edits + (group is None or group != session.states.group)
    return tighten_limits(session.with_state(replace(new_state, edits=edits, change=change or str(selection)), group))


@cached_by_identity(1)
def with_typed_value(session: Session) -> Session:
    """Return the session as if the value being typed were already set; only its states change, not even the y-range.

    A hint for the state before stays valid until the value is set, because the hint may say what to type.
    """
    typing = session.view.typing
    if typing is None or typing.value is None:
        return session
    states, hint = set_parameter(session, typing.selection, typing.value).states, session.view.hint
    if hint and hint.parameters == session.state.parameters:
        hint = hint._replace(parameters=states.present.parameters)
    return session.with_document(states=states).with_view(hint=hint)


def nudge(session: Session, steps: int) -> Session:
    """Move the selected parameter by some steps within its range; from outside the range it can only come nearer.

    The range is the exercise's for w and b, and -LIMIT to LIMIT for the others.
    """
    exercise, selection = session.scenario.exercise, session.view.selection
    if selection.on_handle:
        return _nudge_handle(session, steps)
    old = parameter(session.state, selection)
    new = round(old + steps * (exercise.step if exercise else DEFAULT_NUDGE_STEP), DIGITS)
    low, high = exercise.range if exercise and selection.field[0] in "wb" else (-LIMIT, LIMIT)
    new = min(new, max(high, old)) if steps > 0 else max(new, min(low, old))
    if new == old and not low < old < high and not is_locked(session.state.locks, selection):
        beyond = "; type a value to go beyond" if high < LIMIT else ""
        return session.say(f"{selection} is at the end of its range, {low:g} to {high:g}{beyond}")
    return set_parameter(session, selection, new, ("nudge", selection))


def toggle_lock(session: Session) -> Session:
    """Lock or unlock the selected parameter, or the one behind a kink, slope or side."""
    state, selection = session.state, session.view.selection.parameter
    lock = not is_locked(state.locks, selection)
    return _with_lock(session, [selection], lock, f"{'locked' if lock else 'unlocked'} {selection}")


def toggle_unit_lock(session: Session) -> Session:
    """Lock the whole selected unit, or unlock it if all of it is locked."""
    locks, place = session.state.locks, session.view.selection
    if place.field == "c":
        return toggle_lock(session)
    unit = [replace(place, field=field) for field in fields_of(locks.sizes, place.layer)]
    lock = not all(is_locked(locks, each) for each in unit)
    return _with_lock(session, unit, lock, f"{'locked' if lock else 'unlocked'} {unit_text(place.row, place.layer)}")


def undo(session: Session) -> Session:
    """Go back by one entry, and end the run, which would otherwise go on from there at once."""
    return tighten_limits(replace(session, running=False).with_states(session.states.undo())).say(
        f"undone: {session.state.change}"
    )


def redo(session: Session) -> Session:
    """Go forward to the entry that was undone last, and end the run."""
    restored = tighten_limits(replace(session, running=False).with_states(session.states.redo()))
    return restored.say(f"redone: {restored.state.change}")


def rewind(session: Session) -> Session:
    """Go back to step 0 of the random start; from there, or without one, to the scenario's own start.

    Settings and activations stay, and with the same number of units so do locks and locked values: the same start can be
    tried in another way.  From the start itself, the scenario's activations come back too.
    """
    state, scenario = session.state, session.scenario
    seed = scenario.init.seed if scenario.init.units else None
    seed_start, own_start = current_start(session), start_of(scenario, seed)
    target, own_target = _with_locked_values(session, seed_start), _with_locked_values(session, own_start)
    at_start = state.checkpoint == target
    if target != own_target and not at_start:
        message = f"back at random start {state.seed}{_lock_note(session, seed_start)}; r again: the scenario's own start"
        return _restart(session, replace(state, checkpoint=target, change="rewind")).say(message)
    network = scenario.network if at_start else state.network
    note = "" if network == scenario.network else "; r again: with its activations"
    new_state = State(network, own_target, state.locks, state.settings, seed, change="rewind")
    return _restart(session, new_state).say(f"back at the scenario's start{_lock_note(session, own_start)}{note}")


def current_start(session: Session) -> Checkpoint:
    """Return the start of the present state: the one recorded as its origin, or else the one that its seed gives."""
    state = session.state
    return Checkpoint.start(state.origin) if state.origin else start_of(session.scenario, state.seed)


def next_random_start(session: Session) -> Session:
    """Draw a random start of the present units with the next seed; locked parameters keep their values."""
    state, scenario = session.state, session.scenario
    seed = scenario.init.seed if state.seed is None else state.seed + 1
    name = f"random start {seed}"
    parameters = random_start(state.parameters, state.locks, scenario.init, session.dataset.x, seed, state.network)
    origin = None if parameters == start_of(scenario, seed).parameters else parameters
    start = State(state.network, Checkpoint.start(parameters), state.locks, state.settings, seed, change=name, origin=origin)
    return _restart(session, start).say(name)


def _with_locked_values(session: Session, start: Checkpoint) -> Checkpoint:
    """Return a start with the present values of locked parameters; unchanged if its number of units differs."""
    p, present, locks = start.parameters, session.state.parameters, session.state.locks
    if p.sizes != present.sizes:
        return start
    values = np.where(values_of(locks) != 0.0, values_of(present), values_of(p))
    return Checkpoint.start(parameters_of(values, p.sizes))


def _lock_note(session: Session, start: Checkpoint) -> str:
    """Return the words for what a return to a start does to locks and locked values; empty if it changes neither."""
    if start.parameters.sizes != session.state.parameters.sizes:
        return ", its own units and locks"
    return "" if _with_locked_values(session, start) == start else " (what is locked stays)"


def record_training(session: Session, checkpoint: Checkpoint, run: int) -> Session:
    """Set the state that training has reached; all steps of one run are one entry of the history."""
    steps = checkpoint.step - session.state.checkpoint.step
    if not steps:
        return session
    state = replace(session.state, checkpoint=checkpoint, change=f"training to step {checkpoint.step}")
    # The message stays: the next frame must not erase why a number was refused.
    return session.with_state(state, _run_group(run)).with_view(message=session.view.message)


def record_divergence(session: Session, error: Diverged, run: int) -> Session:
    """Stop at the last finite state, and say at which step and learning rate training diverged."""
    session = replace(record_training(session, error.checkpoint, run), running=False)
    way_back = "; u goes back before the run" if session.states.group == _run_group(run) else ""
    advice = scaling_hint(session.dataset)
    return session.say(
        f"diverged after step {error.checkpoint.step} at learning rate {session.state.settings.learning_rate:g}: "
        f"training stopped at the last finite state{way_back}{advice and f'; {advice}'}",
        error=True,
    )


def _run_group(number: int) -> Hashable:
    """Return the history group of all steps of a run."""
    return "run", number


def _restart(session: Session, state: State) -> Session:
    """Set a state that is a start; if its number of units differs, it takes the scenario's locks.

    A start that differs from the present state only in edits, marks and change makes no entry: undo would seem to do nothing.
    """
    as_many = state.parameters.sizes == session.state.parameters.sizes
    locks = session.state.locks if as_many else session.scenario.locks
    start = replace(state, locks=locks, edits=0, pending_kinks=(), marks=())
    present = session.state
    same = replace(start, change=present.change, edits=present.edits, marks=present.marks) == present
    return fit_limits(session if same else session.with_state(start))


def _oversized_names(state: State, row: int) -> str:
    """Return the names of those of w and b of a unit whose size exceeds LIMIT; empty if neither does."""
    p = state.parameters
    return " and ".join(name for name, size in (("w", p.w[row]), ("b", p.b[row])) if abs(size) > LIMIT)


def _with_value(state: State, selection: Selection, value: float) -> State:
    values, sizes = values_of(state.parameters), state.parameters.sizes
    values[index_of(selection, sizes)] = value
    moves_kink = selection.field in ("w", "b")
    pending_kinks = kink_edits.drop_pending(state.pending_kinks, selection.row) if moves_kink else state.pending_kinks
    return replace(state, checkpoint=state.checkpoint.edited(parameters_of(values, sizes)), pending_kinks=pending_kinks)


def _nudge_handle(session: Session, steps: int) -> Session:
    exercise, state, selection = session.scenario.exercise, session.state, session.view.selection
    step, limits = (exercise.step, exercise.range) if exercise else (DEFAULT_NUDGE_STEP, (-LIMIT, LIMIT))
    if why := refusal(state, selection):
        return session.say(why)
    if selection.field == "kink" and session.scale.changes:
        step = kink_edits.kink_step(session)
    new = kink_edits.value_after_nudge(session, selection, steps, step, limits)
    if new is None:
        return session.say(kink_edits.nudge_refusal(state, selection, limits))
    return set_parameter(session, selection, new, ("nudge", selection))


def _with_lock(session: Session, places: list[Selection], lock: bool, change: str) -> Session:
    values, sizes = values_of(session.state.locks), session.state.locks.sizes
    values[[index_of(place, sizes) for place in places]] = lock
    return session.with_state(replace(session.state, locks=locks_of(values, sizes), change=change)).say(change)


def tighten_limits(session: Session) -> Session:
    """Fit the y-range again if an edit has left more than half of it empty."""
    (low, high), fitted = session.view.y_limits, _fit(session)
    return session.with_view(y_limits=fitted) if fitted[1] - fitted[0] < (high - low) / 2 else session


def fit_limits(session: Session) -> Session:
    """Fit the y-range to the data and the prediction."""
    return session.with_view(y_limits=_fit(session))


def _fit(session: Session) -> y_range.Limits:
    return y_range.fit(session.dataset.y, curve_y(session.state, session.x_range))
