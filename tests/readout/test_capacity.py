"""What the capacity screen says: figures of subject.md, and results made up."""

import math
from dataclasses import replace

import numpy as np
import pytest

from relutui.model.dataset import Dataset
from relutui.readout.capacity import CapacityReadout, read_capacity, read_heading, read_remark
from relutui.session import settings_edits
from relutui.session.session import Session, open_session
from relutui.study.capacity import Capacity, begin
from relutui.study.outcomes import code_of
from relutui.study.sweep_results import Cell, Result
from tests.support.sessions import open_lab, opener

PARABOLA = opener("parabola")


def result(units: int, *losses: float) -> Result:
    codes = [code_of("solved" if loss < 0.03 else "stands still") for loss in losses]
    return Result(Cell(units, PARABOLA.scenario.settings, PARABOLA.scenario.init), np.array(losses), np.array(codes, np.uint8))


def row(readout: CapacityReadout, label: str) -> tuple[str, ...]:
    return next(cells for name, cells in readout.rows if name.strip().startswith(label))


def test_the_numbers_of_units_and_which_are_trained() -> None:
    drawn, listed, smooth = (begin(opener(name), 2, 4, 10) for name in ("parabola", "lab", "dosage-softplus"))
    assert drawn.numbers == drawn.sweep.units == (1, 2, 5)
    assert (listed.numbers, listed.sweep.units) == ((1, 2, 3), (3,))
    assert smooth.numbers == smooth.sweep.units == (2,)  # of others nothing would be known
    assert row(read_capacity(drawn), "units") == ("1", "2", "‹5›")


def test_what_is_locked_now_is_locked_in_the_starts_of_the_present_units_only() -> None:
    lab = begin(open_lab(w1=1, b1=-1), 2, 4, 10)
    p, problem = lab.sweep.start(lab.sweep.cells[0])
    assert (p, problem.locks) == (lab.session.state.parameters, lab.session.state.locks)
    parabola = begin(PARABOLA, 2, 4, 10).sweep
    _, problem = parabola.start(parabola.cells[1])
    assert not problem.locks.w.any()


def test_possible_best_median_and_solved() -> None:
    capacity = replace(
        begin(PARABOLA, 2, 4, 10),
        possible=(36.6, 2.29, 0.0),
        results=(result(1, 13.0, 40.0, math.inf, 30.0), result(2, 0.02, 1.0, 0.01, 10.0)),
    )
    readout = read_capacity(capacity)
    assert row(readout, "━ n kinks") == ("2.29", "0", "")
    assert row(readout, "● best of 4") == ("13", "0.01", "")
    assert row(readout, "○ median") == ("30", "0.02", "")
    assert row(readout, "below 0.0294") == ("0%", "50%", "")
    low, high = readout.limits
    assert readout.possible == (math.log10(2.29), low, None)  # what is exact has no logarithm
    assert readout.best == (math.log10(13.0), math.log10(0.01), None)
    assert low < -2.0
    assert high > math.log10(30.0)


def test_the_best_networks_found_and_what_a_search_left_open() -> None:
    """A start may end lower than the search, as may the present network, and units that do nothing more do not raise the loss.

    Where the search for the fit was exact there is no row for what it found.
    """
    capacity = replace(
        begin(PARABOLA, 2, 4, 10),
        possible=(36.6, 2.29, 0.4),
        best_fits=(36.6, 2.29, 0.45),
        best_networks=(43.4, 13.0, 0.515),
        results=(result(1, 12.9, 40.0), result(2, 0.52, 1.0)),
    )
    assert PARABOLA.loss > 0.515
    assert row(read_capacity(capacity), "by units") == ("12.9", "0.515", "0.515")  # three of five units may do nothing
    known = (43.4, 13.0, 0.515, 0.4, 0.3, PARABOLA.loss + 1.0)
    assert row(read_capacity(replace(capacity, best_networks=known)), "by units")[2] == "0.3"
    visited = replace(PARABOLA, document=replace(PARABOLA.document, best=PARABOLA.document.best._replace(loss=0.25)))
    assert row(read_capacity(replace(capacity, session=visited)), "by units")[2] == "0.25"
    assert row(read_capacity(capacity), "fit found") == ("2.29", "0.45", "")
    assert "the best fit lies between them" in read_remark(capacity)
    exact = replace(capacity, possible=capacity.best_fits)
    assert not any("fit found" in label for label, _ in read_capacity(exact).rows)
    assert "between them" not in read_remark(exact)


