"""An output relu that is off at every point, and what switches it on."""

from dataclasses import replace

from relutui.model.network import Network
from relutui.model.selection import Selection
from relutui.scenario.reader import parse
from relutui.session import edits
from relutui.session.session import open_session
from tests.support.sessions import open_state, opener, parameters, with_network, with_values
from tests.support.standing_still import standing, tried, why


def test_an_output_relu_that_lets_nothing_through() -> None:
    session = opener("dosage-relu")
    off = with_network(session, session.state.network, replace(session.state.parameters, c=-100.0))
    unlocked = replace(off.state.locks, w=[False] * 2, b=[False] * 2, v=[False] * 2, c=False)  # type: ignore[arg-type]
    assert why(standing(off.with_state(replace(off.state, locks=unlocked)))).kind == "output off"


def test_where_c_is_locked_another_parameter_is_named_that_switches_the_output_on() -> None:
    """c = -3 and v (x + 0.5): at x = 1 the sum is above 0 for v above 3 / 1.5, or with v = 1 for b above 2."""
    session = open_state("output-off-c-locked")
    assert why(standing(session)).text.endswith("c is locked (l unlocks it); a v of unit 0 above 2 switches it on.")
    without_v = edits.toggle_lock(edits.select(session, Selection(0, "v")))
    assert why(standing(without_v)).text.endswith("a b of unit 0 above 2 switches it on.")
    without_b = edits.toggle_lock(edits.select(without_v, Selection(0, "b")))
    assert why(standing(without_b)).text.endswith("and no other free parameter switches it on alone.")
    free = edits.toggle_lock(edits.select(session, Selection(1, "c")))
    assert why(standing(free)).text.endswith("A c above -1.5 switches it on.")  # the unit adds 1.5 at x = 1
    assert "a v of unit 0 above 2 switches it on" in why(standing(with_values(session, v0=-1e17))).text
    on = edits.set_parameter(session, Selection(0, "v"), 2.01)
    assert not (on.state.network.prediction(on.state.parameters, on.dataset.x) == 0.0).all()


def test_an_output_that_is_on_at_a_point_without_an_error_is_not_off() -> None:
    """relu(x - 1) is 1 at x = 2, as its target, and 0 at x = 0, where that is -1: no gradient, but it is on at a point."""
    points = parse('title = "-"\n[target]\npoints = [[0, -1], [2, 1]]\n[init]\nunits = 1\n', "points", None)
    session = with_network(open_session(points), Network("identity", "relu"), parameters([1], [-1], [1]))
    assert session.loss == 0.5
    assert why(standing(session)).kind != "output off"


def test_an_output_that_is_off_is_the_reason_whatever_was_tried() -> None:
    session = standing(edits.toggle_lock(edits.select(open_state("output-off-c-locked"), Selection(1, "c"))))
    vain = why(tried(session, ("", "", session.loss), ("output off", "c = 1", session.loss)))
    assert vain.kind == "output off"
    assert vain.text.endswith("Tried c = 1: no lower after 4,000 steps.")
    little = why(tried(session, ("", "", session.loss), ("output off", "c = 1", 0.995 * session.loss)))
    assert little.text.endswith("Tried c = 1: hardly lower after 4,000 steps.")
