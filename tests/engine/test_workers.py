"""Batches that several threads share: the same answers bit for bit, whatever their number, and none left when one ends."""

import asyncio
import gc
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from weakref import ref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.engine.engine import Engine
from relutui.engine.workers import Workers, divide
from relutui.lib.arrays import Array
from relutui.model.batch import Batch
from relutui.model.dataset import Dataset
from relutui.model.network import Network, Parameters
from relutui.model.trainer import TrainerUnavailable
from relutui.model.training import OPTIMIZERS, Optimizer, Problem, TrainingSettings, random_start
from relutui.study.sweep import random_starts
from tests.engine.problems import LAB_DATA, locks, random_data
from tests.support.blocking import Blocking
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


@pytest.mark.parametrize("network", [Network(), Network("leaky_relu"), Network("softplus"), Network("tanh", "sigmoid")])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
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


@given(
    networks=st.integers(1, 3000),
    most=st.integers(1, 300),
    least=st.integers(0, 3000),
    workers=st.integers(1, 70),
    block=st.sampled_from([1, 16]),
)
def test_the_division(networks: int, most: int, least: int, workers: int, block: int) -> None:
    parts = divide(networks, most, least, workers, block)
    assert [n for part in parts for n in range(part.start, part.stop)] == list(range(networks))
    sizes = [part.stop - part.start for part in parts]
    assert max(sizes) <= max(most, block)
    assert len(set(sizes[:-1])) <= 1
    assert all(size % block == 0 for size in sizes[:-1])
    assert sizes[-1] <= sizes[0]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ((256, 256, 1, 1), [256]),
        ((256, 256, 1, 2), [128, 128]),
        ((768, 256, 1, 2), [192] * 4),  # not three of 256, of which one would come alone
        ((300, 256, 1, 1), [150, 150]),
        ((10, 256, 6, 2), [10]),  # too few for two
        ((10, 256, 5, 2), [5, 5]),
        ((10, 256, 3, 8), [4, 4, 2]),
        ((100, 256, 1, 2, 16), [64, 36]),
        ((8, 256, 1, 2, 16), [8]),
        ((40, 4, 1, 1, 16), [16, 16, 8]),
    ],
)
def test_examples_of_the_division(asked: tuple[int, ...], expected: list[int]) -> None:
    assert [part.stop - part.start for part in divide(*asked)] == expected


def run_by(
    workers: int, function: Callable[[int, int, Callable[[], None]], int], items: range, check: Callable[[], None]
) -> list[int]:
    pool = Workers(workers)
    try:
        return pool.map(function, items, check)
    finally:
        pool.close()


def nothing() -> None: ...


def test_each_worker_begins_with_its_own_and_whoever_is_free_goes_on() -> None:
    """The first is kept until the others have done all the rest."""
    done: list[tuple[int, int]] = []
    rest = threading.Event()

    def work(worker: int, item: int, check: Callable[[], None]) -> int:
        if worker == 0:
            assert rest.wait(LIMIT)
        done.append((worker, item))
        if len(done) == 8:
            rest.set()
        return item * item

    assert run_by(3, work, range(9), nothing) == [n * n for n in range(9)]
    assert done[-1] == (0, 0)
    assert {worker: item for worker, item in reversed(done)} == {0: 0, 1: 1, 2: 2}


def test_an_error_of_one_ends_the_others_and_is_raised_once() -> None:
    begun, working = threading.Barrier(3), set[int]()

    def work(worker: int, item: int, check: Callable[[], None]) -> int:
        working.add(worker)
        try:
            begun.wait(LIMIT)
            if worker == 1:
                raise ZeroDivisionError("its own")
            while True:
                check()
        finally:
            working.remove(worker)

    with pytest.raises(ZeroDivisionError, match="its own"):
        run_by(3, work, range(3), nothing)
    assert not working


def test_an_interrupt_ends_all() -> None:
    given_up, working = threading.Event(), set[int]()
    begun = threading.Barrier(3, action=given_up.set)

    def interrupt() -> None:
        if given_up.is_set():
            raise KeyError("given up")

    def work(worker: int, item: int, check: Callable[[], None]) -> int:
        working.add(worker)
        try:
            begun.wait(LIMIT)
            while True:
                check()
        finally:
            working.remove(worker)

    with pytest.raises(KeyError, match="given up"):
        run_by(3, work, range(3), interrupt)
    assert not working


def test_errors_are_let_go() -> None:
    class Failure(Exception): ...

    def work(worker: int, item: int, check: Callable[[], None]) -> int:
        raise Failure

    def fail() -> "ref[Failure]":
        try:
            run_by(2, work, range(2), nothing)
        except Failure as error:
            return ref(error)
        raise AssertionError

    gc.disable()
    try:
        assert fail()() is None
    finally:
        gc.enable()


def test_a_thread_that_cannot_be_started_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """And what was begun is ended, or never does anything."""
    submit = ThreadPoolExecutor.submit
    submitted = []

    def second_fails(pool: ThreadPoolExecutor, *work: object) -> object:
        submitted.append(work)
        if len(submitted) == 2:
            raise RuntimeError("can't start new thread")
        return submit(pool, *work)  # type: ignore[arg-type]

    monkeypatch.setattr(ThreadPoolExecutor, "submit", second_fails)
    working = set[int]()

    def work(worker: int, item: int, check: Callable[[], None]) -> int:
        working.add(worker)
        try:
            while True:
                check()
        finally:
            working.remove(worker)

    with pytest.raises(RuntimeError, match="can't start new thread"):
        run_by(3, work, range(3), nothing)
    assert not working


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
