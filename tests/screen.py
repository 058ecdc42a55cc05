"""Explore in a small world: the real app, a fake trainer, and what stands on its screen."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from string import ascii_letters

from fake_trainer import FakeTrainer
from rich.style import Style
from support import open_lab, opener
from textual.pilot import Pilot

from relutui.app import RelutuiApp
from relutui.journal import Journal
from relutui.screens.explore import Explore
from relutui.session import Session


class Screen:
    """The app under test."""

    def __init__(self, app: RelutuiApp, pilot: Pilot[None], trainer: FakeTrainer) -> None:
        self.app, self.pilot, self.trainer = app, pilot, trainer

    @property
    def explore(self) -> Explore:
        screen = self.app.screen_stack[0]
        assert isinstance(screen, Explore)
        return screen

    @property
    def session(self) -> Session:
        return self.explore.session

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until what they asked for is done and drawn."""
        await self.pilot.press(*keys)
        await self.explore.settled()
        await self.pilot.pause()

    async def resize(self, size: tuple[int, int]) -> None:
        """Change the terminal's size, which costs less than another start, and wait until that is drawn."""
        await self.pilot.resize_terminal(*size)
        await self.press()

    @property
    def lines(self) -> list[str]:
        return [strip.text.rstrip() for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def styles(self) -> str:
        """A letter for each style, cell by cell, and what the letters mean."""
        letters: dict[str, str] = {}
        rows = []
        for strip in self.app.screen._compositor.render_strips():
            row = ""
            for segment in strip:
                style = str((segment.style or Style()).without_color + Style(color=(segment.style or Style()).color))
                row += letters.setdefault(style, ascii_letters[len(letters)]) * segment.cell_length
            rows.append(row)
        return "\n".join([*rows, "", *(f"{letter}: {style}" for style, letter in letters.items())])


def named(size: tuple[int, int]) -> str:
    """How a size is called in the name of a snapshot."""
    return f"{size[0]}x{size[1]}"


@asynccontextmanager
async def shown(
    session: Session | None = None,
    size: tuple[int, int] = (120, 36),
    trainer: FakeTrainer | None = None,
    journal: Journal | None = None,
) -> AsyncIterator[Screen]:
    """The app on a session (the lab's start), its device open."""
    trainer = trainer or FakeTrainer()
    app = RelutuiApp(session or open_lab(), trainer, opener, journal)
    async with app.run_test(size=size) as pilot:
        screen = Screen(app, pilot, trainer)
        await pilot.pause()
        await screen.explore.settled()
        await pilot.pause()
        yield screen


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what another task is about to do."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def wait_for_steps(screen: Screen, least: int) -> None:
    await until(lambda: screen.session.state.checkpoint.step >= least)
