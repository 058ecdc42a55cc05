import asyncio
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from relutui.lib.arrays import Array
from relutui.model.batch import Batch
from relutui.model.dataset import Dataset
from relutui.model.network import Activation, Network, Parameters, activate
from relutui.model.selection import Selection
from relutui.model.training import Locks, TrainingSettings
from relutui.scenario.scenario import Init
from relutui.session import edits, unit_edits
from relutui.session.session import Session
from relutui.session.unit_edits import Addition, append_unit, with_unit, without_unit
from relutui.study import sweep
from relutui.study.best_addition import MIN_TRIAL_KINKS, best_addition
from relutui.study.refit import Refit, one_fewer, one_more
from tests.support.fake_trainer import FakeTrainer
from tests.support.sessions import open_lab, opener, parameters, with_values
from tests.support.starts import random_start

RELU = Network()
SOLVED = open_lab(w1=1, b1=-1, w2=2, b2=-4)
HALF = open_lab(w1=1, b1=-1)
FAST = TrainingSettings("momentum", 0.2)  # brings the lab's two units to their best in 200 steps


def locks(w: ArrayLike, b: ArrayLike, v: ArrayLike, c: bool = False) -> Locks:
    return Locks(np.asarray(w, np.bool_), np.asarray(b, np.bool_), np.asarray(v, np.bool_), c)


FREE = locks([0], [0], [0])


def fewer(session: Session, unit: int, seeds: range = range(3)) -> Refit:
    return one_fewer(session.state.parameters, session.state.problem(session.dataset), unit, Init(), seeds)


def more(session: Session, seeds: range = range(3)) -> Refit:
    return one_more(session.state.parameters, session.state.problem(session.dataset), Init(), seeds)


def trained(refit: Refit, steps: int) -> Refit:
    return in_course(refit, FakeTrainer(), steps)[-1]


def in_course(refit: Refit, trainer: FakeTrainer, steps: int) -> list[Refit]:
    """As it stands after each piece of the training."""

    async def each() -> list[Refit]:
        return [so_far async for so_far in refit.trained(trainer, steps)]

    return asyncio.run(each())


def test_a_unit_is_added_where_the_curve_must_bend() -> None:
    """|x - 1| from relu(1 - x): what is missing is relu(x - 1)."""
    x = np.linspace(0, 2, 9)
    p = parameters([-1], [1], [1])
    assert best_addition(RELU, p, Dataset(x, np.abs(x - 1))) == pytest.approx((1, 1, 1))


def test_it_may_face_left_and_bend_down() -> None:
    x = np.linspace(0, 2, 9)
    p = parameters([1], [0], [2], -1.0)
    target = 2 * x - 1 - 3 * np.maximum(0, 0.75 - x)
    assert best_addition(RELU, p, Dataset(x, target)) == pytest.approx((0.75, -1, -3))


def test_what_lab_half_lacks_is_its_unit_2() -> None:
    """2 relu(x - 2), but for the grid, on which 2 is not."""
    half = open_lab(w1=1, b1=-1)
    assert best_addition(RELU, half.state.parameters, half.dataset) == pytest.approx((2, 1, 2), abs=0.02)


@given(st.integers(0, 2**32), st.sampled_from(["relu", "leaky_relu", "tanh", "softplus", "identity"]))
def test_no_other_unit_helps_more(seed: int, activation: Activation) -> None:
    """Against least squares for v at every point, on both sides."""
    network, drawn = Network(activation), np.random.default_rng(seed)
    x, y = drawn.normal(size=(2, 7))
    w, b, v = drawn.normal(size=(3, 2))
    p = Parameters(w, b, v, 0.3)
    residual = y - network.prediction(p, x)
    columns = [activate(activation, np.array(side * (x - kink))) for kink in x for side in (1.0, -1.0)]
    least = min(float(((residual - column * _least_squares(column, residual)) ** 2).sum()) for column in columns)
    added = best_addition(network, p, Dataset(x, y))
    grown, _ = with_unit(p, locks([0, 0], [0, 0], [0, 0]), added)
    assert network.loss(grown, x, y, "sse") == pytest.approx(least, rel=1e-6, abs=1e-12)


def _least_squares(column: Array, residual: Array) -> float:
    return float(np.linalg.lstsq(column[:, None], residual)[0][0])


@given(st.integers(0, 2**32), st.sampled_from(["relu", "sigmoid", "softplus", "tanh"]))
def test_behind_an_output_activation_it_does_no_harm(seed: int, output: Activation) -> None:
    network, drawn = Network("relu", output), np.random.default_rng(seed)
    data = Dataset(*drawn.normal(size=(2, 7)))
    w, b, v = drawn.normal(size=(3, 1))
    p = Parameters(w, b, v, 0.3)
    grown, _ = with_unit(p, FREE, best_addition(network, p, data))
    assert network.loss(grown, data.x, data.y) <= network.loss(p, data.x, data.y)


