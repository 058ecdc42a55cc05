"""What was found before, set beside what is found now; figures of the lab from the subject."""

from relutui.model.selection import Selection
from relutui.model.training import Checkpoint, OptimizerState
from relutui.session import edits, settings_edits, unit_edits
from relutui.session.session import Session
from tests.support.sessions import open_lab, opener, said, with_values

SOLVED = open_lab(w1=1, b1=-1, w2=2, b2=-4)


def trained(session: Session, steps: int, run: int, **values: float) -> Session:
    """The session as a run of so many steps leaves it, which has led to these values."""
    p = with_values(session, **values).state.parameters
    checkpoint = Checkpoint(p, OptimizerState.zero(p.units), session.state.checkpoint.step + steps)
    return edits.record_training(session, checkpoint, run)


def without(session: Session, row: int) -> Session:
    return unit_edits.remove_unit(edits.select(session, Selection(row, "w")))


def test_the_losses_with_three_two_and_one_unit_stand_side_by_side() -> None:
    two = without(SOLVED, 1)
    assert "so far" not in said(two)  # the loss before and the one now are named already
    one = without(trained(two, 2000, 1, w1=2.438, b1=-3.556), 1)
    assert "; MSE so far: 3 units 0.0000, 2 units 0.0300 (trained), 1 unit 2.4630; " in said(one)
    assert said(one).endswith("; all of unit 0 and c are locked: training changes nothing")


def test_the_bends_of_the_target_that_are_missing_are_named() -> None:
    """subject.md: the target bends by +3 at 1 and +2 at 2; unit 0 goes from -2 to 0 at 1, and lacks +1 there and all of 2.

    What training leads unit 2 to bends at 3.556 / 2.438 = 1.459.
    """
    two = without(SOLVED, 1)
    assert said(two).endswith("; changes of slope missing: +1 at x = 1")
    assert "; changes of slope missing: +1 at x = 1 and +2 at x = 2; all of unit 0" in said(without(two, 1))
    one = said(without(trained(two, 2000, 1, w1=2.438, b1=-3.556), 1))
    assert (
        "; changes of slope missing: +1 at x = 1 and +2 at x = 2; 2 units had one kink for both changes, at x = 1.459; all of"
        in one
    )
    moved = without(with_values(SOLVED, b2=-3), 1)  # a kink at 1.5, where the target has none
    assert said(moved).endswith("; 2 units bend the curve 2 times at most")
    smooth = said(without(opener("parabola"), 1))
    assert smooth.endswith("; 4 units bend the curve 4 times at most")


def test_losses_with_another_activation_or_of_another_kind_are_not_set_beside_the_present_one() -> None:
    for change in (settings_edits.next_activation, settings_edits.next_loss):
        assert "so far" not in said(without(change(without(SOLVED, 1)), 1))


def test_runs_with_each_slope_at_the_kink_stand_side_by_side() -> None:
    twins = {"w1": 1.219, "b1": -1.778, "w2": 1.219, "b2": -1.778}  # together the best of two units
    session = trained(opener("lab-zero-start"), 2000, 1)
    session = settings_edits.next_slope_at_kink(edits.rewind(session))
    assert "runs from this start" not in said(session)
    session = settings_edits.next_slope_at_kink(edits.rewind(trained(session, 2000, 2, **twins)))
    assert said(session).endswith(
        "; runs from this start: with 0 MSE 2.4630 after 2,000 steps, with 0.5 MSE 0.0300 after 2,000 steps"
    )
    session = settings_edits.next_slope_at_kink(trained(session, 2000, 3, **twins))
    assert said(session).endswith("with 0 MSE 2.4630 after 2,000 steps, with 0.5 and 1 MSE 0.0300 after 2,000 steps")


def test_a_run_that_began_elsewhere_or_was_trained_in_another_way_is_not_compared() -> None:
    session = settings_edits.next_slope_at_kink(trained(opener("lab-zero-start"), 2000, 1))
    onwards = settings_edits.next_slope_at_kink(trained(session, 2000, 2, w1=1.0))
    assert "runs from this start" not in said(onwards)
    faster = settings_edits.scale_learning_rate(edits.rewind(session), 2.0)
    assert "runs from this start" not in said(settings_edits.next_slope_at_kink(trained(faster, 2000, 2, w1=1.0)))
    edited = with_values(edits.rewind(session), w1=0.5)
    assert "runs from this start" not in said(settings_edits.next_slope_at_kink(trained(edited, 2000, 2, w1=1.0)))


def test_of_a_run_in_two_parts_the_end_counts() -> None:
    session = trained(trained(opener("lab-zero-start"), 2000, 1), 500, 2)
    session = settings_edits.next_slope_at_kink(edits.rewind(session))
    session = settings_edits.next_slope_at_kink(trained(session, 100, 3))
    assert "with 0 MSE 2.4630 after 2,500 steps, with 0.5 MSE 2.4630 after 100 steps" in said(session)


def test_the_same_run_with_each_slope_is_called_so() -> None:
    session = trained(opener("lab-half"), 2000, 1, w2=2.0)
    for run in (2, 3):
        session = trained(edits.rewind(settings_edits.next_slope_at_kink(session)), 2000, run, w2=2.0)
    session = settings_edits.next_slope_at_kink(session)
    assert "; the same run from this start with 0, 0.5 and 1: MSE " in said(session)
    assert said(session).endswith(" after 2,000 steps")
