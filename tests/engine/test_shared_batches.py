"""Batches that several threads share: the same answers bit for bit, whatever their number, and none left when one ends."""

import asyncio
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from relutui.engine.engine import Engine
from relutui.lib.arrays import Array
from relutui.model.batch import Batch
from relutui.model.dataset import Dataset
from relutui.model.network import Network, Parameters
from relutui.model.trainer import TrainerUnavailable
from relutui.model.training import OPTIMIZERS, Optimizer, Problem, TrainingSettings
from tests.engine.problems import LAB_DATA, locks, random_data
from tests.support.blocking import Blocking
from tests.support.starts import random_start, random_starts
from tests.support.waiting import LIMIT, until

WORKERS = 3


@pytest.fixture(scope="module")
def together(device: str | None) -> Iterator[Blocking]:
    """An engine with some workers, between which everything is divided, however little it is."""
    blocking = Blocking(Engine(device, workers=WORKERS))
    blocking.open()
    from relutui.engine import compiled_batch

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled_batch, "_LEAST_WORK", 1)
        patch.setattr(compiled_batch, "_LEAST_WORK_EACH", 1)
        yield blocking
    blocking.close()


@pytest.fixture
def processor(together: Blocking) -> None:
    if together.open().name != "CPU":
        pytest.skip("a GPU has one worker")


def starts(units: int, networks: int) -> Batch:
    return random_starts(unset(units), locks(units), 1.0, range(networks))


def unset(units: int) -> Parameters:
    nothing = np.zeros(units)
    return Parameters(nothing, nothing, nothing, 0.0)


def assert_same(one: Batch, other: Batch) -> None:
    assert one.step == other.step
    for name in ("values", "first", "second", "losses"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), strict=True)


@pytest.mark.parametrize(("network", "optimizer"), [
    *((Network(), optimizer) for optimizer in OPTIMIZERS),
    (Network("leaky_relu"), "adam"),
    (Network("softplus"), "momentum"),
    (Network("tanh", "sigmoid"), "adam"),
])  # fmt: skip
def test_the_same_bit_for_bit(engine: Blocking, together: Blocking, network: Network, optimizer: Optimizer) -> None:
    """Networks by pieces and by points: fewer than workers, some, and more than all have room for at once."""
    problem = Problem(network, LAB_DATA, locks(3), TrainingSettings(optimizer, 0.02))
    for networks in (1, 2, 50, 1000):
        batch = starts(3, networks)
        for steps in (0, 7, 20):
            expected, batch = engine.train_batch(batch, problem, steps), together.train_batch(batch, problem, steps)
            assert_same(batch, expected)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_same_where_the_tables_lack_digits(engine: Blocking, together: Blocking, optimizer: Optimizer) -> None:
    """As `test_anybodys_data` has it: now and then a step is taken point by point."""
    data = Dataset(np.array([1.0, 5.0, 10.0]), np.array([40_000.0, 60_000.0, 80_000.0]))
    problem = Problem(Network(), data, locks(3), TrainingSettings(optimizer, 0.05))
    batch = Batch.of([random_start(unset(3), problem.locks, 10.0 ** (seed % 7 - 3), seed) for seed in range(40)])
    assert_same(together.train_batch(batch, problem, 120), engine.train_batch(batch, problem, 120))


def test_the_same_where_nothing_is_compiled(engine: Blocking, together: Blocking) -> None:
    """The x are too far from 0 for float32: softplus is trained by numpy."""
    x = np.linspace(1e7, 1e7 + 1.0, 5000)
    problem = Problem(Network("softplus"), Dataset(x, np.sin(x)), locks(4), TrainingSettings("adam", 0.01))
    batch = starts(4, 60)
    assert_same(together.train_batch(batch, problem, 3), engine.train_batch(batch, problem, 3))


