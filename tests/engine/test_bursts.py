"""What a burst promises beside its numbers: samples, stops, the last finite state, digits kept, nothing compiled twice."""

from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from relutui.model.dataset import Dataset
from relutui.model.network import Network, Parameters
from relutui.model.trainer import Diverged, TrainerUnavailable
from relutui.model.training import OPTIMIZERS, Checkpoint, Locks, Optimizer, Problem, TrainingSettings
from tests.engine.problems import LAB_DATA, LAB_START, lab, locks, random_data, random_locks, random_start
from tests.support.blocking import Blocking


def loss(checkpoint: Checkpoint, problem: Problem) -> float:
    data = problem.dataset
    return problem.network.loss(checkpoint.parameters, data.x, data.y, problem.settings.loss)


def test_lab_from_zero_with_slope_0_never_moves(engine: Blocking) -> None:
    end = engine.train(LAB_START, lab(0.0), 2000)
    assert end.parameters == LAB_START.parameters
    assert {round(sample.loss, 3) for sample in end.history} == {2.463}


@pytest.mark.parametrize("slope_at_kink", [0.5, 1.0])
def test_lab_from_zero_with_another_slope_makes_twins(engine: Blocking, slope_at_kink: float) -> None:
    problem = lab(slope_at_kink)
    end = engine.train(LAB_START, problem, 20_000)
    assert loss(end, problem) == pytest.approx(0.0300, abs=5e-5)
    p = end.parameters
    assert (p.w[1], p.b[1]) == (p.w[2], p.b[2])
    assert p.w[1] > 0.0
    assert (p.w[0], p.b[0], p.c) == (-2.0, 2.0, 0.0)


def test_dosage_bias_stops_at_step_34(engine: Blocking) -> None:
    data = Dataset(np.array([0, 0.5, 1]), np.array([0.0, 1, 0]))
    how = TrainingSettings(learning_rate=0.1, loss="sse", stop_below=1e-4)
    problem = Problem(Network("relu", "relu"), data, replace(locks(2, locked=True), c=False), how)
    start = Checkpoint.start(Parameters(np.array([1.70, 12.6]), np.array([-0.85, 0]), np.array([-40.8, 2.7]), 0.0))
    end = engine.train(start, problem, 1000)
    assert end.step == 34
    assert end.parameters.c == pytest.approx(-16.0019, abs=5e-5)
    assert engine.train(end, problem, 5).step == 34
    assert engine.train(start, problem, 33).step == 33


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_five_steps_and_five_are_ten_bit_for_bit(engine: Blocking, optimizer: Optimizer) -> None:
    rng = np.random.default_rng(1)
    how = TrainingSettings(optimizer, learning_rate=0.03)
    problem = Problem(Network(), random_data(rng, 37), random_locks(rng, 5), how)
    start = random_start(rng, 5)
    assert engine.train(engine.train(start, problem, 5), problem, 5) == engine.train(start, problem, 10)


def test_after_a_training_was_given_up_its_start_is_still_the_start(engine: Blocking, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = lab(1.0)
    ten = engine.train(LAB_START, problem, 10)
    twenty = engine.train(ten, problem, 10)
    ten = engine.train(LAB_START, problem, 10)
    calls = count()

    def give_up() -> None:
        if next(calls) == 2:  # the first burst has been run
            raise TrainerUnavailable("given up")

    with monkeypatch.context() as patch:
        patch.setattr(engine.engine, "_interrupt", give_up)
        with pytest.raises(TrainerUnavailable, match="given up"):
            engine.train(ten, problem, 25_000)
    assert next(calls) == 3
    assert engine.train(ten, problem, 10) == twenty


def test_samples_of_long_and_short_bursts_line_up(engine: Blocking) -> None:
    problem = lab(1.0)
    short = engine.train(LAB_START, problem, 3)
    both = engine.train(short, problem, 1000)
    assert [sample.step for sample in short.history] == [0, 1, 2]
    assert [sample.step for sample in both.history] == [0, 1, 2, *range(32, 1003, 32)]
    assert both.history[0].loss == pytest.approx(2.4630, abs=5e-5)
    assert both.parameters_at(both.history[0]) == LAB_START.parameters
    at_32 = engine.train(LAB_START, problem, 32).parameters
    sampled = both.parameters_at(both.history[3])
    assert sampled is not None
    np.testing.assert_allclose([sampled.w, sampled.b], [at_32.w, at_32.b], rtol=1e-6)


def test_what_does_not_move_keeps_its_digits(engine: Blocking) -> None:
    start = Checkpoint.start(Parameters(np.array([0.1, 0.2]), np.array([0.3, -9.1]), np.array([0.7, 0.9]), 0.1))
    fixed = Locks(np.array([True, False]), np.array([True, False]), np.array([False, False]), False)
    end = engine.train(start, Problem(Network(), LAB_DATA, fixed, TrainingSettings()), 50).parameters
    assert (end.w[0], end.b[0]) == (0.1, 0.3)  # locked
    assert (end.w[1], end.b[1], end.v[1]) == (0.2, -9.1, 0.9)  # dead: 0.2 x < 9.1 everywhere
    assert end.v[0] != 0.7
    assert end.c != 0.1


@pytest.mark.parametrize("optimizer", ["sgd", "momentum"])
def test_divergence_gives_the_last_finite_state(engine: Blocking, optimizer: Optimizer) -> None:
    rng = np.random.default_rng(3)
    how = TrainingSettings(optimizer, learning_rate=3.0)
    problem, start = Problem(Network(), LAB_DATA, locks(3), how), random_start(rng, 3)
    with pytest.raises(Diverged) as diverged:
        engine.train(start, problem, 1000)
    last = diverged.value.checkpoint
    assert 0 < last.step < 1000
    assert last.parameters.finite
    assert np.isfinite(np.float32(loss(last, problem)))
    assert last.parameters == engine.train(start, problem, last.step).parameters
    with pytest.raises(Diverged) as again:
        engine.train(last, problem, 1)
    assert again.value.checkpoint == last


def test_a_start_beyond_float32_diverges_where_it_stands(engine: Blocking) -> None:
    start = Checkpoint.start(Parameters(np.array([1e300]), np.zeros(1), np.ones(1), 0.0))
    with pytest.raises(Diverged) as diverged:
        engine.train(start, Problem(Network(), LAB_DATA, locks(1), TrainingSettings()), 10)
    assert diverged.value.checkpoint == start


def test_only_another_kind_of_network_compiles(engine: Blocking) -> None:
    engine.prepare(lab(1.0), 3)  # a slope at the kink where there was none would be another kind
    from tinygrad.codegen import to_program_cache

    compiled = len(to_program_cache)
    rng = np.random.default_rng(0)
    for units in range(1, 9):
        how = TrainingSettings(learning_rate=rng.uniform(), stop_below=rng.uniform(), loss="sse")
        data = random_data(rng, int(rng.integers(1, 1000)))
        changed = Problem(Network(slope_at_kink=rng.uniform(0.1, 1.0)), data, random_locks(rng, units), how)
        try:
            engine.train(random_start(rng, units), changed, int(rng.integers(1, 200)))
        except Diverged:
            continue
    assert len(to_program_cache) == compiled
    engine.prepare(lab(), 200)
    compiled = len(to_program_cache)
    engine.prepare(lab(), 256)  # the 257th unit needs the next size
    assert len(to_program_cache) == compiled + 1
