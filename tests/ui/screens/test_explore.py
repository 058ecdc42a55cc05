from dataclasses import replace

import pytest
from textual import events
from textual._compositor import Compositor

from relutui.model.network import Network
from relutui.model.selection import Selection
from relutui.scenario.reader import parse
from relutui.session.session import open_session
from tests.support.screen import shown, until
from tests.support.sessions import open_lab, opener, said, with_values


async def test_a_learner_solves_the_exercise_by_typing() -> None:
    async with shown() as screen:
        await screen.press("1", "tab", "enter", "minus", "1", "enter")
        assert screen.session.loss == pytest.approx(0.4497, abs=5e-5)
        await screen.press("down", "enter", *"-4", "enter", "left", "2", "enter")
        assert screen.session.solved
        assert "✓ solved" in screen.lines[0]
        assert "Solved" in screen.text


async def test_a_nudge_stays_when_enter_begins_a_value_after_it() -> None:
    async with shown() as screen:
        await screen.press("minus", "enter", "5", "enter", "u")
        assert screen.session.state.parameters.w[1] == -0.1
        await screen.press("minus", "enter", "enter")
        assert screen.session.state.parameters.w[1] == -0.2


async def test_a_learner_solves_the_exercise_by_nudging() -> None:
    async with shown() as screen:
        await screen.press("greater_than_sign", "right", "less_than_sign", "down", *["less_than_sign"] * 4)
        await screen.press("left", "greater_than_sign", *["plus"] * 10)
        assert screen.session.loss < 1e-12
        await screen.press("u", "u", "u", "u")
        assert screen.session.state == open_lab().state


async def test_the_common_mistake_can_be_typed_beyond_the_range() -> None:
    async with shown(open_lab(w1=1, b1=-1)) as screen:
        await screen.press("down", "3", "tab", "enter", *"-5", "enter")
        assert screen.session.loss == pytest.approx(0.8188, abs=5e-5)


async def test_keys_typed_ahead_wait_for_those_before_them() -> None:
    """As over a slow link, where several arrive at once."""
    async with shown() as screen:
        for key, character in (
            ("1", "1"),
            ("down", None),
            ("2", "2"),
            ("tab", None),
            ("enter", None),
            ("4", "4"),
            ("enter", None),
        ):
            screen.app.post_message(events.Key(key, character))
        for key in ("up", "right", "l"):
            screen.app.post_message(events.Key(key, None))
        await until(lambda: not screen.session.state.locks.v[1])
        p = screen.session.state.parameters
        assert (p.w.tolist(), p.b.tolist()) == ([-2, 1, 2], [2, 0, 4])
        assert screen.session.view.selection == Selection(1, "v")
        assert not screen.session.state.locks.v[1]


async def test_at_40_by_12_there_is_no_room_to_type() -> None:
    async with shown(size=(40, 12)) as screen:
        await screen.press("1")
        assert "no room to type" in screen.text
        await screen.press("plus")
        assert screen.session.state.parameters.w[1] == 0.1


async def test_an_edit_is_dropped_where_the_table_has_no_room() -> None:
    async with shown() as screen:
        await screen.press("1")
        await screen.pilot.resize_terminal(40, 12)
        await screen.pilot.pause()
        assert not screen.session.view.typing


async def test_letters_typed_into_a_cell_are_no_commands() -> None:
    async with shown() as screen:
        await screen.press("1", "s", "q", "space")
        assert screen.trainer.asked == []
        assert not screen.session.running
        assert "esc leaves the cell" in screen.text
        await screen.press("escape")
        assert screen.session.state == open_lab().state


async def test_a_wrong_number_stays_with_its_reason() -> None:
    async with shown() as screen:
        await screen.press("1", "full_stop", "2", "full_stop", "3", "enter")
        assert "1.2.3" in screen.text
        assert "is not a number" in screen.text
        assert screen.session.view.typing
        assert screen.session.state == open_lab().state


async def test_an_edit_repaints_what_changed_and_not_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    async with shown(open_lab(w1=1, b1=-1)) as screen:
        whole: list[Compositor] = []
        render = Compositor.render_full_update

        def counted(self: Compositor, simplify: bool = False) -> object:
            whole.append(self)
            return render(self, simplify)

        monkeypatch.setattr(Compositor, "render_full_update", counted)
        await screen.press("plus")
        assert screen.session.state.parameters.w[1] == 1.1
        assert whole == []
        await screen.pilot.resize_terminal(80, 24)  # a change of layout does repaint it
        await screen.pilot.pause()
        assert whole != []


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (40, 12)])
async def test_a_used_hint_goes(size: tuple[int, int]) -> None:
    async with shown(with_values(opener("lab-two-units"), w1=2.0, b1=-2.5), size) as screen:
        for keys in ("+", "s", "space space", "R", "u"):
            while (given := screen.session.view.hint) is None or given.given != 2 or "Hint 2" not in screen.text:
                await screen.press("h")
            for key in keys.split():
                await screen.press(key)
            assert "Hint 2" not in screen.text, keys
            await screen.press("h")