def test_where_nothing_helps_it_adds_nothing_at_the_largest_residual() -> None:
    """The output is off everywhere, so no small v reaches it."""
    off = Network("relu", "relu")
    data = Dataset(np.array([0.0, 1.0, 2.0]), np.array([0.1, 3.0, 0.2]))
    assert best_addition(off, parameters([1], [0], [0], -5.0), data) == Addition(1.0, 1.0, 0.0)
    exact = Dataset(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    assert best_addition(RELU, parameters([1], [0], [1]), exact).v == 0.0


def test_of_very_many_points_only_some_are_tried() -> None:
    x = np.linspace(0, 1, 40_001)
    kink, side, v = best_addition(RELU, parameters([1], [0], [0]), Dataset(x, np.maximum(0, x - 0.5)))
    assert kink == pytest.approx(0.5, abs=1 / MIN_TRIAL_KINKS)
    assert side == 1.0
    assert v == pytest.approx(1, abs=0.03)


def test_a_point_alone_and_huge_numbers_are_no_fault() -> None:
    assert best_addition(RELU, parameters([1], [0], [1]), Dataset(np.array([2.0]), np.array([5.0]))).v == 0.0
    far = Dataset(np.array([0.0, 1e15]), np.array([1e15, -1e15]))
    assert np.isfinite(best_addition(RELU, parameters([1e300], [0], [1e300]), far)).all()


@pytest.mark.parametrize(("unit", "without"), [(1, 0.8926), (2, 0.4497)])
def test_the_lab_with_one_unit_fewer_reaches_its_best(unit: int, without: float) -> None:
    """subject.md: 0.0300 at w = 2.438, b = -3.556, whichever of the two goes; v, c and unit 0 are locked.

    Without unit 1 the residual is relu(x - 1): on points h = 3 / 299 apart the sum of its squares is
    (8 / 3) / h + 4 / 2 + 4 h / 12 = 267.78, by the trapezoidal rule, and the mean of 300 0.8926.
    """
    session = SOLVED.with_document(states=SOLVED.states.push(replace(SOLVED.state, settings=FAST)))
    before, frozen, *refitted = trained(fewer(session, unit, range(7)), 200).variants()
    assert before.loss == pytest.approx(0, abs=1e-20)
    assert frozen.loss == pytest.approx(without, abs=5e-5)
    assert len(refitted) == 2
    for variant in refitted:
        assert variant.loss == pytest.approx(0.0300, abs=5e-5)
        assert (variant.parameters.w[1], variant.parameters.b[1]) == pytest.approx((2.438, -3.556), abs=5e-3)
        assert (variant.parameters.w[0], variant.parameters.b[0], variant.parameters.c) == (-2, 2, 0)
        assert variant.parameters.v.tolist() == [1, 1]


def test_the_network_before_is_trained_alike() -> None:
    """As it stands, and the start of each seed, on what is free of all its units."""
    session = HALF.with_state(replace(HALF.state, settings=FAST))
    p, free = HALF.state.parameters, HALF.state.locks
    starts = Batch.of([p, *(random_start(p, free, 1.0, seed) for seed in (5, 6, 7))])
    for refit in (fewer(session, 1, range(5, 8)), more(session, range(5, 8))):
        np.testing.assert_array_equal(refit.batch_before.values, starts.values)
        after = trained(refit, 200)
        alone = asyncio.run(FakeTrainer().train_batch(starts, session.state.problem(session.dataset), 200))
        assert after.batch_before.step == after.batch.step == 200
        np.testing.assert_array_equal(after.batch_before.losses, alone.losses)
        assert after.trained_before == pytest.approx(alone.losses.min(), rel=1e-9)
        assert after.lowest_before == after.trained_before < HALF.loss


def test_both_have_taken_as_many_steps_whenever_one_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "FIRST_SLICE_WORK", 1)  # so that a piece is a step at first
    trainer = FakeTrainer()
    course = in_course(fewer(SOLVED, 2), trainer, 9)
    assert [refit.batch.step for refit in course] == [refit.batch_before.step for refit in course]
    assert course[0].batch.step == 1
    assert course[-1].batch.step == 9
    assert len(trainer.batches) == 2 * len(course)


def test_training_that_makes_it_worse_does_not_hide_the_network_before() -> None:
    refit = trained(fewer(HALF, 2), 1)
    worse = replace(refit, batch_before=replace(refit.batch_before, values=np.zeros((4, 10)), losses=np.ones(4)))
    assert worse.trained_before == pytest.approx(float((HALF.dataset.y**2).mean()))  # all units at zero
    assert worse.lowest_before == HALF.loss


def test_nothing_is_compared_before_some_of_either_were_trained() -> None:
    refit = fewer(SOLVED, 2)
    assert not refit.compared
    assert np.isnan(refit.trained_before)
    after = trained(refit, 1)
    assert after.compared
    diverged = np.full(4, np.inf)
    assert not replace(after, batch=replace(after.batch, losses=diverged)).compared
    assert not replace(after, batch_before=replace(after.batch_before, losses=diverged)).compared


