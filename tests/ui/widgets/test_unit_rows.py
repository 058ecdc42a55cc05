from dataclasses import replace

import pytest

from relutui.model.selection import Selection
from relutui.ui.widgets.unit_rows import format_to_width
from tests.ui.widgets.table_app import BY_KINK, FREE, NARROW, TWELVE, WIDE, shown, styles_at


async def test_panel_of_the_main_screen() -> None:
    async with shown() as (app, _):
        assert app.lines == [
            " #   w      b      v       kink side    on state",
            " 0  -2.00=  2.00=  1.00=   1.00 left   33% locked",
            " 1   1.00  -1.00   1.00=   1.00 right  67% twin of 0",
            " 2 [ 0.00 ] 0.00   1.00=      - -       0% dead",
            "",
            " c                 0.00= activation relu",
            "                         output     identity",
            "", "", "", "", "",
        ]  # fmt: skip


async def test_wide() -> None:
    async with shown(size=WIDE) as (app, _):
        assert app.lines == [
            " #     w         b         v          kink  side     on  state",
            " 0    -2.00=     2.00=     1.00=      1.00  left    33%  locked",
            " 1     1.00     -1.00      1.00=      1.00  right   67%  twin of 0",
            " 2 [   0.00 ]    0.00      1.00=         -  -        0%  dead",
            "",
            " c                         0.00=  activation relu",
            "                                  output     identity",
            "", "", "",
        ]  # fmt: skip


async def test_narrow_drops_columns_and_shortens_states() -> None:
    async with shown(size=NARROW) as (app, _):
        assert app.lines == [
            " #   w      b      v       kink state",
            " 0  -2.00=  2.00=  1.00=   1.00 locked",
            " 1   1.00  -1.00   1.00=   1.00 twin 0",
            " 2 [ 0.00 ] 0.00   1.00=      - dead",
            "",
            " c                 0.00= act relu",
            "                         out identity",
            "",
        ]  # fmt: skip


@pytest.mark.parametrize(("width", "header"), [
    (24, " #   w      b      v"),
    (31, " #   w      b      v       kink"),
    (36, " #   w      b      v       kink   on"),  # no room for a state
    (38, " #   w      b      v       kink state"),
    (43, " #   w      b      v       kink   on state"),
    (44, " #   w      b      v       kink side  state"),
    (49, " #   w      b      v       kink side    on state"),
    (56, " #    w       b       v        kink side    on state"),  # six characters a value
    (60, " #     w        b        v         kink side    on state"),  # seven
])  # fmt: skip
async def test_columns_are_kept_by_importance(width: int, header: str) -> None:
    async with shown(size=(width, 8)) as (app, _):
        assert app.lines[0] == header


async def test_panel_by_kinks() -> None:
    async with shown(BY_KINK) as (app, _):
        assert app.lines == [
            " #   kink  slope   side   v          w      b state",
            " 0   1.00=  2.00=  left=  1.00=  -2.00   2.00 locked",
            " 1 [ 1.00 ] 1.00  right   1.00=   1.00  -1.00 twin 0",
            " 2      -   0.00      -   1.00=   0.00   0.00 dead",
            " 3   2.00?  0.00   left?  1.00=   0.00   0.00 waits",
            "",
            " c                        0.00= activation relu",
            "                                output     identity",
            "", "", "", "",
        ]  # fmt: skip


async def test_wide_by_kinks() -> None:
    async with shown(BY_KINK, WIDE) as (app, _):
        assert app.lines[:5] == [
            " #     kink    slope     side     v            w        b   on state",
            " 0     1.00=    2.00=    left=    1.00=    -2.00     2.00  33% locked",
            " 1 [   1.00 ]   1.00    right     1.00=     1.00    -1.00  67% twin of 0",
            " 2        -     0.00        -     1.00=     0.00     0.00   0% dead",
            " 3     2.00?    0.00     left?    1.00=     0.00     0.00   0% waits",
        ]


@pytest.mark.parametrize(("width", "header"), [
    (31, " #   kink  slope   side   v"),
    (38, " #   kink  slope   side   v          w"),
    (45, " #   kink  slope   side   v          w      b"),
    (58, " #   kink  slope   side   v          w      b   on state"),
])  # fmt: skip
async def test_columns_by_kinks_are_kept_by_importance(width: int, header: str) -> None:
    async with shown(BY_KINK, (width, 8)) as (app, _):
        assert app.lines[0] == header


