"""A panel on the full screen."""

import pytest

from tests.support.screen import Screen, named, shown
from tests.support.sessions import open_lab

SIZES = [(80, 24), (120, 36), (40, 12), (200, 60)]


def borders(screen: Screen) -> int:
    return sum(line.count("╭─ ") for line in screen.lines)


@pytest.mark.parametrize("size", SIZES, ids=named)
async def test_every_panel_can_have_the_full_screen_and_leads_back(size: tuple[int, int]) -> None:
    async with shown(open_lab(w1=1, b1=-1), size) as screen:
        before = screen.text
        await screen.press("Z")
        assert "4.0┤" in screen.text
        assert borders(screen) == (0 if size == (40, 12) else 1)
        for words in ("─ Units", "─ On and off", "─ At the probe", "─ Loss", "─ Network"):
            await screen.press("tab")
            assert words in screen.text
            assert borders(screen) == 1
        await screen.press("tab", "shift+tab", "Z")
        await screen.press("Z", "escape")
        if size not in ((80, 24), (120, 36)):  # where the last panel stays behind its tab
            assert screen.text == before


async def test_a_chart_at_80x24_then_has_twelve_rows() -> None:
    async with shown(size=(80, 24)) as screen:
        await screen.press("Z")
        rows = [line for line in screen.lines if line[6:8] in ("│", "┤") or "│" in line[6:8] or "┤" in line[6:8]]
        assert len(rows) >= 12


async def test_keys_go_on_working() -> None:
    async with shown(open_lab(w1=1, b1=-1), (80, 24)) as screen:
        await screen.press("Z")
        before = screen.text
        await screen.press("right_square_bracket", "plus", "s")
        assert "step 1 " in screen.lines[0]
        assert screen.lines[2:20] != before.splitlines()[2:20]
        assert screen.session.view.full == "chart"
        await screen.press("u", "v")
        assert "─ Units  ━ a  ┅ z" in screen.text


async def test_a_value_that_is_typed_shows_the_table() -> None:
    async with shown(size=(120, 36)) as screen:
        await screen.press("Z", "2")
        assert screen.session.view.full is None
        assert screen.session.view.typing
    async with shown(size=(40, 12)) as screen:
        await screen.press("Z", "2", "enter")
        assert screen.session.view.full == "units"
        assert screen.session.state.parameters.w[1] == 2.0
