"""Whatever is edited, trained, undone, saved, opened and cut off, in any order: nothing is lost, and every number is one."""

import asyncio
import math
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from relutui.commands.command import apply
from relutui.commands.contents import by_id
from relutui.lib import files
from relutui.model.selection import FIELDS, Selection
from relutui.model.trainer import Diverged
from relutui.scenario.library import load
from relutui.scenario.writer import to_toml
from relutui.session import edits
from relutui.session.journal import Journal, find_recoverable
from relutui.session.session import Session, as_scenario, open_session
from tests.support.fake_trainer import FakeTrainer
from tests.support.sessions import opener, without_trail

EDITS = (
    *("nudge-up", "nudge-down", "nudge-up-10", "nudge-down-10", "lock", "lock-unit", "add", "remove", "rewind", "random"),
    *(
        "halve",
        "double",
        "optimizer",
        "momentum",
        "weight-decay",
        "loss",
        "activation",
        "output",
        "slope-at-kink",
        "handle",
        "down",
        "right",
    ),
)
NUMBERS = st.floats(-1e30, 1e30) | st.floats(-3.0, 3.0) | st.integers(-3, 3).map(float)


class AnySession(RuleBasedStateMachine):
    """A session, its file and its journal, beside what has to be in them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.outside = pytest.MonkeyPatch()
        self.outside.setenv("XDG_STATE_HOME", str(self.folder / "state"))
        self.session, self.journal = opener("lab-half"), Journal()
        self.trainer, self.runs, self.files = FakeTrainer(), 0, 0
        self.kept: Session | None = None  # what the journal has, if anything

    @rule(name=st.sampled_from(EDITS))
    def edit(self, name: str) -> None:
        done = apply(by_id(name), self.session)
        assert isinstance(done, Session)
        self.session = done

    @rule(row=st.integers(0, 3), field=st.sampled_from(FIELDS), value=NUMBERS)
    def type_a_number(self, row: int, field: str, value: float) -> None:
        units = self.session.state.parameters.units
        selection = Selection(row, field) if row < units else Selection(units, "c")
        self.session = edits.set_parameter(self.session, selection, value)

    @rule(steps=st.integers(1, 30), rate=st.sampled_from([None, 1e-3, 1.0, 1e6]))
    def train(self, steps: int, rate: float | None) -> None:
        before, self.runs = self.session, self.runs + 1
        if rate:
            how = replace(before.state.settings, learning_rate=rate)
            before = before.with_state(replace(before.state, settings=how))
        try:
            there = asyncio.run(self.trainer.train(before.state.checkpoint, before.state.problem(before.dataset), steps))
            self.session = edits.record_training(before, there, self.runs)
        except Diverged as error:
            self.session = edits.record_divergence(before, error, self.runs)
        if self.session.state.checkpoint.step != before.state.checkpoint.step:
            assert edits.undo(self.session).state is before.state

    @precondition(lambda self: self.session.states.past)
    @rule()
    def undo(self) -> None:
        back = edits.undo(self.session)
        again = edits.redo(back)
        assert again.state is self.session.state
        assert edits.undo(again).state is back.state
        self.session = back

    @rule()
    def undo_all_and_redo_all(self) -> None:
        session, entries = self.session, len(self.session.states.past)
        for step in [edits.undo] * entries + [edits.redo] * entries:
            session = step(session)
        assert session.state is self.session.state
        assert session.states.past == self.session.states.past

    @precondition(lambda self: self.session.states.future)
    @rule()
    def redo(self) -> None:
        self.session = edits.redo(self.session)

    @rule(opened=st.booleans())
    def save(self, opened: bool) -> None:
        self.files += 1
        path, state = self.folder / f"{self.files}.toml", self.session.state
        files.create_atomically(path, to_toml(as_scenario(self.session, path.stem)))
        found = load(path)
        assert (found.start, found.locks, found.settings) == (state.parameters, state.locks, state.settings)
        assert (found.network, found.dataset.y.tolist()) == (state.network, self.session.dataset.y.tolist())
        self.session = open_session(found) if opened else self.session.with_document(saved=state)

    @rule()
    def keep(self) -> None:
        self.journal.keep(self.session)
        self.kept = self.session if self.session.unsaved else None

    @rule()
    def kill(self) -> None:
        """What was kept comes back, unless there was nothing to lose; and once only."""
        self._cut_off()
        found = find_recoverable()
        if self.kept is None:
            assert found == []
            self.session = opener("lab-half")
        else:
            (orphan,) = found
            now, then = orphan.session.states, self.kept.states
            assert now.present == without_trail(then.present)
            assert len(now.past) == len(then.past) or len(now.past) > 10
            for here, there in zip(reversed(now.past), reversed(then.past), strict=False):
                assert here == without_trail(there)
            for here, there in zip(now.future, then.future, strict=False):
                assert here == without_trail(there)
            assert orphan.session.unsaved
            self.session = orphan.session
            orphan.remove()
        assert find_recoverable() == []
        self.journal, self.kept = Journal(), None

    @invariant()
    def every_number_is_one(self) -> None:
        session, memory = self.session, self.session.state.checkpoint.optimizer
        assert session.state.parameters.finite
        assert memory.first.finite
        assert memory.second.finite
        assert math.isfinite(session.loss)
        assert math.isfinite(session.document.best.loss)
        assert all(map(math.isfinite, session.view.y_limits))

    def _cut_off(self) -> None:
        """What the system does when a process ends."""
        if self.journal._lock is not None:
            os.close(self.journal._lock)

    def teardown(self) -> None:
        self._cut_off()
        self.outside.undo()
        shutil.rmtree(self.folder)


def test_nothing_is_lost_whatever_is_done(times: Callable[[int, int], int]) -> None:
    run_state_machine_as_test(AnySession, settings=settings(max_examples=times(25, 3000), stateful_step_count=30))
