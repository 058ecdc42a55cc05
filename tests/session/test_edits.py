from dataclasses import replace

import numpy as np
import pytest

from relutui.model.selection import Selection
from relutui.model.trainer import Diverged
from relutui.model.training import Checkpoint, OptimizerState
from relutui.scenario.scenario import Exercise
from relutui.session import edits, probe_edits, settings_edits, unit_edits
from relutui.session.session import Session
from relutui.study.random_starts import begin
from tests.support.sessions import open_lab, opener, said, with_values
from tests.support.starts import random_start


@pytest.fixture
def lab() -> Session:
    return open_lab()


def test_the_lab_opens_on_the_first_free_parameter(lab: Session) -> None:
    assert lab.view.selection == Selection(1, "w")
    assert lab.loss == pytest.approx(2.4630, abs=5e-5)
    assert not lab.unsaved


def test_the_way_to_the_solution(lab: Session) -> None:
    half = with_values(lab, w1=1, b1=-1)
    assert half.loss == pytest.approx(0.4497, abs=5e-5)
    assert not half.solved
    mistake = with_values(half, w2=3, b2=-5)
    assert mistake.loss == pytest.approx(0.8188, abs=5e-5)
    solved = with_values(half, w2=2, b2=-4)
    assert solved.loss < 1e-12
    assert solved.solved
    assert solved.unsaved


def test_ten_nudges_are_exactly_one_and_one_entry(lab: Session) -> None:
    session = lab
    for _ in range(10):
        session = edits.nudge(session, 1)
    assert session.state.parameters.w[1] == 1.0
    assert edits.undo(session).state == lab.state


def test_nudges_of_another_parameter_are_another_entry(lab: Session) -> None:
    session = edits.nudge(edits.select(edits.nudge(lab, 1), Selection(1, "b")), -1)
    back = edits.undo(session)
    assert (back.state.parameters.w[1], back.state.parameters.b[1]) == (0.1, 0.0)


def test_the_range_limits_nudges_only(lab: Session) -> None:
    at_end = edits.nudge(with_values(lab, w1=3.95), 1)
    assert at_end.state.parameters.w[1] == 4.0
    refused = edits.nudge(at_end, 1)
    assert refused.state == at_end.state
    assert "end of its range, -4 to 4" in said(refused)
    beyond = with_values(lab, b1=-5)
    nearer = edits.nudge(edits.select(beyond, Selection(1, "b")), 1)
    assert nearer.state.parameters.b[1] == -4.9


def test_without_a_range_nudges_end_at_the_largest_number_that_can_be_typed(lab: Session) -> None:
    huge = replace(lab.scenario, exercise=replace(lab.scenario.exercise or Exercise(), step=1e308))
    session = edits.nudge(edits.select(lab.with_document(scenario=huge), Selection(3, "c")), 10)
    unlocked = edits.nudge(edits.toggle_lock(session), 10)
    assert unlocked.state.parameters.c == 1e30
    refused = edits.nudge(unlocked, 10)
    assert refused.state == unlocked.state
    assert said(refused) == "the output bias c is at the end of its range, -1e+30 to 1e+30"
    assert edits.nudge(refused, -10).state.parameters.c == -1e30


def test_a_locked_parameter_is_left_alone_and_the_session_says_so(lab: Session) -> None:
    for session in (with_values(lab, v1=2), edits.nudge(edits.select(lab, Selection(0, "w")), 1)):
        assert session.state == lab.state
        assert "locked" in said(session)


def test_an_edit_keeps_the_step_and_clears_the_optimizer(lab: Session) -> None:
    moving = OptimizerState(lab.state.parameters, lab.state.parameters, 7)
    checkpoint = Checkpoint(lab.state.parameters, moving, step=7)
    session = with_values(edits.record_training(lab, checkpoint, run=0), w1=1)
    assert session.state.checkpoint.step == 7
    assert session.state.checkpoint.optimizer == OptimizerState.zero(3)


def test_locks_go_on_and_off_by_parameter_and_by_unit(lab: Session) -> None:
    one = edits.toggle_lock(lab)
    assert (one.state.locks.w.tolist(), one.state.locks.b.tolist()) == ([True, True, False], [True, False, False])
    whole = edits.toggle_unit_lock(one)
    assert [whole.state.locks.w[1], whole.state.locks.b[1], whole.state.locks.v[1]] == [True] * 3
    free = edits.toggle_unit_lock(whole)
    assert [free.state.locks.w[1], free.state.locks.b[1], free.state.locks.v[1]] == [False] * 3
    bias = edits.toggle_lock(edits.select(lab, Selection(3, "c")))
    assert not bias.state.locks.c


def test_undo_and_redo_cover_settings(lab: Session) -> None:
    doubled = settings_edits.scale_learning_rate(lab, 2)
    assert doubled.state.settings.learning_rate == 0.1
    assert edits.undo(doubled).state.settings.learning_rate == 0.05
    assert edits.redo(edits.undo(doubled)).state == doubled.state


