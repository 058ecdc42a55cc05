import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.commands.moving import MOVES
from relutui.model.selection import Move
from relutui.readout.preview import PreviewReadout
from relutui.readout.seeds import Cell, GridReadout, ProgressReadout
from relutui.ui.widgets.seeds import grid, grid_shape, move_in_grid, progress
from tests.plot.drawn import dots, text

X = np.linspace(0.0, 1.0, 64)
TARGET = PreviewReadout(np.array([0.0, 1.0]), np.array([0.0, 0.0]), False, "", "")


def cell(seed: int, y: float, marked: bool = False) -> Cell:
    return Cell(np.full(64, y), str(seed), "0.0300", "stands still", marked)


def drawn(cells: list[Cell], width: int, height: int) -> list[str]:
    return text(list(grid(GridReadout(X, TARGET, (0.0, 1.0), tuple(cells)), width, height)))


@pytest.mark.parametrize(
    ("size", "expected"),
    [((48, 19), (3, 3)), ((78, 31), (4, 5)), ((38, 7), (2, 1)), ((168, 55), (4, 5)), ((3, 2), (1, 1)), ((0, 0), (1, 1))],
)
def test_how_many_cells_there_is_room_for(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert grid_shape(*size) == expected


@pytest.mark.parametrize(
    ("at", "to", "then"),
    [
        (4, "left", 3), (4, "right", 5), (4, "up", 1), (4, "down", 7),
        (0, "left", 0), (2, "up", 2), (9, "right", 9), (9, "down", 9),
        (7, "down", 9), (8, "down", 9),  # the last row has one cell
        (1, "pagedown", 7), (7, "pagedown", 9), (7, "pageup", 1), (1, "pageup", 0), (5, "home", 0), (5, "end", 9),
    ],
)  # fmt: skip
def test_where_a_key_leads_among_ten_cells_in_pages_of_three_by_two(at: int, to: Move, then: int) -> None:
    assert move_in_grid(at, to, 10, (3, 2)) == then


@given(st.data(), st.integers(1, 50), st.integers(1, 6), st.integers(1, 6))
def test_a_key_leads_to_a_cell(data: st.DataObject, count: int, columns: int, rows: int) -> None:
    at, to = data.draw(st.integers(0, count - 1)), data.draw(st.sampled_from(MOVES))
    assert 0 <= move_in_grid(at, to, count, (columns, rows)) < count


def test_each_cell_has_its_label_and_its_curve() -> None:
    rows = drawn([cell(17, 1.0, marked=True), cell(18, 0.0), cell(19, 5.0)], 34, 12)
    assert [rows[0], rows[1]] == ["▸17  0.0300       18  0.0300      ", " stands still     stands still    "]
    assert [rows[6], rows[7]] == [" 19  0.0300      ", " stands still    "]
    high, low = ({y for x, y in dots([row[part] for row in rows[2:6]])} for part in (slice(0, 17), slice(17, 34)))
    assert min(high) < 4 <= 12 <= max(high)  # the prediction along the top, the target along the bottom
    assert min(low) >= 12  # both along the bottom
    assert min(y for x, y in dots(rows[8:12])) >= 12  # the prediction is out of sight


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (9, 4), (40, 7), (300, 100)])
def test_any_grid_size(size: tuple[int, int]) -> None:
    rows = drawn([cell(seed, 0.5) for seed in range(20)], *size)
    assert all(len(row) <= size[0] for row in rows)


def test_the_steps_are_the_last_to_go() -> None:
    readout = ProgressReadout("lab", "64 random starts", "sgd 0.05", "1,024 of 4,000 steps", "12 s left")
    wide, narrow, least = (next(progress(readout, width, 1)).plain for width in (80, 55, 40))
    assert wide.split("   ")[:3] == [" lab", "64 random starts", "sgd 0.05"]
    assert narrow.split("  ")[0] == " 64 random starts"
    assert least.strip() == "1,024 of 4,000 steps   12 s left"
    assert [len(line) for line in (wide, narrow, least)] == [79, 54, 39]
    assert all(line.endswith(" 1,024 of 4,000 steps   12 s left") for line in (wide, narrow))
