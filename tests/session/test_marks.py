"""The changes by hand in the course of training: where they stand on the loss curve."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from relutui.model.selection import Selection
from relutui.model.training import HISTORY_LIMIT
from relutui.session import edits, settings_edits, unit_edits
from relutui.session.session import MAX_MARKS, Session
from relutui.session.state import Mark
from tests.support.fake_trainer import FakeTrainer
from tests.support.sessions import open_lab, with_values


@pytest.fixture
def lab() -> Session:
    return trained(open_lab(w1=1.0, b1=-1.0, w2=1.0, b2=-2.0), 10)


def trained(session: Session, steps: int, run: int = 0) -> Session:
    checkpoint = asyncio.run(FakeTrainer().train(session.state.checkpoint, session.state.problem(session.dataset), steps))
    return edits.record_training(session, checkpoint, run)


def test_nothing_is_marked_before_training() -> None:
    session = settings_edits.next_optimizer(with_values(open_lab(), w1=1.0))
    assert session.state.marks == ()


def test_training_is_no_mark(lab: Session) -> None:
    assert trained(trained(lab, 5, run=1), 5, run=2).state.marks == ()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda s: edits.set_parameter(s, Selection(1, "w"), 0.5), "w of unit 1"),
        (lambda s: edits.toggle_lock(edits.select(s, Selection(1, "w"))), "locked w of unit 1"),
        (lambda s: edits.toggle_unit_lock(edits.select(s, Selection(0, "w"))), "unlocked unit 0"),
        (lambda s: settings_edits.scale_learning_rate(s, 2.0), "learning rate 0.1"),
        (settings_edits.next_optimizer, "optimizer momentum"),
        (settings_edits.next_momentum, "momentum 0.99"),
        (settings_edits.next_loss, "loss SSE"),
        (settings_edits.next_slope_at_kink, "slope at the kink 0.5"),
        (settings_edits.next_activation, "activation leaky_relu"),
        (settings_edits.next_output_activation, "output activation relu"),
        (unit_edits.add_unit, "add unit 3"),
        (unit_edits.remove_unit, "remove unit 1"),
    ],
)
def test_every_change_is_marked_at_its_step(lab: Session, change: Callable[[Session], Session], name: str) -> None:
    changed = change(lab)
    assert changed.state.marks == (Mark(10, name),)
    assert trained(changed, 5).state.marks == changed.state.marks
    assert edits.undo(changed).state.marks == ()


def test_what_is_one_entry_of_the_history_is_one_mark(lab: Session) -> None:
    nudged = edits.nudge(edits.nudge(edits.select(lab, Selection(1, "w")), 1), 1)
    assert nudged.state.marks == (Mark(10, "w of unit 1"),)
    halved = settings_edits.scale_learning_rate(settings_edits.scale_learning_rate(nudged, 0.5), 0.5)
    assert halved.state.marks == (Mark(10, "w of unit 1"), Mark(10, "learning rate 0.0125"))
    later = settings_edits.scale_learning_rate(trained(halved, 5), 0.5)
    assert later.state.marks == (*halved.state.marks, Mark(15, "learning rate 0.00625"))


def test_undo_rewinds_curve_and_marks(lab: Session) -> None:
    changed = settings_edits.next_optimizer(lab)
    later = settings_edits.next_loss(trained(changed, 5, run=1))
    steps = [len(session.state.checkpoint.history) for session in (later, lab)]
    assert steps == [15, 10]
    back = edits.undo(edits.undo(later))
    assert (back.state.marks, len(back.state.checkpoint.history)) == (changed.state.marks, 10)
    assert edits.undo(back).state == lab.state
    again = edits.redo(edits.redo(back))
    assert again.state == later.state


@pytest.mark.parametrize("start", [edits.rewind, edits.next_random_start])
def test_a_start_has_none(lab: Session, start: Callable[[Session], Session]) -> None:
    assert start(settings_edits.next_optimizer(lab)).state.marks == ()


def test_marks_outlive_the_samples_around_them(lab: Session) -> None:
    """The history is thinned to every second step, and the one of the mark is odd."""
    session = settings_edits.next_optimizer(trained(lab, 1))
    history = session.state.checkpoint.history
    long = tuple(history[0]._replace(step=step) for step in range(HISTORY_LIMIT))
    session = trained(session.with_state(replace(session.state, checkpoint=replace(session.state.checkpoint, history=long))), 1)
    assert len(session.state.checkpoint.history) == HISTORY_LIMIT // 2
    assert session.state.marks[0] == Mark(11, "optimizer momentum")


def test_only_the_newest_are_kept(lab: Session) -> None:
    for value in range(MAX_MARKS + 10):
        lab = edits.set_parameter(lab, Selection(1, "w"), float(value))
    assert len(lab.state.marks) == MAX_MARKS


def test_marks_alone_are_nothing_to_save(lab: Session) -> None:
    written = lab.with_document(saved=lab.state)
    there_and_back = settings_edits.scale_learning_rate(settings_edits.scale_learning_rate(written, 2.0), 0.5)
    assert there_and_back.state.marks
    assert not there_and_back.unsaved
