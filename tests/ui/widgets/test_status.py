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


def test_what_gives_way_first_is_what_is_said_elsewhere() -> None:
    """The rate stays longer than the seed, the size of minibatches, and the word beside the mark of unwritten work."""
    readout = StatusReadout(
        *("lab-free", "Three units", "momentum 0.9, rate 0.05", 20_000, "scaled MSE 0.0300", "stuck: local minimum", "CPU", ""),
        True, False, batch="batch 32 of 300", seed="seed 1234",
    )  # fmt: skip
    texts = {width: next(status(readout, width, 1)).plain for width in (200, 150, 130, 110, 100, 80, 50)}
    parts = ("Three", "CPU", "seed", "batch", "unsaved", "rate", "stuck")
    kept = {width: [part for part in parts if part in text] for width, text in texts.items()}
    assert kept == {
        200: ["Three", "CPU", "seed", "batch", "unsaved", "rate", "stuck"],
        150: ["Three", "seed", "batch", "unsaved", "rate", "stuck"],
        130: ["batch", "unsaved", "rate", "stuck"],
        110: ["unsaved", "rate", "stuck"],
        100: ["rate", "stuck"],
        80: ["stuck"],
        50: [],
    }
    assert texts[50].endswith("step 20000   scaled MSE 0.0300   ●")


def test_wide_characters_are_wrapped_where_the_line_ends() -> None:
    readout = MessageReadout(LONG, False, "hint", "brief")
    assert rows_needed(readout, 42) == 5
    rows = [row.plain for row in message(readout, 42, 5)]
    assert "".join(row[1:] for row in rows[:4]) == LONG
    assert [cell_len(row) for row in rows] == [41, 41, 41, 25, 5]
