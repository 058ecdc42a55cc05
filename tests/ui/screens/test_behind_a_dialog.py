"""What lies behind a dialog is drawn, and the device opens, whatever was due when the dialog came.

Textual 8.2 draws a screen when its update timer ticks.  When a dialog over it is laid out, the screen is laid out as well and a
tick that was due is taken back; one that falls into a batch of changes is spent.
"""

import asyncio
import os
from pathlib import Path

import pytest
from textual.screen import Screen as TextualScreen

from relutui.model.trainer import Device
from relutui.readout.status import device_text
from relutui.session.journal import Journal
from relutui.ui.app import RelutuiApp
from relutui.ui.screens.explore import Explore
from tests.support.fake_trainer import FakeTrainer
from tests.support.screen import shown, until
from tests.support.sessions import open_lab, opener


class LateTimer:
    """Stands in for a screen's update timer: its first tick is due when another is laid out over it, or never comes."""

    def __init__(self, screen: TextualScreen[object], ever: bool) -> None:
        self._screen, self._ever, self._covered, self.due, self.ticks = screen, ever, False, False, 0

    def resume(self) -> None:
        self.due = True
        asyncio.get_running_loop().call_soon(self._tick)

    def pause(self) -> None:
        self._covered |= self.due and self._screen.app.screen is not self._screen
        self.due = False

    def _tick(self) -> None:
        if self.due and self._covered and self._ever:
            self.ticks += 1
            self._screen._on_timer_update()


def hold(patch: pytest.MonkeyPatch, ever: bool) -> dict[Explore, LateTimer]:
    """Give every main screen a timer of this kind."""
    timers: dict[Explore, LateTimer] = {}
    patch.setattr(Explore, "_update_timer", property(lambda screen: timers.setdefault(screen, LateTimer(screen, ever))))
    return timers


@pytest.fixture
def left_behind(state_folder: Path) -> None:
    """A session that was cut off, which is offered as soon as there is a screen."""
    journal = Journal()
    journal.keep(open_lab(w1=1))
    assert journal._lock is not None
    os.close(journal._lock)


@pytest.mark.parametrize("ever", [True, False], ids=["drawn late", "never drawn"])
async def test_the_device_opens_behind_the_offer_to_recover(
    left_behind: None, ever: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(monkeypatch, ever)
    async with shown(journal=Journal()) as screen:
        assert screen.app.screen is not screen.explore
        assert device_text(screen.session.device) == "CPU (fake)"


class Unopened(FakeTrainer):
    """Has a device that never opens, so that this gives nothing to draw."""

    async def open(self) -> Device:
        await asyncio.Event().wait()
        raise AssertionError


async def test_what_was_due_when_the_dialog_came_is_drawn_behind_it(left_behind: None, monkeypatch: pytest.MonkeyPatch) -> None:
    timers = hold(monkeypatch, ever=True)
    app = RelutuiApp(open_lab(), Unopened(), opener, Journal())
    async with app.run_test():
        (explore, timer), *_ = timers.items()
        await until(lambda: timer.ticks > 0 and not (timer.due or explore._layout_required or explore._dirty_widgets))


@pytest.mark.parametrize("opening", ["g", "n", "A", "o", "d", "question_mark"])
async def test_only_the_main_screen_is_covered_by_the_palette(opening: str) -> None:
    """It has no commands for any other; what those draw after a layout may wait for it."""
    async with shown() as screen:
        screen.trainer.gate.clear()
        await screen.pilot.press(opening)
        over = screen.app.screen
        await screen.pilot.press("ctrl+p")
        assert screen.app.screen is over is not screen.explore
        screen.trainer.gate.set()


@pytest.mark.parametrize("opening", ["w", "q", "d"])
async def test_training_is_seen_to_go_on_around_a_dialog(opening: str) -> None:
    async with shown(open_lab(w1=1)) as screen:
        await screen.pilot.press("space", opening)
        await until(lambda: bool(screen.lines))
        assert screen.app.screen is not screen.explore
        first = screen.lines[0]
        await until(lambda: "step" in screen.lines[0] and screen.lines[0] != first)
        await screen.pilot.press("escape")
        await until(lambda: screen.app.screen is screen.explore)
        await screen.press("space")
