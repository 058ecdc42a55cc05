"""The Seeds screen: its snapshots, its keys, and what it gives back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from relutui.model.training import Checkpoint
from relutui.session.session import Session
from relutui.ui.screens.overlays import OVERLAYS
from relutui.ui.screens.seeds import SeedsScreen
from tests.support.fake_trainer import FakeTrainer
from tests.support.screen import Screen, shown, until
from tests.support.sessions import open_lab, opener, said
from tests.support.starts import random_start

SIZES = [(80, 24), (120, 36)]
LAB = open_lab(w1=1, b1=-1)


class Many:
    """The screen under test, over Explore, and what it gave back."""

    def __init__(self, screen: Screen, seeds: SeedsScreen) -> None:
        self.screen, self.seeds = screen, seeds
        self.returned: Session | None = None

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until the training that they began is over and drawn."""
        await self.screen.pilot.press(*keys)
        await self.settled()

    async def settled(self) -> None:
        await until(lambda: not self.seeds.busy)
        await self.screen.pilot.pause()


@asynccontextmanager
async def many(
    session: Session = LAB, size: tuple[int, int] = (80, 24), trainer: FakeTrainer | None = None, held: bool = False
) -> AsyncIterator[Many]:
    """Twelve starts and 60 steps, taken unless the trainer is held back."""
    async with shown(session, size, trainer) as screen:
        if held:
            screen.trainer.gate.clear()
        seeds = SeedsScreen(session, screen.trainer, 12, 60)
        found = Many(screen, seeds)

        def back(returned: Session | None) -> None:
            found.returned = returned

        await screen.app.push_screen(seeds, back)
        if not held:
            await found.settled()
        await screen.pilot.pause()
        yield found


@pytest.mark.parametrize("name", ["lab", "lab-free"])
async def test_trained(name: str, screen_snapshot: SnapshotAssertion) -> None:
    async with many(opener(name)) as found:
        await found.press("right", "down")
        assert await found.screen.at_each(SIZES, "#progress", "#losses", "#starts", "#said") == screen_snapshot


async def test_stopped_and_twice_as_many(screen_snapshot: SnapshotAssertion) -> None:
    async with many() as found:
        found.screen.trainer.gate.clear()
        await found.screen.pilot.press("+", "end")
        assert found.seeds.busy
        await found.press("escape")
        assert found.screen.part("#progress", "#losses", "#starts", "#said", "#keys") == screen_snapshot


async def test_g_opens_it_and_explore_is_at_rest() -> None:
    trainer = FakeTrainer()
    async with shown(LAB, trainer=trainer) as screen:
        trainer.gate.clear()
        await screen.pilot.press("space", "g")
        await screen.pilot.pause()
        assert not screen.session.running
        assert "64 random starts" in screen.lines[0]
        assert "0 of 4,000 steps" in screen.lines[0]
        await screen.pilot.press("escape", "escape")
        assert screen.app.screen is screen.explore
        assert screen.session.running  # again
        trainer.gate.set()
        await screen.pilot.press("space")


async def test_they_are_there_again_and_the_opened_one_is_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = FakeTrainer()
    async with shown(LAB, trainer=trainer) as screen:
        trainer.gate.clear()
        await screen.press("g")
        first = screen.app.screen
        assert isinstance(first, SeedsScreen)
        first._starts = replace(first._starts, goal=60)
        await screen.pilot.press("escape")
        trainer.gate.set()
        await screen.pilot.press("space")
        await until(lambda: not first.busy)
        await screen.press("down", "enter", "g")
        second = screen.app.screen
        assert isinstance(second, SeedsScreen)
        assert second is not first
        assert second.starts.parts is first.starts.parts
        assert second.starts.seed(second.marked) == screen.session.state.seed


async def test_enter_opens_the_start_and_r_leads_to_its_beginning() -> None:
    async with shown(LAB) as screen:
        seeds = SeedsScreen(LAB, screen.trainer, 12, 60)
        screen.explore.navigator.open("seeds", replace(OVERLAYS["seeds"], factory=lambda _: seeds))
        await until(lambda: seeds.is_mounted and not seeds.busy)
        await screen.press("down", "enter")
        state = screen.session.state
        assert state.seed is not None
        assert 0 <= state.seed < 12
        assert state.checkpoint.step == 60
        assert said(screen.session).startswith(f"random start {state.seed} after 60 steps")
        beginning = random_start(LAB.state.parameters, LAB.state.locks, 1.0, state.seed)
        alone = await FakeTrainer().train(Checkpoint.start(beginning), LAB.state.problem(LAB.dataset), 60)
        assert state.parameters.w == pytest.approx(alone.parameters.w, rel=1e-9)
        assert screen.session.findings.best_found
        await screen.press("r")
        assert screen.session.state.checkpoint == Checkpoint.start(beginning)
        await screen.press("u", "u")
        assert screen.session.state == LAB.state


