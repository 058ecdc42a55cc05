"""Many starts as values: what they begin from, how they are put together, and what becomes of the session."""

from dataclasses import replace

import numpy as np
import pytest

from relutui.model.batch import Batch
from relutui.model.training import Checkpoint, Locks
from relutui.model.values import values_of
from relutui.session import edits, settings_edits
from relutui.session.findings import BestFound
from relutui.session.session import Session
from relutui.study.random_starts import RandomStarts, begin, carry_over, open_start, record_best
from tests.support.sessions import open_lab, opener, said, with_values
from tests.support.starts import random_start

LAB = open_lab(w1=1, b1=-1)


def after(session: Session, step: int, losses: list[float]) -> RandomStarts:
    """Starts that have these losses after so many steps, free parameters and moments all telling themselves apart."""
    begun = begin(session, len(losses), step)
    values = begun.parts[0].values
    told = np.arange(values.size, dtype=np.float64).reshape(values.shape)
    trained = np.where(values_of(session.state.locks), values, told / 7.0)
    past = {9 * step // 10: np.array(losses)}
    return begun.with_part(0, Batch(trained, told + 1.0, told + 2.0, step, np.array(losses), past))


def test_each_begins_where_its_seed_says_but_for_what_is_locked() -> None:
    """lab-free's first seed is 35; the lab's unit 0 is locked, and all v and c."""
    free = begin(opener("lab-free"), 3, 100)
    expected = random_start(free.state.parameters, free.state.locks, 1.0, 36)
    assert free.seed(1) == 36
    assert free.beginning(1) == free.parts[0].parameters(1) == expected
    lab = begin(LAB, 3, 100).parts[0]
    assert {(p.w[0], p.b[0], *p.v, p.c) for p in map(lab.parameters, range(3))} == {(-2, 2, 1, 1, 1, 0)}
    assert len({p.w[1] for p in map(lab.parameters, range(3))}) == 3


def test_a_run_that_would_stop_early_goes_on() -> None:
    assert opener("lab-free").state.settings.stop_below == 1e-4
    assert begin(opener("lab-free"), 3, 100).problem.settings.stop_below is None


def test_more_starts_are_a_part_of_their_own_until_they_have_taken_as_many_steps() -> None:
    starts = after(LAB, 60, [0.1, 0.2]).with_more(2)
    assert (len(starts), starts.step, starts.lagging, starts.remaining_steps) == (4, 0, 1, 120)
    assert len(starts.joined().parts) == 2
    assert starts.outcomes[2:] == (None, None)
    assert np.isnan(starts.losses[2:]).all()
    assert [starts.beginning(place) for place in (2, 3)] == [starts.parts[1].parameters(at) for at in (0, 1)]
    grown = starts.with_part(1, replace(after(LAB, 60, [0.4, 0.3]).parts[0], values=starts.parts[1].values))
    assert (len(grown.joined().parts), grown.lagging, grown.remaining_steps) == (1, None, 0)
    assert grown.joined().losses.tolist() == grown.losses.tolist() == [0.1, 0.2, 0.4, 0.3]
    for place in range(4):
        assert grown.joined().checkpoint(place) == grown.checkpoint(place)


def test_those_without_a_loss_come_last() -> None:
    starts = after(LAB, 60, [0.2, np.inf, 0.1, np.nan, 0.2]).with_more(1)
    assert starts.by_loss == [2, 0, 4, 1, 3, 5]
    assert [starts.outcomes[place] for place in (1, 3)] == ["diverged", "diverged"]


def test_what_counts_as_solved_is_the_exercises_bound() -> None:
    assert after(LAB, 60, [0.0009, 0.0011]).outcomes[0] == "solved"
    assert after(LAB, 60, [0.0009, 0.0011]).outcomes[1] != "solved"


def test_the_opened_one_is_where_it_ended_and_rewinds_to_where_it_began() -> None:
    starts = after(LAB, 60, [0.1, 0.2, 0.3])
    session = open_start(starts, 2)
    state, values = session.state, starts.parts[0].values[2]
    assert (state.seed, state.checkpoint.step, state.checkpoint.optimizer.steps, state.change) == (2, 60, 60, "random start 2")
    assert [state.parameters.c, *state.parameters.w] == values[[0, 1, 4, 7]].tolist()
    assert state.checkpoint.optimizer.first.b.tolist() == (starts.parts[0].first[2][[2, 5, 8]]).tolist()
    assert state.checkpoint.optimizer.second.c == starts.parts[0].second[2][0]
    assert said(session) == f"random start 2 after 60 steps: {starts.outcomes[2]}; r goes back to its start"
    back = edits.rewind(session)
    assert back.state.checkpoint == Checkpoint.start(starts.beginning(2))
    assert back.state.seed == 2
    assert edits.undo(session).state == LAB.state


def test_one_that_was_opened_on_its_way_has_no_outcome_yet() -> None:
    starts = after(LAB, 60, [0.1])
    on_its_way = starts.with_part(0, replace(starts.parts[0], step=50))
    assert said(open_start(on_its_way, 0)) == "random start 0 after 50 steps; r goes back to its start"


def test_opening_one_after_another_is_no_change_in_the_course_of_training() -> None:
    first = open_start(after(LAB, 60, [0.1, 0.2]), 0)
    assert open_start(after(first, 60, [0.1, 0.2]), 1).state.marks == ()


def test_one_that_diverged_is_opened_at_its_beginning() -> None:
    starts = after(LAB, 60, [0.1, np.nan])
    session = open_start(starts, 1)
    assert session.state.checkpoint == Checkpoint.start(starts.beginning(1))
    assert said(session) == "random start 1 at its start: within 60 steps it diverges"


def test_one_that_was_not_trained_is_opened_too() -> None:
    starts = begin(LAB, 2, 60)
    session = open_start(starts, 1)
    assert (session.state.parameters, session.state.checkpoint.step) == (starts.beginning(1), 0)
    assert session.findings.best_found == ()


def test_the_lowest_loss_found_is_kept_for_each_kind_of_network() -> None:
    session = record_best(after(LAB, 60, [0.3, np.nan, 0.2]))
    unit_0, of_the_others = (-2.0, 2.0, 1.0), (None, None, 1.0)
    assert session.findings.best_found == (
        BestFound(LAB.state.network, (0.0, *unit_0, *of_the_others, *of_the_others), "mse", 0.2),
    )
    assert session.state is LAB.state
    assert record_best(after(session, 60, [0.4])).findings.best_found == session.findings.best_found
    assert [found.loss for found in record_best(after(session, 60, [0.1])).findings.best_found] == [0.1]
    locked = edits.toggle_lock(session)
    assert [found.loss for found in record_best(after(locked, 60, [0.4])).findings.best_found] == [0.2, 0.4]


def test_only_what_has_reached_the_first_goal_counts_as_found() -> None:
    begun = after(LAB, 60, [0.3, 0.2])
    short = begun.with_part(0, replace(begun.parts[0], step=10))
    assert record_best(short) is LAB
    assert open_start(short, 0).findings.best_found == ()
    assert [found.loss for found in record_best(begun.with_further_steps()).findings.best_found] == [0.2]
    grown = begun.with_more(1)
    better = replace(grown.parts[1], step=10, losses=np.array([0.1]))
    assert [found.loss for found in record_best(grown.with_part(1, better)).findings.best_found] == [0.2]
    assert [found.loss for found in record_best(grown.with_part(1, replace(better, step=60))).findings.best_found] == [0.1]


def test_further_means_as_many_steps_again() -> None:
    assert after(LAB, 60, [0.3]).with_further_steps().with_further_steps().remaining_steps == 120


@pytest.mark.parametrize("name", ["lab", "lab-free", "dosage-output-bias", "shifted-1"])
def test_what_becomes_of_a_start_does_not_depend_on_mse_or_sse(name: str) -> None:
    """With and without an exercise, with and without a loss to stop at: a sum is the mean times the points."""
    session = opener(name)
    other = settings_edits.next_loss(session)
    points = len(session.dataset)
    factor = points if other.state.settings.loss == "sse" else 1 / points
    losses = [begin(session, 1, 60).below * share for share in (0.5, 0.99, 1.01, 2.0 * points)]
    one, two = after(session, 60, losses), after(other, 60, [loss * factor for loss in losses])
    assert one.outcomes == two.outcomes
    assert [outcome == "solved" for outcome in one.outcomes] == [True, True, False, False]


def test_r_leads_to_the_start_that_was_opened_and_then_to_the_scenarios() -> None:
    """From the lab with everything unlocked, where its seeds give other starts than with the scenario's locks."""
    free = np.zeros(3, np.bool_)
    unlocked = LAB.with_state(replace(LAB.state, locks=Locks(free, free, free, False)))
    starts = after(unlocked, 60, [0.1, 0.2])
    beginning = starts.beginning(1)
    assert beginning.w[0] != -2
    once = edits.rewind(open_start(starts, 1))
    assert (once.state.checkpoint, once.state.seed) == (Checkpoint.start(beginning), 1)
    assert said(once) == "back at random start 1; r again: the scenario's own start"
    rewound = edits.rewind(once)
    assert (rewound.state.checkpoint, rewound.state.seed) == (open_lab().state.checkpoint, None)
    assert said(rewound) == "back at the scenario's start"
    assert edits.rewind(rewound).states is rewound.states
    at_once = edits.rewind(open_start(begin(unlocked, 2, 60), 1))  # opened at its beginning: it is there already
    assert at_once.state.checkpoint == open_lab().state.checkpoint
    edited = edits.rewind(with_values(once, w1=3))
    assert edited.state.checkpoint == Checkpoint.start(beginning)


def test_where_nothing_was_found_nothing_is_kept() -> None:
    assert record_best(begin(LAB, 2, 60)) is LAB
    assert record_best(after(LAB, 60, [np.nan, np.inf])) is LAB


def test_they_are_there_again_for_the_same_problem_only() -> None:
    """Opening one of them changes nothing of it; neither do free parameters that were edited; all else does."""
    starts = begin(LAB, 3, 60)
    session = open_start(starts, 1)
    same = carry_over(starts, session)
    assert same is not None
    assert same.session is session
    assert same.beginning(2) == starts.beginning(2)
    assert open_start(same, 2).states.past[-1] is session.state
    assert carry_over(starts, with_values(session, w1=0.5)) is not None
    for other in (
        settings_edits.next_optimizer(session),
        settings_edits.next_slope_at_kink(session),
        edits.toggle_lock(session),
    ):
        assert carry_over(starts, other) is None
    assert carry_over(starts, opener("lab")) is None  # another time it was opened
    assert carry_over(None, session) is None
