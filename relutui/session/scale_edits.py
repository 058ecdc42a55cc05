"""The scale of the data, put on or taken off, which begins the training anew: pure functions Session -> Session."""

from dataclasses import replace

import numpy as np

from relutui.lib.number_text import LIMIT
from relutui.model.scale import Kind, rescaled
from relutui.model.values import values_of
from relutui.scenario.scale_text import scale_text
from relutui.scenario.scenario import Scenario, draw_units, scaled_domain
from relutui.session import other_sessions
from relutui.session.edits import current_start
from relutui.session.session import Session, as_scenario, open_session

KIND: Kind = "standard"  # what the key puts on


def toggle_scale(session: Session) -> Session:
    """Put the scale on, or take it off: a drawn start is drawn again, and listed units keep their curve.

    What was done since the start is kept in the background, if it is unwritten.
    """
    opened = _with_scale(session)
    if np.abs(values_of(opened.state.parameters)).max() > LIMIT:
        return session.say(f"a parameter would be larger than {LIMIT:g}, so nothing is changed", error=True)
    if session.states.past:
        if why := other_sessions.refusal(session):
            return session.say(why, error=True)
        result = other_sessions.switch_to(session, opened)
    else:
        result = replace(other_sessions.on_same_screen(session, opened), kept=session.other_sessions)
    return result.say(f"{_text(result)}{_left_out(session.scenario)}")


def _with_scale(session: Session) -> Session:
    """Open the scenario at its start with the other scale, and the present network, locks and settings.

    Words in which a scenario may speak of numbers are left out: they would be of other units.
    """
    scenario, seed, state = session.scenario, session.state.seed, session.state
    target = replace(scenario.target, scale="none" if session.scale.changes else KIND, scale_units=None)
    dataset = target.dataset()
    start, old, new = current_start(session).parameters, session.scale, dataset.scale
    if state.network.output_activation != "identity":
        new = new._replace(y=old.y)  # what the output bends cannot be rescaled
    drawn = seed is not None and start.units == scenario.start.units and not state.origin
    start = rescaled(scenario.start if drawn else start, old, new)
    if drawn and scenario.init.units:
        bias = start.c if scenario.locks.c else 0.0
        start, _ = draw_units(scenario.init, scenario.init.units, dataset.x, bias, scenario.locks.c, scenario.network)
    changed = replace(
        as_scenario(session, scenario.name),
        target=target,
        dataset=dataset,
        domain=scaled_domain(target, dataset),
        start=start,
        locks=state.locks if start.units == state.parameters.units else scenario.locks,
        intro="",
        lesson="",
        asks=(),
    )
    opened = open_session(_with_losses(changed, (old.y.width / dataset.scale.y.width) ** 2), seed if drawn else None)
    return opened.with_document(new=True, files=session.document.files)


def _with_losses(scenario: Scenario, times: float) -> Scenario:
    """Return the scenario with every bound of a loss so many times as high, and no words about numbers."""
    stop, exercise = scenario.settings.stop_below, scenario.exercise
    return replace(
        scenario,
        settings=replace(scenario.settings, stop_below=None if stop is None else stop * times),
        exercise=exercise and replace(exercise, solved_below=exercise.solved_below * times, hints=(), why=""),
    )


def _text(session: Session) -> str:
    """Describe the scale."""
    if not session.scale.changes:
        return "no scale: w, b, v, c and the loss are in the data's own units; % scales them"
    return f"{scale_text(session.scenario)}; w, b, v, c and the loss are scaled; % takes that off"


def _left_out(scenario: Scenario) -> str:
    """Say that the words of a scenario are left out; empty if it has none."""
    words = scenario.intro or scenario.lesson or scenario.asks or (scenario.exercise and scenario.exercise.hints)
    return "; lesson, hints and questions are of the other units and left out" if words else ""
