from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.model.network import Network
from relutui.model.training import Checkpoint, Problem, TrainingSettings
from relutui.scenario.library import find, load
from relutui.scenario.reader import parse
from relutui.scenario.scenario import Exercise, Init, Scenario
from relutui.study import sweep as sweeping
from relutui.study.outcomes import Outcome, code_of, outcomes_of
from relutui.study.sweep import (
    Sweep,
    SweepProgress,
    best_known,
    bound,
)
from relutui.study.sweep_results import Cell, Chunk, Ledger, Result
from tests.support.fake_trainer import FakeTrainer
from tests.support.starts import random_start, random_starts

THREE_UNITS = Cell(3, TrainingSettings(), Init())


def scenario(name: str) -> Scenario:
    return load(find(name))


def planned(name: str, units: tuple[int, ...], seeds: range, steps: int = 20, below: float = 0.5) -> Sweep:
    return Sweep(scenario(name), scenario(name).settings, units, seeds, steps, below)


async def results(sweep: Sweep) -> tuple[Result, ...]:
    return entered(sweep, [reached async for reached in sweep.run(FakeTrainer())]).results()


def entered(sweep: Sweep, reports: list[SweepProgress]) -> Ledger:
    ledger = Ledger(sweep.cells, sweep.seeds)
    for report in reports:
        if report.finished:
            ledger.enter(*report.finished)
    return ledger


def test_every_seed_has_the_start_that_it_has_alone() -> None:
    lab = scenario("lab")
    batch = random_starts(lab.start, lab.locks, 2.0, [7, 3])
    assert batch.parameters(1) == random_start(lab.start, lab.locks, 2.0, 3)
    assert (batch.parameters(1).w[0], batch.parameters(1).c) == (-2.0, 0.0)
    assert batch.parameters(0) != batch.parameters(1)


async def test_of_two_points_every_start_has_come_to_rest() -> None:
    """As the command is given: one that fits both, or the mean, with a loss of exactly 1/4; after 300 steps none moves."""
    two = parse('title = "two"\n[target]\npoints = [[0, 0], [1, 1]]\n[init]\nunits = 1\n', "two", None)
    for steps in (300, 2000):
        (found,) = await results(Sweep(two, two.settings, (1,), range(8), steps, 1e-4))
        assert found.counts()["still falling"] == 0
        assert sorted(np.asarray(found.losses)) == pytest.approx([0.0] * 3 + [0.25] * 5, abs=1e-4)


def test_the_bound_is_the_exercises_else_where_training_stops() -> None:
    lab = scenario("lab")
    without = replace(lab, exercise=None)
    assert bound(replace(lab, exercise=Exercise(solved_below=0.031)), TrainingSettings(stop_below=1e-2)) == 0.031
    assert bound(without, TrainingSettings(stop_below=1e-2)) == 1e-2
    assert bound(without, TrainingSettings()) == 1e-4


def test_the_bound_is_of_the_kind_that_is_trained_on() -> None:
    """Of 300 points; where training stops is told in that kind already."""
    lab = replace(scenario("lab"), exercise=Exercise(solved_below=0.03))
    without = replace(lab, exercise=None)
    assert bound(lab, TrainingSettings(loss="sse")) == pytest.approx(9.0)
    assert bound(replace(lab, settings=TrainingSettings(loss="sse")), TrainingSettings()) == pytest.approx(1e-4)
    assert bound(without, TrainingSettings(loss="sse")) == pytest.approx(0.03)
    assert bound(without, TrainingSettings(loss="sse", stop_below=1e-2)) == 1e-2


def test_a_result_by_hand() -> None:
    found: tuple[Outcome, ...] = ("solved", "twins", "solved", "diverged", "dead units")
    codes = np.array([code_of(outcome) for outcome in found], np.uint8)
    result = Result(THREE_UNITS, np.array([1e-6, 0.3, 1e-5, np.inf, 0.7]), codes)
    assert result.success == 0.4
    assert result.error == pytest.approx((0.4 * 0.6 / 5) ** 0.5)
    assert result.best == 1e-6
    assert [result.quantile(share) for share in (0.1, 0.5, 0.9)] == [1e-6, 0.3, np.inf]
    assert result.counts() == {
        "solved": 2, "dead units": 1, "parked": 0, "twins": 1, "stands still": 0, "still falling": 0, "diverged": 1,
    }  # fmt: skip


@given(losses=st.lists(st.one_of(st.floats(0, 10), st.just(np.inf)), min_size=1, max_size=30), tenths=st.integers(1, 9))
def test_a_quantile_is_the_least_loss_that_so_many_do_not_exceed(losses: list[float], tenths: int) -> None:
    quantile = Result(THREE_UNITS, np.array(losses), np.ones(len(losses), np.uint8)).quantile(tenths / 10)
    assert quantile in losses
    assert 10 * sum(loss <= quantile for loss in losses) >= tenths * len(losses)
    assert 10 * sum(loss < quantile for loss in losses) < tenths * len(losses)


async def test_every_number_of_units_and_every_seed_as_if_trained_alone() -> None:
    free = scenario("lab-free")
    trained = await results(planned("lab-free", (1, 3), range(35, 38)))
    assert [(result.cell.units, len(result)) for result in trained] == [(1, 3), (3, 3)]
    problem = Problem(free.network, free.dataset, free.locks, free.settings)
    for loss, seed in zip(np.asarray(trained[1].losses), range(35, 38)):
        start = Checkpoint.start(random_start(free.start, free.locks, 1.0, seed))
        p = (await FakeTrainer().train(start, problem, 20)).parameters
        assert loss == pytest.approx(free.network.loss(p, free.dataset.x, free.dataset.y), rel=1e-9)


