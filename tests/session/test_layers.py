"""Editing a network of several hidden layers: any weight of any layer, as those of one."""

from pathlib import Path

import numpy as np
import pytest

from relutui.model.network import Layer
from relutui.model.selection import Selection
from relutui.model.values import values_of
from relutui.session import edits
from relutui.session.session import Session
from tests.session.journals import left_behind
from tests.support.layers import open_deep


@pytest.fixture
def deep() -> Session:
    return open_deep()


def test_it_opens_on_the_first_parameter_that_is_free(deep: Session) -> None:
    assert deep.view.selection == Selection(0, "b", 1)


def test_the_columns_of_a_layer_are_its_inputs_its_bias_and_in_the_last_v(deep: Session) -> None:
    sizes = deep.state.parameters.sizes
    assert deep.view.fields_of(sizes, 1) == ("w", "b")
    assert deep.view.fields_of(sizes, 2) == ("w0", "w1", "w2", "b", "v")


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (Selection(2, "w", 1), 3.0),
        (Selection(1, "b", 1), 1.0),
        (Selection(1, "w0", 2), 4.0),
        (Selection(0, "w2", 2), 3.0),
        (Selection(0, "b", 2), -1.0),
        (Selection(1, "v", 2), 8.0),
        (Selection(2, "c", 2), 9.0),
    ],
)
def test_any_number_is_read_and_set_alone_and_undone(deep: Session, place: Selection, value: float) -> None:
    assert edits.parameter(deep.state, place) == value
    edited = edits.set_parameter(deep, place, 0.25)
    assert edits.parameter(edited.state, place) == 0.25
    assert (values_of(deep.state.parameters) != values_of(edited.state.parameters)).sum() == 1
    assert edits.undo(edited).state.parameters == deep.state.parameters


def test_what_is_set_is_what_the_prediction_is_computed_from(deep: Session) -> None:
    """At x = 1: a of the first layer is 1.5, 0, 2; with w1 = 2.5 and w2 = 1 in unit 0 its z is 1.5 + 0 + 2 - 1."""
    edited = edits.set_parameter(deep, Selection(0, "w2", 2), 1.0)
    p = edited.state.parameters
    assert p.deeper == (Layer(np.array([[1.0, 2.0, 1.0], [4.0, 5.0, 6.0]]), np.array([-1.0, 0.0])),)
    assert edited.state.network.pre_activations(p, 1.0)[:, 0].tolist() == [2.5, 18.0]
    assert edited.state.network.prediction(p, 1.0)[0] == 7 * 2.5 + 8 * 18 + 9


def test_the_keys_move_in_a_layer_and_between_layers(deep: Session) -> None:
    session = edits.select(deep, Selection(1, "b", 1))
    assert edits.move(session, "pageup").view.selection == Selection(1, "b", 1)
    second = edits.move(session, "pagedown")
    assert second.view.selection == Selection(1, "b", 2)
    assert edits.move(second, "pagedown").view.selection == Selection(1, "b", 2)
    assert edits.move(second, "left").view.selection == Selection(1, "w2", 2)
    assert edits.move(second, "down").view.selection == Selection(2, "c", 2)
    assert edits.move(edits.select(deep, Selection(2, "w", 1)), "pagedown").view.selection == Selection(1, "w0", 2)
    assert edits.move(edits.select(deep, Selection(1, "w2", 2)), "pageup").view.selection == Selection(1, "w", 1)
    assert edits.move(edits.select(deep, Selection(1, "v", 2)), "next").view.selection == Selection(2, "c", 2)


def test_nudges_and_locks(deep: Session) -> None:
    session = edits.nudge(edits.select(deep, Selection(0, "w1", 2)), 1)
    assert session.state.parameters.deeper[0].w[0].tolist() == [1.0, 2.1, 3.0]
    locked = edits.select(deep, Selection(1, "w2", 2))
    refused = edits.nudge(locked, 1)
    assert refused.state == deep.state
    assert refused.view.message
    assert refused.view.message.text == "w2 of unit 1 of layer 2 is locked; l unlocks it"
    unlocked = edits.toggle_lock(locked)
    assert not unlocked.state.locks.deeper[0].w.any()
    assert unlocked.state.locks.w.tolist() == [True, False, False]
    whole = edits.toggle_unit_lock(locked)
    assert whole.view.message
    assert whole.view.message.text == "locked unit 1 of layer 2"
    assert whole.state.locks.deeper[0].w.tolist() == [[False] * 3, [True] * 3]
    assert (whole.state.locks.deeper[0].b.tolist(), whole.state.locks.v.tolist()) == ([False, True], [False, True])
    assert not edits.toggle_unit_lock(whole).state.locks.deeper[0].w.any()


def test_a_random_start_keeps_what_is_locked_and_rewinding_leads_back(deep: Session) -> None:
    drawn = edits.next_random_start(deep)
    p = drawn.state.parameters
    assert (p.w[0], p.deeper[0].w[1, 2]) == (1.0, 6.0)
    assert p.sizes == (3, 2)
    assert not np.isin(p.deeper[0].w.ravel()[:5], [1.0, 2.0, 3.0, 4.0, 5.0]).any()
    edited = edits.set_parameter(drawn, Selection(0, "b", 2), 5.0)
    assert edits.rewind(edited).state.parameters == p
    assert edits.rewind(edits.rewind(edited)).state.parameters == deep.state.parameters


def test_what_every_lock_holds_cannot_be_trained(deep: Session) -> None:
    assert deep.state.trainable
    for layer, units in enumerate(deep.state.parameters.sizes, 1):
        for row in range(units):
            deep = edits.select(deep, Selection(row, "b", layer))
            deep = edits.toggle_unit_lock(deep)
    assert deep.state.trainable
    assert not edits.toggle_lock(edits.select(deep, Selection(2, "c", 2))).state.trainable


def test_it_comes_back_after_a_kill(deep: Session, state_folder: Path) -> None:
    session = edits.set_parameter(deep, Selection(1, "w0", 2), 0.125)
    session = edits.toggle_lock(edits.select(session, Selection(0, "b", 2)))
    recovered = left_behind(session).session
    assert recovered.state.parameters == session.state.parameters
    assert recovered.state.locks == session.state.locks
    assert edits.undo(edits.undo(recovered)).state.parameters == deep.state.parameters