def test_the_learning_rate_stays_a_number(lab: Session) -> None:
    session = lab
    for _ in range(60):
        session = settings_edits.scale_learning_rate(session, 2)
    assert session.state.settings.learning_rate <= 1e6
    assert "between 1e-12 and 1e+06" in said(session)


def test_a_rewind_that_changes_nothing_is_no_entry(lab: Session) -> None:
    edited = with_values(lab, w1=1)
    again = edits.rewind(edits.rewind(edits.rewind(edited)))
    assert edits.undo(again).state == edited.state
    held = locked(lab, w1=1)
    assert edits.rewind(held).states is held.states
    assert said(edits.undo(edits.rewind(held))) == "undone: locked w of unit 1"


def test_undo_ends_a_run(lab: Session) -> None:
    running = replace(
        edits.record_training(lab, Checkpoint(lab.state.parameters, OptimizerState.zero(3), 1), run=0), running=True
    )
    assert not edits.undo(running).running


def test_a_run_ends_when_nothing_is_left_to_train(lab: Session) -> None:
    running = replace(lab, running=True)
    one = edits.toggle_unit_lock(running)
    assert one.running
    assert not edits.toggle_unit_lock(edits.select(one, Selection(2, "w"))).running


def test_what_was_said_outlives_a_frame_of_training(lab: Session) -> None:
    session = lab.say("no number", error=True)
    assert (
        said(edits.record_training(session, Checkpoint(lab.state.parameters, OptimizerState.zero(3), 1), run=0)) == "no number"
    )


def test_divergence_at_once_promises_no_way_back(lab: Session) -> None:
    session = edits.record_divergence(lab, Diverged(lab.state.checkpoint), run=1)
    assert "u goes back" not in said(session)


def test_undo_leaves_probe_view_and_selection(lab: Session) -> None:
    session = edits.select(probe_edits.move_probe(with_values(lab, w1=1), 2), Selection(2, "b"))
    back = edits.undo(session)
    assert (back.view.probe, back.view.selection) == (2, Selection(2, "b"))


def test_a_run_is_one_entry(lab: Session) -> None:
    session = lab
    for step in (1, 2, 3):
        session = edits.record_training(session, Checkpoint(lab.state.parameters, OptimizerState.zero(3), step), run=5)
    assert session.state.checkpoint.step == 3
    assert edits.undo(session).state == lab.state


def test_divergence_says_where_and_one_undo_goes_before_the_run(lab: Session) -> None:
    running = edits.record_training(lab, Checkpoint(lab.state.parameters, OptimizerState.zero(3), 40), run=1)
    last = Checkpoint(lab.state.parameters, OptimizerState.zero(3), 42)
    session = edits.record_divergence(running, Diverged(last), run=1)
    assert session.state.checkpoint.step == 42
    assert session.view.message is not None
    assert session.view.message.error
    assert "step 42" in said(session)
    assert "0.05" in said(session)
    assert edits.undo(session).state == lab.state


def test_rewind_returns_to_the_start_and_keeps_the_settings(lab: Session) -> None:
    session = edits.rewind(settings_edits.scale_learning_rate(with_values(lab, w1=1), 2))
    assert session.state.parameters == lab.state.parameters
    assert session.state.settings.learning_rate == 0.1


def test_random_starts_go_through_the_seeds_and_rewind_returns_to_theirs(lab: Session) -> None:
    first = edits.next_random_start(lab)
    second = edits.next_random_start(first)
    assert (first.state.seed, second.state.seed) == (0, 1)
    drawn = second.state.parameters
    assert drawn.w[0] == -2
    assert drawn.v.tolist() == [1, 1, 1]
    assert drawn.w[1] != 0
    again = edits.rewind(with_values(second, w1=1))
    assert again.state.parameters == drawn
    assert edits.rewind(again).state.parameters == lab.state.parameters


def locked(session: Session, **values: float) -> Session:
    """The session with parameters set and locked."""
    session = with_values(session, **values)
    for name in values:
        session = edits.toggle_lock(edits.select(session, Selection(int(name[1]), name[0])))
    return session


def test_a_new_start_and_rewinding_keep_what_the_user_has_locked_as_it_is() -> None:
    session = locked(opener("lab-free"), w0=1.25)
    drawn = edits.next_random_start(session)
    rewound = edits.rewind(with_values(drawn, b0=3))
    own = edits.rewind(rewound)
    for there in (drawn, rewound, own, edits.rewind(own)):
        assert there.state.parameters.w[0] == 1.25
        assert there.state.locks == session.state.locks
    expected = random_start(opener("lab-free").state.parameters, opener("lab-free").state.locks, 1.0, 36)
    assert drawn.state.parameters.b.tolist() == rewound.state.parameters.b.tolist() == expected.b.tolist()
    assert said(rewound) == "back at random start 36; r again: the scenario's own start"
    assert own.state.parameters.w[1:].tolist() == opener("lab-free").state.parameters.w[1:].tolist()
    assert said(own) == "back at the scenario's start (what is locked stays)"
    assert edits.rewind(own).states is own.states