async def test_chunks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    sweep = planned("lab-free", (1, 2), range(5, 12))
    whole = await results(sweep)
    monkeypatch.setattr(sweeping, "FIRST_CHUNK", 3)
    monkeypatch.setattr(sweeping, "MAX_CHUNK", 3)
    trainer = FakeTrainer()
    reports = [report async for report in sweep.run(trainer)]
    assert max(networks for networks, _ in trainer.batches) == 3
    chunks = [report.finished[0] for report in reports if report.finished]
    assert [chunk.seeds for chunk in chunks] == [range(5, 8), range(8, 11), range(11, 12)] * 2
    assert all(before.progress < after.progress for before, after in pairwise(reports))
    assert reports[-1].done == sweep.networks == 14
    for one, other in zip(whole, entered(sweep, reports).results(), strict=True):
        assert one.cell == other.cell
        np.testing.assert_array_equal(one.outcomes, other.outcomes)
        np.testing.assert_allclose(one.losses, other.losses, rtol=1e-12)


async def test_only_what_is_missing_is_trained() -> None:
    sweep = planned("lab-free", (1, 2), range(5, 12))
    one, two = sweep.cells
    missing = (Chunk(one, range(6, 8)), Chunk(two, range(5, 6)), Chunk(two, range(11, 12)))
    reports = [report async for report in sweep.run(FakeTrainer(), missing)]
    assert [report.finished[0] for report in reports if report.finished] == list(missing)
    assert (reports[0].done, reports[-1].done) == (10, 14)
    whole = await results(sweep)
    np.testing.assert_allclose(reports[-1].finished[1].losses, whole[1].losses[-1:], rtol=1e-12)  # type: ignore[index]


async def test_chunks_grow_while_they_are_brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "FIRST_CHUNK", 2)
    monkeypatch.setattr(sweeping, "MAX_CHUNK", 9)
    for brief, sizes in ((np.inf, [2, 8, 9, 1]), (0.0, [2] * 10)):
        monkeypatch.setattr(sweeping, "SHORT_CHUNK_S", brief)
        reports = [report async for report in planned("lab-free", (2,), range(20), 1).run(FakeTrainer())]
        assert [len(report.finished[1]) for report in reports if report.finished] == sizes


async def test_what_is_finished_stays_when_it_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "FIRST_CHUNK", 3)
    monkeypatch.setattr(sweeping, "MAX_CHUNK", 3)
    monkeypatch.setattr(sweeping, "FIRST_SLICE_WORK", 1)  # so that the third chunk is not done in one piece
    sweep, reports = planned("lab-free", (2,), range(9)), []
    async for reached in sweep.run(FakeTrainer()):
        reports.append(reached)
        if reached.progress > 6:
            break
    ledger = entered(sweep, reports)
    (result,) = ledger.results()
    assert (reached.done, reached.training) == (6, 3)
    assert 0.0 < reached.share < 1.0
    assert (len(result), len(result.outcomes), ledger.finished) == (6, 6, 6)
    assert ledger.missing() == (Chunk(sweep.cells[0], range(6, 9)),)


async def test_training_does_not_stop_where_the_scenario_would() -> None:
    sweep = planned("lab-free", (3,), range(4), below=1e6)
    (going,) = await results(sweep)
    (stopping,) = await results(replace(sweep, settings=replace(sweep.settings, stop_below=1e6)))
    np.testing.assert_array_equal(going.losses, stopping.losses)
    assert going.success == stopping.success == 1.0


async def test_what_diverged_has_a_loss_of_inf() -> None:
    sweep = planned("lab-free", (2,), range(3), steps=100)
    (result,) = await results(replace(sweep, settings=TrainingSettings(learning_rate=1e9)))
    outcomes = outcomes_of(np.asarray(result.outcomes))
    assert "diverged" in outcomes
    for loss, outcome in zip(np.asarray(result.losses), outcomes):
        assert (loss == np.inf) == (outcome == "diverged")


async def test_no_network_beats_the_best_possible_of_its_kinks() -> None:
    parabola = scenario("parabola")  # of the x^2 of subject.md, on [-5, 4] at 1,000 points: 2 and 3 straight pieces
    sweep = Sweep(parabola, parabola.settings, (1, 2, 13), range(1), 1, 1e-4)
    two, three, unknown = await best_known(sweep)
    assert two is not None
    assert three is not None
    assert two.bound == two.fit == pytest.approx(9**4 / 180 / 2**4, rel=0.01)
    assert three.bound == three.fit == pytest.approx(9**4 / 180 / 3**4, rel=0.01)
    assert three.network is not None
    assert three.fit < three.network < two.fit  # two units have a slope less than two kinks; with one beside the points, as one
    assert unknown is None
    (summed,) = await best_known(replace(sweep, units=(1,), settings=TrainingSettings(loss="sse")))
    assert summed is not None
    assert summed.bound == pytest.approx(1000 * 9**4 / 180 / 2**4, rel=0.01)


@pytest.mark.parametrize("network", [Network("tanh"), Network("relu", "relu")])
async def test_without_straight_pieces_no_best_is_known(network: Network) -> None:
    sweep = planned("lab-free", (1, 2), range(1))
    assert await best_known(replace(sweep, scenario=replace(sweep.scenario, network=network))) == (None, None)
