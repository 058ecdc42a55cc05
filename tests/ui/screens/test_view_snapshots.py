"""Text snapshots of every view, at both sizes.  Look at each before you accept it with `pytest --snapshot-update`."""

from array import array
from dataclasses import replace
from functools import cache

import pytest
from syrupy.assertion import SnapshotAssertion

from relutui.model.training import Checkpoint, OptimizerState, Sample
from relutui.session.session import Session
from relutui.session.view_state import VIEWS, View
from tests.support import oracle
from tests.support.screen import named, shown
from tests.support.sessions import open_lab, opener

SIZES = [(80, 24), (120, 36)]
NAMES = ["lab", "dosage-relu", "parabola", "shifted-100"]
KEYS: dict[View, list[str]] = {"contributions": ["c"], "loss": ["R", "s", "s", "s", "s"]}  # pressed once the view is there


@cache
def begun(name: str) -> Session:
    """Where every view has something to show: the lab solved but for unit 2, the parabola trained."""
    if name == "lab":
        return open_lab(w1=1, b1=-1, w2=1, b2=-2)
    session = opener(name)
    if name == "parabola":
        outcome = oracle.train(session.state.parameters, session.state.problem(session.dataset), 2000)
        samples = tuple(Sample(step, loss, array("f")) for step, loss in enumerate(outcome.losses) if step % 20 == 0)
        checkpoint = Checkpoint(outcome.parameters, OptimizerState.zero(5), 2000, samples)
        session = session.with_state(replace(session.state, checkpoint=checkpoint))
    return session


@pytest.mark.parametrize("size", SIZES, ids=named)
@pytest.mark.parametrize("name", NAMES)
async def test_views(name: str, size: tuple[int, int], screen_snapshot: SnapshotAssertion) -> None:
    async with shown(begun(name), size) as screen:
        for view in VIEWS:
            assert screen.session.view == view
            await screen.press(*KEYS.get(view, []))
            assert screen.text == screen_snapshot(name=view)
            await screen.press("v")


@pytest.mark.parametrize(
    "keys",
    [
        ["o", "down", "down"],
        ["t"],
        ["question_mark"],
        ["question_mark", "tab", "down"],
        ["question_mark", "tab", "tab"],
        ["m"],
        ["m", "2"],
        ["f"],
        ["F"],
        ["i"],
        ["I"],
        ["G"],
        ["p"],
    ],
    ids=" ".join,
)
async def test_keys(keys: list[str], screen_snapshot: SnapshotAssertion) -> None:
    async with shown(open_lab(w1=1, b1=-1, w2=1, b2=-2), SIZES[0]) as screen:
        await screen.press(*keys)
        for size in SIZES:
            await screen.resize(size)
            assert screen.text == screen_snapshot(name=named(size))


@pytest.mark.parametrize("name", ["dosage-relu", "shifted-100"])
async def test_tab(name: str, screen_snapshot: SnapshotAssertion) -> None:
    async with shown(opener(name), (80, 24)) as screen:
        for tab in ("strips", "walk"):
            await screen.press("tab")
            assert screen.text == screen_snapshot(name=tab)


async def test_the_colours_of_the_contributions(screen_snapshot: SnapshotAssertion) -> None:
    async with shown(open_lab(w1=1, b1=-1, w2=2, b2=-4), (80, 24)) as screen:
        await screen.press("c", "c")
        assert screen.styles == screen_snapshot
