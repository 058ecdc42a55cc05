"""Text snapshots of the screens.  Look at each before you accept it with `pytest --snapshot-update`."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from relutui.model.network import Network
from relutui.model.trainer import Diverged
from relutui.model.training import Checkpoint, Problem
from relutui.session.session import Session
from tests.support.fake_trainer import FakeTrainer
from tests.support.screen import named, shown
from tests.support.sessions import open_lab


def half() -> Session:
    """Unit 1 right, unit 2 at zero."""
    return open_lab(w1=1, b1=-1)


def random_start() -> Session:
    """A start from which training gets somewhere, so that the loss curve has a shape."""
    return open_lab(w1=0.5, b1=0, w2=1, b2=-0.5)


class FailingTrainer(FakeTrainer):
    """Diverges after three steps."""

    async def train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        raise Diverged(await super().train(checkpoint, problem, 3))


STATES: dict[str, tuple[Session, list[str], FakeTrainer]] = {
    "start": (open_lab(), [], FakeTrainer()),
    "editing": (half(), ["down", "1", "full_stop", "5"], FakeTrainer()),
    "wrong-number": (half(), ["down", *"1.2.3", "enter"], FakeTrainer()),
    "unit-1-solved": (half(), ["{", "{"], FakeTrainer()),
    "all-solved": (open_lab(w1=1, b1=-1, w2=2, b2=-4), ["down"], FakeTrainer()),
    "dead-unit": (open_lab(w1=1, b1=-1, w2=1, b2=-4), ["down"], FakeTrainer()),
    "training": (random_start(), ["S"], FakeTrainer()),
    "diverged": (half(), ["s"], FailingTrainer()),
    "help": (open_lab(), ["question_mark"], FakeTrainer(advice="clang on PATH would be faster")),
    "units": (open_lab(w1=1, b1=-1, w2=2, b2=-4), ["v"], FakeTrainer()),
    "loss": (random_start(), ["S", "v", "v"], FakeTrainer()),
    "hint": (open_lab(), ["h"], FakeTrainer()),
}
SIZES = [(80, 24), (120, 36), (200, 60)]


@pytest.mark.parametrize("state", STATES)
async def test_screen(state: str, screen_snapshot: SnapshotAssertion) -> None:
    session, keys, trainer = STATES[state]
    async with shown(session, SIZES[0], trainer) as screen:
        await screen.press(*keys)
        for size in SIZES:
            await screen.resize(size)
            assert screen.text == screen_snapshot(name=named(size))


async def test_running(screen_snapshot: SnapshotAssertion) -> None:
    async with shown(random_start(), SIZES[0]) as screen:
        await screen.press("S")
        screen.trainer.gate.clear()
        await screen.press("space")
        for size in SIZES:
            await screen.resize(size)
            assert screen.text == screen_snapshot(name=named(size))
        screen.trainer.gate.set()
        await screen.press("space")


async def test_tab(screen_snapshot: SnapshotAssertion) -> None:
    async with shown(random_start(), (80, 24)) as screen:
        await screen.press("S")
        for tab in ("strips", "walk", "loss"):
            await screen.press("tab")
            assert screen.text == screen_snapshot(name=tab)


@pytest.mark.parametrize("state", ["start", "all-solved"])
async def test_tiny(state: str, screen_snapshot: SnapshotAssertion) -> None:
    session, keys, trainer = STATES[state]
    async with shown(session, (40, 12), trainer) as screen:
        await screen.press(*keys)
        assert screen.text == screen_snapshot


async def test_smooth_units(screen_snapshot: SnapshotAssertion) -> None:
    session = open_lab(w1=4, b1=-6)
    async with shown(session.with_state(replace(session.state, network=Network("sigmoid")))) as screen:
        assert screen.text == screen_snapshot


@pytest.mark.parametrize("state", ["start", "wrong-number", "all-solved"])
async def test_colours(state: str, screen_snapshot: SnapshotAssertion) -> None:
    session, keys, trainer = STATES[state]
    async with shown(session, (80, 24), trainer) as screen:
        await screen.press(*keys)
        assert screen.styles == screen_snapshot
