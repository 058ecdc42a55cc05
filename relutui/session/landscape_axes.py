"""The two parameters over which the landscape is measured, and their limits: pure functions of the Session."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from relutui.model.landscape import Axes, Interval, Plane, place
from relutui.model.selection import FIELDS, Selection
from relutui.model.values import values_of
from relutui.session import edits
from relutui.session.session import Session

CENTRAL_SHARE = 0.8  # of an axis: its limits stay while the present point is within this share around their middle
MIN_HALF_WIDTH = 2.0  # of an axis, in units of its parameter
HALF_WIDTH_PER_SIZE = 1.5  # of an axis, in sizes of the present parameter


def axes(session: Session) -> Axes:
    """Return the parameters across and up: those chosen if they exist, else two of the selected unit, free ones first."""
    units = session.state.parameters.units
    if session.view.axes and all(parameter.field == "c" or parameter.row < units for parameter in session.view.axes):
        first, second = (replace(p, row=units) if p.field == "c" else p for p in session.view.axes)
    else:
        first, second = islice(dict.fromkeys(_candidates(session)), 2)
    return first, second


def plane(session: Session) -> Plane:
    """Return the plane to measure now; the limits of the last landscape stay as long as the present point is well inside."""
    state, pair = session.state, axes(session)
    values = values_of(state.parameters).tolist()
    point = [values[place(parameter)] for parameter in pair]
    last = session.findings.landscape.plane if session.findings.landscape else None
    limits = (last.x, last.y) if last and last.axes == pair else (None, None)
    x, y = (_limits(session, *each) for each in zip(pair, point, limits))
    for parameter in pair:
        values[place(parameter)] = 0.0
    return Plane(state.network, state.settings.loss, pair, tuple(values), x, y)


def set_x_axis(session: Session) -> Session:
    """Put the selected parameter on the axis across; if it was up, swap the two."""
    x, y = axes(session)
    new = session.view.selection.parameter
    return _with_axes(session, (new, x if new == y else y))


def set_y_axis(session: Session) -> Session:
    """Put the selected parameter on the axis up; if it was across, swap the two."""
    x, y = axes(session)
    new = session.view.selection.parameter
    return _with_axes(session, (y if new == x else x, new))


def _with_axes(session: Session, pair: Axes) -> Session:
    first, second = pair
    return session.with_view(axes=pair).say(f"landscape: {first.short} across, {second.short} up")


def _candidates(session: Session) -> Iterator[Selection]:
    """Yield every parameter, free before locked and in both the selected unit's first; some come twice."""
    units, row = session.state.parameters.units, session.view.selection.row
    every = [Selection(unit, field) for unit in range(units) for field in FIELDS] + [Selection(units, "c")]
    unit_parameters = [parameter for parameter in every if parameter.row == row]
    for locked in (False, True):
        for group in (unit_parameters, every):
            yield from (parameter for parameter in group if edits.is_locked(session.state.locks, parameter) == locked)


def _limits(session: Session, parameter: Selection, value: float, last: Interval | None) -> Interval:
    """Return the limits of an axis: the last ones, or new ones with the present point in the middle."""
    if last and abs(value - sum(last) / 2) <= CENTRAL_SHARE * (last[1] - last[0]) / 2:
        return last
    exercise = session.scenario.exercise
    half = max(MIN_HALF_WIDTH, HALF_WIDTH_PER_SIZE * abs(value))
    if exercise and parameter.field in ("w", "b"):
        half = (exercise.range[1] - exercise.range[0]) / 2
    return value - half, value + half
