"""What the mouse does on the chart, as edits of the session; the same can be done by keys."""

from textual.message import Message

from relutui.model.selection import Selection
from relutui.session import asking, drawing, edits, hold, probe_edits
from relutui.session.session import Session
from relutui.ui.widgets.chart_panel import ChartPanel, Place


def after_pointer(session: Session, event: Message) -> Session:
    """Return the session after the mouse was used on the chart: a kink is dragged as by z, elsewhere the probe follows."""
    match event:
        case ChartPanel.Pressed() | ChartPanel.Dragged() if session.view.asking:
            return asking.move_marker_to(session, event.place.x, event.place.y)
        case _ if session.view.asking:
            return session
        case ChartPanel.Pressed() if session.view.drawing:
            x, y = session.scale.x.own(event.place.x), session.scale.y.own(event.place.y)
            return drawing.put(drawing.move_to(session, x, y))
        case _ if session.view.drawing:
            return session
        case ChartPanel.Pressed():
            return _after_press(session, event.place)
        case ChartPanel.Dragged():
            return _after_drag(session, event)
        case ChartPanel.Released():
            return hold.keep(session) if session.view.hold and session.view.hold.by_mouse else session
        case ChartPanel.Turned():
            return probe_edits.probe_by_points(session, event.steps)
    return session


def _after_press(session: Session, place: Place) -> Session:
    if place.unit is None:
        return probe_edits.move_probe(session, hold.nearest_step(session, place.x))
    return edits.select(session, Selection(place.unit, session.view.column))


def _after_drag(session: Session, event: ChartPanel.Dragged) -> Session:
    if event.start.unit is None:
        return probe_edits.move_probe(session, hold.nearest_step(session, event.place.x))
    if session.view.selection.row != event.start.unit:  # its unit is gone, or another was selected by a key
        return session
    held = session if session.view.hold else hold.take(session, by_mouse=True)
    if event.across:
        return hold.move_kink_to(held, event.place.x)
    return hold.change_slope(held, event.rows) if event.rows else held
