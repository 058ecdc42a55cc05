"""That training cannot move anything is said before it is tried."""

import pytest

from relutui.commands.command import apply
from relutui.commands.contents import by_id
from relutui.explain.default_message import default_message
from relutui.explain.standstill import standstill
from relutui.scenario.library import shipped
from relutui.scenario.reader import parse
from relutui.session.session import Session, open_session
from tests.support.sessions import open_lab, opener

STANDING = {"lab", "lab-two-units", "lab-zero-start"}  # every free unit at w = b = 0, where relu'(0) counts as 0


@pytest.mark.parametrize("name", shipped())
def test_only_where_every_free_unit_is_on_the_bend(name: str) -> None:
    assert bool(standstill(opener(name))) == (name in STANDING)


def test_it_is_said_on_opening_with_what_to_do_and_not_after_that_was_done() -> None:
    said = default_message(open_lab())
    assert "Set one by hand first (+ -), or give relu a slope at its bend (k)." in said
    assert not standstill(open_lab(w1=1, b1=-1))
    halved = apply(by_id("slope-at-kink"), open_lab())
    assert isinstance(halved, Session)
    assert not standstill(halved)


def test_where_all_is_locked() -> None:
    unit = '[[unit]]\nw = 1\nb = 0\nv = 1\nlock = ["w", "b", "v"]\n'
    head = 'title = "t"\n[target]\npoints = [[0, 1], [1, 3]]\n[network]\nlock_output_bias = true\n'
    session = open_session(parse(head + unit, "locked", None))
    assert default_message(session) == (
        "Training (s, space) has nothing to move: every number is locked. l unlocks the selected one."
    )