def test_how_many_units_are_enough_for_what_error() -> None:
    """By hand from the losses found; nothing is said until every number of units was looked at."""
    capacity = begin(PARABOLA, 6, 4, 10)
    some, every = (40.0, 13.0, 0.515, 0.178, 0.0664), (40.0, 13.0, 0.515, 0.178, 0.0664, 0.0292, 0.0172)
    assert "Enough" not in read_remark(replace(capacity, best_networks=some))
    remark = read_remark(replace(capacity, best_networks=every))
    assert remark.startswith("Enough for MSE below 1: 2 units, below 0.1: 4 units, below 0.0294: 5 units. ")


def test_networks_are_looked_for_only_where_nothing_is_locked() -> None:
    assert begin(PARABOLA, 2, 4, 10).networks
    assert not begin(open_lab(), 2, 4, 10).networks
    assert not any("by units" in label for label, _ in read_capacity(begin(open_lab(), 2, 4, 10)).rows)


def test_a_loss_is_0_only_for_y_of_its_size() -> None:
    """Volts: y of 1e-9, so that a square of an error is 1e-18 where the curve misses it altogether."""
    volts = replace(opener("lab-free").scenario, dataset=Dataset(np.arange(4.0), 1e-9 * np.array([0.0, 1.0, -1.0, 0.0])))
    capacity = begin(open_session(volts), 1, 4, 10)
    missed, exact = result(1, *[5e-19] * 4), result(3, *[5e-30] * 4)
    readout = read_capacity(replace(capacity, possible=(5e-19, 3e-19), results=(missed, exact)))
    assert row(readout, "━ n kinks") == ("3e-19", "")
    assert row(readout, "● best of 4") == ("5e-19", "0")


def test_the_bound_of_the_exercise_is_of_the_kind_that_is_trained_on() -> None:
    """0.0294 as a mean of 1,000 points."""
    assert begin(settings_edits.next_loss(PARABOLA), 2, 4, 10).sweep.below == pytest.approx(29.4)


def test_what_is_as_good_as_nothing_is_0() -> None:
    """Below 1e-10 of the variance, which is 92.2 - 7^2 = 43.2, and so below 4.3e-6 as a sum of 1,000 points."""
    for session, exact, tiny in ((PARABOLA, 4.2e-9, "4.5e-9"), (settings_edits.next_loss(PARABOLA), 4.2e-6, "4.5e-6")):
        capacity = replace(begin(session, 2, 2, 10), results=(result(1, exact, 1.0), result(2, float(tiny), 1.0)))
        assert row(read_capacity(capacity), "● best")[:2] == ("0", tiny)


def test_where_all_diverged_there_is_nothing_to_draw() -> None:
    capacity = replace(begin(PARABOLA, 1, 2, 10), results=(result(1, math.inf, math.inf),))
    readout = read_capacity(capacity)
    assert readout.best[0] is readout.median[0] is None
    assert row(readout, "● best of 2")[0] == ""
    assert capacity.record_findings().findings.best_found == ()


def known(capacity: Capacity) -> Capacity:
    return replace(capacity, possible=(0.0,) * 6)


def test_how_far_it_is() -> None:
    capacity = begin(PARABOLA, 2, 4, 10)
    assert read_heading(capacity, 0.0).right == "the best with 0 kinks"
    assert read_heading(replace(capacity, possible=(0.0,)), 0.0).right == "the best with 1 kink"
    assert read_heading(known(capacity), 0.0).right == "4 starts of 1 unit   0%"
    one = replace(known(capacity), results=(result(1, 1.0),))
    assert read_heading(one, 0.4).right == "4 starts of 2 units   40%"
    assert read_heading(one, None).right == "stopped"
    done = replace(one, results=(result(1, 1.0), result(2, 1.0), result(5, 1.0)))
    assert read_heading(done, None).right == "done"
    assert read_heading(begin(opener("dosage-relu"), 2, 4, 10), 0.0).right == "4 starts of 2 units   0%"


@pytest.mark.parametrize(
    ("session", "said", "not_said"),
    [
        (PARABOLA, "'by hand': n pieces, kinks evenly apart", "lists its units"),
        (open_lab(), "only 3 units were trained", "L⁴"),
        (opener("dosage-softplus"), "The best possible is known only", "at most n kinks"),
    ],
    ids=["parabola", "lab", "softplus"],
)
def test_what_the_numbers_mean(session: Session, said: str, not_said: str) -> None:
    remark = read_remark(begin(session, 2, 4, 10))
    assert said in remark
    assert not_said not in remark
