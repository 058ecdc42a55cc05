import math
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.ui.widgets.cell_editor import MAX_CHARACTERS, CellEditor, Leave

NAMES = {"-": "minus", "+": "plus", ".": "full_stop", " ": "space", ",": "comma"}


def press(editor: CellEditor, *keys: str) -> CellEditor:
    for key in keys:
        result = editor.key(NAMES.get(key, key), key if len(key) == 1 else None)
        assert isinstance(result, CellEditor), f"{key} ended the edit: {result}"
        editor = result
    return editor


def test_first_character_replaces_the_old_value() -> None:
    editor = press(CellEditor.opened(1.25), "-", "2")
    assert (editor.text, editor.caret, editor.fresh) == ("-2", 2, False)


@pytest.mark.parametrize(("keys", "text", "caret"), [
    (["left"], "1.25", 3),
    (["right"], "1.25", 4),
    (["home", "left"], "1.25", 0),
    (["left", "3"], "1.235", 4),
    (["home", "-"], "-1.25", 1),
    (["ctrl+a", "delete"], ".25", 0),
    (["home", "ctrl+e", "5"], "1.255", 5),
    (["left", "backspace"], "1.5", 2),
    (["left", "ctrl+u"], "5", 0),
    (["end", "delete"], "1.25", 4),
    (["home", "backspace"], "1.25", 0),
    (["end", "ctrl+h"], "1.2", 3),
])  # fmt: skip
def test_arrows_keep_the_old_value_and_keys_change_it_at_the_caret(keys: list[str], text: str, caret: int) -> None:
    editor = press(CellEditor.opened(1.25), *keys)
    assert (editor.text, editor.caret, editor.fresh) == (text, caret, False)


@pytest.mark.parametrize("key", ["backspace", "delete", "ctrl+u"])
def test_deleting_while_the_old_value_is_selected_clears_it(key: str) -> None:
    editor = press(CellEditor.opened(1.25), key)
    assert (editor.text, editor.caret, editor.fresh) == ("", 0, False)


@pytest.mark.parametrize(("value", "text"), [
    (0.0, "0"),
    (-0.0, "0"),
    (-2.0, "-2"),
    (0.30000001192092896, "0.3"),  # 0.3 as float32 holds it
    (0.0123456, "0.0123456"),
    (1e30, "1e+30"),
])  # fmt: skip
def test_an_edit_opens_with_the_digits_that_float32_holds(value: float, text: str) -> None:
    assert CellEditor.opened(value).text == text


@pytest.mark.parametrize(("key", "move"), [
    ("enter", None), ("tab", "next"), ("shift+tab", "previous"), ("up", "up"), ("down", "down"),
])  # fmt: skip
def test_keys_that_keep_the_value(key: str, move: str) -> None:
    result = press(CellEditor.typed("5"), ".", "5").key(key, None)
    assert isinstance(result, Leave)
    assert (result.value, result.move) == (5.5, move)


@pytest.mark.parametrize("text", ["-.5", "+3", "1e-3", "2.", "1E5", "007", "-1e30"])
def test_every_way_to_write_a_number(text: str) -> None:
    assert press(CellEditor.opened(0.0), *text).key("enter", None) == Leave(float(text))


@pytest.mark.parametrize(("text", "value"), [
    ("5", 5.0), ("-.5", -0.5), ("2.", 2.0), ("1e-3", 1e-3), ("0", 0.0),
    ("", None), ("-", None), ("1e", None), ("1.2.3", None), ("1e31", None),
    ("1.25", None),  # what stands already
])  # fmt: skip
def test_the_number_so_far(text: str, value: float | None) -> None:
    assert press(CellEditor.opened(1.25), "backspace", *text).value == value


def test_a_value_that_cannot_be_below_0_says_why() -> None:
    typed = press(CellEditor.opened(1.0, "never below 0"), "-", "2")
    assert typed.value is None
    assert press(typed, "enter").problem == "never below 0"
    assert press(typed, "home", "delete").key("enter", None) == Leave(2.0)
    assert press(typed, "ctrl+u", "0").key("enter", None) == Leave(0.0)


def test_where_there_is_no_value_yet_one_is_typed_into_an_empty_cell() -> None:
    empty = CellEditor.opened(None)
    assert (empty.text, empty.value) == ("", None)
    assert empty.key("enter", None) == Leave(None)
    assert press(empty, "7").key("enter", None) == Leave(7.0)


