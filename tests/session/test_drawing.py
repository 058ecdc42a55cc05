"""A target that is drawn: the cursor on its grid, the points, and the scenario that they become."""

from dataclasses import replace

import pytest

from relutui.commands.modes import DRAWING_COMMANDS
from relutui.readout.fit import read_fit
from relutui.readout.status import read_message
from relutui.scenario.reader import parse
from relutui.scenario.writer import to_toml
from relutui.session import drawing, edits, hold
from relutui.session.journal_entries import entry_of, session_of
from relutui.session.session import Session, as_scenario
from tests.support.sessions import open_lab, opener, said

KEYS = {key: command for command in DRAWING_COMMANDS for key in command.keys}


def drawn(session: Session, *keys: str) -> Session:
    """The session after T and then keys; the lab's cursor starts at (1.5, 2), with steps of 0.05 and 0.5."""
    session = drawing.begin(session)
    for key in keys:
        done = KEYS[key].run(session)
        assert isinstance(done, Session)
        session = done
    return session


def points(session: Session) -> list[tuple[float, float]]:
    assert session.view.drawing
    return list(session.view.drawing.points)


THREE = ("<", "<", "<", "space", ">", ">", "pageup", "space", ">", "pagedown", "up", "up", "enter")
PLACES = [(0.0, 2.0), (1.0, 7.0), (1.5, 3.0)]


def test_points_are_put_on_a_grid_of_round_numbers() -> None:
    session = drawn(open_lab(), *THREE)
    assert points(session) == PLACES
    assert read_message(session).text == "x 1.5, y 3, on a point   3 points"
    assert session.view.probe == 1.5


def test_the_cursor_stays_in_the_domain_and_the_chart_grows_with_it() -> None:
    session = drawn(open_lab(), ">", ">", ">", ">", ">", "right", "pageup", "pageup")
    cursor = read_fit(session).cursor
    assert cursor is not None
    assert (cursor.x.tolist(), cursor.y.tolist()) == ([3.0], [12.0])
    low, high = session.view.y_limits
    assert low < 0.0 < 12.0 < high


def test_there_is_one_point_at_an_x() -> None:
    assert points(drawn(open_lab(), "space", "up", "space")) == [(1.5, 2.5)]
    assert "a point is at y = 2.5" in read_message(drawn(open_lab(), "space", "up", "space", "up")).text


def test_the_last_point_is_taken_back_and_the_one_here_removed() -> None:
    back = drawn(open_lab(), *THREE, "left", "left", "backspace")
    assert points(back) == PLACES[:2]
    assert back.view.probe == 1.5
    assert points(drawn(open_lab(), *THREE, "<", "delete")) == [PLACES[0], PLACES[2]]
    assert "no point" in said(drawn(open_lab(), "delete"))
    assert "no point" in said(drawn(open_lab(), "backspace"))


def test_esc_leaves_all_as_it_was() -> None:
    before = open_lab(w1=1).with_view(name="loss", probe=0.7)
    left = drawn(before, *THREE, "escape")
    assert replace(left.view, message=before.view.message) == before.view
    assert left.document is before.document


def test_fewer_than_two_points_make_no_target() -> None:
    session = drawn(open_lab(), "space", "T")
    assert session.view.drawing
    assert "at least 2 points" in said(session)


def test_the_joined_points_are_the_target_of_a_new_scenario_with_the_present_network() -> None:
    before = open_lab(w1=1, b1=-1)
    session = drawn(before, *THREE, "T")
    assert session.state.parameters == before.state.parameters
    assert session.state.locks == before.state.locks
    assert session.scenario.target.knots == tuple(PLACES)
    assert session.domain == (0.0, 1.5)
    data = session.dataset
    assert data.y[0] == 2.0
    assert data.y[-1] == 3.0
    assert data.y.max() == pytest.approx(7.0, abs=0.1)  # near the knot at x = 1
    assert session.unsaved
    assert said(session) == "lab is kept: o\nDrawn: 3 points, joined. w writes it as a scenario."
    assert [kept.scenario.name for kept in session.kept] == ["lab"]


def test_the_points_alone_keep_the_domain() -> None:
    session = drawn(open_lab(), *THREE, "p")
    assert session.scenario.target.points == tuple(PLACES)
    assert list(zip(session.dataset.x.tolist(), session.dataset.y.tolist())) == PLACES
    assert session.domain == (0.0, 3.0)
    assert session.kept == ()  # the lab was as it is shipped


@pytest.mark.parametrize("end", ["T", "p"])
def test_it_is_written_and_read_back(end: str) -> None:
    session = drawn(opener("parabola"), "left", "space", ">", "up", "space", end)
    assert session.unsaved
    there = parse(to_toml(as_scenario(session, "drawn")), "drawn", None)
    assert there.target == session.scenario.target
    assert there.start == session.state.parameters


def test_it_is_recovered_as_unwritten() -> None:
    session = drawn(open_lab(), *THREE, "T")
    there = session_of(entry_of(session))
    assert there.unsaved
    assert there.scenario.target == session.scenario.target


def test_the_chart_in_hand_is_let_go_first() -> None:
    held = hold.move_kink(hold.take(edits.select(open_lab(w1=1), open_lab().view.selection)), 1)
    session = drawn(held, "escape")
    assert session.view.hold is None
    assert session.state is held.state