async def test_more_units_than_lines() -> None:
    async with shown(replace(TWELVE, selection=Selection(5, "b")), NARROW) as (app, pilot):
        assert app.lines == [
            " #   w      b      v       kink state",
            "  2  3.00  -2.00   1.00=   0.50",
            "  3  4.00  -3.00   1.00=   0.50",
            "  4  5.00  -4.00   1.00=   0.50",
            "  5  6.00 [-5.00 ] 1.00=   0.50",
            " ↑ 2 more   ↓ 6 more",
            " c                 0.00= act relu",
            "                         out identity",
        ]
        app.show(selection=Selection(4, "b"))
        await pilot.pause()
        assert [line[:3] for line in app.lines[1:5]] == ["  2", "  3", "  4", "  5"]  # no scroll without need
        app.show(selection=Selection(0, "b"))
        await pilot.pause()
        assert app.lines[1].startswith("  0  1.00 [ 0.00 ]")
        assert app.lines[5] == " ↓ 8 more"
        app.show(selection=Selection(12, "c"))
        await pilot.pause()
        assert app.lines[1].startswith("  0")  # c is always in view
        assert app.lines[6] == " c               [ 0.00=]act relu"
        app.show(selection=Selection(11, "b"))
        await pilot.pause()
        assert app.lines[4].startswith(" 11 12.00 [-11.0 ]")
        assert app.lines[5] == " ↑ 8 more"
        app.show(selection=Selection(7, "b"))
        await pilot.pause()
        assert app.lines[1].startswith("  7  8.00 [-7.00 ]")


@pytest.mark.parametrize(("height", "last"), [
    (6, " c                 0.00= relu -> identity"),  # no line to spare for the output, nor between
    (4, " c                 0.00= relu -> identity"),
])  # fmt: skip
async def test_low(height: int, last: str) -> None:
    readout = replace(TWELVE, rows=TWELVE.rows[:4])
    async with shown(replace(readout, selection=Selection(3, "w")), (52, height)) as (app, _):
        assert app.lines[-1] == last
        assert any(line.startswith(" 3 [ 4.00 ]") for line in app.lines)


async def test_a_table_that_grows_and_shrinks_is_drawn_anew() -> None:
    async with shown() as (app, pilot):
        await pilot.resize_terminal(38, 8)
        await pilot.pause()
        assert app.lines[2] == " 1   1.00  -1.00   1.00=   1.00 twin 0"
        await pilot.resize_terminal(52, 12)
        await pilot.pause()
        assert app.lines[2] == " 1   1.00  -1.00   1.00=   1.00 right  67% twin of 0"


async def test_no_units_and_no_room() -> None:
    async with shown(replace(FREE, rows=(), selection=Selection(0, "c")), (10, 2)) as (app, pilot):
        assert app.lines[0] == " #   w"
        await pilot.press("enter", "5", "enter")
        assert app.take() == [None, 5.0, "left", (Selection(0, "c"), 5.0)]


async def test_the_selection_shows_without_colour() -> None:
    async with shown() as (app, _):
        assert "bold" in styles_at(app, 3, "2")
        assert "bold reverse" in styles_at(app, 3, "[ 0.00 ]")
        assert "bold" not in styles_at(app, 2, "1")


async def test_units_have_their_colour() -> None:
    async with shown() as (app, _):
        colours = [str(segment.style.color.name) for y in (1, 2, 3)
                   for segment in app.screen._compositor.render_strips()[y]
                   if segment.text.strip() == str(y - 1) and segment.style and segment.style.color]  # fmt: skip
        assert len(set(colours)) == 3


@pytest.mark.parametrize(("value", "width", "text"), [
    (-2.0, 5, "-2.00"),
    (0.0, 5, "0.00"),
    (0.03, 7, "0.03"),
    (0.004, 7, "0.004"),
    (-0.004, 5, "-4e-3"),
    (-0.035, 5, "-0.04"),  # nothing closer has room
    (0.0349, 5, "0.035"),
    (-40.8, 5, "-40.8"),
    (-123.4, 5, "-123"),
    (12345.0, 5, "12345"),
    (-12345.0, 5, "-1e4"),
    (-1e-30, 5, "-0.00"),  # too close to zero to say more: the sign tells it from zero
    (-9999.4, 7, "-9999.4"),
    (1e100, 5, "1e100"),
    (-1e100, 5, "#####"),
    (float("nan"), 5, "nan"),
    (float("-inf"), 5, "-inf"),
])  # fmt: skip
def test_numbers_that_fit(value: float, width: int, text: str) -> None:
    assert format_to_width(value, width) == text