async def test_hints_go_round_what_the_state_calls_for_first() -> None:
    async with shown() as screen:
        hints = screen.session.scenario.exercise.hints  # type: ignore[union-attr]
        await screen.press("h")
        assert said(screen.session) == "[0, 1] matches. On [1, 2] the slope is 0 and must be 1: +1 is missing."
        for number, hint in enumerate(hints, 1):
            await screen.press("h")
            assert said(screen.session) == f"Hint {number} of 3: {hint}"
        await screen.press("h")
        assert said(screen.session).startswith("[0, 1] matches.")


async def test_tabs_at_80_by_24_and_none_where_everything_is_shown() -> None:
    async with shown(size=(80, 24)) as screen:
        assert "‹Units›" in screen.text
        await screen.press("tab")
        assert "slope -2" in screen.text
        assert "‹Units›" not in screen.text
        await screen.press("down", "1")  # where there is no table to type into, it comes
        assert "‹Units›" in screen.text
        assert screen.session.view.selection == Selection(2, "w")
        await screen.press("enter")
        assert screen.session.state.parameters.w[2] == 1
        await screen.press("shift+tab")
        assert "Σ = " in screen.text
        await screen.press("shift+tab")
        assert "no steps yet" in screen.text
        await screen.resize((120, 36))
        assert "‹Loss›  Network" in screen.text
        await screen.press("tab")
        assert "Loss  ‹Network›" in screen.text
    async with shown(size=(200, 60)) as screen:
        await screen.press("tab")
        assert "every panel is on the screen" in screen.text


async def test_the_screen_follows_the_size_of_the_terminal() -> None:
    async with shown() as screen:
        for width, height, there, gone in (
            (40, 12, "w1 0.00   MSE 2.4630", "Units"),
            (80, 24, "‹Units›", "At the probe ─"),
            (200, 60, "unit 2  off everywhere", "‹Units›"),
            (120, 36, "At the probe ─", "‹Units›"),
            (20, 5, "", "Units"),
            (1, 1, "", "Units"),
        ):
            await screen.pilot.resize_terminal(width, height)
            await screen.pilot.pause()
            assert there in screen.text
            assert gone not in screen.text


async def test_a_long_message_has_room_at_80_by_24_and_the_chart_stays_where_it_is() -> None:
    long = "Unit 1 is off until x = 1. " * 10 + "The end."
    async with shown(size=(80, 24)) as screen:
        before = screen.lines[:13]
        screen.explore.session = screen.session.say(long)
        await screen.pilot.pause()
        assert "The end." in screen.text
        assert screen.lines[1:13] == before[1:]
        assert " 2     0.00" in screen.text


async def test_the_strips_stand_under_the_chart_column_for_column() -> None:
    """The kinks' diamonds, the ends of the strips and the borders of the slopes are in the same columns."""
    async with shown(open_lab(w1=1, b1=-1, w2=2, b2=-4), (80, 24)) as screen:
        await screen.press("tab")
        for size in ((80, 24), (120, 36), (200, 60), (97, 31), (101, 40)):
            await screen.resize(size)
            left = [line[: screen.explore.query_one("#strips").region.right - 1] for line in screen.lines]
            start = next(row for row, line in enumerate(left) if "On and off" in line)
            kinks = sorted({column for line in left[:start] for column, cell in enumerate(line) if cell == "◆" and column > 7})
            kinks = [column for column in kinks if column != left[1].index("kink") - 2]
            strips = left[start + 1 : start + 5]
            assert strips[0].rindex("▓") + 1 == strips[1].index("▓") == kinks[0]
            assert strips[2].index("▓") == kinks[1]
            assert [column for column, cell in enumerate(strips[3]) if cell == "│"][2:] == kinks


async def test_commands_can_be_found_by_name() -> None:
    async with shown() as screen:
        await screen.find_command("double rate", "Double rate")
        await screen.pilot.press("enter")
        await until(lambda: screen.session.state.settings.learning_rate == 0.1)


async def test_an_activation_without_a_kink_is_shaded() -> None:
    session = open_lab(w1=4, b1=-6)
    async with shown(session.with_state(replace(session.state, network=Network("sigmoid")))) as screen:
        strip = next(line for line in screen.lines if line.startswith(("│ 1", "│▸1")))
        assert "█" in strip
        assert "░" in strip


async def test_a_hundred_units_scroll() -> None:
    many = parse(
        'title = "many"\n[target]\nexpression = "x**2"\ndomain = [-5, 4]\n[init]\nunits = 100\n',
        "many",
        None,
    )
    for size in ((40, 12), (80, 24), (120, 36), (200, 60)):
        async with shown(open_session(many), size=size) as screen:
            await screen.press("end", "up", "pageup", "v", "v", "v")
            assert screen.session.view.selection == Selection(89, "w")
            if size[0] >= 80:
                assert " 89" in screen.text