def test_escape_gives_the_old_value_back() -> None:
    assert press(CellEditor.opened(1.0), "7").key("escape", None) == Leave(None)


def test_nothing_typed_and_text_left_empty_change_nothing_but_still_move() -> None:
    third = CellEditor.opened(1 / 3)  # shown as 0.3333333: keeping that would change the value
    assert third.key("tab", None) == Leave(None, "next")
    assert press(third, "left", "right").key("enter", None) == Leave(None)
    assert press(third, "backspace").key("down", None) == Leave(None, "down")


@pytest.mark.parametrize(("text", "reason"), [
    ("1.2.3", '"1.2.3" is not a number'),
    ("-", '"-" is not a number'),
    ("5e", '"5e" is not a number'),
    ("1e31", '"1e31" is too large: at most 1e+30 either way'),
    ("-2e30", '"-2e30" is too large: at most 1e+30 either way'),
    ("1e999", '"1e999" is too large: at most 1e+30 either way'),
])  # fmt: skip
def test_what_is_no_value_stays_with_the_reason(text: str, reason: str) -> None:
    typed = press(CellEditor.opened(1.0), *text)
    refused = press(typed, "enter")
    assert (refused.text, refused.caret, refused.wrong, refused.problem) == (text, len(text), True, reason)
    mended = press(refused, "ctrl+u", "2")
    assert (mended.wrong, mended.problem) == (False, "")
    assert mended.key("enter", None) == Leave(2.0)


@pytest.mark.parametrize(("keys", "value"), [
    ("2,5", 2.5), (",5", 0.5), ("-2,5", -2.5), ("1,5e3", 1500.0),
    ("\u22121.5", -1.5), ("1.5e\u22123", 0.0015), ("\u20132", -2.0), ("\u20112", -2.0), ("+3", 3.0),
])  # fmt: skip
def test_a_comma_is_a_point_and_the_minus_of_typesetters_a_minus(keys: str, value: float) -> None:
    assert press(CellEditor.opened(1.25), *keys).key("enter", None) == Leave(value)


STRANGE = "only digits, + - . and e here; esc leaves the cell"


@pytest.mark.parametrize(("keys", "text", "reason"), [
    ("1/3", "1/3", STRANGE),
    ("1,2,3", "1.2,3", "there is already a point, and a comma counts as one"),
    ("1.234,5", "1.234,5", "there is already a point, and a comma counts as one"),
    ("1_5", "1_5", STRANGE),
    ("1 5", "1 5", STRANGE),
    ("5 ", "5 ", STRANGE),
    (" ", " ", STRANGE),
    ("s", "s", STRANGE),
    ("q[<?", "q[<?", STRANGE),
    ("5%", "5%", STRANGE),
    ("inf", "inf", STRANGE),
    ("\u00bd", "\u00bd", STRANGE),
    ("\u0661", "?", STRANGE),  # what may be wide, or turn the reading direction
    ("4\u4e8c", "4?", STRANGE),
    ("1\u2014", "1?", STRANGE),
])  # fmt: skip
def test_what_is_typed_counts_as_a_whole(keys: str, text: str, reason: str) -> None:
    typed = press(CellEditor.opened(1.25), *keys)
    assert (typed.text, typed.caret, typed.fresh, typed.wrong, typed.problem) == (text, len(text), False, True, reason)
    assert typed.value is None
    assert press(typed, "left").problem == press(typed, "f5").problem == reason
    for key in ("enter", "tab", "up"):
        refused = press(typed, key)
        assert (refused.text, refused.wrong, refused.problem) == (text, True, f'"{text}" is not a number')
    mended = press(typed, *["backspace"] * len(text), "2")
    assert (mended.wrong, mended.problem) == (False, "")
    assert mended.key("enter", None) == Leave(2.0)
    assert typed.key("escape", None) == Leave(None)


def test_once_a_stray_character_is_gone_the_rest_is_a_number_again() -> None:
    typed = press(CellEditor.opened(1.25), *"1/3", "left", "backspace")
    assert (typed.text, typed.value, typed.wrong, typed.problem) == ("13", 13.0, False, "")
    commas = press(CellEditor.opened(1.25), *"1,2,3", "home", "right", "delete")
    assert (commas.text, commas.value, commas.wrong) == ("12.3", 12.3, False)  # the comma that is left is a point
    assert press(CellEditor.opened(1.25), ",", "5").text == ".5"  # the point of the value that stands is no hindrance


