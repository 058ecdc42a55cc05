from collections.abc import Sequence

import numpy as np
import pytest

from relutui.model.batch import Batch
from relutui.readout.seeds import MAX_TARGET_DOTS, read_grid, read_losses, read_marked, read_progress
from relutui.study.random_starts import RandomStarts, begin
from tests.support.sessions import open_lab, opener


def lab(losses: Sequence[float], step: int = 60, goal: int = 60) -> RandomStarts:
    """Starts of the lab with these losses, their units as they were drawn."""
    begun = begin(open_lab(), len(losses), goal)
    drawn = begun.parts[0].values
    return begun.with_part(0, Batch(drawn, drawn, drawn, step, np.array(losses)))


def test_progress_counts_what_all_have_taken() -> None:
    assert read_progress(lab([1, 1], step=1024, goal=4000), 12.4)[1:] == (
        "2 random starts", "sgd 0.05", "1,024 of 4,000 steps", "12 s left",
    )  # fmt: skip
    assert read_progress(lab([1, 1], step=4000, goal=4000), None)[3:] == ("4,000 steps", "")


def test_losses_are_those_that_are_finite() -> None:
    readout = read_losses(lab([0.0005, np.inf, 2.0]), 0)
    assert (readout.losses.tolist(), readout.below) == ([0.0005, 2.0], 1e-3)
    assert sum(count for _, count in readout.outcomes) == 3
    assert (dict(readout.outcomes)["solved"], dict(readout.outcomes)["diverged"]) == (1, 1)
    assert (readout.marked_loss, readout.marked_outcome) == (0.0005, "solved")


def test_the_marked_one_in_a_sentence() -> None:
    starts = lab([0.0005, np.nan])
    assert read_marked(starts, 0) == "seed 0   MSE 5.0e-04   solved: the loss is below 0.001"
    assert read_marked(starts, 1).startswith("seed 1   MSE -   diverged: ")
    assert read_marked(begin(open_lab(), 1, 10), 0) == "seed 0   at its start"


def test_on_their_way_only_what_is_sure_is_told() -> None:
    """After 40 of 60 steps it is not known what the losses were after 36."""
    starts = lab([0.5, 0.0005, np.nan], step=40)
    assert read_marked(starts, 0) == "seed 0   MSE 0.5000   after 40 of 60 steps"
    readout = read_losses(starts, 0)
    assert [entry for entry in readout.outcomes if entry[1]] == [("solved", 1), ("diverged", 1), ("not yet known", 1)]
    assert readout.marked_outcome == "not yet known"
    assert "not yet known" not in dict(read_losses(starts.with_part(0, lab([0.0005], step=60).parts[0]), 0).outcomes)


def test_the_cells_of_a_page() -> None:
    starts = lab([0.5, 0.0005, np.nan])
    readout = read_grid(starts, [2, 1], 1)
    assert [(cell.seed, cell.loss, cell.outcome, cell.marked) for cell in readout.cells] == [
        ("2", "-", "diverged", False), ("1", "5.0e-04", "solved", True),
    ]  # fmt: skip
    network, p = starts.state.network, starts.beginning(1)
    np.testing.assert_allclose(readout.cells[1].y, network.prediction(p, readout.x), rtol=1e-12)
    assert readout.y_limits == pytest.approx((-0.4, 4.4), abs=0.005)  # a tenth beyond 0 to 4, which no point is quite at


def test_points_that_are_no_curve_are_few_enough_to_see_a_curve_among_them() -> None:
    session = opener("measured")
    target = read_grid(begin(session, 1, 10), [0], 0).target
    assert target.scattered
    assert len(target.x) <= MAX_TARGET_DOTS < len(session.dataset)
