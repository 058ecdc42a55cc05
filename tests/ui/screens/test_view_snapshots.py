"""Text snapshots of the chart in every view, at both sizes.  Look at each before you accept it with `--snapshot-update`."""

import pytest
from syrupy.assertion import SnapshotAssertion

from relutui.scenario.scenario import VIEWS, View
from tests.support.screen import shown
from tests.ui.screens.sessions import begun

SIZES = [(80, 24), (120, 36)]
SHOWN: dict[str, tuple[View, ...]] = {  # of a network, the views that no other one shows the like of
    "lab": ("units", "contributions", "outputs", "network", "residual", "loss", "trail", "landscape", "activations"),
    "parabola": ("fit", "units", "contributions", "residual"),
    "dosage-relu": ("fit", "units", "contributions", "trace", "network", "residual", "activations"),
    "shifted-100": ("fit", "units", "contributions", "network", "residual"),
}
KEYS: dict[View, list[str]] = {"contributions": ["c"], "loss": ["R", "s", "s", "s", "s"]}  # pressed once the view is there


@pytest.mark.parametrize("name", SHOWN)
async def test_views(name: str, screen_snapshot: SnapshotAssertion) -> None:
    async with shown(begun(name), SIZES[0]) as screen:
        for view in VIEWS:
            assert screen.session.view.name == view
            if view in SHOWN[name]:
                await screen.press(*KEYS.get(view, []))
                assert await screen.at_each(SIZES, "#chart") == screen_snapshot(name=view)
            await screen.press("v")
