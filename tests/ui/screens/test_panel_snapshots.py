"""Text snapshots of the panels beside the chart, and of what keys open.  Look at each before you accept it."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from relutui.model.network import Network
from relutui.model.trainer import Diverged
from relutui.model.training import Checkpoint, Problem
from relutui.session.session import Session
from relutui.session.view_state import TABS
from tests.support.fake_trainer import FakeTrainer
from tests.support.screen import shown
from tests.support.sessions import open_lab
from tests.ui.screens.sessions import NAMES, begun

SIZES = [(80, 24), (120, 36)]
HALF = open_lab(w1=1, b1=-1)


class FailingTrainer(FakeTrainer):
    """Diverges after three steps."""

    async def train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        raise Diverged(await super().train(checkpoint, problem, 3))


@pytest.mark.parametrize("name", NAMES)
async def test_panels(name: str, screen_snapshot: SnapshotAssertion) -> None:
    """All of the medium layout but the chart, then what is behind the tabs of the small one."""
    async with shown(begun(name), (120, 36)) as screen:
        parts = [screen.part("#status", "#strips", "#table", "#walk", "#loss", "#network", "#message", "#footer")]
        await screen.resize((80, 24))
        for _ in TABS:
            parts.append(screen.part("#status", "#table", "#strips", "#walk", "#loss", "#network", "#message", "#footer"))
            await screen.press("tab")
        assert "\n\n".join(parts) == screen_snapshot


STATES: dict[str, tuple[Session, list[str], tuple[str, ...]]] = {
    "editing": (HALF, ["down", "1", "full_stop", "5"], ("#chart", "#table", "#message", "#footer")),
    "wrong-number": (HALF, ["down", *"1.2.3", "enter"], ("#table", "#message", "#footer")),
    "dead-unit": (open_lab(w1=1, b1=-1, w2=1, b2=-4), ["down"], ("#chart", "#strips", "#table", "#message")),
    "diverged": (HALF, ["s"], ("#status", "#message")),
    "hint": (open_lab(), ["h"], ("#message", "#footer")),
    "by-kink": (begun("lab"), ["m"], ("#chart", "#table", "#message")),
    "typing-a-kink": (begun("lab"), ["m", "2"], ("#chart", "#table", "#message", "#footer")),
    "f": (begun("lab"), ["f"], ("#chart", "#strips", "#table", "#message")),
    "F": (begun("lab"), ["F"], ("#chart", "#strips", "#table", "#message")),
    "G": (begun("lab"), ["G"], ("#table", "#message")),
    "p": (begun("lab"), ["p"], ("#chart", "#message")),
}


@pytest.mark.parametrize("state", STATES)
async def test_state(state: str, screen_snapshot: SnapshotAssertion) -> None:
    session, keys, panels = STATES[state]
    async with shown(session, SIZES[0], FailingTrainer() if state == "diverged" else None) as screen:
        await screen.press(*keys)
        assert await screen.at_each(SIZES, *panels) == screen_snapshot


async def test_explanations(screen_snapshot: SnapshotAssertion) -> None:
    """Of the selected unit, and of the prediction."""
    async with shown(begun("lab"), SIZES[0]) as screen:
        await screen.press("i")
        unit = await screen.at_each(SIZES, "#message")
        await screen.press("I")
        assert f"{unit}\n\n{await screen.at_each(SIZES, '#message')}" == screen_snapshot


async def test_running(screen_snapshot: SnapshotAssertion) -> None:
    async with shown(open_lab(w1=0.5, b1=0, w2=1, b2=-0.5), SIZES[0]) as screen:
        await screen.press("S")
        screen.trainer.gate.clear()
        await screen.press("space")
        assert await screen.at_each(SIZES, "#status", "#message", "#footer") == screen_snapshot
        screen.trainer.gate.set()
        await screen.press("space")


async def test_smooth_units(screen_snapshot: SnapshotAssertion) -> None:
    session = open_lab(w1=4, b1=-6)
    async with shown(session.with_state(replace(session.state, network=Network("sigmoid")))) as screen:
        assert screen.part("#chart", "#strips", "#table", "#walk") == screen_snapshot


@pytest.mark.parametrize(
    ("keys", "opened"),
    [
        (["o", "down", "down"], ("#scenarios", "#preview", "#path", "#note")),
        (["t"], (".lesson",)),
        (["question_mark"], (".dialog",)),
        (["question_mark", "tab", "tab", "down"], (".dialog",)),
        (["question_mark", "tab", "tab", "tab"], (".dialog",)),
    ],
    ids=["gallery", "lesson", "keys", "questions", "manual"],
)
async def test_what_a_key_opens(keys: list[str], opened: tuple[str, ...], screen_snapshot: SnapshotAssertion) -> None:
    async with shown(begun("lab"), SIZES[0]) as screen:
        await screen.press(*keys)
        assert await screen.at_each(SIZES, *opened) == screen_snapshot


COLOURS = {
    "all-solved": (open_lab(w1=1, b1=-1, w2=2, b2=-4), ["down"], ("#status", "#chart", "#table")),
    "wrong-number": (HALF, ["down", *"1.2.3", "enter"], ("#table", "#message")),
    "contributions": (open_lab(w1=1, b1=-1, w2=2, b2=-4), ["v", "v", "c", "c"], ("#chart",)),
}


@pytest.mark.parametrize("state", COLOURS)
async def test_colours(state: str, screen_snapshot: SnapshotAssertion) -> None:
    session, keys, panels = COLOURS[state]
    async with shown(session, (80, 24)) as screen:
        await screen.press(*keys)
        assert screen.styles(*panels) == screen_snapshot
