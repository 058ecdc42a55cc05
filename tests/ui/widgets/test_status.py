"""The lines above and below the panels, where a text takes more cells than it has characters, or none."""

import pytest
from rich.cells import cell_len

from relutui.readout.status import MessageReadout, StatusReadout
from relutui.ui.widgets.status import message, rows_needed, status

LONG = "単位の重みを変えてみよう" * 6


def line(name: str, title: str, width: int) -> str:
    readout = StatusReadout(name, title, "sgd 0.05", 0, "MSE 1.0000", "", "", "", False, False)
    (only,) = status(readout, width, 1)
    return only.plain


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize(
    ("name", "title"), [("lab", LONG), (LONG, "Title"), ("n" * 250, "Title"), ("lab", "e" + "\u0301" * 90)]
)
def test_the_loss_is_seen_whatever_the_name_and_the_title(name: str, title: str, width: int) -> None:
    assert cell_len(line(name, title, width)) == width - 1
    assert line(name, title, width).endswith("step 0   MSE 1.0000")


def test_a_name_that_is_too_long_is_cut() -> None:
    assert line("n" * 250, "Title", 40) == f" {'n' * 16}…  step 0   MSE 1.0000"


def test_wide_characters_are_wrapped_where_the_line_ends() -> None:
    readout = MessageReadout(LONG, False, "hint", "brief")
    assert rows_needed(readout, 42) == 5
    rows = [row.plain for row in message(readout, 42, 5)]
    assert "".join(row[1:] for row in rows[:4]) == LONG
    assert [cell_len(row) for row in rows] == [41, 41, 41, 25, 5]
