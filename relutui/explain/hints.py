"""Choose between the hint for the present state and the scenario's own hints when h is pressed."""

import numpy as np

from relutui.explain.exercise import is_piecewise_exercise
from relutui.model.network import KINKED, STEPPED
from relutui.model.values import values_of
from relutui.scenario.segments import segments
from relutui.session.session import Session
from relutui.session.view_state import Hint


def hint(session: Session) -> str:
    """The hint last asked for, or how to get one; empty if there is none.

    A hint of the scenario stays until the state changes, since it may no longer hold then; the hint for the state follows it.
    A hint asked for during a run stays until the run ends, long enough to be read.
    """
    if why_no_hint(session):
        return ""
    asked, own = session.view.hint, _scenario_hints(session)
    if asked and own and not asked.of_state and _is_current(session):
        return f"Hint {asked.given} of {len(own)}: {own[asked.given - 1]}"
    return (state_hint(session) if asked else "") or "h gives a hint"


def next_hint(session: Session) -> Hint:
    """The hint to give at the next press of h.

    The first one in a state is the hint for that state, if there is one.  The scenario's own follow, from the one after the
    last given; after the last of all comes the hint for the state again.
    """
    before, state, own = session.view.hint, session.state, _scenario_hints(session)
    given = before.given if before else 0
    over = before is not None and not before.of_state and given == len(own)
    of_state = not own or ((over or not _is_current(session)) and bool(state_hint(session)))
    return Hint(state.network, state.parameters, of_state, given if of_state else given % len(own) + 1, session.running)


def _is_current(session: Session) -> bool:
    """Whether the last hint was asked for in the present state, or during the run still in progress."""
    asked, state = session.view.hint, session.state
    if asked is None or asked.network != state.network:
        return False
    return asked.parameters == state.parameters or (asked.running and session.running)


def why_no_hint(session: Session) -> str | None:
    """Why there is no hint; None if there is one."""
    exercise = session.scenario.exercise
    if session.solved:
        return "the exercise is solved"
    if not exercise or not (exercise.hints or (session.scenario.network.straight and segments(session.scenario))):
        return "this scenario has no hints"
    if _scenario_hints(session) or _activation_mismatch(session) or is_piecewise_exercise(session):
        return None
    return "the hints hold only for the units and locked values of the start"


def state_hint(session: Session) -> str:
    """The hint derived from the present state; empty if nothing can be derived."""
    if other := _activation_mismatch(session):
        return other
    if not is_piecewise_exercise(session):
        return ""
    from relutui.explain.feasibility import is_solvable_from_left, required_sides, why_impossible  # start-up time counts
    from relutui.explain.segment_errors import segment_error

    if is_solvable_from_left(session):
        return segment_error(session)
    # An exercise that cannot be solved from the left is about exactly that, and its own hints explain it.
    return "" if _scenario_hints(session) else why_impossible(session) or required_sides(session) or segment_error(session)


def _activation_mismatch(session: Session) -> str:
    """How to return to the activations of the exercise; empty if both are unchanged."""
    now, then = session.state.network, session.scenario.network
    if not session.scenario.exercise:
        return ""
    if now.activation != then.activation:
        off = "; no unit can be off" if then.kinked and now.activation not in (*KINKED, *STEPPED) else ""
        return f"The activation is {now.activation}{off}: press f to get back to {then.activation}."
    if now.output_activation != then.output_activation:
        return f"The output's activation is {now.output_activation}: press F to get back to {then.output_activation}."
    return ""


def _scenario_hints(session: Session) -> tuple[str, ...]:
    """The scenario's own hints; empty once the task has changed."""
    exercise = session.scenario.exercise
    return exercise.hints if exercise and is_task_unchanged(session) else ()


def is_task_unchanged(session: Session) -> bool:
    """Whether the number of units, the activations and the locked values are those of the exercise."""
    state, scenario = session.state, session.scenario
    if not scenario.exercise or _activation_mismatch(session) or state.parameters.sizes != scenario.start.sizes:
        return False
    now, then, locks = state.parameters, scenario.start, scenario.locks
    locked = values_of(locks) != 0.0
    return np.array_equal(values_of(now)[locked], values_of(then)[locked])
