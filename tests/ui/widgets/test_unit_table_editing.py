import re
from dataclasses import replace
from typing import Any

import pytest
from textual import events
from textual.screen import ModalScreen

from relutui.model.selection import Selection
from relutui.readout.table import Cell
from tests.ui.widgets.table_app import BY_KINK, FREE, LAB, shown, styles_at


async def test_enter_selects_the_old_value_and_typing_replaces_it() -> None:
    async with shown(replace(FREE, selection=Selection(1, "b"))) as (app, pilot):
        await pilot.press("enter")
        assert app.table.editing
        assert app.lines[2] == " 1   1.00 [-1    ] 1.00    1.00 right  67% twin of 0"
        assert "reverse" in styles_at(app, 2, "-1")
        await pilot.press("minus", "3", "full_stop", "5")
        assert app.lines[2] == " 1   1.00 [-3.5  ] 1.00    1.00 right  67% twin of 0"
        await pilot.press("enter")
        assert app.take() == [None, None, -3.0, -3.0, -3.5, "left", (Selection(1, "b"), -3.5)]
        assert not app.table.editing
        assert app.lines[2].startswith(" 1   1.00 [-1.00 ]")  # the owner has not changed it


async def test_a_digit_starts_an_edit_with_itself() -> None:
    async with shown(FREE) as (app, pilot):
        await pilot.press("7", "full_stop", "5")
        assert app.lines[3].startswith(" 2 [7.5   ] 0.00")
        assert "reverse" not in styles_at(app, 3, "7.5")
        await pilot.press("enter")
        assert app.take() == [7.0, 7.0, 7.5, "left", (Selection(2, "w"), 7.5)]


async def test_the_caret_is_seen() -> None:
    async with shown(FREE) as (app, pilot):
        await pilot.press("1", "9", "3", "left", "left")
        assert "reverse" in styles_at(app, 3, "9")
        assert "reverse" not in styles_at(app, 3, "3")


@pytest.mark.parametrize("key", ["enter", "5"])
async def test_a_locked_parameter_cannot_be_typed(key: str) -> None:
    async with shown(replace(LAB, selection=Selection(0, "w"), refusal="w of unit 0 is locked")) as (app, pilot):
        await pilot.press(key)
        assert app.take() == ["w of unit 0 is locked"]
        assert not app.table.editing


@pytest.mark.parametrize(("start", "key", "end"), [
    ((1, "w"), "tab", (1, "b")),
    ((1, "v"), "tab", (2, "w")),
    ((2, "v"), "tab", (3, "c")),
    ((3, "c"), "tab", None),
    ((3, "c"), "shift+tab", (2, "v")),
    ((1, "w"), "shift+tab", (0, "v")),
    ((0, "w"), "shift+tab", None),
    ((1, "v"), "up", (0, "v")),
    ((2, "b"), "down", (3, "c")),
    ((0, "b"), "up", None),
    ((1, "b"), "enter", None),
])  # fmt: skip
async def test_keys_that_keep_the_value_and_move(start: Any, key: str, end: Any) -> None:
    async with shown(replace(FREE, selection=Selection(*start))) as (app, pilot):
        await pilot.press("9", key)
        moved = [] if end is None else [Selection(*end)]
        assert app.take() == [9.0, "left", (Selection(*start), 9.0), *moved]
        assert app.bubbled == []


async def test_enter_puts_the_other_side_in_the_place_of_one() -> None:
    for row, other in ((1, -1.0), (2, 1.0), (3, 1.0)):
        async with shown(replace(BY_KINK, selection=Selection(row, "side"))) as (app, pilot):
            await pilot.press("enter", "5")
            assert app.take() == [(Selection(row, "side"), other), "enter, + and - change the side"]
            assert not app.table.editing


async def test_a_slope_below_0_stays_with_the_reason() -> None:
    async with shown(replace(BY_KINK, selection=Selection(1, "slope"))) as (app, pilot):
        await pilot.press("enter", "minus", "3", "enter")
        assert app.take() == [None, None, None, "never below 0"]
        assert app.lines[2].startswith(" 1   1.00 [-3    ]right")
        await pilot.press("home", "delete", "enter")
        assert app.take() == [None, 3.0, "left", (Selection(1, "slope"), 3.0)]


