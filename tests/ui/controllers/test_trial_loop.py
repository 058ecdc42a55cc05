"""What is tried in the background where the loss stands still."""

from dataclasses import replace

import pytest

from relutui.model.training import Checkpoint, Problem
from relutui.session import edits
from relutui.session.session import Session
from relutui.study.advised_change import advised_change
from relutui.ui.controllers import trial_loop
from tests.support.fake_trainer import FakeTrainer, sample_of
from tests.support.screen import shown, until
from tests.support.sessions import open_lab, opener

BEST_OF_TWO = {"w1": 2.438, "b1": -3.556}  # with unit 0, MSE 0.0300
SAME, CHANGED = 300, 400  # steps


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer steps than in earnest, and no rest before them."""
    monkeypatch.setattr(trial_loop, "SAME_RUN_STEPS", SAME)
    monkeypatch.setattr(trial_loop, "CHANGED_STEPS", CHANGED)
    monkeypatch.setattr(trial_loop, "REST_S", 0.0)


def standing(session: Session) -> Session:
    """The session after 400 steps that left it where it is."""
    p, loss = session.state.parameters, session.loss
    history = tuple(sample_of(p, step, loss) for step in range(0, 400, 4))
    return edits.record_training(session, Checkpoint(p, session.state.checkpoint.optimizer, 400, history), run=0)


DEAD = standing(open_lab(**BEST_OF_TWO, w2=-1.0, b2=-1.0))


async def test_the_run_as_it_is_and_then_what_is_advised_are_tried() -> None:
    async with shown(DEAD) as screen:
        await until(lambda: len(screen.session.findings.trials) == 2)
        await screen.settled()
        same, moved = screen.session.findings.trials
        assert (same.reason, same.steps) == ("", SAME)
        assert same.loss == pytest.approx(0.0300, abs=5e-5)
        assert (moved.reason, moved.steps) == ("dead", CHANGED)
        assert moved.loss < 0.025
        assert screen.session.states is DEAD.states
        said = " ".join(screen.text.split())
        assert f"Tried {moved.change}: {moved.loss:.4f} instead of 0.0300 after {CHANGED} steps." in said


async def test_the_steps_of_a_trial_that_stops_early_are_those_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long its bursts are: here 7 steps each, beside one training of all the steps."""
    lab = open_lab(**BEST_OF_TWO, w2=-1.0, b2=-1.0)
    early = standing(lab.with_state(replace(lab.state, settings=replace(lab.state.settings, stop_below=0.025))))
    changed = advised_change(early, "dead", (2,))
    assert changed
    start, _ = changed
    alone = await FakeTrainer().train(start.checkpoint, start.problem(early.dataset), CHANGED)
    taken = alone.step - start.checkpoint.step
    assert 0 < taken < CHANGED
    monkeypatch.setattr(trial_loop, "BURST_STEPS", 7)
    async with shown(early) as screen:
        await until(lambda: len(screen.session.findings.trials) == 2)
        assert screen.session.findings.trials[1].steps == taken


async def test_where_nothing_moves_the_same_run_is_known_without_training() -> None:
    async with shown() as screen:
        screen.explore.session = standing(opener("lab-zero-start"))
        await until(lambda: len(screen.session.findings.trials) == 2)
        same, slope = screen.session.findings.trials
        assert same.loss == screen.session.loss
        assert slope.change == "slope 0.5 at the kink"
        assert sum(screen.trainer.asked) == CHANGED


async def test_what_is_not_stuck_is_left_alone() -> None:
    async with shown(open_lab(w1=1, b1=-1)) as screen:
        await screen.press("s")
        assert screen.session.findings.trials == ()
        assert screen.trainer.asked == [1]


async def test_a_change_by_hand_ends_a_trial() -> None:
    async with shown(DEAD) as screen:
        await screen.settled()
        screen.trainer.gate.clear()
        await screen.pilot.press("u", "U")  # back and forth: the state is the same, and so are its trials
        kept = screen.session.findings.trials
        assert len(kept) == 2
        await screen.pilot.press("+")
        screen.trainer.gate.set()
        await screen.settled()
        assert screen.session.findings.trials == kept
        assert not screen.explore.trials.busy


class Broken(FakeTrainer):
    async def train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        raise ValueError("no")


async def test_a_trainer_that_fails_is_asked_once_and_no_more() -> None:
    async with shown(DEAD, trainer=Broken()) as screen:
        await screen.settled()
        assert screen.session.findings.trials == ()
        assert "dead unit 2" in screen.text