async def test_by_seed_while_it_trains_and_by_loss_then() -> None:
    async with many(held=True) as found:
        assert "1-9 of 12, by seed" in found.screen.text
        assert "▸0  -" in found.screen.text
        found.screen.trainer.gate.set()
        await found.settled()
        assert "1-9 of 12, lowest loss first" in found.screen.text
        losses = found.seeds._starts.losses
        assert f"▸{losses.argmin()}  " in found.screen.text
        await found.press("end")
        assert "10-12 of 12" in found.screen.text
        assert f"▸{losses.argmax()}  " in found.screen.text


async def test_who_was_marked_stays_marked_when_the_order_changes() -> None:
    async with many(held=True) as found:
        await found.screen.pilot.press("right", "right")
        found.screen.trainer.gate.set()
        await found.settled()
        assert "▸2  0." in found.screen.text


async def test_space_trains_as_many_steps_more_and_plus_twice_as_many_starts() -> None:
    async with many() as found:
        before = found.seeds._starts
        await found.press("space")
        assert "120 steps" in found.screen.lines[0]
        assert (found.seeds._starts.losses <= before.losses).all()  # a dead one stays where it is
        trained = found.seeds._starts
        await found.press("plus")
        grown = found.seeds._starts
        assert "24 random starts" in found.screen.lines[0]
        assert (grown.step, len(grown.parts)) == (120, 1)
        assert grown.losses[:12].tolist() == trained.losses.tolist()


async def test_esc_stops_then_space_goes_on_then_esc_goes_back_with_what_was_found() -> None:
    async with many() as found:
        lowest = found.seeds._starts.losses.min()
        found.screen.trainer.gate.clear()
        await found.screen.pilot.press("space")
        assert found.seeds.busy
        await found.press("escape")
        assert "60 of 120 steps" in found.screen.lines[0]
        assert "space Go on" in found.screen.text
        found.screen.trainer.gate.set()
        await found.press("space")
        assert " 120 steps" in found.screen.lines[0]
        await found.screen.pilot.press("escape")
        await found.screen.pilot.pause()
        assert found.screen.app.screen is found.screen.explore
        assert found.returned is not None
        assert found.returned.state is LAB.state
        assert [entry.loss < lowest for entry in found.returned.findings.best_found] == [True]


async def test_keys_work_while_it_trains() -> None:
    async with many(held=True) as found:
        await found.screen.pilot.press("space", "plus", "down")
        assert "24 random starts" in found.screen.lines[0]
        assert "▸3  -" in found.screen.text
        found.screen.trainer.gate.set()
        await found.settled()
        assert "24 random starts" in found.screen.lines[0]
        assert " 120 steps" in found.screen.lines[0]


async def test_going_back_ends_the_training() -> None:
    async with many(held=True) as found:
        await found.screen.pilot.press("q")
        await found.screen.pilot.pause()
        assert found.screen.app.screen is found.screen.explore
        asked = len(found.screen.trainer.batches)
        found.screen.trainer.gate.set()
        await found.screen.pilot.pause()
        assert len(found.screen.trainer.batches) == asked
        assert found.returned is LAB


async def test_without_a_trainer_one_is_told_why_and_may_still_open_a_start() -> None:
    async with many(trainer=FakeTrainer("no compiler [bold]here[/bold]; install clang")) as found:
        assert "✗ no compiler [bold]here[/bold]; install clang" in found.screen.text
        await found.screen.pilot.press("right", "enter")
        await found.screen.pilot.pause()
        assert found.returned is not None
        assert (found.returned.state.seed, found.returned.state.checkpoint.step) == (1, 0)


async def test_a_fault_is_said_and_the_screen_goes_on() -> None:
    class Faulty(FakeTrainer):
        async def train_batch(self, *_: object) -> None:  # type: ignore[override]
            raise ValueError("a fault")

    async with many(trainer=Faulty()) as found:
        assert "✗ training failed: ValueError: a fault" in found.screen.text
        await found.press("down")


@pytest.mark.parametrize("size", [(40, 12), (1, 1)])
async def test_any_size(size: tuple[int, int]) -> None:
    async with many(size=size) as found:
        await found.press("down", "pagedown", "end", "home", "up")
        assert len(found.screen.lines) == size[1]


async def test_the_marked_one_stays_in_sight_when_the_terminal_changes_its_size() -> None:
    async with many() as found:
        await found.press("end")
        for size in ((40, 12), (120, 36)):
            await found.screen.pilot.resize_terminal(*size)
            await found.screen.pilot.pause()
            await found.screen.pilot.pause()
            assert f"▸{found.seeds._starts.losses.argmax()}  " in found.screen.text
