"""The capacity screen: its snapshots, its keys, and what it gives back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from syrupy.assertion import SnapshotAssertion

from relutui.session.session import Session
from relutui.ui.screens.capacity import CapacityScreen
from tests.support.fake_trainer import FakeTrainer
from tests.support.screen import Screen, shown, until
from tests.support.sessions import open_lab, opener

SIZES = [(80, 24), (120, 36)]
LAB = open_lab(w1=1, b1=-1)
PIECES = 36.6, 2.29, 0.452, 0.143, 0.0586, 0.0283
PARABOLA = opener("parabola").with_findings(
    lower_bounds=PIECES, best_fits=PIECES, best_networks=(43.4, 13.0, 0.515, 0.178, 0.0663, 0.0292)
)
FREE = opener("lab-free")


class Measured:
    """The screen under test, over Explore, and what it gave back."""

    def __init__(self, screen: Screen, capacity: CapacityScreen) -> None:
        self.screen, self.capacity = screen, capacity
        self.returned: list[Session | None] = []

    async def press(self, *keys: str) -> None:
        await self.screen.pilot.press(*keys)
        await self.screen.pilot.pause()


def on_top(screen: Screen) -> object:
    return screen.app.screen


@asynccontextmanager
async def measured(
    session: Session, size: tuple[int, int] = (80, 24), trainer: FakeTrainer | None = None, max_units: int = 2, steps: int = 20
) -> AsyncIterator[Measured]:
    """All of it done, unless the trainer's gate is closed."""
    async with shown(session, size, trainer) as screen:
        capacity = CapacityScreen(session, screen.trainer, max_units=max_units, seeds=8, steps=steps)
        found = Measured(screen, capacity)
        await screen.app.push_screen(capacity, found.returned.append)
        if screen.trainer.gate.is_set():
            await until(lambda: not capacity.busy)
        await screen.pilot.pause()
        yield found


@pytest.mark.parametrize(
    "session", [PARABOLA, opener("lab"), opener("dosage-softplus")], ids=["parabola", "lab", "dosage-softplus"]
)
async def test_done(session: Session, screen_snapshot: SnapshotAssertion) -> None:
    async with measured(session, SIZES[0], max_units=5) as found:
        assert await found.screen.at_each(SIZES, "#heading", "#losses", "#said") == screen_snapshot


async def test_while_it_trains_and_stopped(screen_snapshot: SnapshotAssertion) -> None:
    trainer = FakeTrainer()
    async with shown(FREE, trainer=trainer) as screen:
        trainer.gate.clear()
        capacity = CapacityScreen(FREE, trainer, max_units=2, seeds=8, steps=20)
        await screen.app.push_screen(capacity)
        await until(lambda: bool(trainer.batches))
        await screen.pilot.pause()
        assert screen.part("#heading", "#losses", "#said") == screen_snapshot
        await screen.pilot.press("escape")
        await screen.pilot.pause()
        assert not capacity.busy
        assert "stopped" in screen.lines[0]
        assert on_top(screen) is capacity
        await screen.pilot.press("escape")
        assert on_top(screen) is screen.explore


async def test_n_opens_it_and_what_is_possible_stands_under_the_fit() -> None:
    trainer = FakeTrainer()
    async with shown(LAB, trainer=trainer) as screen:
        assert "kinks is exact" not in screen.text
        trainer.gate.clear()
        await screen.press("n")
        assert isinstance(on_top(screen), CapacityScreen)
        await until(lambda: bool(trainer.batches))
        await screen.press("escape", "escape")
        assert on_top(screen) is screen.explore
        assert "the best possible with 3 kinks is exact" in screen.text


async def test_every_number_of_units_that_was_trained_is_known_afterwards() -> None:
    async with measured(FREE) as found:
        await found.press("q")
        (session,) = found.returned
        assert session is not None
        assert [len(kind.locked) for kind in session.findings.best_found] == [4, 7, 10]
        assert len(session.findings.lower_bounds) == 4
        assert session.findings.lower_bounds[2] == pytest.approx(0.0, abs=1e-20)
        assert session.findings.best_fits == session.findings.lower_bounds
        assert session.findings.best_networks[2] == pytest.approx(0.0, abs=1e-20)  # lab-free: two units are exact
        assert session.states == FREE.states


async def test_what_is_possible_is_kept_when_training_is_stopped() -> None:
    trainer = FakeTrainer()
    async with shown(LAB, trainer=trainer) as screen:
        trainer.gate.clear()
        returned: list[Session | None] = []
        capacity = CapacityScreen(LAB, trainer, max_units=1, seeds=8, steps=20)
        await screen.app.push_screen(capacity, returned.append)
        await until(lambda: bool(trainer.batches))
        await screen.press("escape", "escape")
        (session,) = returned
        assert session is not None
        assert len(session.findings.lower_bounds) == 4
        assert session.findings.best_networks == ()  # of which nothing is locked, as much is in the lab
        assert session.findings.best_found == ()


async def test_without_a_trainer_there_is_still_what_is_possible() -> None:
    async with measured(LAB, trainer=FakeTrainer(unavailable="no compiler here"), max_units=1) as found:
        assert "✗ no compiler here" in found.screen.text
        assert "━ n kinks" in found.screen.text
