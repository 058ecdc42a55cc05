"""Training a batch in slices: each as long as it may take, and all of them the same to the end."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from itertools import accumulate, chain, cycle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relutui.model.batch import Batch
from relutui.model.dataset import Dataset
from relutui.model.training import Problem, TrainingSettings
from relutui.scenario.library import find, load
from relutui.scenario.scenario import Scenario
from relutui.study import sweep as sweeping
from relutui.study.outcomes import outcomes
from relutui.study.sweep import (
    MAX_SLICE_GROWTH,
    SLICE_S,
    train_in_slices,
)
from tests.support.fake_trainer import FakeTrainer
from tests.support.starts import random_starts


def scenario(name: str) -> Scenario:
    return load(find(name))


async def test_pieces_take_as_long_as_they_may_and_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "FIRST_SLICE_WORK", 8 * 3 * 3 * 300)  # steps x networks x units x points
    lab = scenario("lab")
    problem = Problem(lab.network, lab.dataset, lab.locks, lab.settings)
    start = random_starts(lab.start, lab.locks, 1.0, range(3))
    trainer = FakeTrainer()

    def clock() -> float:  # a step takes 1 ms
        return 1e-3 * sum(steps for _, steps in trainer.batches)

    reached = [batch async for batch in train_in_slices(trainer, start, problem, 200, clock=clock)]
    asked = [steps for _, steps in trainer.batches]
    assert [batch.step for batch in reached] == np.cumsum(asked).tolist()
    assert asked[:3] == [8, 8 * MAX_SLICE_GROWTH, SLICE_S / 1e-3]
    assert sum(asked) == 200
    whole = await FakeTrainer().train_batch(start, problem, 200)
    np.testing.assert_array_equal(reached[-1].values, whole.values)
    np.testing.assert_array_equal(reached[-1].losses, whole.losses)


async def in_the_end(start: Batch, problem: Problem, steps: int, seconds: Iterable[float] = (0.0,), further: int = 0) -> Batch:
    """The batch after all its pieces, by a clock on which they take these seconds."""
    times = accumulate(chain.from_iterable((0.0, taken) for taken in cycle(seconds)))
    *_, end = [batch async for batch in train_in_slices(FakeTrainer(), start, problem, steps, further, clock=times.__next__)]
    return end


@pytest.mark.parametrize(("steps", "earlier"), [(1, 0), (2, 1), (9, 8), (10, 9), (11, 9), (37, 33)])
async def test_the_losses_after_exactly_nine_tenths_of_the_steps_are_kept(steps: int, earlier: int) -> None:
    lab = scenario("lab")
    problem = Problem(lab.network, lab.dataset, lab.locks, lab.settings)
    start = random_starts(lab.start, lab.locks, 1.0, range(3))
    end = await in_the_end(start, problem, steps)
    assert list(end.past) == [earlier]
    np.testing.assert_array_equal(end.past[earlier], (await FakeTrainer().train_batch(start, problem, earlier)).losses)


async def test_they_are_kept_for_as_many_steps_more_as_well() -> None:
    """Of 11 x 4 steps it looks back to step 39, which is passed when 10 x 4 have been taken."""
    lab = scenario("lab")
    problem = Problem(lab.network, lab.dataset, lab.locks, lab.settings)
    start = random_starts(lab.start, lab.locks, 1.0, range(3))
    at_once = await in_the_end(start, problem, 44, further=4)
    bit_by_bit = start
    for _ in range(11):
        bit_by_bit = await in_the_end(bit_by_bit, problem, 4, further=4)
    assert list(bit_by_bit.past) == list(at_once.past) == [39, 43]
    for step in (39, 43):
        np.testing.assert_array_equal(bit_by_bit.past[step], at_once.past[step])
    stopped = await anext(train_in_slices(FakeTrainer(), start, problem, 40))
    assert stopped.step == 36
    np.testing.assert_array_equal((await in_the_end(stopped, problem, 4)).past[36], stopped.losses)


@given(
    points=st.lists(st.tuples(st.floats(-3, 3), st.floats(-3, 3)), min_size=1, max_size=5),
    steps=st.integers(1, 40),
    first=st.integers(1, 40),
    seconds=st.lists(st.sampled_from([0.0, 1e-3, 0.02, 0.05, 0.2, 10.0]), min_size=1),
    rate=st.sampled_from([0.01, 0.3, 3.0, 1e6]),
)
def test_the_same_losses_and_outcomes_whatever_the_clock_says(
    points: list[tuple[float, float]], steps: int, first: int, seconds: list[float], rate: float
) -> None:
    lab = scenario("lab-free")
    dataset = Dataset(*np.array(sorted(points)).T)
    problem = Problem(lab.network, dataset, lab.locks, TrainingSettings(learning_rate=rate))
    start = random_starts(lab.start, lab.locks, 1.0, range(4))

    async def compare() -> None:
        whole = await FakeTrainer().train_batch(start, problem, steps)
        earlier = await FakeTrainer().train_batch(start, problem, 9 * steps // 10)
        whole = replace(whole, past={earlier.step: earlier.losses})
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sweeping, "FIRST_SLICE_WORK", first * start.units * len(start) * len(dataset))
            parted = await in_the_end(start, problem, steps, seconds)
        for name in ("values", "first", "second", "losses"):
            np.testing.assert_array_equal(getattr(parted, name), getattr(whole, name))
        assert outcomes(parted, problem, 1e-4) == outcomes(whole, problem, 1e-4)
        assert None not in outcomes(parted, problem, 1e-4)

    asyncio.run(compare())


async def test_between_two_pieces_others_have_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "FIRST_SLICE_WORK", 1)
    lab, turns = scenario("lab"), 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    start = random_starts(lab.start, lab.locks, 1.0, range(3))
    problem = Problem(lab.network, lab.dataset, lab.locks, lab.settings)
    pieces = [batch async for batch in train_in_slices(FakeTrainer(), start, problem, 20, clock=iter(range(1000)).__next__)]
    task.cancel()
    assert turns >= len(pieces) > 1
