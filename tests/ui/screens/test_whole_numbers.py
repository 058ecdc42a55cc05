"""No number is cut so that it reads as another: whole, or rounded, or with an ellipsis, at every width."""

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import pytest
from rich.text import Text
from textual.strip import Strip

from relutui.readout.table import TableReadout
from relutui.scenario.scenario import VIEWS, View
from relutui.session.session import Session
from relutui.ui.screens.panels import READERS
from relutui.ui.widgets.forward_pass import forward_pass
from relutui.ui.widgets.network import network
from relutui.ui.widgets.status import message, status
from relutui.ui.widgets.strip_widget import strip_of
from relutui.ui.widgets.strips import strips
from relutui.ui.widgets.unit_rows import Columns, Rows, TableDrawing
from relutui.ui.widgets.view import chart
from tests.support.sessions import opener, with_values

NUMBER = re.compile(r"(?:(?<![\d.])[+-])?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d*)?")
WHOLE = re.compile(r"[+-]?\d+(?:\.(\d+))?(?:e([+-]?\d+))?")
WIDE = (300, 200, 150, 110)
WIDTHS = (9, 14, 20, 26, 32, 38, 46, 50, 58, 64, 78, 98)
HEIGHTS = (3, 6, 12, 20)
BESIDE = " ┤│┼╮╯…-"  # that may follow a number: a blank, a border, what stands for the rest, the - of 3-6

LONG = dict(
    w0=-1.2345678e-7, b0=1.7e9, v0=-3.25e-5, w1=1.7e9, b1=-1.2345678e-7, v1=2.667e8, w2=-123456.789, b2=0.00123456, v2=-9999.96
)
SESSIONS: dict[str, Callable[[], Session]] = {
    "lab": partial(opener, "lab"),
    "long": lambda: with_values(opener("lab-free"), **LONG).with_view(probe=1.2345, gradients=True),
    "extreme": lambda: with_values(opener("parabola"), w0=1e29, v0=-1e29, b1=-1e-29),
    "hundred": partial(opener, "shifted-100"),
    "dosage": partial(opener, "dosage-relu"),
}


def table(readout: TableReadout, width: int, height: int) -> list[Text]:
    units = len(readout.rows)
    columns = Columns.of(width, units, readout.fields, readout.notes, readout.more_digits, readout.on_width)
    return TableDrawing(readout, columns, Rows.of(units, height, 0, readout.selection.row), None).lines()


Drawn = Callable[[Any, int, int], Iterable[Text | Strip]]
PANELS: dict[str, Drawn] = {
    "status": status,
    "chart": chart,
    "strips": strips,
    "walk": forward_pass,
    "loss": chart,
    "message": message,
    "table": table,
    "multiples": chart,
    "network": network,
}


def rows(drawn: Drawn, readout: Any, width: int, height: int) -> list[str]:
    """What stands in a panel of this size."""
    lines = list(drawn(readout, width, height))[:height]
    return [(strip_of(line, width) if isinstance(line, Text) else line).crop(0, width).text.ljust(width) for line in lines]


def right(text: str, wide: set[str]) -> bool:
    """Whether a number is one of those where there is room, or rounded from one."""
    if text in wide:
        return True
    if not (whole := WHOLE.fullmatch(text)):
        return False
    decimals, exponent = len(whole[1] or ""), int(whole[2] or 0)
    half = 0.55 * 10.0 ** (exponent - decimals)
    return any(abs(float(text) - float(other)) <= half for other in wide if WHOLE.fullmatch(other))


def cut(row: str, wide: set[str]) -> list[str]:
    """The numbers that touch the end of the row or what is beside them, and are not those that they should be."""
    found = []
    for match in NUMBER.finditer(row):
        after = row[match.end() : match.end() + 1]
        if not (after and after in BESIDE) and not right(match[0], wide):
            found.append(match[0])
    return found


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", SESSIONS)
def test_no_number_of_the_chart_reads_as_another(name: str, view: View) -> None:
    wrong_at(SESSIONS[name]().with_view(name=view), "chart")


@pytest.mark.parametrize("panel", [panel for panel in PANELS if panel != "chart"])
@pytest.mark.parametrize("name", SESSIONS)
def test_no_number_of_a_panel_reads_as_another(name: str, panel: str) -> None:
    wrong_at(SESSIONS[name](), panel)


def wrong_at(session: Session, panel: str) -> None:
    """Compare what stands in a panel at each size with what stands there where there is room."""
    drawn, readout = PANELS[panel], READERS[panel](session)
    wide = {number for width in WIDE for row in rows(drawn, readout, width, 60) for number in NUMBER.findall(row)}
    for number, width in enumerate(WIDTHS):
        for height in HEIGHTS[number % 2 :: 2]:
            for row in rows(drawn, readout, width, height):
                assert cut(row, wide) == [], f"{width}x{height}: {row}"
