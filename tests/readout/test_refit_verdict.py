"""What is said of one unit fewer or more, by the best that was found with it and without it."""

from dataclasses import replace

import numpy as np
import pytest

from relutui.model.batch import Batch
from relutui.session.unit_edits import Addition, append_unit
from tests.support.refits import HALF, SOLVED, ended, fewer, more, of_points, read, trained
from tests.support.sessions import open_state, parameters


def test_before_training_only_what_stands_is_told() -> None:
    assert read(SOLVED, fewer(SOLVED, 2)).comparison == "One unit fewer, the others as they are: 0.4497; with all 3, 0.0000."
    assert read(HALF, fewer(HALF, 2)).comparison == "One unit fewer, the others as they are: 0.4497; with all 3, 0.4497."
    assert read(HALF, more(HALF)).comparison == "One unit more, the others as they are: 3.7e-06; without it, 0.4497."


def test_what_a_unit_is_worth_is_told_by_the_best_of_either() -> None:
    """subject.md: 0.0300 with one unit of the lab fewer, which all three do exactly, though they did not before."""
    refit = fewer(HALF, 1)
    after = ended(refit, parameters([-2, 2.438], [2, -3.556], [1, 1]), SOLVED.state.parameters)
    assert read(HALF, after).comparison == "One unit fewer: 0.0300 at best; with all 3, trained as long, 0.0000."
    assert read(HALF, after, 4000).comparison == "One unit fewer: 0.0300 so far; with all 3, trained as long, 0.0000."


def test_a_unit_more_is_not_credited_with_what_training_does() -> None:
    refit = more(HALF)
    exact = append_unit(SOLVED.state.parameters, Addition(1.0, 1.0, 0.0))
    after = ended(refit, exact, SOLVED.state.parameters)
    assert read(HALF, after).comparison == "One unit more does not help: 0.0000 at best; without it, trained as long, 0.0000."
    assert read(HALF, after, 4000).comparison == "One unit more: 0.0000 so far; without it, trained as long, 0.0000."
    assert read(HALF, ended(refit, exact)).comparison == "One unit more: 0.0000 at best; without it, trained as long, 0.4497."


def test_a_unit_whose_work_the_others_can_do_is_not_needed() -> None:
    """relu(x - 1) + relu(x - 1) on 0, 1, 2, 3: one of them with twice the weight does it."""
    session = of_points(parameters([1, 1], [-1, -1], [1, 1]), (0, 0), (1, 0), (2, 2), (3, 4))
    alone = parameters([1], [-1], [2])
    refit = ended(fewer(session, 1), alone)
    assert read(session, refit).comparison == (
        "Unit 1 is not needed: 0.0000 at best without it; with both, trained as long, 0.0000."
    )
    assert "needed" not in read(session, refit, 4000).comparison


@pytest.mark.parametrize(("off", "needed"), [(0.2, False), (0.25, True)])
def test_what_comes_within_a_twentieth_of_a_bound_is_as_good(off: float, needed: bool) -> None:
    """Two points at the same x are met best in the middle, with a loss of 1; off by 0.2 it is 1.04, by 0.25 1.0625."""
    points = (0, 1), (0, -1), (1, 1), (1, -1)
    one, two = parameters([0], [0], [0]), parameters([0, 0], [0, 0], [0, 0])
    pair = of_points(replace(two, c=9.0), *points).with_findings(lower_bounds=(1.0, 1.0, 1.0))
    said = read(pair, ended(fewer(pair, 1), replace(one, c=off), two)).comparison
    assert said.startswith("Unit 1 is not needed:") != needed
    assert said.endswith("2 bends cannot leave less than 1.0000.") != needed
    single = of_points(replace(one, c=9.0), *points).with_findings(lower_bounds=(1.0, 1.0, 1.0))
    said = read(single, ended(more(single), two, replace(one, c=off))).comparison
    assert said.startswith("One unit more does not help:") != needed
    unbounded = read(pair.with_findings(lower_bounds=()), ended(fewer(pair, 1), replace(one, c=0.2), two)).comparison
    assert unbounded == "None of 4 starts with both did clearly better than 1.0400 without unit 1: 1.0000 at best."


def test_a_search_that_failed_is_no_fact() -> None:
    """A hinge: (0, 0), (1, 0), (2, 1), (3, 2) has one bend, so that two free units follow it."""
    points = (0, 0), (1, 0), (2, 1), (3, 2)
    flat, none = parameters([0], [0], [0], 0.75), parameters([0, 0], [0, 0], [0, 0], 0.75)
    single = of_points(replace(flat, c=9.0), *points).with_findings(lower_bounds=(0.0562, 0.0, 0.0))
    said = read(single, ended(more(single), none, flat)).comparison
    missed = "None of 4 starts with one unit more did clearly better: 0.6875 at best; without it, trained as long, 0.6875."
    assert said == f"{missed} 2 units can reach 0.0000."
    pair = of_points(replace(none, c=9.0), *points).with_findings(lower_bounds=(0.0562, 0.0, 0.0))
    missed = "None of 4 starts with both did clearly better than 0.6875 without unit 1: 0.6875 at best."
    assert read(pair, ended(fewer(pair, 1), flat, none)).comparison == f"{missed} 2 units can reach 0.0000."
    locked = pair.with_state(replace(pair.state, locks=replace(pair.state.locks, c=True)))
    assert read(pair, ended(fewer(locked, 1), flat, none)).comparison == missed
    assert read(pair.with_findings(lower_bounds=()), ended(fewer(pair, 1), flat, none)).comparison == missed