def test_what_was_locked_at_a_random_start_belongs_to_it_and_what_was_locked_since_stays() -> None:
    drawn = edits.next_random_start(locked(opener("lab-free"), w0=1.25))
    unlocked = edits.toggle_lock(edits.select(drawn, Selection(0, "w")))
    assert edits.rewind(with_values(unlocked, w0=2)).state.parameters == drawn.state.parameters
    later = edits.rewind(with_values(locked(unlocked, w0=2), b0=3))
    assert later.state.parameters.w[0] == 2
    assert said(later) == "back at random start 36 (what is locked stays); r again: the scenario's own start"
    assert edits.rewind(locked(opener("lab-free"), b1=7)).state.parameters.b[1] == 7


def test_a_new_start_is_of_the_present_units() -> None:
    """As those of g are; rewinding from it to the scenario's start brings the scenario's units and locks back."""
    session = unit_edits.add_unit(locked(opener("lab-free"), w0=1.25))
    drawn = edits.next_random_start(session)
    assert drawn.state.parameters == begin(session, 2, 1).beginning(1)
    assert (drawn.state.parameters.units, drawn.state.parameters.w[0]) == (4, 1.25)
    assert drawn.state.locks == session.state.locks
    assert edits.rewind(with_values(drawn, w1=9)).state.parameters == drawn.state.parameters
    own = edits.rewind(drawn)
    assert own.state.parameters == opener("lab-free").state.parameters
    assert own.state.locks == opener("lab-free").state.locks
    assert said(own) == "back at the scenario's start, its own units and locks"


def test_the_y_range_holds_still_until_the_curve_leaves_it(lab: Session) -> None:
    low, high = lab.view.y_limits
    assert low <= 0
    assert high >= 4
    inside = with_values(lab, w1=0.5)
    assert inside.view.y_limits == lab.view.y_limits
    outside = with_values(lab, w1=2)  # 6 at x = 3
    assert outside.view.y_limits[1] > 6
    assert outside.view.y_limits[0] == low
    back = with_values(outside, w1=0)
    assert back.view.y_limits == outside.view.y_limits
    assert edits.fit_limits(back).view.y_limits == lab.view.y_limits


def test_an_edit_that_leaves_more_than_half_of_the_y_range_empty_fits_it_again(lab: Session) -> None:
    far = with_values(lab, w1=4)  # 12 at x = 3
    assert with_values(far, w1=0).view.y_limits == lab.view.y_limits
    assert edits.undo(far).view.y_limits == lab.view.y_limits
    assert edits.record_training(far, lab.state.checkpoint, run=0).view.y_limits == far.view.y_limits


def test_the_y_range_follows_a_far_curve_only_so_far(lab: Session) -> None:
    assert with_values(lab, w1=1e20).view.y_limits[1] < 100


def test_the_probe_goes_by_points_and_by_tenths_within_the_domain(lab: Session) -> None:
    right = probe_edits.probe_by_points(lab, 1)
    assert right.view.probe == pytest.approx(1.5 + 1.5 / 299)  # 300 points: none at 1.5, the nearest half a spacing away
    assert probe_edits.probe_by_points(right, 1).view.probe == pytest.approx(right.view.probe + 3 / 299)
    assert probe_edits.probe_by_range(lab, 1).view.probe == 1.8
    assert probe_edits.probe_by_range(lab, 9).view.probe == 3.0
    assert probe_edits.probe_by_points(probe_edits.probe_by_range(lab, 9), 1).view.probe == 3.0


def test_moving_through_the_table(lab: Session) -> None:
    assert edits.move(lab, "right").view.selection == Selection(1, "b")
    assert edits.move(lab, "left").view.selection == Selection(1, "w")
    on_b = edits.move(lab, "right")
    bias = edits.move(edits.move(on_b, "down"), "down")
    assert bias.view.selection == Selection(3, "c")
    assert edits.move(bias, "right").view.selection == Selection(3, "c")
    assert edits.move(bias, "up").view.selection == Selection(2, "b")
    last = edits.select(lab, Selection(0, "v"))
    assert edits.move(last, "next").view.selection == Selection(1, "w")
    assert edits.move(edits.select(lab, Selection(2, "v")), "next").view.selection == Selection(3, "c")
    assert edits.move(lab, "previous").view.selection == Selection(0, "v")


def test_the_best_so_far_is_kept(lab: Session) -> None:
    good = with_values(lab, w1=1, b1=-1)
    worse = with_values(good, w2=3, b2=-5)
    assert worse.document.best.parameters == good.state.parameters
    assert np.isclose(worse.document.best.loss, good.loss)