@pytest.mark.parametrize("key", ["f1", "pageup", "ctrl+s", "insert"])
def test_other_keys_do_nothing(key: str) -> None:
    before = press(CellEditor.typed("4"), "2")
    assert press(before, key) == before


@pytest.mark.parametrize(("pasted", "text"), [
    ("-1.5", "-1.5"), ("  -1.5\n", "-1.5"), ("\u00a01.5\t\r\n", "1.5"), ("+5", "+5"), ("1e-3", "1e-3"), ("007", "007"),
    ("2,5", "2.5"), ("-0,25", "-0.25"), ("1,5e3", "1.5e3"), ("1234,5", "1234.5"),
    ("\u22121.5", "-1.5"), ("1.5e\u22123", "1.5e-3"), ("\u20132", "-2"), ("\u22122,5", "-2.5"),
])  # fmt: skip
def test_a_number_is_pasted_in_the_place_of_the_selected_value(pasted: str, text: str) -> None:
    editor = CellEditor.opened(9.0).paste(pasted)
    assert (editor.text, editor.caret, editor.problem) == (text, len(text), "")


def test_a_paste_goes_in_at_the_caret() -> None:
    assert press(CellEditor.typed("1"), "9", "left").paste("25").text == "1259"
    assert press(CellEditor.opened(9.0), "-").paste("2,5").text == "-2.5"
    assert CellEditor.typed("1").paste("e\u22125").text == "1e-5"


@pytest.mark.parametrize("pasted", [
    "1/3", "1.234,5", "1,234.5", "1,2,3", "1 234", "1\u00a0234,5", "- 5", "1\u20135", "w = 2,5", "1_5", "inf", "nan", "0x10",
    "5%", "1.5\n2.5", "1.5\t2.5", "1.5\nrm", "\u0661", "\u00bd", "-", "1-5", "abc",
])  # fmt: skip
def test_what_is_no_number_as_a_whole_leaves_the_cell_as_it_was_and_says_so(pasted: str) -> None:
    for before in (CellEditor.opened(1.25), press(CellEditor.opened(1.25), "left"), press(CellEditor.opened(1.0), "7", "/")):
        refused = before.paste(pasted)
        assert refused == replace(before, problem=refused.problem)
        assert re.fullmatch(r'".+" is not a number, so nothing is pasted', refused.problem)
        assert press(refused, "left").problem == press(before, "left").problem


def test_a_paste_that_makes_no_number_with_what_is_typed_is_not_taken() -> None:
    typed = press(CellEditor.opened(1.25), *"1.5")
    for pasted, made in (("2,5", "1.52,5"), ("-3", "1.5-3")):
        refused = typed.paste(pasted)
        assert (refused.text, refused.problem) == ("1.5", f'"{made}" is not a number, so nothing is pasted')


def test_a_comma_that_may_stand_for_thousands_is_said() -> None:
    pasted = CellEditor.opened(9.0).paste("1,234")
    assert (pasted.text, pasted.problem) == ("1.234", '"1,234" is read as 1.234: a comma is a decimal point here')


@pytest.mark.parametrize("pasted", ["", "\n\n", "\x1b"])
def test_a_paste_of_nothing_changes_nothing(pasted: str) -> None:
    before = CellEditor.opened(9.0)
    assert before.paste(pasted) == before


def test_text_has_a_limit() -> None:
    full = CellEditor.typed("1").paste("0" * (MAX_CHARACTERS - 1))
    assert len(full.text) == MAX_CHARACTERS
    for more in (press(full, "5"), full.paste("5" * 100_000)):
        assert (more.text, more.problem) == (full.text, "at most 24 characters")


KEYS = st.one_of(
    st.characters(codec="utf-8"),
    st.sampled_from(["enter", "tab", "up", "left", "right", "home", "end", "backspace", "delete", "ctrl+u", "f5"]),
)


@given(st.floats(-1e30, 1e30), st.lists(KEYS, max_size=40))
def test_any_keys_leave_a_caret_in_the_text_or_a_value_that_can_be_used(value: float, keys: list[str]) -> None:
    editor = CellEditor.opened(value)
    for key in keys:
        result = editor.key(key, key if len(key) == 1 else None)
        if isinstance(result, Leave):
            assert result.value is None or (math.isfinite(result.value) and abs(result.value) <= 1e30)
            return
        editor = result
        assert 0 <= editor.caret <= len(editor.text) <= MAX_CHARACTERS