async def test_a_kink_that_there_is_not_yet_is_typed_into_an_empty_cell() -> None:
    async with shown(replace(BY_KINK, selection=Selection(2, "kink"))) as (app, pilot):
        await pilot.press("enter")
        assert app.lines[3].startswith(" 2 [      ] 0.00")
        await pilot.press("enter")
        assert app.take() == [None, "left"]
        await pilot.press("2", "tab")
        assert app.take() == [2.0, "left", (Selection(2, "kink"), 2.0), Selection(2, "slope")]


async def test_the_number_so_far_is_told_when_it_changes() -> None:
    async with shown(replace(FREE, selection=Selection(1, "b"))) as (app, pilot):  # b = -1
        await pilot.press("enter", "minus", "1", "full_stop", "5", "left", "minus")
        assert app.take() == [None, None, None, -1.0, -1.5, None]


async def test_what_was_refused_is_said_until_the_next_key() -> None:
    async with shown(FREE) as (app, pilot):
        await pilot.press("4", "left")
        assert app.take() == [4.0]
        app.post_message(events.Paste("1/3"))
        await pilot.pause()
        assert app.take() == ['"1/34" is not a number, so nothing is pasted']
        await pilot.press("f1", "right")
        assert app.take() == [4.0]  # the number so far again, in the place of the reason


async def test_a_stray_character_stands_in_red_with_the_reason_until_it_is_gone() -> None:
    async with shown(FREE) as (app, pilot):
        await pilot.press("1", "slash", "3", "enter")
        reason = "only digits, + - . and e here; esc leaves the cell"
        assert app.take() == [1.0, None, reason, None, reason, '"1/3" is not a number']
        assert app.lines[3].startswith(" 2 [1/3   ]")
        assert "underline" in styles_at(app, 3, "1/3")
        await pilot.press("escape")
        assert app.take() == ["left"]
        assert app.lines[3].startswith(" 2 [ 0.00 ]")


async def test_escape_keeps_the_old_value() -> None:
    async with shown(FREE) as (app, pilot):
        await pilot.press("5", "escape")
        assert app.take() == [5.0, "left"]
        assert app.lines[3].startswith(" 2 [ 0.00 ]")


async def test_tab_through_values_left_alone_changes_none() -> None:
    async with shown(replace(FREE, selection=Selection(1, "w"))) as (app, pilot):
        await pilot.press("enter", "tab")
        assert app.take() == [None, "left", Selection(1, "b")]


async def test_a_wrong_number_stays_in_red_and_underlined_with_the_reason() -> None:
    async with shown(FREE) as (app, pilot):
        await pilot.press("1", "full_stop", "2", "full_stop", "3", "tab")
        assert app.take() == [1.0, 1.0, 1.2, None, None, '"1.2.3" is not a number']
        assert app.lines[3].startswith(" 2 [1.2.3 ]")
        style = styles_at(app, 3, "1.2.3")
        assert "underline" in style
        assert style != styles_at(app, 3, "]").replace("bold", "bold underline")  # and in another colour
        await pilot.press("backspace", "backspace")
        assert "underline" not in styles_at(app, 3, "1.2")
        await pilot.press("enter")
        assert app.take() == [None, 1.2, "left", (Selection(2, "w"), 1.2)]


async def test_no_command_is_set_off_by_what_is_mistyped() -> None:
    async with shown(FREE) as (app, pilot):
        await pilot.press("enter", "s", "space", "q", "plus", "f1", "left_square_bracket", "home", "pagedown")
        assert app.bubbled == []
        reason = "only digits, + - . and e here; esc leaves the cell"
        assert app.take() == [None, *[None, reason] * 4, reason, None, reason, reason, reason]
        assert app.lines[3].startswith(" 2 [s q+[ ]")
        await pilot.press("ctrl+c")
        assert app.bubbled == ["ctrl+c"]
        assert app.table.editing


async def test_a_long_text_covers_whole_neighbours() -> None:
    async with shown(replace(FREE, selection=Selection(1, "w"))) as (app, pilot):
        await pilot.press(*"123456")
        assert app.lines[2] == " 1 [123456       ] 1.00    1.00 right  67% twin of 0"
        await pilot.press(*"78901234567890")
        assert "[12345678901234567890" in app.lines[2]


