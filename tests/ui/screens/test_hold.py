"""The chart in hand, in the app."""

import pytest

from relutui.model.selection import Selection
from relutui.session import edits
from tests.support.screen import shown, until
from tests.support.sessions import open_lab


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (40, 12)])
async def test_the_exercise_is_solved_by_moving_two_units(size: tuple[int, int]) -> None:
    """The kinks at 1 and 2, from the probe at 1.5, and the slopes 1 and 2."""
    async with shown(open_lab(), size) as screen:
        await screen.press("z", "1", "left", *["left"] * 10, "2", "left", *["right"] * 10, *["up"] * 10)
        assert screen.session.solved
        if size != (40, 12):
            assert "┈ before" in screen.text
            assert "esc As it was" in screen.lines[-1]
        await screen.press("enter")
        assert "┈ before" not in screen.text
        await screen.press("u")
        assert screen.session.state.parameters == open_lab().state.parameters


async def test_keys_of_the_table_type_nothing_while_the_chart_is_in_hand() -> None:
    async with shown(size=(80, 24)) as screen:
        await screen.press("z", ".", "1", "enter")
        assert not screen.session.view.typing
        assert screen.session.view.hold is None
        await screen.press("1")
        assert screen.session.view.typing


async def test_esc_shows_the_screen_of_before() -> None:
    async with shown(edits.select(open_lab(w1=1, b1=-1), Selection(1, "w")), (80, 24)) as screen:
        before = screen.lines[1:12]
        await screen.press("z", "right", "up", "escape")
        assert screen.lines[1:12] == before


async def test_it_pauses_a_run_and_drops_the_steps_that_were_asked_for() -> None:
    async with shown(open_lab(w1=1, b1=-1)) as screen:
        await screen.pilot.press("space")
        await until(lambda: screen.session.state.checkpoint.step > 0)
        await screen.press("z")
        step = screen.session.state.checkpoint.step
        await screen.press("up")
        assert screen.session.view.hold
        assert (screen.session.running, screen.session.state.checkpoint.step) == (False, step)
        await screen.press("s")
        assert screen.session.view.hold is None
