"""Explore in a small world: the real app, a fake trainer, and what stands on its screen."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from string import ascii_letters

from rich.style import Style
from textual import events
from textual.command import CommandList
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Input

from relutui.commands.command import Command
from relutui.plot.plain import PLAIN
from relutui.scenario.csv_scenario import CsvQuestion
from relutui.session.journal import Journal
from relutui.session.session import Session
from relutui.ui.app import RelutuiApp
from relutui.ui.screens.explore import Explore
from tests.support.fake_trainer import FakeTrainer
from tests.support.sessions import open_lab, opener
from tests.support.waiting import bounded, states
from tests.support.waiting import until as until


class Screen:
    """The app under test."""

    def __init__(self, app: RelutuiApp, pilot: Pilot[str], trainer: FakeTrainer) -> None:
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
        await self.settled()

    async def settled(self) -> None:
        """Wait until all that was asked for is done and drawn."""
        async with bounded("the main screen is at rest"):
            await self.explore.settled()
            await self.pilot.pause()

    async def find_command(self, words: str, found: str) -> None:
        """Open the palette, type words, and wait until what they find is its first command."""
        await self.pilot.press("ctrl+p", *words)
        commands = self.app.screen.query_one(CommandList)
        await until(lambda: commands.option_count > 0 and found in str(commands.get_option_at_index(0).prompt))

    async def enter_path(self, path: Path | str) -> None:
        """Paste a path in place of what a dialog asks with, and enter it; to type it would take a second."""
        await self.press("ctrl+u")
        self.app.screen.query_one(Input).post_message(events.Paste(str(path)))
        await self.press("enter")

    async def resize(self, size: tuple[int, int]) -> None:
        """Change the terminal's size, which costs less than another start, and wait until that is drawn."""
        await self.pilot.resize_terminal(*size)
        await self.press()

    @property
    def lines(self) -> list[str]:
        return [strip.text.rstrip() for strip in self.cells()]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def cells(self, *selectors: str) -> list[Strip]:
        """The rows of the whole screen, or of some of its widgets, with their borders, one under the other."""
        top = self.app.screen
        rows = top._compositor.render_strips()
        if not selectors:
            return rows
        visible, part = top._compositor.visible_widgets, []
        for widget in (widget for selector in selectors for widget in top.query(selector) if widget in visible):
            region, clip, *_ = visible[widget]
            seen = region.intersection(clip)
            part += [rows[y].crop(seen.x, seen.right) for y in range(seen.y, seen.bottom)]
        assert part, f"nothing is seen of {selectors}"
        return part

    def part(self, *selectors: str) -> str:
        """What is seen of some widgets."""
        return "\n".join(strip.text.rstrip() for strip in self.cells(*selectors))

    async def at_each(self, sizes: Iterable[tuple[int, int]], *selectors: str) -> str:
        """What is seen of some widgets at each size, for one snapshot."""
        parts = []
        for size in sizes:
            await self.resize(size)
            parts.append(f"{named(size)}\n{self.part(*selectors)}")
        return "\n\n".join(parts)

    def state(self) -> str:
        """What is to be known where it does not come to rest: which screens lie over one another, and what is being done."""
        explore = self.explore
        doing = {
            "in the background": len(explore._background),
            "preparing": explore.device_manager.busy,
            "training": explore.training.busy,
            "measuring the landscape": explore.landscape.busy,
            "trying what would help": explore.trials.busy,
            "running": explore.session.running,
        }
        stack = " > ".join(type(screen).__name__ for screen in self.app.screen_stack)
        busy = ", ".join(f"{what}: {said}" for what, said in doing.items())
        return f"screens: {stack}\n{busy}\n{self.text}"

    def styles(self, *selectors: str) -> str:
        """A letter for each style, cell by cell, and what the letters mean; of the whole screen, or of some widgets."""
        letters: dict[str, str] = {}
        rows = []
        for strip in self.cells(*selectors):
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
    *,
    ask: bool | CsvQuestion = False,
    theme: str | None = None,
    plain: bool = False,
    own_keys: Mapping[str, Command] | None = None,
    class_folder: Path | None = None,
) -> AsyncIterator[Screen]:
    """The app on a session (the lab's start), its device open; ask: without the name of a scenario."""
    trainer, before = trainer or FakeTrainer(), PLAIN.set(plain)
    app = RelutuiApp(
        *(session or open_lab(), trainer, opener, journal), ask=ask, theme=theme, own_keys=own_keys, class_folder=class_folder
    )
    async with app.run_test(size=size) as pilot:
        screen = Screen(app, pilot, trainer)
        states.append(screen.state)
        try:
            await pilot.pause()
            await screen.settled()
            yield screen
        finally:
            states.remove(screen.state)
            PLAIN.reset(before)


async def wait_for_steps(screen: Screen, least: int) -> None:
    await until(lambda: screen.session.state.checkpoint.step >= least)
