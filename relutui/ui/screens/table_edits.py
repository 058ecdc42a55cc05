"""What is done in the table of units, by keys and by mouse, as changes of the session."""

from textual.message import Message

from relutui.model.selection import Selection
from relutui.session import edits
from relutui.session.session import Session
from relutui.session.view_state import Typing
from relutui.ui.widgets.unit_table import UnitTable


def after_edit(session: Session, event: Message) -> Session:
    """Return the session that a message of the table leads to."""
    match event:
        case UnitTable.Moved():
            return edits.select(session, event.selection)
        case UnitTable.Turned():
            return edits.nudge(edits.select(session, event.selection), event.steps)
        case UnitTable.Edited():
            return edits.set_parameter(session, event.selection, _scaled(session, event.selection, event.value))
        case UnitTable.Refused():
            return session.say(event.reason, error=True)
        case UnitTable.Typing():
            typed = None if event.value is None else _scaled(session, event.selection, event.value)
            return session.with_view(typing=Typing(event.selection, typed), message=None)
        case UnitTable.Left():
            return session.with_view(typing=None, message=None)
    return session


def _scaled(session: Session, selection: Selection, value: float) -> float:
    """Return a typed value in the units of training; that of a kink is typed in the data's own."""
    return session.scale.x.scaled(value) if selection.field == "kink" else value
