"""Text snapshots of the whole screen in its four layouts.  Look at each before accepting it with `pytest --snapshot-update`."""

import pytest
from syrupy.assertion import SnapshotAssertion

from relutui.session.session import Session
from tests.support.screen import named, shown
from tests.support.sessions import open_lab

LAYOUTS = [(40, 12), (80, 24), (120, 36), (200, 60)]
STATES: dict[str, tuple[Session, str]] = {
    "start": (open_lab(), ""),
    "training": (open_lab(w1=0.5, b1=0, w2=1, b2=-0.5), "S"),  # from where it gets somewhere, so that the loss has a shape
    "all-solved": (open_lab(w1=1, b1=-1, w2=2, b2=-4), "down"),
}


@pytest.mark.parametrize("state", STATES)
async def test_screen(state: str, screen_snapshot: SnapshotAssertion) -> None:
    session, keys = STATES[state]
    async with shown(session, (80, 24)) as screen:
        await screen.press(*keys.split())
        for size in LAYOUTS:
            await screen.resize(size)
            assert screen.text == screen_snapshot(name=named(size))


async def test_colours(screen_snapshot: SnapshotAssertion) -> None:
    async with shown(size=(80, 24)) as screen:
        assert screen.styles() == screen_snapshot(name="start")
