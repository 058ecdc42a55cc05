"""What stands under the Fit chart: the present loss against the best that is known."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.explain.best import comparison_with_best
from relutui.model.dataset import Dataset
from relutui.model.network import Network
from relutui.model.selection import Selection
from relutui.session import edits, settings_edits, unit_edits
from relutui.session.findings import BestFound
from relutui.session.session import Session, open_session
from tests.support.sessions import open_lab, opener, with_network, with_values

SETTLED = open_lab(w1=1, b1=-1)  # MSE 0.4497: unit 1 right, unit 2 at zero


def found(session: Session, loss: float) -> Session:
    """The session after many starts of its own kind ended at this loss, at best."""
    state = session.state
    return session.with_best_found(BestFound.of(state.problem(session.dataset), state.parameters, loss))


def worse(session: Session) -> Session:
    """With unit 1 where nothing is better: the loss is higher than it was."""
    return with_values(session, w1=0, b1=0)


def test_nothing_is_known_at_first() -> None:
    assert comparison_with_best(SETTLED) == ""


def test_several_times_the_best_found() -> None:
    """0.4497 / 0.0300 = 15.0, and 0.4497 / 0.3 = 1.499."""
    assert comparison_with_best(found(SETTLED, 0.03)) == "15 x the best found with 3 units"
    assert comparison_with_best(found(SETTLED, 0.3)) == "1.5 x the best found with 3 units"
    assert comparison_with_best(found(SETTLED, 0.44)) == "1.02 x the best found with 3 units"
    assert comparison_with_best(found(SETTLED, 1e-3)) == "450 x the best found with 3 units"
    assert comparison_with_best(found(SETTLED, 4.6e-4)) == "978 x the best found with 3 units"


def test_of_one_that_is_far_better_the_loss_is_told() -> None:
    """From a thousand times on."""
    assert comparison_with_best(found(SETTLED, 4.4e-4)) == "the best found with 3 units: MSE 4.4e-04"
    assert comparison_with_best(found(SETTLED, 8.1e-8)) == "the best found with 3 units: MSE 8.1e-08"
    assert comparison_with_best(found(settings_edits.next_loss(SETTLED), 0.002)) == "the best found with 3 units: SSE 0.0020"
    possible = opener("shifted-100").with_findings(lower_bounds=(1e-8,) * 101)
    assert len(comparison_with_best(found(possible, 2e-9))) <= 45
    assert len(comparison_with_best(possible)) <= 50


def test_the_present_state_may_be_the_best() -> None:
    assert comparison_with_best(found(SETTLED, 0.5)) == "the best found with 3 units"
    assert comparison_with_best(found(SETTLED, 0.4497)) == "the best found with 3 units"
    assert comparison_with_best(found(open_lab(w1=1, b1=-1, w2=2, b2=-4), 1e-4)) == "the best found with 3 units"


def test_the_best_so_far_counts_among_what_was_found() -> None:
    """2.4630 / 0.4497 = 5.48; the start has the MSE 2.4630."""
    assert comparison_with_best(worse(found(SETTLED, 1.0))) == "5.5 x the best found with 3 units"


def test_but_not_where_something_else_is_locked_now() -> None:
    """With w and b of unit 1 locked at 0 the 0.4497 that was seen before cannot be reached any more."""
    session = worse(SETTLED)
    for field in ("w", "b"):
        session = edits.toggle_lock(edits.select(session, Selection(1, field)))
    assert comparison_with_best(found(session, 2.0)) == "1.2 x the best found with 3 units"


def test_a_value_that_is_locked_is_part_of_what_was_tried() -> None:
    """v of unit 0 unlocked, set to 50 and locked again: nothing was tried of that."""
    session = edits.select(found(SETTLED, 1e-9), Selection(0, "v"))
    free = edits.toggle_lock(session)
    elsewhere = edits.toggle_lock(with_values(free, v0=50))
    assert comparison_with_best(free) == comparison_with_best(elsewhere) == ""
    back = edits.toggle_lock(with_values(edits.toggle_lock(elsewhere), v0=1))
    assert comparison_with_best(back) == comparison_with_best(session) == "the best found with 3 units: MSE 1.0e-09"
    both = found(elsewhere, 2.0)
    assert sorted(known.loss for known in both.findings.best_found) == [1e-9, 2.0]


@given(st.floats(1e-9, 10.0), st.floats(1e-12, 10.0))
def test_mse_or_sse_makes_no_difference(w: float, loss: float) -> None:
    """But for the loss that is told of one that is far better."""
    mse, sse = with_values(SETTLED, w2=w), with_values(settings_edits.next_loss(SETTLED), w2=w)
    one, two = comparison_with_best(found(mse, loss)), comparison_with_best(found(sse, loss * 300))
    assert one.partition(":")[0] == two.partition(":")[0]


def test_exact() -> None:
    """Below 1e-10 of the variance, which is 10/9 of the lab's three straight pieces: here an SSE of 3.3e-8."""
    assert comparison_with_best(found(SETTLED, 1.0e-10)) == "the best found with 3 units is exact"
    assert comparison_with_best(found(SETTLED, 1.2e-10)) == "the best found with 3 units: MSE 1.2e-10"
    assert comparison_with_best(found(settings_edits.next_loss(SETTLED), 2.9e-8)) == "the best found with 3 units is exact"
    solved = open_lab(w1=1, b1=-1, w2=2, b2=-4)
    assert comparison_with_best(found(solved, 0.0)) == "the best found with 3 units"


