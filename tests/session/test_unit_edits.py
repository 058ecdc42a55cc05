from array import array
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from relutui.model.network import Parameters
from relutui.model.selection import Selection
from relutui.model.training import Locks, Sample
from relutui.scenario.reader import parse
from relutui.session import edits, probe_edits, unit_edits
from relutui.session.session import Session, open_session
from relutui.session.unit_edits import Addition, with_unit, without_unit
from tests.support.fake_trainer import sample_of
from tests.support.sessions import open_lab, opener, parameters, said, with_values
from tests.support.starts import random_start

LAB = open_lab()
SOLVED = open_lab(w1=1, b1=-1, w2=2, b2=-4)


def locks(w: ArrayLike, b: ArrayLike, v: ArrayLike, c: bool = False) -> Locks:
    return Locks(np.asarray(w, np.bool_), np.asarray(b, np.bool_), np.asarray(v, np.bool_), c)


def test_a_unit_is_removed_with_its_locks() -> None:
    rest, left = without_unit(parameters([1, 2, 3], [4, 5, 6], [7, 8, 9], 10), locks([1, 0, 0], [0, 1, 0], [1, 1, 0], True), 1)
    assert rest == parameters([1, 3], [4, 6], [7, 9], 10)
    assert left == locks([1, 0], [0, 0], [1, 0], True)


@given(st.integers(0, 2**32))
def test_a_unit_that_was_added_can_be_removed_again(seed: int) -> None:
    drawn = np.random.default_rng(seed)
    (w, b, v), masks = drawn.normal(size=(3, 2)), drawn.random((3, 2)) < 0.5
    p, some = Parameters(w, b, v, 0.5), locks(*masks)
    grown, free = with_unit(p, some, Addition(0.5, -1.0, 2.0))
    assert [grown.w[2], grown.b[2], grown.v[2]] == [-1, 0.5, 2]
    assert [free.w[2], free.b[2], free.v[2]] == [False] * 3
    assert without_unit(grown, free, 2) == (p, some)


def test_an_added_unit_bends_at_the_probe_and_changes_nothing_yet() -> None:
    session = unit_edits.add_unit(probe_edits.move_probe(LAB, 2.5))
    p = session.state.parameters
    assert (p.w[3], p.b[3], p.v[3]) == (1, -2.5, 0)
    assert session.loss == LAB.loss
    assert session.view.selection == Selection(3, "v")


def test_removing_a_unit_leaves_the_others() -> None:
    session = unit_edits.remove_unit(edits.select(LAB, Selection(0, "b")))
    assert session.state.parameters.w.tolist() == [0, 0]
    assert session.state.locks.w.tolist() == [False, False]
    assert session.view.selection == Selection(0, "b")
    assert edits.undo(session).state == LAB.state


def test_other_units_keep_the_losses_and_drop_the_kinks_of_the_units_before() -> None:
    checkpoint = replace(
        LAB.state.checkpoint, step=2, history=(sample_of(LAB.state.parameters, 0, 2.0), sample_of(LAB.state.parameters, 1, 1.0))
    )
    session = LAB.with_state(replace(LAB.state, checkpoint=checkpoint))
    for changed in (unit_edits.add_unit(session), unit_edits.remove_unit(session)):
        assert changed.state.checkpoint.history == (Sample(0, 2.0, array("f")), Sample(1, 1.0, array("f")))
    assert edits.undo(unit_edits.add_unit(session)).state.checkpoint.history == checkpoint.history


def run_of(session: Session, steps: int) -> Session:
    """The session so many steps on, with samples."""
    checkpoint = replace(session.state.checkpoint, step=steps, history=(sample_of(session.state.parameters),))
    return session.with_state(replace(session.state, checkpoint=checkpoint))


def test_the_chosen_network_is_one_change_that_can_be_undone() -> None:
    session = run_of(edits.select(SOLVED, Selection(2, "b")), 40)
    p, left = without_unit(parameters([-2, 3, 2], [2, 4, -4], [1, 5, 1]), session.state.locks, 2)
    taken = unit_edits.apply_refit(session, p, left, 2)
    assert taken.state.parameters == p
    assert taken.state.locks == left
    assert taken.state.checkpoint.step == 40
    assert [taken.state.checkpoint.parameters_at(sample) for sample in taken.state.checkpoint.history] == [None]
    assert taken.state.marks[-1].change == "one unit fewer"
    assert taken.view.selection == Selection(1, "b")
    assert said(taken) == "one unit fewer: unit 2 removed; u goes back"
    assert edits.undo(taken).state == session.state
    assert len(taken.states.past) == len(session.states.past) + 1


def test_the_unit_that_was_added_is_selected() -> None:
    session = edits.select(SOLVED, Selection(3, "c"))
    taken = unit_edits.apply_refit(session, *with_unit(session.state.parameters, session.state.locks, Addition(1, 1, 0)), 3)
    assert taken.state.change == "one unit more"
    assert taken.view.selection == Selection(3, "w")
    assert said(taken) == "one unit more: unit 3 added; u goes back"


def test_rewind_after_it_leads_to_a_start_with_as_many_units_as_locks() -> None:
    """From a start that was opened among many, which has its own way back."""
    began = replace(SOLVED.state, origin=SOLVED.state.parameters, seed=3)
    session = edits.select(SOLVED.with_state(began), Selection(2, "w"))
    fewer = without_unit(began.parameters, began.locks, 2)
    for changed in (unit_edits.remove_unit(session), unit_edits.apply_refit(session, *fewer, 2)):
        back = edits.rewind(changed)
        assert len(back.state.locks.w) == back.state.parameters.units == 3
        assert back.state.parameters == random_start(session.scenario.start, session.scenario.locks, 1.0, 3)


def test_rewind_after_it_leads_to_the_start_that_the_seed_alone_gives() -> None:
    """A number that was locked as the start was drawn stays for as long as its lock does."""
    w0 = Selection(0, "w")
    drawn = edits.next_random_start(edits.toggle_lock(edits.select(with_values(opener("lab-free"), w0=1.25), w0)))
    changed = unit_edits.remove_unit(edits.select(unit_edits.add_unit(drawn), Selection(3, "w")))
    rewound = edits.rewind(with_values(changed, b0=3))
    assert rewound.state.parameters.w[0] == 1.25
    assert said(rewound) == "back at random start 36 (what is locked stays); r again: the scenario's own start"
    back = edits.rewind(edits.toggle_lock(edits.select(rewound, w0)))
    w, b, v = np.random.default_rng(36).normal(size=(3, 3)).T
    assert back.state.parameters == parameters(w, b, v)
    assert said(back) == "back at random start 36; r again: the scenario's own start"


def test_a_unit_that_was_removed_leaves_no_chart_that_is_mostly_empty() -> None:
    far = open_lab(w1=4, b1=0)  # 12 at x = 3
    low, high = unit_edits.remove_unit(far.with_view(selection=Selection(1, "w"))).view.y_limits
    assert high - low < 5


def test_the_place_of_an_added_unit_is_told_to_a_thousandth_of_the_domain() -> None:
    """Two years have 2,013.3 and 2,014.7 in them, which are not 2,013 and 2,015."""
    years = open_session(parse('title = "-"\n[target]\npoints = [[2013, 0], [2015, 1]]\n[init]\nunits = 1\n', "years", None))
    added = unit_edits.add_unit(probe_edits.move_probe(years, 2014.7))
    assert said(added) == "unit 1 added: its kink is at the probe, x = 2014.7; with v = 0 it adds nothing yet"