async def test_a_text_longer_than_the_table_scrolls_to_its_caret() -> None:
    async with shown(replace(FREE, selection=Selection(1, "v")), (30, 8)) as (app, pilot):
        await pilot.press(*"1234567890123")
        assert re.search(r"\[…\d*90123 \]$", app.lines[2])
        await pilot.press("home")
        assert re.search(r"\[1234567890\d*…\]$", app.lines[2])
        await pilot.press("end", "left", "left")
        assert re.search(r"\[…\d*90123\]$", app.lines[2])  # the caret on the 2, the last digit right of it


async def test_pasting() -> None:
    async with shown(FREE) as (app, pilot):
        for text in ("4", "1/3", "\n", "1,234"):
            app.post_message(events.Paste(text))
            await pilot.press("escape")
        refused, taken = (
            '"1/3" is not a number, so nothing is pasted',
            '"1,234" is read as 1.234: a comma is a decimal point here',
        )
        assert app.take() == [4.0, "left", refused, 1.234, taken, "left"]
        assert app.bubbled == ["escape", "escape"]
        await pilot.press("enter")
        app.post_message(events.Paste("-0,25\r\n"))
        app.post_message(events.Paste("-0.25\r\nrm"))
        await pilot.pause()
        await pilot.press("enter")
        assert app.take() == [
            *(None, -0.25, '"-0.25-0.25 rm" is not a number, so nothing is pasted', "left", (Selection(2, "w"), -0.25))
        ]


async def test_an_edit_goes_on_while_training_changes_the_table() -> None:
    async with shown(FREE) as (app, pilot):
        await pilot.press("4", "2")
        app.show(
            rows=tuple(row._replace(cells={**row.cells, "w": Cell(3.21, False)}) for row in FREE.rows),
            selection=Selection(0, "b"),
        )
        await pilot.pause()
        assert app.lines[2].startswith(" 1   3.21 ")
        assert app.lines[3].startswith(" 2 [42    ] 0.00")
        await pilot.press("enter")
        assert app.take() == [4.0, 42.0, "left", (Selection(2, "w"), 42.0)]


async def test_an_edit_ends_when_its_unit_is_gone() -> None:
    async with shown(FREE) as (app, pilot):
        await pilot.press("4")
        app.show(rows=FREE.rows[:2], selection=Selection(1, "w"))
        await pilot.pause()
        assert app.take() == [4.0, "left"]
        assert not app.table.editing


async def test_an_edit_of_c_outlives_its_row_number() -> None:
    async with shown(replace(FREE, selection=Selection(3, "c"))) as (app, pilot):
        await pilot.press("4")
        app.show(rows=FREE.rows[:2], selection=Selection(2, "c"))
        await pilot.pause()
        assert app.lines[4].startswith(" c               [4     ]")
        await pilot.press("enter")
        assert app.take() == [4.0, "left", (Selection(2, "c"), 4.0)]


async def test_a_click_elsewhere_keeps_the_value_like_enter() -> None:
    async with shown(FREE) as (app, pilot):
        await pilot.press("4")
        await pilot.click(offset=(5, 1))
        assert app.take() == [4.0, "left", (Selection(2, "w"), 4.0), Selection(0, "w")]
        await pilot.press("4", "e")
        await pilot.click(offset=(5, 2))
        assert app.take() == [4.0, None, '"4e" is not a number']
        assert app.table.editing


async def test_an_edit_is_dropped_when_a_dialog_opens() -> None:
    async with shown(FREE) as (app, pilot):
        await pilot.press("4")
        await app.push_screen(ModalScreen())
        await pilot.pause()
        assert app.take() == [4.0, "left"]
        app.pop_screen()
        await pilot.pause()
        assert not app.table.editing
        await pilot.press("5", "enter")
        assert app.take() == [5.0, "left", (Selection(2, "w"), 5.0)]


async def test_an_edit_waits_while_the_terminal_window_is_left() -> None:
    async with shown(FREE) as (app, pilot):
        await pilot.press("4")
        app.post_message(events.AppBlur())
        await pilot.pause()
        app.post_message(events.AppFocus())
        await pilot.pause()
        await pilot.press("2", "enter")
        assert app.take() == [4.0, 42.0, "left", (Selection(2, "w"), 42.0)]
