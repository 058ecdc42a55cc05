"""The chart under the mouse: what is pressed, dragged and turned there, in the chart's own numbers."""

from typing import TYPE_CHECKING, NamedTuple

from textual import events
from textual.message import Message

from relutui.plot.axes import Axes, columns, row_of, x_at, y_at
from relutui.readout.fit import FitReadout
from relutui.ui.widgets.fit import fit_axes
from relutui.ui.widgets.panel import Panel
from relutui.ui.widgets.view import chart

if TYPE_CHECKING:
    from relutui.readout.view import ChartReadout

REACH_CELLS = 1  # from the middle of a kink, across and down, at which it is still taken hold of


class Place(NamedTuple):
    """A place on the chart, and the unit whose kink is there, if any."""

    x: float
    y: float
    unit: int | None


class ChartPanel(Panel["ChartReadout"]):
    """Draws the chart, and reports what the mouse does on the views whose x is that of the data."""

    class Pressed(Message):
        """The button went down."""

        def __init__(self, place: Place) -> None:
            super().__init__()
            self.place = place

    class Dragged(Message):
        """The mouse moved with the button down; across: whether the drag began sideways; rows: upwards, since the last one."""

        def __init__(self, start: Place, place: Place, across: bool, rows: int) -> None:
            super().__init__()
            self.start, self.place, self.across, self.rows = start, place, across, rows

    class Released(Message):
        """The button went up."""

    class Turned(Message):
        """The wheel was turned, upwards if `steps` is positive."""

        def __init__(self, steps: int) -> None:
            super().__init__()
            self.steps = steps

    def __init__(self, *, id: str) -> None:
        super().__init__(chart, id=id)
        self._start: Place | None = None
        self._row = 0
        self._across: bool | None = None  # whether the drag under way goes sideways; None before it has moved

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Report a press within the chart, and follow the mouse from there."""
        offset = event.get_content_offset(self)
        place = self._place(offset.x, offset.y) if offset and event.button == 1 else None
        if offset is None or place is None:
            return
        self._start, self._row, self._across = place, offset.y, None
        self.capture_mouse()
        self.post_message(self.Pressed(place))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Report a drag; one that leaves the chart goes on at its edge."""
        offset = event.get_content_offset_capture(self)
        place = self._place(offset.x, offset.y) if self._start else None
        if self._start is None or place is None:
            return
        rows = self._row - offset.y
        if self._across is None:
            if not rows and place.x == self._start.x:
                return
            self._across = not rows or place.x != self._start.x
        self._row = offset.y
        self.post_message(self.Dragged(self._start, place, self._across, rows))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Report the end of a drag."""
        if self._start:
            self._start = None
            self.release_mouse()
            self.post_message(self.Released())

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Report a turn of the wheel."""
        self._turn(event, 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Report a turn of the wheel."""
        self._turn(event, -1)

    def _turn(self, event: events.MouseEvent, steps: int) -> None:
        event.stop()
        if _axes(self._readout):
            self.post_message(self.Turned(steps))

    def _place(self, column: int, row: int) -> Place | None:
        readout, (width, height) = self._readout, self.size
        axes = _axes(readout)
        if axes is None:
            return None
        area = columns(axes, width)
        kinks = [kink for kink in readout.kinks if kink.unit >= 0] if isinstance(readout, FitReadout) else []
        near = [
            (not kink.selected, abs(area.column(kink.x) - column), kink.unit)
            for kink in kinks
            if abs(area.column(kink.x) - column) <= REACH_CELLS and abs(row_of(axes, kink.y, height) - row) <= REACH_CELLS
        ]
        return Place(x_at(area, column), y_at(axes, row, height), min(near)[2] if near else None)


def _axes(readout: "ChartReadout | None") -> Axes | None:
    """Return the axes of a view whose x is that of the data; None for the others."""
    if isinstance(readout, FitReadout):
        return fit_axes(readout)
    from relutui.readout.contributions import ContributionsReadout  # imported on demand: start-up time counts
    from relutui.readout.residual import ResidualReadout
    from relutui.ui.widgets.contributions import contributions_axes
    from relutui.ui.widgets.residual import residual_axes

    match readout:
        case ContributionsReadout():
            return contributions_axes(readout)
        case ResidualReadout():
            return residual_axes(readout)
    return None
