"""At 80x24 the chart of another view than Fit has the rows it needs, and the table shows the selected row alone."""

import pytest

from relutui.model.selection import Selection
from relutui.scenario.scenario import VIEWS, View
from relutui.session import edits
from relutui.session.session import Session
from relutui.session.view_state import Tab
from relutui.ui.screens.layout import RowsNeeded, arrangement
from relutui.ui.widgets.unit_rows import Rows
from tests.support.screen import shown
from tests.support.sessions import open_lab, opener

HALF = opener("lab-half")


def small(session: Session, view: View, tab: Tab = "units") -> Session:
    return session.with_view(name=view, tab=tab, layout="small")


def chart_rows(session: Session, needed: RowsNeeded, height: int) -> int:
    """The rows that are left for the chart with its border."""
    places = arrangement(session, needed, 80, height).values()
    return height - sum(place.height for place in places if place.shown and isinstance(place.height, int))


@pytest.mark.parametrize("view", VIEWS)
def test_beside_a_message_of_three_rows_the_chart_has_seventeen(view: View) -> None:
    """24 less the first line, the last one, the message and two rows of the table."""
    rows = chart_rows(small(HALF, view), RowsNeeded(3), 24)
    assert rows == (17 if view != "fit" else 11)


def test_the_hint_under_a_long_message_gives_way_and_under_a_short_one_does_not() -> None:
    units = small(HALF, "units")
    assert chart_rows(units, RowsNeeded(4, hint=1), 24) == 17
    assert chart_rows(units, RowsNeeded(3, hint=1), 24) == 17
    assert chart_rows(units, RowsNeeded(4), 24) == 16


def test_another_tab_and_a_higher_terminal_have_their_rows() -> None:
    for session, height in ((small(HALF, "units", "strips"), 24), (small(HALF, "units"), 29)):
        assert not any(place.bare for place in arrangement(session, RowsNeeded(2), 80, height).values())


@pytest.mark.parametrize("row", [0, 1, 2, 3])
def test_the_row_under_the_head_is_the_selected_one(row: int) -> None:
    rows = Rows.of(3, 2, 0, row)
    assert [rows.row_at(y) for y in (0, 1)] == [None, row]


async def test_the_selected_row_is_seen_moved_and_typed_into() -> None:
    async with shown(edits.select(open_lab(), Selection(1, "w")), (80, 24)) as screen:

        def table() -> list[str]:
            return screen.part("#table").splitlines()

        await screen.press("v", "2")
        assert len(table()) == 2
        assert table()[0].split()[:3] == ["#", "w", "b"]
        assert table()[1].startswith(" 1 [2 ")
        await screen.press("enter")
        assert screen.session.state.parameters.w[1] == 2.0
        await screen.press("down")
        assert table()[1].startswith(" 2 [")
        await screen.press("end")
        assert table()[1].split()[0] == "c"
        await screen.press("V")
        assert len(table()) > 5
