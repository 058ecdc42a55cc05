"""A target that is being drawn: points put on a grid of round numbers, which become a new scenario with the present network."""

from dataclasses import replace

import numpy as np

from relutui.lib.round_numbers import multiple_after, nearest_multiple, round_step
from relutui.scenario.scenario import scaled_domain
from relutui.scenario.target import Point, Target
from relutui.session import other_sessions, y_range
from relutui.session.introduction import add_line
from relutui.session.kink_edits import kink_step
from relutui.session.session import Session, as_scenario, open_session
from relutui.session.view_state import Drawing

NAME = "drawn"
GRID_ROWS = 20  # of the grid, between the limits of the chart as the drawing begins
LEAST_POINTS = 2
SAMPLES = 100  # of a target whose points are joined
KEYS = (
    "arrows, < > move   space puts a point, backspace takes it back, delete removes   "
    "T: done, joined   p: done, points alone   esc: as it was"
)


def begin(session: Session) -> Session:
    """Begin to draw in the Fit view, the cursor at the probe and half way up; a run is paused."""
    session = session.with_view(hold=None)
    low, high = map(session.scale.y.own, session.view.y_limits)
    steps = kink_step(session), round_step((high - low) / GRID_ROWS) or 1.0
    x, y = session.scale.x.own(session.view.probe), nearest_multiple((low + high) / 2, steps[1])
    drawing = Drawing(x, y, steps, session.view)
    full = session.view.full or session.view.layout in ("tiny", "small")
    shown = replace(session, running=False).with_view(name="fit", full="chart" if full else None, beyond=0, drawing=drawing)
    return move_to(shown, drawing.x, drawing.y)


def leave(session: Session) -> Session:
    """Leave the drawing; the chart is as it was before."""
    drawing = session.view.drawing
    if drawing is None:
        return session
    before, layout = drawing.before, session.view.layout
    return replace(session, view=replace(before, layout=layout)).say("nothing was drawn; all is as it was")


def move(session: Session, across: int, up: int) -> Session:
    """Move the cursor by steps of the grid; x stays within the domain, and the chart grows with y."""
    drawing = _drawing(session)
    x = multiple_after(drawing.x, across, drawing.steps[0]) if across else drawing.x
    y = multiple_after(drawing.y, up, drawing.steps[1]) if up else drawing.y
    return move_to(session, x, y)


def move_to(session: Session, x: float, y: float) -> Session:
    """Move the cursor to the point of the grid that is nearest to a place in the data's own units, within the domain."""
    drawing, scale, (low, high) = _drawing(session), session.scale, session.scenario.target.domain
    dx, dy = drawing.steps
    x, y = min(max(nearest_multiple(x, dx), low), high), nearest_multiple(y, dy)
    at = np.array([scale.y.scaled(y)])
    limits = y_range.widen(session.view.y_limits, at, at)
    return session.with_view(drawing=drawing._replace(x=x, y=y), probe=scale.x.scaled(x), y_limits=limits, message=None)


def put(session: Session) -> Session:
    """Put a point where the cursor is, in place of one at the same x."""
    drawing = _drawing(session)
    others = tuple(point for point in drawing.points if point[0] != drawing.x)
    return session.with_view(drawing=drawing._replace(points=(*others, (drawing.x, drawing.y))), message=None)


def take_back(session: Session) -> Session:
    """Take the last point back, and move the cursor to where it was."""
    drawing = _drawing(session)
    if not drawing.points:
        return session.say("there is no point yet: space puts one")
    *others, (x, y) = drawing.points
    return move_to(session.with_view(drawing=drawing._replace(points=tuple(others))), x, y)


def remove(session: Session) -> Session:
    """Remove the point at the cursor's x."""
    drawing = _drawing(session)
    others = tuple(point for point in drawing.points if point[0] != drawing.x)
    if others == drawing.points:
        return session.say(f"there is no point at x = {drawing.x:.12g}")
    return session.with_view(drawing=drawing._replace(points=others), message=None)


def finish(session: Session, joined: bool) -> Session:
    """Switch to a new scenario, not written yet, whose target is the points, joined by straight lines or alone."""
    points = sorted(_drawing(session).points)
    if len(points) < LEAST_POINTS:
        return session.say(f"a target has at least {LEAST_POINTS} points: space puts one, esc leaves")
    before = leave(session).with_view(message=None)
    if why := other_sessions.refusal(before):
        return session.say(why, error=True)
    new = _opened(before, tuple(points), joined)
    what = f"{len(points)} points{', joined' if joined else ''}"
    return add_line(other_sessions.switch_to(before, new), f"Drawn: {what}. w writes it as a scenario.")


def refuse(session: Session) -> Session:
    """Say what ends the drawing, for a key that has no use in it."""
    return session.say("T ends the drawing, p without joining its points; esc leaves it")


def description(session: Session) -> str:
    """Describe the cursor and the points; empty while nothing is drawn."""
    drawing = session.view.drawing
    if drawing is None:
        return ""
    there = [y for x, y in drawing.points if x == drawing.x]
    here = "" if not there else ", on a point" if there[0] == drawing.y else f"; a point is at y = {there[0]:.12g}"
    count = len(drawing.points)
    return f"x {drawing.x:.12g}, y {drawing.y:.12g}{here}   {count} point{'' if count == 1 else 's'}"


def _drawing(session: Session) -> Drawing:
    assert session.view.drawing
    return session.view.drawing


def _opened(session: Session, points: tuple[Point, ...], joined: bool) -> Session:
    """Return the session of the present network with the points as its target."""
    span = points[0][0], points[-1][0]
    target = Target(span, knots=points, samples=SAMPLES) if joined else Target(session.scenario.target.domain, points=points)
    if session.scale.changes:  # in the units of which the network is
        target = replace(target, scale=session.scenario.target.scale, scale_units=session.scale)
    dataset = target.dataset()
    scenario = replace(
        as_scenario(session, NAME),
        title="A drawn target",
        summary=f"Fit the {len(points)} points that you have drawn.",
        intro="",
        lesson="",
        target=target,
        dataset=dataset,
        domain=scaled_domain(target, dataset),
        exercise=None,
        asks=(),
        file=None,
    )
    return open_session(scenario).with_document(new=True)