def test_one_problem_after_the_other(engine: Blocking, together: Blocking) -> None:
    """In the same memory, which all share in part: what a small batch, for one worker, leaves there does no harm."""
    problems = [Problem(Network(), LAB_DATA, locks(units), TrainingSettings("adam", rate)) for units, rate in
                ((3, 0.02), (3, 0.1), (9, 0.02))]  # fmt: skip
    other_data = Problem(Network(), random_data(np.random.default_rng(1), 37), locks(3), TrainingSettings("adam", 0.02))
    asked = [(problems[0], 40), (problems[1], 1), (problems[0], 40), (problems[2], 1), (problems[2], 40), (other_data, 1),
             (problems[0], 40), (other_data, 40), (problems[1], 40)]  # fmt: skip
    for problem, networks in asked:
        batch = starts(len(problem.locks.w), networks)
        assert_same(together.train_batch(batch, problem, 10), engine.train_batch(batch, problem, 10))


@pytest.mark.usefixtures("processor")
def test_what_is_in_memory_is_not_written_again(together: Blocking, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = Problem(Network(), LAB_DATA, locks(3), TrainingSettings("adam", 0.02))
    expected = together.train_batch(starts(3, 40), problem, 10)
    batch = together.train_batch(starts(3, 40), problem, 5)
    from relutui.engine.program import Program

    written: list[str] = []
    write = Program.write_state

    def noting(program: Program, name: str, values: Array) -> None:
        written.append(name)
        write(program, name, values)

    monkeypatch.setattr(Program, "write_state", noting)
    assert_same(together.train_batch(batch, problem, 5), expected)
    assert written == []
    together.train_batch(starts(3, 40), problem, 5)
    assert sorted(written) == sorted(["parameters", "first", "second"] * WORKERS)


@pytest.mark.usefixtures("processor")
async def test_all_end_when_it_is_given_up_and_when_it_is_closed(device: str | None) -> None:
    before = set(threading.enumerate())
    engine = Engine(device, workers=WORKERS)
    problem = Problem(Network(), random_data(np.random.default_rng(0), 900), locks(8), TrainingSettings())
    batch = starts(8, 96)
    await engine.train_batch(batch, problem, 1)
    from relutui.engine.batch_part import PartTrainer

    running = set[int]()
    run = PartTrainer._run

    def noting(trainer: PartTrainer, steps: int, adam_steps: int) -> None:
        running.add(id(trainer))
        run(trainer, steps, adam_steps)
        running.remove(id(trainer))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PartTrainer, "_run", noting)
        given_up = asyncio.create_task(engine.train_batch(batch, problem, 10_000_000))
        await until(lambda: len(running) == WORKERS)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        assert (await asyncio.wait_for(engine.train_batch(batch, problem, 1), LIMIT)).step == 1
        assert not running
        closed = asyncio.create_task(engine.train_batch(batch, problem, 10_000_000))
        await until(lambda: len(running) == WORKERS)
        await engine.close()
        with pytest.raises(TrainerUnavailable, match=r"^the engine is closed$"):
            await asyncio.wait_for(closed, LIMIT)
        assert not running
    await until(lambda: not [thread for thread in threading.enumerate() if thread not in before and "relutui" in thread.name])


@pytest.mark.usefixtures("processor")
def test_an_error_of_one_worker_is_that_of_the_call_and_the_next_is_answered(
    engine: Blocking, together: Blocking, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem, batch = Problem(Network(), LAB_DATA, locks(3), TrainingSettings()), starts(3, 90)
    from relutui.engine.batch_part import PartTrainer

    run = PartTrainer._run

    def failing(trainer: PartTrainer, steps: int, adam_steps: int) -> None:
        if threading.current_thread().name.startswith("relutui-worker"):
            raise MemoryError("no more")
        run(trainer, steps, adam_steps)

    together.train_batch(batch, problem, 1)
    with monkeypatch.context() as patch:
        patch.setattr(PartTrainer, "_run", failing)
        with pytest.raises(TrainerUnavailable, match="failed while training: no more"):
            together.train_batch(batch, problem, 30)
    assert_same(together.train_batch(batch, problem, 30), engine.train_batch(batch, problem, 30))
