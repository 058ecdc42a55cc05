"""The arrows on the x axis, and the gradients in the table."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from rich.color import Color
from rich.style import Style

from relutui.model.selection import Selection
from relutui.plot.axes import Axes
from relutui.plot.chart import Arrow, draw
from relutui.readout.fit import Kink
from relutui.readout.table import GRADIENT_NOTES, Note, TableReadout
from relutui.ui.widgets.fit import arrows
from tests.plot.drawn import style_at, text
from tests.ui.widgets.table_app import BY_KINK, LAB, NARROW, WIDE, shown

AXES = Axes((0, 20), (0, 1))  # a column for every 1 of x where the chart is 27 wide


def axis(*under: Arrow) -> str:
    """The row of the x axis, from the first column of the plot area."""
    return text(draw([], AXES, 27, 6, under=under))[4][6:]


def kink(move: float | None, x: float = 1.0, colour: int = 3, selected: bool = False) -> Kink:
    return Kink(x, 0.0, colour, selected, move)


@pytest.mark.parametrize(
    ("under", "expected"),
    [
        ([], "┬─────────┬─────────┬"),
        ([Arrow(5, 3)], "┬────┷━━►─┬─────────┬"),
        ([Arrow(5, -3)], "┬─◄━━┷────┬─────────┬"),
        ([Arrow(5, 1)], "┬────┷►───┬─────────┬"),
        ([Arrow(5, 0)], "┬────┷────┬─────────┬"),
        ([Arrow(2, -8)], "◄━┷───────┬─────────┬"),
        ([Arrow(5, 8)], "┬────┷━━━━┯━━►──────┬"),
        ([Arrow(10, 2)], "┬─────────┿━►───────┬"),
        ([Arrow(18, 8)], "┬─────────┬───────┷━►"),
        ([Arrow(20, 8)], "┬─────────┬─────────►"),
        ([Arrow(0, -8)], "◄─────────┬─────────┬"),
        ([Arrow(-1, 8), Arrow(21, -8)], "┬─────────┬─────────┬"),
        ([Arrow(5, -3), Arrow(5, 3)], "┬─◄━━┷━━►─┬─────────┬"),
        ([Arrow(2, 8), Arrow(4, 2)], "┬─┷━┷━►━━━►─────────┬"),
    ],
)
def test_an_arrow_stands_at_its_kink_and_points_where_it_goes(under: Sequence[Arrow], expected: str) -> None:
    assert axis(*under) == expected


def test_an_arrow_has_its_colour() -> None:
    row = draw([], AXES, 27, 6, under=[Arrow(5, 3, 6, bold=True), Arrow(12, 1, 3)])[4]
    assert [style_at(row, column) for column in (10, 11, 14, 18)] == [
        Style(),
        *[Style(color=Color.from_ansi(6), bold=True)] * 2,
        Style(color=Color.from_ansi(3)),
    ]


def test_without_an_axis_there_are_no_arrows() -> None:
    axes = Axes((0, 20), (0, 1), ticks=False)
    assert text(draw([], axes, 21, 3, under=[Arrow(5, 3)])) == [" " * 21] * 3


def test_lengths_are_in_proportion_to_the_longest_move() -> None:
    moves = [0.4, -0.2, 0.001, -0.001, 0.0]
    assert [arrow.cells for arrow in arrows([kink(move) for move in moves], crowded=False)] == [8, -4, 1, -1, 0]


def test_the_selected_arrow_is_on_top_and_what_is_not_pushed_has_none() -> None:
    pushed = arrows([kink(0.1, selected=True), kink(None), kink(0.4)], crowded=False)
    assert [(arrow.cells, arrow.bold) for arrow in pushed] == [(8, False), (2, True)]
    assert arrows([kink(None)], crowded=False) == []


def test_of_a_crowd_only_the_selected_arrow_and_the_longest_are_drawn() -> None:
    crowd = [kink(0.01 * number, x=number) for number in range(100)]
    crowd[3] = crowd[3]._replace(selected=True)
    assert [arrow.x for arrow in arrows(crowd, crowded=True)] == [99, 98, 97, 96, 95, 3]
    still = [found._replace(move=0.0) for found in crowd]
    assert [arrow.x for arrow in arrows(still, crowded=True)] == [3]


def with_gradients(readout: TableReadout) -> TableReadout:
    """The readout with made-up gradients."""
    values: dict[Note, str] = {"∂w": "-0.0123", "∂b": "1.2e-5", "∂v": "0", "Δkink": "-0.25"}
    held: frozenset[Note] = frozenset(("∂v",))
    rows = tuple(row._replace(notes={**row.notes, **values}, held=held) for row in readout.rows)
    return replace(readout, notes=GRADIENT_NOTES, rows=rows, dc="-2.01", push="the next step moves kink 1 left by 0.25")


async def test_gradients_of_the_main_screen() -> None:
    async with shown(with_gradients(LAB)) as (app, _):
        assert app.lines == [
            " #   w      b      v         ∂w     ∂b     ∂v state",
            " 0  -2.00=  2.00=  1.00= -0.012 1.2e-5      0=locked",
            " 1   1.00  -1.00   1.00= -0.012 1.2e-5      0=twin 0",
            " 2 [ 0.00 ] 0.00   1.00= -0.012 1.2e-5      0=dead",
            "",
            " c                 0.00=            ∂c  -2.01=",
            " the next step moves kink 1 left by 0.25",
            "", "", "", "", "",
        ]  # fmt: skip


async def test_gradients_where_there_is_room() -> None:
    async with shown(with_gradients(LAB), size=WIDE) as (app, _):
        assert app.lines == [
            " #     w        b        v           ∂w       ∂b       ∂v    Δkink state",
            " 0    -2.00=    2.00=    1.00=  -0.0123   1.2e-5        0=   -0.25 locked",
            " 1     1.00    -1.00     1.00=  -0.0123   1.2e-5        0=   -0.25 twin of 0",
            " 2 [   0.00 ]   0.00     1.00=  -0.0123   1.2e-5        0=   -0.25 dead",
            "",
            " c                       0.00=                ∂c    -2.01=",
            " the next step moves kink 1 left by 0.25",
            "", "", "",
        ]  # fmt: skip


async def test_gradients_by_kinks() -> None:
    async with shown(with_gradients(BY_KINK)) as (app, _):
        assert app.lines[:2] == [
            " #   kink  slope   side   v         ∂w     ∂b     ∂v",
            " 0   1.00=  2.00=  left=  1.00= -0.012 1.2e-5      0",
        ]


async def test_the_gradient_of_c_stays_where_there_is_little_room() -> None:
    async with shown(with_gradients(replace(LAB, selection=Selection(3, "c"))), size=NARROW) as (app, _):
        assert app.lines[:2] == [
            " #   w      b      v         ∂w     ∂b",
            " 0  -2.00=  2.00=  1.00= -0.012 1.2e-5",
        ]
        assert app.lines[5] == " c               [ 0.00=]∂c  -2.01="
