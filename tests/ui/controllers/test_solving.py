"""b: v and c solved for beside the screen."""

import asyncio
from dataclasses import replace

from tests.support.screen import shown
from tests.support.sessions import opener, said

FREE = opener("lab-free")


async def test_b_takes_over_the_best_and_u_goes_back() -> None:
    async with shown(FREE) as screen:
        await screen.press("b")
        assert screen.session.loss < FREE.loss
        assert said(screen.session).startswith(f"v and c solved for: MSE {FREE.loss:.4f} → {screen.session.loss:.4f}")
        await screen.press("u")
        assert screen.session.state is FREE.state


async def test_what_is_done_meanwhile_is_kept_and_the_solution_dropped() -> None:
    async with shown(FREE) as screen:
        screen.explore.solve()
        await asyncio.sleep(0)  # it has begun, and cannot end before the next line
        screen.explore.session = changed = FREE.with_state(replace(FREE.state, change="something else"))
        await screen.explore.settled()
        assert screen.session.state is changed.state


async def test_a_selection_made_meanwhile_stays() -> None:
    async with shown(FREE) as screen:
        await screen.pilot.press("b", "down")
        await screen.explore.settled()
        assert screen.session.view.selection.row == 1
        assert screen.session.loss < FREE.loss
