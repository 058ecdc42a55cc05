"""What training did to the kink of a unit, as far as it is known."""

from array import array
from dataclasses import replace

import numpy as np
import pytest

from relutui.explain.why_unit import why_unit
from relutui.model.selection import Selection
from relutui.model.training import Sample
from relutui.scenario.reader import parse
from relutui.session import edits
from relutui.session.session import Session, open_session
from relutui.session.unit_edits import add_unit, remove_unit
from tests.support.fake_trainer import sample_of
from tests.support.sessions import open_lab, parameters, with_parameters

SOLVED = {"w1": 1.0, "b1": -1.0, "w2": 2.0, "b2": -4.0}


def with_kinks(step: int, kinks: tuple[float, ...]) -> Sample:
    """A sample of units with these kinks, nan being none; without any, of other units."""
    if not kinks:
        return Sample(step, 1.0, array("f"))
    at = np.array(kinks)
    return sample_of(parameters(~np.isnan(at), np.nan_to_num(-at), np.ones(len(at))), step)


def trained(session: Session, steps: int, began: tuple[float, ...]) -> Session:
    """The session as if so many steps had led from those kinks to its present parameters."""
    checkpoint = replace(session.state.checkpoint, step=steps, history=(with_kinks(0, began),))
    return session.with_state(replace(session.state, checkpoint=checkpoint, edits=0))


def test_what_training_did_to_the_kink() -> None:
    session = trained(open_lab(**SOLVED), 300, (1.0, 0.31, np.nan))
    assert "Its kink began at x = 0.31; 300 steps of training moved it to 1." in why_unit(session, 1)
    assert "Its kink" not in why_unit(session, 0)
    assert "Its kink" not in why_unit(session, 2)
    edited = session.with_state(replace(session.state, edits=2))
    assert "Its kink began at x = 0.31; 300 steps later it is at 1." in why_unit(edited, 1)


@pytest.mark.parametrize("points", ["[[-3e-9, 0], [3e-9, 1e-9]]", "[[1.7e12, 0], [1.70000006e12, 1]]"])
def test_the_rounding_of_a_sample_is_no_move(points: str) -> None:
    """Its numbers are float32: a kink has seven digits there, which may be more than the whole domain."""
    session = open_session(parse(f"title = 'data'\n[target]\npoints = {points}\n[init]\nunits = 3", "data", None))
    middle = sum(session.domain) / 2
    still = with_parameters(session, parameters([0.3, 0.7, -1.1], [-0.1, 0.2, 1.1 * middle], [1, 1, 1]))
    checkpoint = replace(still.state.checkpoint, step=100, history=(sample_of(still.state.parameters),))
    trained = still.with_state(replace(still.state, checkpoint=checkpoint))
    assert not any("Its kink" in why_unit(trained, unit) for unit in range(3))


def test_edits_made_before_training_are_not_said_to_have_moved_the_kink() -> None:
    """The edit placed the kink at 0.31; the first sample is later than that."""
    placed = open_lab(w1=1, b1=-0.31)
    checkpoint = replace(placed.state.checkpoint, history=(with_kinks(0, (1.0, 0.31, np.nan)),), step=200)
    moved = replace(checkpoint, parameters=parameters([-2, 1, 0], [2, -1, 0], [1, 1, 1]))
    assert "edits" not in why_unit(placed.with_state(replace(placed.state, checkpoint=moved)), 1)


def test_the_kinks_of_other_units_are_no_history() -> None:
    """Without unit 0 and with one more there are three units again, but unit 0 is now what was unit 1."""
    session = trained(open_lab(**SOLVED), 300, (2.5, 0.31, 0.31))
    changed = add_unit(remove_unit(edits.select(session, Selection(0, "w"))))
    assert "Its kink began" in why_unit(session, 0)
    assert not any("Its kink" in why_unit(changed, unit) for unit in range(3))


def test_the_history_of_a_kink_begins_with_the_present_units() -> None:
    checkpoint = open_lab(**SOLVED).state.checkpoint
    samples = (with_kinks(0, ()), with_kinks(100, (1.0, 0.31, 2.0)))
    session = trained(open_lab(**SOLVED), 300, ())
    session = session.with_state(replace(session.state, checkpoint=replace(checkpoint, step=300, history=samples)))
    assert "Its kink was at x = 0.31; 200 steps of training moved it to 1." in why_unit(session, 1)
