"""Values typed into the table of scaled data, and the mouse on their chart."""

import pytest

from relutui.model.selection import Selection
from relutui.scenario.reader import parse
from relutui.session import drawing, kink_edits
from relutui.session.asking import move_marker_to, open_ask
from relutui.session.session import Session, open_session
from relutui.ui.screens.pointer import after_pointer
from relutui.ui.screens.table_edits import after_edit
from relutui.ui.widgets.chart_panel import ChartPanel, Place
from relutui.ui.widgets.unit_table import UnitTable

HINGE = (
    'title = "T"\n[target]\nscale = "unit"\npoints = [[1950, 10], [1970, 10], [1990, 50]]\n'
    "[[unit]]\nw = 1.0\nb = -0.5\nv = 2.0\n"
    '[[ask]]\ntext = "Where does it bend?"\nx = 1970\ntolerance = 1\nthen = "There."\n'
)


def session() -> Session:
    return open_session(parse(HINGE, "t", None))


def kink_of(session: Session) -> float:
    return kink_edits.value_of(session.state, Selection(0, "kink"))


def test_a_kink_is_typed_in_the_data_s_own_units() -> None:
    kink = Selection(0, "kink")
    formed = kink_edits.toggle_form(session())
    assert kink_of(after_edit(formed, UnitTable.Edited(kink, 1980.0))) == pytest.approx(0.75)
    typing = after_edit(formed, UnitTable.Typing(kink, 1980.0)).view.typing
    assert typing
    assert typing.value == pytest.approx(0.75)
    assert after_edit(formed, UnitTable.Typing(kink, None)).view.typing
    w = Selection(0, "w")
    assert after_edit(session(), UnitTable.Edited(w, 3.0)).state.parameters.w[0] == 3.0


def test_points_are_drawn_in_the_data_s_own_units() -> None:
    begun = drawing.begin(session())
    put = after_pointer(begun, ChartPanel.Pressed(Place(0.25, 0.5, None)))
    assert put.view.drawing
    ((x, y),) = put.view.drawing.points
    assert (x, y) == (1960.0, 30.0)


def test_an_answer_is_in_the_data_s_own_units() -> None:
    asked = move_marker_to(open_ask(session()), 0.5, 0.0).view.asking
    assert asked
    assert asked.marker == pytest.approx(1970.0)
    assert asked.ask.place
    assert asked.ask.place.is_right(1970.0)
