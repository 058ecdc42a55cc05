"""`-` and a digit on a cell begin a negative number, a point or comma and a digit a small one; alone they do something else."""

from dataclasses import replace

import pytest
from textual import events

from relutui.model.selection import Selection
from tests.support.screen import Screen, shown, until, wait_for_steps
from tests.support.sessions import open_lab, opener


def w1(screen: Screen) -> float:
    value: float = screen.session.state.parameters.w[1]
    return value


async def test_a_minus_and_a_digit_begin_a_negative_number() -> None:
    async with shown() as screen:
        await screen.press("minus")
        assert w1(screen) == -0.1
        await screen.press("1")
        assert "[-1    ]" in screen.text
        assert w1(screen) == 0.0
        await screen.press("full_stop", "5", "enter")
        assert w1(screen) == -1.5
        await screen.press("u")
        assert screen.session.state == open_lab().state
        assert not screen.session.states.past


@pytest.mark.parametrize(("keys", "value"), [
    (("full_stop", "5"), 0.5),
    (("comma", "5"), 0.5),
    (("minus", "full_stop", "2"), -0.2),
    (("minus", "comma", "2"), -0.2),
    (("minus", "minus", "full_stop", "2"), -0.2),
    (("full_stop", "full_stop", "2", "5"), 0.25),
])  # fmt: skip
async def test_a_point_and_a_digit_begin_a_small_number(keys: tuple[str, ...], value: float) -> None:
    lone = keys[:-1].count("full_stop") - 1 if keys[0] == "full_stop" else 0
    nudged = keys[:-1].count("minus") == 2
    async with shown(replace(open_lab(), speed=100)) as screen:
        await screen.press(*keys, "enter")
        assert w1(screen) == value
        assert screen.session.speed == (100, 1000)[lone]
        assert len(screen.session.states.past) == 1 + nudged


async def test_a_lone_point_or_comma_changes_the_speed() -> None:
    async with shown() as screen:
        await screen.press("full_stop", "left", "full_stop", "enter", "5", "escape")
        assert screen.session.speed == 100
        await screen.press("comma", "i", "5", "escape")
        assert screen.session.speed == 10
        await screen.press("minus", "full_stop", "i", "5", "escape")
        assert (screen.session.speed, w1(screen)) == (100, -0.1)


async def test_left_again_the_cell_is_as_before_the_minus() -> None:
    async with shown() as screen:
        await screen.press("minus", "minus", "minus", "4", "escape")
        assert w1(screen) == -0.2
        await screen.press("minus", "u")
        assert w1(screen) == 0.0
        assert not screen.session.states.past


async def test_typed_ahead_they_are_the_same() -> None:
    async with shown() as screen:
        for key, character in (("minus", "-"), ("2", "2"), ("tab", None), ("minus", "-"), ("1", "1"), ("enter", "\r")):
            screen.app.post_message(events.Key(key, character))
        await until(lambda: screen.session.state.parameters.b[1] == -1.0)
        assert w1(screen) == -2.0
        assert len(screen.session.states.past) == 2


@pytest.mark.parametrize("between", ["i", "escape", "plus", "left_square_bracket"])
async def test_with_another_key_between_the_nudge_stays(between: str) -> None:
    async with shown() as screen:
        await screen.press("minus", between)
        nudged = w1(screen)
        await screen.press("5")
        assert "[5     ]" in screen.text
        assert w1(screen) == nudged


async def test_with_another_cell_clicked_between_the_nudge_stays() -> None:
    async with shown() as screen:
        await screen.press("minus")
        region = screen.explore.query_one("#table").content_region
        await screen.pilot.click(offset=(region.x + 5, region.y + 3))
        await screen.press("5")
        assert screen.session.view.selection == Selection(2, "w")
        assert "[5     ]" in screen.text
        assert w1(screen) == -0.1


@pytest.mark.parametrize("key", ["\u2212", "\u2013"])
async def test_the_minus_of_typesetters_is_one_here_too(key: str) -> None:
    async with shown() as screen:
        screen.app.post_message(events.Key({"\u2212": "minus_sign", "\u2013": "en_dash"}[key], key))
        await until(lambda: w1(screen) == -0.1)
        await screen.press("3", "enter")
        assert w1(screen) == -3.0


async def test_at_80_by_24_the_table_is_shown_for_it() -> None:
    async with shown(size=(80, 24)) as screen:
        await screen.press("tab", "minus", "7")
        assert "[-7      ]" in screen.text
        assert w1(screen) == 0.0


async def test_where_no_number_can_be_typed_the_nudge_stays() -> None:
    async with shown(size=(40, 12)) as screen:
        await screen.press("minus", "7")
        assert "no room to type a value here" in screen.text
        assert w1(screen) == -0.1


async def test_a_locked_cell_stays_as_it_is() -> None:
    async with shown() as screen:
        await screen.press("up", "minus", "7")
        assert "w of unit 0 is locked" in screen.text
        assert screen.session.state == open_lab().state


async def test_a_side_is_turned_and_turned_again() -> None:
    async with shown(opener("lab-free")) as screen:
        await screen.press("m", "right")
        before = screen.session.state
        assert screen.session.view.selection.field == "side"
        await screen.press("minus", "5")
        assert "enter, + and - change the side" in screen.text
        assert screen.session.state.parameters.w[0] == -before.parameters.w[0]  # the sign that says the side


async def test_while_it_runs_the_training_goes_on_and_the_nudge_is_taken_back() -> None:
    async with shown(open_lab(w1=1, b1=-1)) as screen:
        await screen.pilot.press("down", "space")  # unit 2, with w = b = 0, is not moved by training
        await wait_for_steps(screen, 1)
        await screen.pilot.press("minus")
        step = screen.session.state.checkpoint.step
        assert screen.session.state.parameters.w[2] == -0.1
        await wait_for_steps(screen, step + 1)
        await screen.pilot.press("4")
        await screen.pilot.press("escape", "space")
        await screen.explore.settled()
        assert screen.session.state.checkpoint.step > step
        assert not screen.session.state.marks
        await screen.press("u")
        await screen.press("u")
        assert screen.session.state.checkpoint.step == 0
