from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

import pytest
from syrupy.assertion import SnapshotAssertion

from relutui.model.batch import Batch
from relutui.model.network import Network
from relutui.model.selection import Selection
from relutui.model.training import Problem, TrainingSettings
from relutui.scenario.reader import parse
from relutui.session import edits
from relutui.session.findings import BestFound
from relutui.session.session import Session, open_session
from relutui.study import sweep
from relutui.ui.screens import refitting
from relutui.ui.screens.refitting import RefittingScreen
from tests.support.fake_trainer import FakeTrainer
from tests.support.screen import Screen, shown, until
from tests.support.sessions import open_lab, opener, said

SOLVED = edits.select(open_lab(w1=1, b1=-1, w2=2, b2=-4), Selection(2, "w"))
FAST = SOLVED.with_state(replace(SOLVED.state, settings=TrainingSettings("momentum", 0.2)))
HALF = open_lab(w1=1, b1=-1)
SIZES = [(80, 24), (120, 36)]
STEPS = 120


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer starts and steps than in earnest."""
    monkeypatch.setattr(refitting, "RefittingScreen", partial(RefittingScreen, starts=5, steps=STEPS))


@asynccontextmanager
async def refit(
    session: Session, key: str = "X", size: tuple[int, int] = (80, 24), trainer: FakeTrainer | None = None
) -> AsyncIterator[Screen]:
    """The screen that X or A opens, trained to its first goal."""
    async with shown(session, size, trainer) as screen:
        await screen.press(key)
        await at_rest(screen)
        yield screen


async def at_rest(screen: Screen) -> None:
    await until(lambda: "esc Back" in screen.text)


async def test_one_fewer(screen_snapshot: SnapshotAssertion) -> None:
    async with refit(FAST, "X", SIZES[0]) as screen:
        seen = await screen.at_each(SIZES, "#refitting")
        assert seen.count("MSE 0.0300") >= len(SIZES)
        assert seen == screen_snapshot


async def test_one_more(screen_snapshot: SnapshotAssertion) -> None:
    async with refit(HALF, "A", SIZES[0]) as screen:
        await screen.press("right")
        assert await screen.at_each(SIZES, "#refitting") == screen_snapshot


async def test_the_keys_mark_one_of_four() -> None:
    async with refit(HALF) as screen:
        for key, title in [
            ("right", "without unit 1"),
            ("tab", "the others refitted"),
            ("right", "from 5 random starts (seeds 0-4)"),
            ("right", "before"),
            ("up", "before"),
            ("down", "the others refitted"),
        ]:
            await screen.press(key)
            assert f"▸{title}" in screen.text


async def test_enter_takes_the_marked_one_as_one_change() -> None:
    async with refit(FAST) as screen:
        await screen.press("down", "enter")
        assert screen.app.screen is screen.explore
        state = screen.session.state
        assert state.parameters.units == 2
        assert screen.session.loss == pytest.approx(0.0300, abs=5e-5)  # subject.md
        assert said(screen.session) == "one unit fewer: unit 2 removed; u goes back"
        found, before = screen.session.findings.best_found
        assert found == BestFound(state.network, (0.0, -2.0, 2.0, 1.0, None, None, 1.0), "mse", found.loss)
        assert found.loss == pytest.approx(0.0300, abs=5e-5)
        assert before.covers(FAST.state)
        assert before.loss == FAST.loss
        await screen.press("u")
        assert screen.session.state == FAST.state


async def test_before_is_what_is_there() -> None:
    async with refit(FAST) as screen:
        await screen.press("enter")
        assert screen.session.states is FAST.states
        assert len(screen.session.findings.best_found) == 2


async def test_one_more_can_be_taken_as_it_is() -> None:
    async with refit(HALF, "A") as screen:
        await screen.press("right", "enter")
        assert screen.session.state.parameters.units == 4
        assert screen.session.loss < 1e-5
        assert screen.session.view.selection == Selection(3, "w")


async def test_esc_stops_and_esc_again_goes_back() -> None:
    async with shown(HALF) as screen:
        screen.trainer.gate.clear()
        await screen.press("X")
        assert f"0 of {STEPS} steps" in screen.text
        await screen.press("right", "down", "enter")  # there is nothing yet to take
        assert screen.app.screen is not screen.explore
        await screen.press("escape")
        assert "not trained" in screen.lines[0]
        await screen.press("escape")
        assert screen.app.screen is screen.explore
        assert screen.session.states is HALF.states
        assert screen.session.findings.best_found == ()


async def test_only_what_has_reached_the_first_goal_counts_as_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "FIRST_SLICE_WORK", 1)  # so that a piece is a step at first
    async with shown(HALF, trainer=Held()) as screen:
        await screen.press("X")
        await until(lambda: "1 of 120 steps" in screen.lines[0])
        await screen.press("escape", "escape")
        assert screen.app.screen is screen.explore
        assert screen.session.findings.best_found == ()


class Held(FakeTrainer):
    """Trains no further after the first piece of both batches."""

    async def train_batch(self, batch: Batch, problem: Problem, steps: int) -> Batch:
        trained = await super().train_batch(batch, problem, steps)
        if len(self.batches) == 2:
            self.gate.clear()
        return trained


async def test_space_trains_on_from_there() -> None:
    async with refit(HALF) as screen:
        assert f"{STEPS} steps" in screen.lines[0]
        await screen.press("space")
        await until(lambda: f"{2 * STEPS} steps" in screen.lines[0])
        await at_rest(screen)
        assert sum(steps for _, steps in screen.trainer.batches) == 2 * 2 * STEPS  # of the networks before, too
        assert {networks for networks, _ in screen.trainer.batches} == {6}


async def test_without_a_trainer_two_of_them_stand() -> None:
    async with refit(SOLVED, trainer=FakeTrainer("no compiler here")) as screen:
        assert "✗ no compiler here" in screen.text
        assert screen.text.count("not trained yet") == 2
        assert "One unit fewer, the others as they are: 0.4497; with all 3, 0.0000." in screen.text
        await screen.press("right", "enter")
        assert screen.session.state.parameters.units == 2
        assert screen.session.findings.best_found == ()


class Broken(FakeTrainer):
    async def train_batch(self, batch: Batch, problem: Problem, steps: int) -> Batch:
        raise ValueError("first line\nsecond line")


async def test_a_fault_is_said_in_one_line() -> None:
    async with refit(SOLVED, trainer=Broken()) as screen:
        assert "✗ training failed: ValueError: first line" in screen.text
        assert "second line" not in screen.text


async def test_at_40_by_12_the_marked_one_is_seen() -> None:
    async with refit(HALF) as screen:
        for size in [(200, 60), (60, 18), (20, 5), (1, 1), (40, 12)]:
            await screen.pilot.resize_terminal(*size)
        await screen.press("right")
        assert "▸without unit 1, the others as they are" in screen.text
        assert "↑ 1 more   ↓ 2 more" in screen.text
        assert screen.lines[0].startswith(" One unit fewer   ")
        assert "enter Use it" in screen.lines[-1]


async def test_so_many_kinks_that_they_would_hide_the_curve_are_left_out() -> None:
    async with shown(opener("shifted-100"), (80, 24)) as screen:
        screen.trainer.gate.clear()
        await screen.press("X")
        assert "without unit 0" in screen.text
        assert "◆" not in screen.text


async def test_what_cannot_be_removed_or_added_is_said() -> None:
    async with shown(edits.select(HALF, Selection(3, "c"))) as screen:
        await screen.press("X")
        assert said(screen.session) == "select a unit first"


async def test_what_diverged_cannot_be_taken() -> None:
    """Straight units never die of a step that is too long, they go ever farther."""
    wild = replace(HALF.state, network=Network("identity"), settings=TrainingSettings("sgd", 10.0))
    async with refit(HALF.with_state(wild)) as screen:
        assert screen.text.count("  diverged") == 2
        await screen.press("down", "enter")
        assert screen.app.screen is not screen.explore
        await screen.press("escape")
        assert screen.session.state.parameters.units == 3


async def test_the_key_that_its_advice_names_scales_the_data() -> None:
    text = 'title = "T"\n[target]\npoints = [[1950, 0], [1960, 0], [1970, 0], [1980, 1], [1990, 2]]\n[init]\nunits = 1\n'
    years = open_session(parse(text, "years", None))
    async with refit(years, "A") as screen:
        await screen.press("%")
        await until(lambda: screen.session.scale.changes)
        assert screen.session.scale.x.shift == 1970.0
    async with refit(HALF, "A") as screen:
        await screen.press("%")
        await screen.press("escape")
        await until(lambda: "Fit" in screen.text)
        assert not screen.session.scale.changes
