"""Text snapshots of every view, at both sizes.  Look at each before you accept it with `pytest --snapshot-update`."""

import pytest
from screen import shown
from support import open_lab, opener
from syrupy.assertion import SnapshotAssertion

from relutui.session import VIEWS, Session, View

SIZES = [(80, 24), (120, 36)]
# Where every view has something to show: the lab solved but for unit 2, the parabola trained.
STATES: dict[str, tuple[Session, list[str]]] = {
    "lab": (open_lab(w1=1, b1=-1, w2=1, b2=-2), []),
    "dosage-relu": (opener("dosage-relu"), []),
    "parabola": (opener("parabola"), ["S"]),
    "shifted-100": (opener("shifted-100"), []),
}
KEYS: dict[View, list[str]] = {"contributions": ["c"], "loss": ["R", "S"]}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", STATES)
async def test_view(name: str, view: View, size: tuple[int, int], screen_snapshot: SnapshotAssertion) -> None:
    session, keys = STATES[name]
    async with shown(session, size) as screen:
        await screen.press(*keys, *["v"] * VIEWS.index(view), *KEYS.get(view, []))
        assert screen.session.view == view
        assert screen.text == screen_snapshot


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(
    "keys",
    [
        ["o", "down", "down"],
        ["t"],
        ["question_mark"],
        ["question_mark", "tab", "down"],
        ["m"],
        ["m", "2"],
        ["f"],
        ["F"],
        ["i"],
        ["I"],
    ],
    ids=" ".join,
)
async def test_keys(keys: list[str], size: tuple[int, int], screen_snapshot: SnapshotAssertion) -> None:
    async with shown(open_lab(w1=1, b1=-1, w2=1, b2=-2), size) as screen:
        await screen.press(*keys)
        assert screen.text == screen_snapshot


@pytest.mark.parametrize("name", ["dosage-relu", "shifted-100"])
@pytest.mark.parametrize("tab", ["strips", "walk"])
async def test_tab(name: str, tab: str, screen_snapshot: SnapshotAssertion) -> None:
    async with shown(opener(name), (80, 24)) as screen:
        await screen.press(*["tab"] * (1 + ["strips", "walk"].index(tab)))
        assert screen.text == screen_snapshot


async def test_the_colours_of_the_contributions(screen_snapshot: SnapshotAssertion) -> None:
    async with shown(open_lab(w1=1, b1=-1, w2=2, b2=-4), (80, 24)) as screen:
        await screen.press("c", "c")
        assert screen.styles == screen_snapshot
