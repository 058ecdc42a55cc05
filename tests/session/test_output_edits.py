"""b: the best v and c as one edit, with a sentence on what changed."""

from dataclasses import replace

import numpy as np
import pytest

from relutui.commands.command import Solve, apply
from relutui.commands.contents import by_id
from relutui.model.network import Network
from relutui.model.training import Locks
from relutui.scenario.reader import parse
from relutui.session import edits
from relutui.session.output_edits import apply_output_fit, output_fit
from relutui.session.session import Session, open_session
from tests.support.sessions import opener, parameters, said, with_network

# With the solution's w and b but every v at 3 and c at -1, the lab's points are as (2 - 2x)+ + (x - 1)+ + (2x - 4)+ says.
HALF_WAY = with_network(opener("lab-free"), Network(), parameters([-2, 1, 2], [2, -1, -4], [3, 3, 3], -1))


def solved(session: Session) -> Session:
    assert apply(by_id("solve"), session) == Solve()
    return apply_output_fit(session, output_fit(session))


def test_the_exact_v_and_c_are_found_as_one_edit() -> None:
    session = solved(HALF_WAY)
    p = session.state.parameters
    assert p.v == pytest.approx([1, 1, 1], rel=1e-9)
    assert p.c == pytest.approx(0, abs=1e-9)
    assert (p.w.tolist(), p.b.tolist()) == ([-2, 1, 2], [2, -1, -4])
    assert said(session).startswith(f"v and c solved for: MSE {HALF_WAY.loss:.4f} → ")
    assert said(session).endswith(", the lowest with these w and b")
    assert session.state.edits == HALF_WAY.state.edits + 1
    back = edits.undo(session)
    assert back.state is HALF_WAY.state
    assert said(back) == "undone: best v and c"


def test_the_optimizer_begins_afresh_at_the_same_step() -> None:
    checkpoint = replace(HALF_WAY.state.checkpoint, step=7)
    session = solved(HALF_WAY.with_state(replace(HALF_WAY.state, checkpoint=checkpoint)))
    assert session.state.checkpoint.step == 7
    assert session.state.checkpoint.optimizer.steps == 0
    assert session.state.marks[-1].change == "best v and c"


def test_what_is_locked_stays_and_is_said() -> None:
    nothing = np.zeros(3, np.bool_)
    locks = Locks(nothing, nothing, np.array([True, False, False]), False)
    session = solved(HALF_WAY.with_state(replace(HALF_WAY.state, locks=locks)))
    assert session.state.parameters.v[0] == 3
    assert said(session).endswith(", the lowest with these w and b and the 1 locked of v and c")
    assert 0 < session.loss < HALF_WAY.loss


def test_at_the_best_nothing_is_edited() -> None:
    session = solved(HALF_WAY)
    again = solved(session)
    assert again.state is session.state
    assert said(again).startswith("v and c are the best with these w and b already: MSE ")


def test_what_the_points_leave_open_is_said() -> None:
    dead = with_network(opener("lab-free"), Network(), parameters([-2, 1, 1], [2, -1, -50], [3, 3, 3], -1))
    session = solved(dead)
    assert session.state.parameters.v[2] == 3
    assert said(session).endswith("; 1 of the 4 could have any value at these points, and moved least")


def test_a_v_beyond_every_limit_is_refused() -> None:
    """A unit with w = 1e-38 would need a v of 1e38, which no scenario holds."""
    tiny = with_network(opener("lab-free"), Network(), parameters([1e-38], [0], [0]))
    session = solved(tiny)
    assert session.state is tiny.state
    assert said(session) == "the best v of unit 0 would be larger than 1e+30, so nothing is changed"


def test_it_says_why_not() -> None:
    output = with_network(HALF_WAY, Network("relu", "relu"), HALF_WAY.state.parameters)
    refused = apply(by_id("solve"), output)
    assert isinstance(refused, Session)
    assert said(refused) == "least squares needs the output identity, and this is relu; F changes it"


def test_a_constant_0_that_is_met_but_for_rounding_is_met() -> None:
    """The unit adds 1e-30 at the one point, so the loss of 1e-60 is no reason to edit."""
    one = """title = "a"\nsummary = "b"\n[target]\npoints = [[1, 0]]
    [network]\n[[unit]]\nw = 1e-30\nb = 0\nv = 1"""
    session = open_session(parse(one, "one", None))
    assert said(solved(session)).startswith("v and c are the best with these w and b already: MSE 1.0e-60")
