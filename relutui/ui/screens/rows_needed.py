"""The rows that wrapped texts need at the width of the screen."""

from relutui.readout.asking import read_ask
from relutui.readout.status import read_message, read_tour
from relutui.session import edits
from relutui.session.session import Session
from relutui.ui.screens.layout import RowsNeeded, panel_width
from relutui.ui.widgets.ask import ask_rows
from relutui.ui.widgets.status import rows_needed as message_rows
from relutui.ui.widgets.strip_widget import caption_lines


def rows_needed(session: Session, width: int) -> RowsNeeded:
    """Count the rows of what is wrapped: the message, what is asked, and the question and caption of a tour."""
    tour, asked = session.tour, read_ask(session)
    message = read_message(edits.with_typed_value(session))
    said = message_rows(message, width)
    hint = said - message_rows(message._replace(hint=""), width)
    needed = RowsNeeded(said, ask=ask_rows(asked, width) if asked else 0, hint=hint)
    if not (tour and (readout := read_tour(session))):
        return needed
    from relutui.ui.widgets.tour import tour_lines  # imported on demand: start-up time counts

    inside = panel_width(tour.step.place, session.view.layout, width) - 2
    return RowsNeeded(said, len(tour_lines(readout, width)), len(caption_lines(tour.step.caption, inside)), needed.ask)
