import asyncio
from dataclasses import replace

import pytest
from textual import events

from relutui.commands import COMMANDS
from relutui.model.selection import Selection
from relutui.scenario.library import shipped
from relutui.session.tours import QUESTIONS, Question, Tour
from relutui.session.view_state import Typing
from relutui.ui.controllers.tour_player import TourPlayer
from tests.support.screen import Screen, shown, until
from tests.support.sessions import open_lab
from tests.support.waiting import turns


class Tapper:
    """A tour of some keys in the lab, each of which waits until the test says so."""

    def __init__(self, screen: Screen, *keys: str) -> None:
        self.screen, self.taps = screen, asyncio.Semaphore(0)
        self.question = Question(6, "Up or sideways?", "lab", keys, "the kink")
        screen.explore.tour_player = TourPlayer(screen.explore, self._pause)
        screen.explore.session = replace(screen.session, tour=Tour(self.question))
        screen.explore.tour_player.start()

    async def _pause(self) -> None:
        await self.taps.acquire()

    async def tap(self, until_pressed: int) -> None:
        self.taps.release()
        await until(lambda: self.pressed == until_pressed)
        await self.screen.press()

    @property
    def pressed(self) -> int:
        return self.screen.session.tour.keys_pressed if self.screen.session.tour else -1


async def test_the_keys_are_pressed_one_after_the_other_and_marked() -> None:
    async with shown(size=(80, 24)) as screen:
        tapper = Tapper(screen, "right", "-", "-")
        await screen.press()
        assert "Question 6: Up or sideways?   keys: right - -" in screen.text
        assert "any key stops" in screen.text
        await tapper.tap(1)
        assert "keys: ‹right› - -" in screen.text
        assert screen.session.view.selection.short == "b1"
        await tapper.tap(2)
        assert screen.session.state.parameters.b[1] == -0.1
        assert "any key stops" in screen.text
        await tapper.tap(3)
        assert screen.session.state.parameters.b[1] == -0.2
        assert "keys: right - ‹-›" in screen.text
        assert "Look: the kink" in screen.text


async def test_keys_take_the_way_of_real_ones_into_the_table_too() -> None:
    async with shown() as screen:
        tapper = Tapper(screen, "1", ".", "5", "enter", "tab", "V")
        for number in range(1, 7):
            await tapper.tap(number)
        assert screen.session.state.parameters.w[1] == 1.5
        assert screen.session.view.name == "landscape"


async def test_the_next_key_waits_for_training() -> None:
    async with shown(open_lab(w1=1, b1=-1)) as screen:
        screen.trainer.gate.clear()
        tapper = Tapper(screen, "s", "s")
        tapper.taps.release()
        tapper.taps.release()
        await until(lambda: tapper.pressed == 1 and screen.trainer.asked == [1])
        await until(tapper.taps.locked)  # the second was let go
        await turns()
        assert tapper.pressed == 1
        screen.trainer.gate.set()
        await until(lambda: tapper.pressed == 2)
        await screen.press()
        assert screen.session.state.checkpoint.step == 2


async def test_what_it_trains_stops_with_it() -> None:
    async with shown(open_lab(w1=1, b1=-1)) as screen:
        screen.trainer.gate.clear()
        tapper = Tapper(screen, "s", "s")
        tapper.taps.release()
        await until(lambda: screen.trainer.asked == [1])
        await screen.pilot.press("x")
        screen.trainer.gate.set()
        await screen.press()
        assert screen.session.tour == Tour(tapper.question, 1, playing=False)
        assert screen.session.state.checkpoint.step == 0


async def test_a_key_of_the_users_stops_it_and_the_next_one_is_theirs() -> None:
    async with shown() as screen:
        tapper = Tapper(screen, "right", "-")
        await tapper.tap(1)
        await screen.press("v")
        assert screen.session.tour == Tour(tapper.question, 1, playing=False)
        assert "stopped" in screen.text
        assert screen.session.view.name == "fit"
        tapper.taps.release()
        await screen.press()
        assert screen.session.state == open_lab().state
        await screen.press("v")
        assert screen.session.tour is None
        assert screen.session.view.name == "units"
        assert "Question 6" not in screen.text


async def test_after_the_end_the_line_stays_until_a_key_which_counts() -> None:
    async with shown() as screen:
        tapper = Tapper(screen, "-")
        await tapper.tap(1)
        assert "? Keys" not in screen.text
        await screen.press("minus")
        assert screen.session.tour is None
        assert screen.session.state.parameters.w[1] == -0.2
        assert "? Keys" in screen.lines[-1]


async def test_the_palette_stops_it() -> None:
    async with shown() as screen:
        tapper = Tapper(screen, "-")
        await screen.press("ctrl+p")
        assert screen.session.tour == Tour(tapper.question, 0, playing=False)


async def test_a_click_in_the_table_stops_it_and_the_next_one_moves() -> None:
    async with shown() as screen:
        tapper = Tapper(screen, "right", "-")
        await tapper.tap(1)
        table = screen.explore.query_one("#table").content_region
        row = next(y for y in range(table.y, table.bottom) if screen.lines[y][table.x :].startswith(" 2"))
        await screen.pilot.click(offset=(table.x + 5, row))
        await screen.press()
        assert screen.session.tour == Tour(tapper.question, 1, playing=False)
        assert screen.session.view.selection.row == 1
        await screen.pilot.click(offset=(table.x + 5, row))
        await screen.press()
        assert screen.session.tour is None
        assert screen.session.view.selection.row == 2


async def test_a_paste_stops_it_and_the_next_one_goes_into_the_cell() -> None:
    async with shown() as screen:
        tapper = Tapper(screen, "1", "0")
        await tapper.tap(1)
        for pasted, tour, value in (("5", Tour(tapper.question, 1, playing=False), 1.0), ("6", None, 16.0)):
            screen.app.post_message(events.Paste(pasted))
            await screen.press()
            assert screen.session.tour == tour
            assert screen.session.view.typing == Typing(Selection(1, "w"), value)


async def test_at_40_by_12_the_keys_are_seen() -> None:
    async with shown(size=(40, 12)) as screen:
        tapper = Tapper(screen, "right", "-")
        await tapper.tap(1)
        assert "Question 6   keys: ‹right› -" in screen.text


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: str(question.number))
def test_a_tour_has_a_scenario_and_keys_of_commands(question: Question) -> None:
    assert question.scenario in shipped()
    known = {key for command in COMMANDS for key in command.keys} | {"enter", "tab", *"0123456789.-"}
    assert set(question.keys) <= known
