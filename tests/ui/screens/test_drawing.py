"""A target is drawn in the app."""

import pytest

from tests.support.screen import shown
from tests.support.sessions import open_lab


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (40, 12)])
async def test_a_target_is_drawn_by_keys(size: tuple[int, int]) -> None:
    async with shown(open_lab(), size) as screen:
        await screen.press("T", "less_than_sign", "space", *["right"] * 4, "up", "space")
        assert "x 1.2, y 2.5, on a point" in screen.text
        assert screen.text.count("●") >= 1
        await screen.press("T")
        assert screen.session.scenario.target.knots == ((1.0, 2.0), (1.2, 2.5))
        assert "Drawn: 2 points" in screen.text
        assert screen.session.view.full is None


async def test_other_keys_do_nothing_but_say_how_to_end_it() -> None:
    async with shown(open_lab(w1=1), (80, 24)) as screen:
        state = screen.session.state
        await screen.press("T", "s", "x", "1", "u")
        assert screen.session.state is state
        assert "T ends the drawing" in screen.text
        await screen.press("question_mark")
        assert "‹Keys›" in screen.text
        await screen.press("escape", "escape")
        assert screen.session.view.drawing is None
        await screen.press("u")
        assert screen.session.state is not state
