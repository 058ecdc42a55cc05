"""The threads that share some work, and how a batch is divided among them."""

import gc
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from weakref import ref

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.engine.workers import Workers, divide
from tests.support.waiting import LIMIT


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


class Endless:
    """Work without an end of its own; `working` are the workers that are at it."""

    def __init__(self, begin: Callable[[int], object]) -> None:
        self._begin, self.working = begin, set[int]()

    def __call__(self, worker: int, item: int, check: Callable[[], None]) -> int:
        self.working.add(worker)
        try:
            self._begin(worker)
            while True:
                check()
        finally:
            self.working.remove(worker)


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
    begun = threading.Barrier(3)

    def begin(worker: int) -> None:
        begun.wait(LIMIT)
        if worker == 1:
            raise ZeroDivisionError("its own")

    work = Endless(begin)
    with pytest.raises(ZeroDivisionError, match="its own"):
        run_by(3, work, range(3), nothing)
    assert not work.working


def test_an_interrupt_ends_all() -> None:
    given_up = threading.Event()
    begun = threading.Barrier(3, action=given_up.set)

    def interrupt() -> None:
        if given_up.is_set():
            raise KeyError("given up")

    work = Endless(lambda worker: begun.wait(LIMIT))
    with pytest.raises(KeyError, match="given up"):
        run_by(3, work, range(3), interrupt)
    assert not work.working


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
    work = Endless(lambda worker: None)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        run_by(3, work, range(3), nothing)
    assert not work.working