def test_what_was_found_with_another_network_does_not_count() -> None:
    session = found(SETTLED, 0.03)
    assert comparison_with_best(settings_edits.next_loss(session)) == ""
    assert comparison_with_best(with_network(session, Network("tanh"), session.state.parameters)) == ""
    assert comparison_with_best(unit_edits.add_unit(session)) == ""
    assert comparison_with_best(edits.toggle_lock(edits.select(session, Selection(1, "w")))) == ""


def test_the_best_possible_where_nothing_was_found() -> None:
    possible = SETTLED.with_findings(lower_bounds=(0.7, 0.043, 0.5, 0.3))
    assert comparison_with_best(possible) == "1.5 x the best possible with 3 kinks"
    assert (
        comparison_with_best(SETTLED.with_findings(lower_bounds=(0.7, 0.043, 0.0, 0.0)))
        == "the best possible with 3 kinks is exact"
    )
    assert comparison_with_best(SETTLED.with_findings(lower_bounds=(0.7, 0.043))) == ""
    assert comparison_with_best(found(possible, 0.4)) == "1.1 x the best found with 3 units"


def test_a_bound_that_no_fit_may_reach_limits_the_ratio_only() -> None:
    """The loss is 0.4497; the best fit has between 0.3 and 0.35, so it is 1.28 to 1.5 times that."""
    fits = 0.7, 0.043, 0.5, 0.35
    open_search = SETTLED.with_findings(lower_bounds=(0.7, 0.043, 0.5, 0.3), best_fits=fits)
    assert comparison_with_best(open_search) == "at most 1.5 x the best possible with 3 kinks"
    assert comparison_with_best(SETTLED.with_findings(lower_bounds=(0.7, 0.043, 0.5, 0.0), best_fits=fits)) == ""
    assert comparison_with_best(SETTLED.with_findings(lower_bounds=fits, best_fits=fits)).startswith("1.3 x")


def test_the_best_possible_is_a_mean_and_the_loss_may_be_a_sum() -> None:
    """Of 300 points: a sum of 300 x 0.3 = 90 against 300 x 0.4497 = 134.9."""
    session = settings_edits.next_loss(SETTLED.with_findings(lower_bounds=(0.7, 0.5, 0.4, 0.3)))
    assert comparison_with_best(session) == "1.5 x the best possible with 3 kinks"


@pytest.mark.parametrize("network", [Network("tanh"), Network("relu", "relu")])
def test_kinks_say_nothing_of_a_network_that_can_bend_otherwise(network: Network) -> None:
    session = SETTLED.with_findings(lower_bounds=(0.7, 0.043, 0.5, 0.3))
    assert comparison_with_best(with_network(session, network, session.state.parameters)) == ""


def test_one_unit() -> None:
    session = opener("shifted-1")
    assert comparison_with_best(found(session, 0.01)).endswith(" x the best found with 1 unit")


def test_a_loss_that_is_no_number_is_compared_with_nothing() -> None:
    assert comparison_with_best(found(with_values(SETTLED, w1=1e200), 0.03)) == ""


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e9])
def test_what_is_as_good_as_0_goes_by_the_size_of_y(size: float) -> None:
    """The hinge of height 1 over 3 points and c = 0: MSE 1/3, that of the mean 2/9."""
    drawn = opener("lab-free").scenario
    session = open_session(replace(drawn, dataset=Dataset(np.arange(3.0), size * np.array([0.0, 1.0, 0.0]))))
    nothing = with_values(session, v0=0, v1=0, v2=0)
    assert comparison_with_best(found(nothing, size**2 / 30)) == "10 x the best found with 3 units"
    assert comparison_with_best(found(nothing, size**2 * 1e-14)) == "the best found with 3 units is exact"
