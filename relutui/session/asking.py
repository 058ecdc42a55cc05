"""A question put to the learner, who answers before the truth is shown: pure functions Session -> Session."""

import math
from dataclasses import replace

from relutui.lib.number_text import format_number, format_x
from relutui.lib.round_numbers import multiple_after, nearest_multiple, round_step
from relutui.scenario.ask import Ask, Place
from relutui.session import y_range
from relutui.session.progress import Answer, key_name, scenario_key
from relutui.session.question_asks import QUESTION_ASKS
from relutui.session.session import Session
from relutui.session.view_state import Asking

MARKER_STEPS = 60  # of the marker across the chart, about as many as it has columns
FAR = 10  # steps of page up and page down
FINEST = 1e-9  # of a step near a column: a tolerance below it makes the step no finer
FINER = 2.6  # a round step divided by this and rounded up is the next smaller one
MAX_TYPED = 12  # characters of a typed place


def asks_of(session: Session) -> list[tuple[str, Ask]]:
    """Return the questions to be asked now, each with its id in the progress: that of a tour, else those of the scenario."""
    if session.tour:
        number = session.tour.question.number
        return [(f"question {number}", QUESTION_ASKS[number])] if number in QUESTION_ASKS else []
    key = key_name(scenario_key(session.scenario))
    return [(f"{key} {number}", ask) for number, ask in enumerate(session.scenario.asks, 1)]


def unanswered(session: Session) -> int:
    """Return how many of the questions to be asked now have never been answered."""
    answered = {answer.ask for answer in session.progress.answers}
    return sum(id not in answered for id, _ in asks_of(session))


def open_ask(session: Session) -> Session:
    """Put the first question without an answer; if all have one, that whose last answer is the oldest.  A run is paused."""
    asks = asks_of(session)
    last = {answer.ask: rank for rank, answer in enumerate(session.progress.answers)}
    id, ask = min(asks, key=lambda pair: last.get(pair[0], -1))
    asking = Asking(id, ask, session.view, session.view.y_limits)
    session = replace(session, running=False).with_view(full=None)
    if (place := ask.place) is None:
        return session.with_view(asking=asking, message=None)
    low, high = y_range.widen(session.view.y_limits, session.dataset.y, session.dataset.y)
    if place.axis == "y":
        margin = y_range.MARGIN_SHARE * (high - low)
        y = session.scale.y.scaled(place.value)
        low, high = min(low, y - margin), max(high, y + margin)
    asking = asking._replace(y_limits=(low, high))
    return session.with_view(asking=asking, name="fit", y_limits=(low, high), message=None)


def press(session: Session, key: str, character: str | None, when: int) -> Session | None:
    """Follow a key while something is asked; None if the key is for the session, whose question is closed then.

    when: the present time in seconds since 1970.
    """
    asking = session.view.asking
    assert asking
    if key == "escape" or character == "Q":
        return close(session)
    if asking.answer:
        return _go_on(close(session)) if key == "enter" else None
    if asking.ask.place:
        return _press_at_place(session, asking.ask.place, key, character, when)
    if character and character.isdecimal() and 1 <= int(character) <= len(asking.ask.choices):
        choice = asking.ask.choices[int(character) - 1]
        return _answered(session, choice.text, choice.right, choice.misconception, when)
    return session


def move_marker_to(session: Session, x: float, y: float) -> Session:
    """Move the marker to a point of the chart, in scaled units, as near as its step allows.

    Without a marker, or once answered, do nothing.
    """
    asking = session.view.asking
    if asking is None or asking.answer or (place := asking.ask.place) is None:
        return session
    at = session.scale.x.own(x) if place.axis == "x" else session.scale.y.own(y)
    return _with_marker(session, _within(session, place, nearest_multiple(at, step(session, place))))


def close(session: Session) -> Session:
    """Take the question away; the chart is as it was before."""
    asking = session.view.asking
    if asking is None:
        return session
    before, now = asking.before, session.view.y_limits
    y_limits = before.y_limits if now == asking.y_limits else now  # else the last steps of training have widened them
    return session.with_view(asking=None, name=before.name, y_limits=y_limits, full=before.full)


