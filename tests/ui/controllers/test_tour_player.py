from dataclasses import replace

import pytest
from textual import events

from relutui.commands.contents import COMMANDS
from relutui.model.selection import Selection
from relutui.scenario.library import shipped
from relutui.session.questions import QUESTIONS
from relutui.session.tours import Question, Step, Tour
from relutui.session.view_state import Typing
from tests.support.screen import Screen, shown, until
from tests.support.sessions import open_lab
from tests.support.waiting import turns


def begin(screen: Screen, *keys: str) -> Question:
    """The tour of some keys in the present session; captions: 0, 1, 2, ..."""
    question = Question(6, "Up or sideways?", "lab", tuple(Step(key, f"caption {n}") for n, key in enumerate(("", *keys))))
    screen.explore.session = replace(screen.session, tour=Tour(question), previous=open_lab(w1=3))
    screen.explore.tour_player.start()
    return question


def pressed(screen: Screen) -> int:
    return screen.session.tour.keys_pressed if screen.session.tour else -1


async def go_on(screen: Screen) -> None:
    await screen.pilot.press("space")
    await until(lambda: not screen.explore.tour_player.busy)
    await screen.press()


async def test_space_goes_on_and_backspace_back_with_a_caption_for_each_key() -> None:
    async with shown(size=(80, 24)) as screen:
        begin(screen, "right", "-", "-")
        await screen.press()
        start = screen.session
        assert "Question 6: Up or sideways?" in screen.text
        assert "keys: right - -   space: next   esc: back to lab" in screen.text
        assert "▸ caption 0" in screen.text
        await go_on(screen)
        assert "keys: ‹right› - -   space: next   backspace: back   esc: back to lab" in screen.text
        assert "▸ caption 1" in screen.text
        assert screen.session.view.selection.short == "b1"
        await go_on(screen)
        assert screen.session.state.parameters.b[1] == -0.1
        await go_on(screen)
        assert screen.session.state.parameters.b[1] == -0.2
        assert "keys: right - ‹-›   Q: answer one   backspace: back   esc: back to lab" in screen.text
        assert "▸ caption 3" in screen.text
        await go_on(screen)  # there is no next
        assert pressed(screen) == 3
        await screen.press("backspace")
        assert screen.session.state.parameters.b[1] == -0.1
        assert "▸ caption 2" in screen.text
        await screen.press("backspace", "backspace", "backspace")
        assert screen.session == start


async def test_keys_take_the_way_of_real_ones_into_the_table_too() -> None:
    async with shown() as screen:
        begin(screen, "1", ".", "5", "enter", "tab", "V")
        await screen.pilot.press(*["space"] * 6)  # typed ahead
        await until(lambda: pressed(screen) == 6)
        await screen.press()
        assert screen.session.state.parameters.w[1] == 1.5
        assert screen.session.view.name == "landscape"


async def test_the_next_key_waits_for_training() -> None:
    async with shown(open_lab(w1=1, b1=-1)) as screen:
        screen.trainer.gate.clear()
        begin(screen, "s", "s")
        await screen.pilot.press("space", "space")
        await until(lambda: pressed(screen) == 1 and screen.trainer.asked == [1])
        await turns()
        assert pressed(screen) == 1
        screen.trainer.gate.set()
        await until(lambda: pressed(screen) == 2)
        await screen.press()
        assert screen.session.state.checkpoint.step == 2


@pytest.mark.parametrize("key", ["backspace", "x", "escape"])
async def test_what_it_trains_stops_with_it(key: str) -> None:
    async with shown(open_lab(w1=1, b1=-1)) as screen:
        screen.trainer.gate.clear()
        begin(screen, "s", "s")
        await screen.pilot.press("space", "space")
        await until(lambda: screen.trainer.asked == [1])
        await screen.pilot.press(key)
        screen.trainer.gate.set()
        await screen.press()
        assert pressed(screen) == (0 if key == "backspace" else -1)
        assert screen.session.state.checkpoint.step == 0


async def test_esc_leads_out_at_any_step() -> None:
    async with shown() as screen:
        begin(screen, "right", "-")
        await go_on(screen)
        await screen.press("escape")
        assert screen.session.tour is None
        assert screen.session.state == open_lab(w1=3).state
        assert "caption" not in screen.text


async def test_any_other_key_ends_it_and_counts() -> None:
    async with shown(size=(80, 24)) as screen:
        begin(screen, "right", "-")
        await go_on(screen)
        assert "? Keys" not in screen.text
        await screen.press("minus")
        assert screen.session.tour is None
        assert screen.session.state.parameters.b[1] == -0.1
        assert "? Keys" in screen.lines[-1]
        assert "caption" not in screen.text


async def test_over_a_screen_that_it_opens_the_question_stays_and_the_keys_are_the_tours() -> None:
    async with shown(open_lab(w1=1, b1=-1), size=(80, 24)) as screen:
        begin(screen, "right", "K")
        await go_on(screen)
        await go_on(screen)
        assert screen.app.screen is not screen.explore
        assert "▸ caption 2" in screen.text
        assert "Question 6: Up or sideways?" in screen.text
        await screen.press("backspace")
        assert screen.app.screen is screen.explore
        assert pressed(screen) == 1
        await go_on(screen)
        await screen.press("escape")
        assert screen.app.screen is screen.explore
        assert screen.session.state == open_lab(w1=3).state


async def test_the_palette_ends_it() -> None:
    async with shown() as screen:
        begin(screen, "-")
        await screen.press("ctrl+p")
        assert screen.session.tour is None
        await screen.press("escape")
        assert screen.app.screen is screen.explore


async def test_a_click_in_the_table_ends_it_and_moves() -> None:
    async with shown() as screen:
        begin(screen, "right", "-")
        await go_on(screen)
        table = screen.explore.query_one("#table").content_region
        row = next(y for y in range(table.y, table.bottom) if screen.lines[y][table.x :].startswith(" 2"))
        await screen.pilot.click(offset=(table.x + 5, row))
        await screen.press()
        assert screen.session.tour is None
        assert screen.session.view.selection.row == 2


async def test_a_paste_ends_it_and_goes_into_the_cell() -> None:
    async with shown() as screen:
        begin(screen, "1", "0")
        await go_on(screen)
        screen.app.post_message(events.Paste("6"))
        await screen.press()
        assert screen.session.tour is None
        assert screen.session.view.typing == Typing(Selection(1, "w"), 16.0)


async def test_at_40_by_12_the_caption_and_the_ways_on_and_back_are_seen() -> None:
    async with shown(size=(40, 12)) as screen:
        begin(screen, "right", "-")
        await go_on(screen)
        assert "▸ caption 1" in screen.text
        assert "Q6 1/2 space backspace esc" in screen.text


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: str(question.number))
def test_a_tour_has_a_scenario_and_keys_of_commands(question: Question) -> None:
    assert question.scenario in shipped()
    known = {key for command in COMMANDS for key in command.keys} | {"enter", "tab", *"0123456789.-"}
    assert set(question.keys) <= known - {"space", "backspace", "escape"}
    assert not question.steps[0].key
    assert all(step.key for step in question.steps[1:])
