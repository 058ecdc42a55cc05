import pytest

from relutui.model.selection import HANDLE, Field, Move, Selection, neighbour


@pytest.mark.parametrize(("start", "move", "end"), [
    ((1, "b"), "left", (1, "w")),
    ((1, "b"), "right", (1, "v")),
    ((1, "b"), "up", (0, "b")),
    ((1, "b"), "down", (2, "b")),
    ((2, "v"), "down", (3, "c")),
    ((2, "v"), "end", (3, "c")),
    ((2, "v"), "home", (0, "v")),
    ((0, "v"), "pagedown", (3, "c")),
    ((2, "b"), "pageup", (0, "b")),
    ((3, "c"), "up", (2, "b")),
    ((3, "c"), "home", (0, "b")),
    ((0, "v"), "next", (1, "w")),
    ((2, "v"), "next", (3, "c")),
    ((3, "c"), "next", (3, "c")),
    ((3, "c"), "previous", (2, "v")),
    ((0, "w"), "previous", (0, "w")),
    ((0, "w"), "up", (0, "w")),
    ((0, "w"), "left", (0, "w")),
    ((0, "v"), "right", (0, "v")),
    ((3, "c"), "down", (3, "c")),
    ((3, "c"), "left", (3, "c")),
    ((3, "c"), "right", (3, "c")),
])  # fmt: skip
def test_where_a_move_leads(start: tuple[int, Field], move: Move, end: tuple[int, Field]) -> None:
    assert neighbour(Selection(*start), move, units=3, column="b") == Selection(*end)


@pytest.mark.parametrize(("start", "move", "end"), [
    ((1, "kink"), "left", (1, "kink")),
    ((1, "kink"), "right", (1, "slope")),
    ((1, "side"), "right", (1, "v")),
    ((1, "v"), "next", (2, "kink")),
    ((1, "kink"), "previous", (0, "v")),
    ((2, "v"), "next", (3, "c")),
    ((3, "c"), "previous", (2, "v")),
    ((1, "side"), "down", (2, "side")),
    ((2, "side"), "down", (3, "c")),
    ((3, "c"), "up", (2, "slope")),
])  # fmt: skip
def test_where_a_move_leads_by_kinks(start: tuple[int, Field], move: Move, end: tuple[int, Field]) -> None:
    assert neighbour(Selection(*start), move, units=3, column="slope", fields=HANDLE) == Selection(*end)


def test_the_parameters_behind_the_handle() -> None:
    assert [Selection(1, field).parameter.field for field in (*HANDLE, "w", "c")] == ["b", "w", "w", "v", "w", "c"]


def test_selections_in_words() -> None:
    assert str(Selection(1, "w")) == "w of unit 1"
    assert str(Selection(3, "c")) == "the output bias c"
    assert (Selection(1, "w").short, Selection(3, "c").short) == ("w1", "c")