def test_a_bound_that_is_not_reached_is_no_loss_that_units_can_reach() -> None:
    points = (0, 0), (1, 0), (2, 1), (3, 2)
    flat, none = parameters([0], [0], [0], 0.75), parameters([0, 0], [0, 0], [0, 0], 0.75)
    single = of_points(replace(flat, c=9.0), *points).with_findings(lower_bounds=(0.01, 0.001, 0.0005))
    ending = ended(more(single), none, flat)
    bounded = " 2 bends cannot leave less than 5.0e-04."
    for fits, networks, told in (
        ((0.0562, 0.0, 0.0), (), " 2 units can reach 0.0000."),
        ((0.0562, 0.9, 0.0), (0.7, 0.6, 0.0123), " 2 units can reach 0.0123."),
        ((0.0562, 0.9, 0.0), (0.7, 0.6), bounded),
        ((0.0562, 0.9, 0.0), (), bounded),
    ):
        known = single.with_findings(best_fits=fits, best_networks=networks)
        assert read(known, ending).comparison.endswith(told)


@pytest.mark.parametrize(
    ("case", "units", "curve", "true"),
    [("refit-more", 3, 2, "3 units can reach 0.0000."), ("refit-fewer", 2, 1, "2 units can reach 0.0000.")],
)
def test_cases_in_which_a_unit_was_said_to_do_nothing(case: str, units: int, curve: int, true: str) -> None:
    """The targets have 2 bends and 1, which 3 free units and 2 follow: one that is always on gives the first slope."""
    session = open_state(case).with_findings(lower_bounds=(*(1.0,) * curve, *(0.0,) * (units + 1 - curve)))
    said = read(session, trained(more(session) if case == "refit-more" else fewer(session, 0), 200)).comparison
    assert said.endswith(true)
    assert "does not help" not in said
    assert "is not needed" not in said


def test_where_x_is_far_from_0_it_proves_little_that_training_finds_nothing() -> None:
    """A hinge over years: training ends at 0.64, the variance, though three units have 0."""
    points = (1950, 0), (1960, 0), (1970, 0), (1980, 1), (1990, 2)
    one, two = parameters([0], [0], [0], c=0.6), parameters([0, 0], [0, 0], [0, 0], c=0.6)
    but = ' X is far from 0: press % for scale = "standard" under [target], or training does badly.'
    single, pair = of_points(replace(one, c=1e9), *points), of_points(replace(two, c=1e9), *points)
    told = read(single, ended(more(single), two, one)).comparison
    missed = "None of 4 starts with one unit more did clearly better: 0.6400 at best; without it, trained as long, 0.6400."
    assert told == missed + but
    told = read(pair, ended(fewer(pair, 1), one, two)).comparison
    assert told == f"None of 4 starts with both did clearly better than 0.6400 without unit 1: 0.6400 at best.{but}"


def test_where_training_diverged_that_is_said() -> None:
    refit = ended(fewer(HALF, 2), parameters([-2, 1], [2, -1], [1, 1]))
    all_of_them = replace(refit, batch_before=replace(refit.batch_before, losses=np.full(4, np.inf)))
    assert read(HALF, all_of_them).comparison == (
        "One unit fewer, the others as they are: 0.4497; with all 3, 0.4497. "
        "Training diverged from all 4 starts with all 3: a lower rate may do better."
    )
    some = replace(refit, batch=replace(refit.batch, losses=np.array([np.inf, 0.4497, np.nan, 0.4497])))
    assert read(HALF, some).comparison == (
        "None of 4 starts with all 3 did clearly better than 0.4497 without unit 2: 0.4497 at best. "
        "Training diverged from 2 of 4 starts with one unit fewer: a lower rate may do better."
    )
    added = more(HALF)
    after = ended(added, append_unit(HALF.state.parameters, Addition(1.0, 1.0, 0.0)))
    before = replace(after, batch_before=replace(after.batch_before, losses=np.array([np.inf, 0.4497, 0.4497, 0.4497])))
    assert read(HALF, before).comparison.endswith(
        " Training diverged from 1 of 4 starts without it: a lower rate may do better."
    )
    both = replace(some, batch_before=all_of_them.batch_before)
    assert read(HALF, both).comparison.endswith(" Training diverged from all 4 starts with all 3: a lower rate may do better.")


def test_what_was_added_after_training_is_told_as_that() -> None:
    refit = more(HALF)
    flat, exact = parameters([0] * 4, [0] * 4, [0] * 4), append_unit(SOLVED.state.parameters, Addition(1.0, 1.0, 0.0))
    after = ended(refit, flat, HALF.state.parameters)
    grown = replace(Batch.of([exact]), losses=np.array([0.0]), step=10)
    shown = read(HALF, replace(after, grown=grown, changed=flat))
    assert shown.comparison == "One unit more, added after training: 0.0000 at best; without it, 0.4497."
    assert shown.panels[2].note == "MSE 0.0000   added after training"
    refit = fewer(HALF, 2)
    after = replace(
        ended(refit, refit.changed), grown=replace(Batch.of([SOLVED.state.parameters]), losses=grown.losses, step=10)
    )
    assert read(HALF, after).comparison == ("One unit fewer: 0.4497 at best; with all 3, unit 2 added after training, 0.0000.")
