"""What a call of the engine leaves behind: nothing of the one before in its answer, no memory, no thread."""

import asyncio
import gc
import subprocess
import sys
from collections.abc import AsyncIterator
from weakref import ref

import numpy as np
import pytest

from relutui.engine.engine import Engine
from relutui.model.batch import Batch
from relutui.model.network import Network
from relutui.model.trainer import Diverged, TrainerUnavailable
from relutui.model.training import Checkpoint, Optimizer, Problem, TrainingSettings
from relutui.model.values import values_of
from tests.engine.problems import LAB_DATA, LAB_START, lab, locks, random_start
from tests.support.blocking import Blocking
from tests.support.waiting import LIMIT, until

LONG = 100_000_000  # steps


@pytest.fixture
async def fresh(device: str | None) -> AsyncIterator[Engine]:
    """An engine of its own, which has trained."""
    engine = Engine(device)
    await engine.train(LAB_START, lab(), 1)
    yield engine
    await engine.close()


def test_an_answer_does_not_depend_on_what_was_trained_before(engine: Blocking, point_engine: Blocking) -> None:
    """Neither on the units' order in memory, which is that of other kinks, nor on how many there were, nor by which kernel."""
    rng = np.random.default_rng(8)
    optimizers: tuple[Optimizer, ...] = ("adam", "sgd", "adam", "sgd", "adam", "adam", "adam")
    asked = [
        (random_start(rng, units), Problem(Network(), LAB_DATA, locks(units), TrainingSettings(optimizer, 0.03)))
        for units, optimizer in zip((9, 9, 40, 2, 2, 40, 9), optimizers)
    ]
    for one in {engine, point_engine}:
        first = [one.train(start, problem, 40) for start, problem in asked]
        assert [one.train(start, problem, 40) for start, problem in reversed(asked)] == first[::-1]
        assert [trained.optimizer.steps for trained in first] == [40, 0, 40, 0, 40, 40, 40]


def test_nor_do_those_of_a_batch(engine: Blocking) -> None:
    rng = np.random.default_rng(9)
    problems = {units: Problem(Network(), LAB_DATA, locks(units), TrainingSettings("adam", 0.03)) for units in (2, 9)}
    batches = [
        Batch.start(np.stack([values_of(random_start(rng, units).parameters) for _ in range(networks)]))
        for units, networks in ((9, 5), (2, 40), (9, 40), (2, 3))
    ]
    first = [engine.train_batch(batch, problems[batch.units], 40) for batch in batches]
    for batch, expected in zip(reversed(batches), first[::-1]):
        again = engine.train_batch(batch, problems[batch.units], 40)
        for name in ("values", "first", "second", "losses"):
            assert (getattr(again, name) == getattr(expected, name)).all()


@pytest.mark.parametrize("rate", [0.01, 30.0])
async def test_answers_and_errors_are_let_go(fresh: Engine, rate: float) -> None:
    """Without the garbage collector, which some of them are kept from, and without another call."""
    problem = Problem(Network(), LAB_DATA, locks(3), TrainingSettings(learning_rate=rate))

    async def answer() -> tuple[ref[Checkpoint], bool]:
        try:
            return ref(await fresh.train(random_start(np.random.default_rng(3), 3), problem, 1000)), False
        except Diverged as error:
            return ref(error.checkpoint), True

    gc.disable()
    try:
        checkpoint, diverged = await answer()
        await until(lambda: checkpoint() is None)  # the thread is through with it
    finally:
        gc.enable()
    assert diverged == (rate > 1.0)


async def test_what_waits_is_refused_when_the_engine_is_closed(fresh: Engine) -> None:
    calls = [asyncio.create_task(fresh.train(LAB_START, lab(), steps)) for steps in (LONG, 1, LONG)]
    await asyncio.sleep(0)
    await fresh.close()
    for call in calls:
        with pytest.raises(TrainerUnavailable, match=r"^the engine is closed$"):
            await asyncio.wait_for(call, LIMIT)


async def test_what_is_given_up_while_it_waits_is_not_begun(fresh: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    train = fresh._train

    def noted(checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        begun.append(steps)
        return train(checkpoint, problem, steps)

    monkeypatch.setattr(fresh, "_train", noted)
    calls = [asyncio.create_task(fresh.train(LAB_START, lab(), steps)) for steps in (LONG, LONG + 1)]
    await asyncio.sleep(0)
    for call in calls[::-1]:
        call.cancel()
    assert (await asyncio.wait_for(fresh.train(LAB_START, lab(), 7), LIMIT)).step == 7
    assert begun[-1] == 7
    assert LONG + 1 not in begun


@pytest.mark.parametrize("asked", ["await engine.open()", "engine.open().send(None)"])
def test_a_program_ends_although_it_leaves_the_engine_open(asked: str) -> None:
    """Once the thread is through with what it does, so that tinygrad's own end finds none in it."""
    code = f"""
import asyncio
from relutui.engine.engine import Engine
engine = Engine("CPU")
async def ask():
    {asked}
asyncio.run(ask())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=LIMIT)
    assert done.stderr == ""
