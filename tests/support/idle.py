"""An app at rest, as its event loop tells and not the clock.

Textual 8.2 takes an app for idle when the process has used little CPU time for 20 ms: twice that for every key, and too soon
where another process has the CPU. Here it is idle when it has handled what it was sent and no task can go on. For that, names
that are private are used: asyncio's `_ready`, of Python 3.11 to 3.14, and of Textual 8.2 those of a screen that has a change
of layout or a callback before it.
"""

import asyncio
from typing import Any

from textual._context import active_app
from textual.app import App

from relutui.ui.screens.explore import Explore
from tests.support.waiting import bounded

TURNS_OF_A_RUN = 1  # of the event loop, while training runs: it may take a frame


async def at_rest(least: float = 0, most: float = 0) -> None:
    """Wait until the active app has handled every message, and its screen has the layout that was asked for."""
    app = active_app.get()
    async with bounded("the app is at rest"):
        while True:
            await _handled(app)
            if not app.is_running or app._exit or not (screen := app.screen).is_mounted:
                return
            if app._resize_event:
                app._check_resize()
            elif screen._layout_required or screen._scroll_required or screen._recompose_required or screen._callbacks:
                screen._on_timer_update()
            else:
                return


async def _handled(app: App[Any]) -> None:
    """Wait until the app has handled what it was sent, and all tasks wait for time, for input or for a thread."""
    handled = asyncio.Event()
    app.call_later(handled.set)
    await _no_task_can_go_on(app)
    while app.is_running and not handled.is_set():
        await asyncio.sleep(0.001)
        await _no_task_can_go_on(app)


async def _no_task_can_go_on(app: App[Any]) -> None:
    """Wait until no task can go on, but for a training that never rests, as its frames take longer than they may."""
    loop, turns = asyncio.get_running_loop(), 0
    while loop._ready and not (turns >= TURNS_OF_A_RUN and _runs(app)):  # type: ignore[attr-defined]
        await asyncio.sleep(0)
        turns += 1


def _runs(app: App[Any]) -> bool:
    return any(isinstance(screen, Explore) and screen.session.running for screen in app.screen_stack)
