import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.readout.seeds import LossesReadout
from relutui.ui.widgets.histogram import bins, histogram

LAB = np.array([1e-9, 0.0, 0.03, 0.03, 0.04, 0.7, 2.463, 2.463])
OUTCOMES = (("solved", 2), ("dead units", 5), ("stands still", 1), ("diverged", 2))


def drawn(width: int, height: int, losses: np.ndarray = LAB, marked_loss: float = math.nan, marked: str = "") -> list[str]:
    readout = LossesReadout(losses, 1e-3, OUTCOMES, marked_loss, marked)
    return [line.plain for line in histogram(readout, width, height)]


def test_the_first_bin_has_what_is_solved_and_the_others_round_edges() -> None:
    found = bins(LAB, 1e-3, 12)
    assert [bin.high for bin in found] == [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5]
    assert [bin.losses for bin in found] == [2, 0, 0, 0, 0, 3, 0, 0, 0, 1, 0, 2]


@pytest.mark.parametrize(
    ("most", "edges"),
    [
        (8, [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3]),
        (5, [0.001, 0.01, 0.1, 1, 10]),
        (3, [0.001, 0.1, 10]),
        (2, [0.001, 10]),
    ],
)
def test_with_less_room_the_bins_are_wider(most: int, edges: list[float]) -> None:
    assert [bin.high for bin in bins(LAB, 1e-3, most)] == edges


def test_losses_near_the_bound_have_fine_bins() -> None:
    """The parabola's bound, which is no round number, is an edge."""
    found = bins(np.array([0.0292, 0.0294, 0.031, 0.035]), 0.0294, 10)
    assert [(bin.label, bin.losses) for bin in found] == [
        ("< 0.0294", 1), ("0.0294-0.03", 1), ("0.03-0.031", 0), ("0.031-0.032", 1), ("0.032-0.033", 0), ("0.033-0.034", 0),
        ("0.034-0.035", 0), ("0.035-0.036", 1),
    ]  # fmt: skip


@pytest.mark.parametrize("losses", [[], [0.0], [1e-5, 1e-4]])
def test_where_all_are_solved_there_is_one_bin(losses: list[float]) -> None:
    assert bins(np.array(losses), 1e-3, 10) == [(0.0, 1e-3, len(losses))]


@given(
    st.lists(st.floats(0.0, 1e38), max_size=30).map(lambda values: np.array(values, np.float64)),
    st.floats(1e-12, 1e3),
    st.integers(2, 40),
)
def test_every_loss_is_in_one_bin_and_there_are_no_more_bins_than_asked_for(
    losses: np.ndarray, below: float, most: int
) -> None:
    found = bins(losses, below, most)
    assert len(found) <= most
    assert [bin.high for bin in found[:-1]] == [bin.low for bin in found[1:]]
    assert all(bin.low < bin.high for bin in found)
    for bin in found:
        assert bin.losses == sum(bin.low <= loss < bin.high for loss in losses)
    assert sum(bin.losses for bin in found) == len(losses)


def test_the_bars_and_the_outcomes() -> None:
    """Of 28 columns 10 are the label's and 5 the number's, which leaves 10 for the longest bar, of 3 losses; 2 are 6 5/8."""
    assert drawn(28, 10, marked_loss=0.7, marked="dead units") == [
        "    < 0.001 ██████▋       2",
        " 0.001-0.01               0",
        "   0.01-0.1 ██████████    3",
        "▸     0.1-1 ███▍          1",
        "       1-10 ██████▋       2",
        "",
        " solved           20 %    2",
        "▸dead units       50 %    5",
        " stands still     10 %    1",
        " diverged         20 %    2",
    ]


def test_one_loss_among_many_is_a_sliver() -> None:
    rows = drawn(28, 7, np.array([0.0] * 1000 + [0.5]))
    assert [row.split()[-1] for row in rows[:2]] == ["1000", "1"]
    assert "▏" in rows[1]


def test_before_anything_is_measured_there_is_nothing_but_zeros() -> None:
    readout = LossesReadout(np.array([]), 1e-3, (("solved", 0),), math.nan, "")
    assert [line.plain.split() for line in histogram(readout, 28, 10)] == [["<", "0.001", "0"], [], ["solved", "0"]]


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (5, 3), (200, 60)])
def test_any_size(size: tuple[int, int]) -> None:
    assert len(drawn(*size)) >= len(OUTCOMES)


def test_an_edge_that_would_be_written_as_its_neighbour_is_left_out() -> None:
    found = bins(np.array([0.05, 0.15, 0.4]), 0.0999999999, 12)
    labels = [bin.label for bin in found]
    assert labels[0] == "< 0.1"
    assert "0.1-0.1" not in labels
    assert sum(bin.losses for bin in found) == 3