def limits(session: Session, place: Place) -> tuple[float, float]:
    """Return between which values the marker moves, in the data's own units."""
    if place.axis == "x":
        return session.scenario.target.domain
    low, high = map(session.scale.y.own, session.view.y_limits)
    return low, high


def step(session: Session, place: Place) -> float:
    """Return the step of the marker: a round number near a column or a quarter of a row, or finer as the tolerance is.

    It is finer, down to a tenth, where the right value is a multiple of that but not of the step itself.
    """
    low, high = limits(session, place)
    coarsest = round_step((high - low) / MARKER_STEPS) or 1.0
    least = max(place.tolerance, FINEST * coarsest)
    while coarsest > least:
        coarsest = round_step(coarsest / FINER)
    steps = [coarsest]
    while steps[-1] > coarsest / 9:
        steps.append(round_step(steps[-1] / FINER))
    return next((by for by in steps if math.isclose(nearest_multiple(place.value, by), place.value)), coarsest)


def _press_at_place(session: Session, place: Place, key: str, character: str | None, when: int) -> Session:
    asking = session.view.asking
    assert asking
    back, on = ("left", "right") if place.axis == "x" else ("down", "up")
    match key:
        case "enter":
            if (marker := asking.marker) is None:
                return session.with_view(asking=asking._replace(hurried=True))
            text = f"{place.axis} = {format_place(session, place, marker)}"
            return _answered(session, text, place.is_right(marker), place.misconception(marker), when)
        case "home" | "end":
            return _to_end(session, place, key == "end")
        case _ if key in (back, on):
            return _step_marker(session, place, 1 if key == on else -1)
        case "pageup" | "pagedown":
            return _step_marker(session, place, FAR if (key == "pageup") == (place.axis == "y") else -FAR)
        case "backspace":
            return _typed(session, asking.typed[:-1])
        case _ if character and (character in "-." or (character.isascii() and character.isdecimal())):
            return _typed(session, (asking.typed + character)[:MAX_TYPED])
    return session


def _step_marker(session: Session, place: Place, steps: int) -> Session:
    """Move the marker; the first time it comes in from the end, as in the middle it would often be right already."""
    asking = session.view.asking
    assert asking
    if asking.marker is None:
        return _to_end(session, place, steps < 0)
    return _with_marker(session, _within(session, place, multiple_after(asking.marker, steps, step(session, place))))


def _to_end(session: Session, place: Place, highest: bool) -> Session:
    return _with_marker(session, _within(session, place, math.inf if highest else -math.inf))


def _within(session: Session, place: Place, value: float) -> float:
    """Return the value, or the outermost multiple of the step of the marker that the chart shows."""
    (low, high), by = limits(session, place), step(session, place)
    lowest = multiple_after(multiple_after(low, -1, by), 1, by)
    highest = multiple_after(multiple_after(high, 1, by), -1, by)
    return min(max(value, lowest), highest)


def _typed(session: Session, text: str) -> Session:
    """Take what has been typed for the place of the marker, as far as it is a number."""
    asking = session.view.asking
    assert asking
    try:
        marker = float(text)
    except ValueError:
        marker = None
    return session.with_view(asking=asking._replace(marker=marker, typed=text, hurried=False))


def _go_on(session: Session) -> Session:
    return open_ask(session) if unanswered(session) else session


def format_place(session: Session, place: Place, value: float) -> str:
    """Format an x or a y of the chart that is in the data's own units."""
    return format_x(value, session.scenario.target.domain) if place.axis == "x" else format_number(value)


def _with_marker(session: Session, marker: float) -> Session:
    asking = session.view.asking
    assert asking
    return session.with_view(asking=asking._replace(marker=marker, typed="", hurried=False))


def _answered(session: Session, chosen: str, right: bool, misconception: str, when: int) -> Session:
    asking = session.view.asking
    assert asking
    answer = Answer(asking.id, chosen, right, misconception, when)
    answered = session.with_view(asking=asking._replace(answer=answer))
    return replace(answered, progress=session.progress.with_answer(answer))
