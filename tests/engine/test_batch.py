"""Many networks at once: each as if it were trained alone, whatever else is in the batch."""

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from relutui.engine.engine import Engine
from relutui.lib.arrays import Array
from relutui.model.batch import Batch
from relutui.model.dataset import Dataset
from relutui.model.network import Network, Parameters
from relutui.model.trainer import Diverged
from relutui.model.training import OPTIMIZERS, Checkpoint, Locks, Optimizer, Problem, TrainingSettings
from tests.engine.problems import LAB_DATA, LAB_START, lab, locks, random_data, random_locks
from tests.support.blocking import Blocking
from tests.support.oracle import train
from tests.support.starts import random_starts
from tests.support.waiting import LIMIT, until


def starts(units: int, networks: int, fixed: Locks | None = None) -> Batch:
    nothing = np.zeros(units)
    return random_starts(Parameters(nothing, nothing, nothing, 0.0), fixed or locks(units), 1.0, range(networks))


@pytest.mark.parametrize("activations", [("relu", "identity"), ("softplus", "sigmoid"), ("tanh", "relu")])
@pytest.mark.parametrize("kind", ["mse", "sse"])
def test_no_steps_measure_the_losses(engine: Blocking, activations: tuple[str, str], kind: str) -> None:
    problem = Problem(Network(*activations), LAB_DATA, locks(4), TrainingSettings(loss=kind))  # type: ignore[arg-type]
    batch = starts(4, 40)
    measured = engine.train_batch(batch, problem, 0)
    networks = [batch.parameters(n) for n in range(40)]
    expected = [problem.network.loss(p, LAB_DATA.x, LAB_DATA.y, problem.settings.loss) for p in networks]
    np.testing.assert_allclose(measured.losses, expected, rtol=2e-5)
    assert (measured.values == batch.values).all()
    assert measured.step == 0


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_each_is_trained_as_if_it_were_alone(engine: Blocking, optimizer: Optimizer) -> None:
    rng = np.random.default_rng(5)
    fixed = random_locks(rng, 5)
    problem = Problem(Network(slope_at_kink=0.5), random_data(rng, 37), fixed, TrainingSettings(optimizer, 0.02))
    batch = starts(5, 70, fixed)
    trained = engine.train_batch(batch, problem, 60)
    assert trained.step == 60
    for n in (0, 33, 69):
        alone = engine.train(Checkpoint.start(batch.parameters(n)), problem, 60).parameters
        oracle = train(batch.parameters(n), problem, 60)
        for parameters in (alone, oracle.parameters):
            for mine, its in zip(vars(trained.parameters(n)).values(), vars(parameters).values()):
                np.testing.assert_allclose(mine, its, rtol=2e-3, atol=2e-4)
        assert trained.losses[n] == pytest.approx(oracle.losses[-1], rel=1e-3)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_same_bit_for_bit_in_pieces_again_and_in_other_company(engine: Blocking, optimizer: Optimizer) -> None:
    problem = Problem(Network(), LAB_DATA, locks(3), TrainingSettings(optimizer, 0.02))
    batch = starts(3, 300)  # more than one turn of the kernel on a processor
    at_once = engine.train_batch(batch, problem, 50)
    in_two = engine.train_batch(engine.train_batch(batch, problem, 13), problem, 37)
    few = Batch.start(batch.values[290:])
    apart = engine.train_batch(few, problem, 50)
    for name in ("values", "first", "second", "losses"):
        assert (getattr(at_once, name) == getattr(in_two, name)).all()
        assert (getattr(at_once, name)[290:] == getattr(apart, name)).all()