def test_the_trained_network_with_a_unit_that_adds_nothing_is_among_the_candidates() -> None:
    """So that one unit more is never worse, and one fewer never better, whatever the random starts do."""
    for refit, smaller in ((more(SOLVED), "batch_before"), (fewer(open_lab(w1=1, b1=-1, w2=2, b2=-4), 0), "batch")):
        free = replace(refit.problem_before, locks=locks([0] * 3, [0] * 3, [0] * 3))
        after = trained(replace(refit, problem_before=free), 5)
        best = float(getattr(after, smaller).losses.min())
        assert (after.lowest if smaller == "batch_before" else after.lowest_before) <= best * (1 + 1e-9)


def test_the_unit_that_helps_most_is_added_to_the_trained_network_and_trained_on() -> None:
    after = trained(more(HALF), 40)
    smaller = after.batch_before.parameters(int(after.batch_before.losses.argmin()))
    grown = append_unit(smaller, best_addition(RELU, smaller, HALF.dataset))
    assert after.grown is not None
    assert after.grown.step == 40
    assert after.grown.losses.min() < RELU.loss(grown, HALF.dataset.x, HALF.dataset.y) < after.trained_before
    assert after.lowest <= after.grown.losses.min()


def test_where_locks_hold_it_only_what_they_allow_is_added() -> None:
    """v of the lab's units is locked at 1; where w alone is, the unit stands where it was, with v = 0."""
    assert trained(fewer(SOLVED, 2), 5).grown is None
    session = opener("lab-free")
    session = edits.toggle_lock(edits.select(session, Selection(1, "w")))
    after = trained(fewer(session, 1), 5)
    assert after.grown is not None
    assert len(after.grown) == 1
    assert after.grown.values[0, 4] == session.state.parameters.w[1]


def test_a_dead_unit_can_go_for_nothing() -> None:
    before, frozen = fewer(open_lab(w1=1, b1=-1), 2).variants()
    assert frozen.loss == before.loss == pytest.approx(0.4497, abs=5e-5)


def test_the_batch_is_the_changed_network_and_the_start_of_each_seed() -> None:
    refit = fewer(SOLVED, 1, range(5, 8))
    rest, left = without_unit(SOLVED.state.parameters, SOLVED.state.locks, 1)
    assert refit.batch.parameters(0) == refit.changed == rest
    assert [refit.batch.parameters(n) for n in (1, 2, 3)] == [random_start(rest, left, 1.0, seed) for seed in (5, 6, 7)]


def test_the_new_unit_is_free_and_the_others_keep_their_locks() -> None:
    refit = more(SOLVED)
    after = trained(refit, 5)
    assert refit.problem.locks == with_unit(SOLVED.state.parameters, SOLVED.state.locks, Addition(0, 1, 0))[1]
    assert after.batch.values[:, 1:4].tolist() == [[-2, 2, 1]] * 4  # unit 0
    assert len(set(after.batch.values[:, 12])) == 4  # v of unit 3


def test_what_the_user_has_locked_is_as_it_is_in_every_network() -> None:
    session = with_values(opener("lab-free"), w1=1.25)
    session = edits.toggle_lock(edits.select(session, Selection(1, "w")))
    for refit, unit in ((fewer(session, 0), 0), (more(session), 1)):
        after = trained(refit, 5)
        assert [variant.parameters.w[unit] for variant in after.variants()[1:]] == [1.25] * 3
        taken = unit_edits.apply_refit(session, after.variants()[-1].parameters, after.problem.locks, after.unit)
        assert taken.state.locks.w.tolist() == [row == unit for row in range(taken.state.parameters.units)]
        assert edits.next_random_start(taken).state.parameters.w[unit] == 1.25


def test_of_the_random_starts_the_best_is_told_with_its_seed() -> None:
    refit = trained(fewer(SOLVED, 2, range(4, 9)), 3)
    *_, here, best = refit.variants()
    assert here.parameters == refit.batch.parameters(0)
    assert here.seed is None
    losses = refit.batch.losses[1:].tolist()
    assert best.loss == pytest.approx(min(losses), rel=1e-12)
    assert best.seed == 4 + losses.index(min(losses))
    assert refit.lowest == min(variant.loss for variant in refit.variants()[1:])


def test_what_diverged_has_no_loss() -> None:
    refit = trained(fewer(SOLVED, 2), 1)
    losses = np.array([np.inf, np.nan, 0.25, 0.5])
    *_, here, best = replace(refit, batch=replace(refit.batch, losses=losses)).variants()
    assert np.isnan(here.loss)
    assert best.seed == 1
    *_, best = (none := replace(refit, batch=replace(refit.batch, losses=np.full(4, np.nan)))).variants()
    assert np.isnan(best.loss)
    assert none.lowest == refit.variants()[1].loss


def test_no_loss_is_low_enough_to_stop_at() -> None:
    dosage = opener("dosage-output-bias")
    assert dosage.state.settings.stop_below is not None
    refit = fewer(dosage, 0)
    assert refit.problem.settings.stop_below is None
    assert refit.problem_before.settings.stop_below is None