def test_what_is_in_memory_is_not_written_again(engine: Blocking, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a sweep goes on; the same parameters with other moments are another state."""
    problem = Problem(Network(), LAB_DATA, locks(3), TrainingSettings("adam", 0.02))
    batch = engine.train_batch(starts(3, 20), problem, 5)
    expected = engine.train_batch(starts(3, 20), problem, 10)
    batch = engine.train_batch(starts(3, 20), problem, 5)
    from relutui.engine.program import Program

    written: list[str] = []
    write = Program.write_state

    def noting(program: Program, name: str, values: Array) -> None:
        written.append(name)
        write(program, name, values)

    monkeypatch.setattr(Program, "write_state", noting)
    went_on = engine.train_batch(replace(batch, past={4: batch.losses}), problem, 5)
    assert written == []
    assert (went_on.values == expected.values).all()
    engine.train_batch(Batch.start(went_on.values), problem, 5)
    assert written == ["parameters", "first", "second"]


def test_what_is_locked_keeps_its_digits(engine: Blocking) -> None:
    problem = lab(0.0)
    p = replace(LAB_START.parameters, c=0.1)
    trained = engine.train_batch(random_starts(p, problem.locks, 1.0, range(20)), problem, 30)
    assert (trained.values[:, [0, 1, 2]] == [0.1, -2.0, 2.0]).all()
    assert (trained.values[:, [3, 6, 9]] == 1.0).all()
    assert len(np.unique(trained.values[:, 4])) == 20


def test_one_that_diverges_leaves_the_others_alone(engine: Blocking) -> None:
    problem = Problem(Network(), LAB_DATA, locks(2), TrainingSettings(learning_rate=0.05))
    calm = starts(2, 3)
    wild = np.concatenate([calm.values[:2], [[0.0, 1e18, 0, 1e18, 1e18, 0, 1e18]], calm.values[2:]])
    trained = engine.train_batch(Batch.start(wild), problem, 40)
    expected = engine.train_batch(calm, problem, 40)
    assert list(np.isfinite(trained.losses)) == [True, True, False, True]
    assert (trained.losses[[0, 1, 3]] == expected.losses).all()


def test_one_below_the_bound_stays_there(engine: Blocking) -> None:
    """Each in its own time: those that are there wait for the others."""
    problem = Problem(Network(), LAB_DATA, locks(3), TrainingSettings(learning_rate=0.05, stop_below=0.5))
    batch = starts(3, 8)
    trained = engine.train_batch(batch, problem, 400)
    for n in range(8):
        alone = engine.train(Checkpoint.start(batch.parameters(n)), problem, 400)
        np.testing.assert_allclose(trained.parameters(n).w, alone.parameters.w, rtol=1e-5, atol=1e-6)
    assert (trained.losses < 0.5).any()


def test_the_loss_is_not_finite_where_a_parameter_is_not(engine: Blocking) -> None:
    """relu(nan) is 0 on every device: the loss alone would look well."""
    problem = Problem(Network(), LAB_DATA, locks(1), TrainingSettings())
    batch = Batch.start(np.array([[0.0, np.nan, 0.0, 0.0], [0.0, 1.0, 0.0, 1.0]]))
    assert list(np.isfinite(engine.train_batch(batch, problem, 0).losses)) == [False, True]
    with pytest.raises(Diverged):
        engine.train(Checkpoint.start(batch.parameters(0)), problem, 1)


def test_the_figures_of_random_starts(piece_engine: Blocking, device: str | None) -> None:
    """subject.md: the lab from N(0, 1), then everything trainable by adam; within 2.6 standard errors (1 %)."""
    if device is None or "assembler" in piece_engine.open().renderer:
        pytest.skip("takes half a minute with a compiler, and minutes without: only with --device")
    problem = lab(0.0)
    losses = piece_engine.train_batch(
        random_starts(LAB_START.parameters, problem.locks, 1.0, range(256)), problem, 20_000
    ).losses
    assert 0.14 - margin(0.14) <= (losses < 1e-4).mean() <= 0.18 + margin(0.18)
    assert (abs(losses - 0.030) < 5e-4).mean() == pytest.approx(0.60, abs=margin(0.60))
    for units, share in {2: 0.08, 3: 0.18, 4: 0.29, 6: 0.53, 10: 0.67}.items():
        problem = Problem(Network(), LAB_DATA, locks(units), TrainingSettings("adam", 0.02))
        exact = (piece_engine.train_batch(starts(units, 256), problem, 4000).losses < 1e-4).mean()
        assert exact == pytest.approx(share, abs=margin(share)), units


def margin(share: float) -> float:
    """Of the difference between a share of 256 starts and one of 500 others, for the known shares are estimates, too."""
    return 2.6 * float(np.sqrt(share * (1 - share) * (1 / 256 + 1 / 500)))


def test_who_gives_up_gives_way_to_the_next(device: str | None) -> None:
    """A long training of many is given up soon after it is cancelled, and a step asked for then is taken."""
    asyncio.run(give_up_and_go_on(Engine(device)))


async def give_up_and_go_on(engine: Engine) -> None:
    problem = Problem(Network(), random_data(np.random.default_rng(0), 900), locks(8), TrainingSettings())
    batch, asked = starts(8, 64), 500_000
    await engine.train_batch(batch, problem, 0)
    from relutui.engine.compiled_batch import CompiledBatch

    runs: list[int] = []
    (compiled,) = engine._batches.values()
    assert isinstance(compiled, CompiledBatch)
    (trainer,) = compiled._trainers
    run = trainer._run
    trainer._run = lambda steps, covered: (runs.append(steps), run(steps, covered))  # type: ignore[assignment, func-returns-value]
    long = asyncio.create_task(engine.train_batch(batch, problem, asked))
    await until(lambda: bool(runs))
    long.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(long, LIMIT)
    start = Checkpoint.start(batch.parameters(0))
    assert (await engine.train(start, problem, 1)).step == 1
    assert sum(runs) < asked
    await engine.close()


@pytest.mark.parametrize("units", [1, 3, 5, 30, 100, 256])
@pytest.mark.parametrize("points", [3, 300, 5_000, 100_000])
@pytest.mark.parametrize("networks", [1, 64, 3840, 100_000])
def test_the_memory_of_a_batch_is_bounded(engine: Blocking, units: int, points: int, networks: int, monkeypatch: Any) -> None:
    """At most half a gigabyte, or one network alone; and a power of two where they run side by side."""
    engine.open()
    from relutui.engine import kernel_choice
    from relutui.engine.kernels.points_layout import PointsSpec, sizes

    x = np.linspace(0.0, 1.0, points)
    problem = Problem(Network(), Dataset(x, x), locks(units), TrainingSettings("adam"))
    for parallel in (False, True):
        renderer = SimpleNamespace(renderer=SimpleNamespace(has_local=parallel))
        monkeypatch.setattr(kernel_choice, "Device", FakeDevices(renderer))
        form = kernel_choice.choose_batch_kernel(problem, units, networks, "points")
        assert isinstance(form, PointsSpec)
        assert form.units >= units
        assert form.points >= points
        assert form.networks == 1 or not form.parallel or form.networks & (form.networks - 1) == 0
        assert sum(sizes(form).values()) * 4 <= 2**29 or form.networks == 1 or not parallel


class FakeDevices(dict[str, Any]):
    """tinygrad's devices, whichever is asked for."""

    DEFAULT = "any"

    def __init__(self, device: object) -> None:
        super().__init__(any=device)
