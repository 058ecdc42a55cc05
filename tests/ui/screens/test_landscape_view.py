"""The Landscape view: measured while it is looked at, again when it is out of date, and never for most of the time."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from syrupy.assertion import SnapshotAssertion

from relutui.model.batch import Batch
from relutui.model.landscape import COLUMNS, ROWS, Landscape
from relutui.model.selection import Selection
from relutui.model.training import Checkpoint, Problem
from relutui.scenario.scenario import VIEWS
from relutui.session import edits, landscape_axes, unit_edits
from relutui.session.session import Session
from relutui.ui.controllers import landscape_loop
from relutui.ui.controllers.landscape_loop import MAX_SLICE_GROWTH, MAX_SLICE_S, LandscapeLoop
from relutui.ui.controllers.training_loop import TrainingLoop
from tests.support.fake_trainer import FakeTrainer
from tests.support.screen import shown, until, wait_for_steps
from tests.support.sessions import open_lab, opener, said, with_values
from tests.support.waiting import bounded

TINY = (40, 12)
ONE = (COLUMNS * ROWS, 0)  # networks and steps
HALF = open_lab(w1=0.5, b1=-0.5, w2=2, b2=-4)
SEEN = HALF.with_view(name="landscape")


async def test_in_other_views_nothing_is_measured() -> None:
    async with shown(HALF, TINY) as screen:
        await screen.press(*["s", "v"] * (len(VIEWS) - 2), "plus")
        assert screen.session.view.name == VIEWS[-2]
        assert screen.trainer.batches == []
        await screen.press("v")
        assert screen.trainer.batches == [ONE]
        assert screen.session.findings.landscape


async def test_at_rest_it_is_measured_once_a_change() -> None:
    async with shown(SEEN, TINY) as screen:
        assert screen.trainer.batches == [ONE]
        await screen.press("right", "left", "right_square_bracket", "V", "v")
        await screen.press("plus", "right", "minus")  # w1 and b1, which are on the axes
        assert screen.trainer.batches == [ONE]
        await screen.press("down")
        assert screen.trainer.batches == [ONE] * 2
        await screen.press("f")
        assert screen.trainer.batches == [ONE] * 3


async def test_the_keys_choose_the_axes() -> None:
    async with shown(SEEN, (80, 24)) as screen:
        await screen.press("j", "down", "J")
        assert "landscape: w1 across, w2 up" in screen.text
        assert "↑ w2" in screen.text
        assert "→ w1" in screen.text


async def test_it_is_measured_again_and_again_while_it_runs_and_once_more_at_rest() -> None:
    async with shown(open_lab(w1=0.5, b1=0, w2=1, b2=-0.5).with_view(name="landscape"), TINY) as screen:
        await screen.pilot.press("full_stop", "full_stop", "space")
        await wait_for_steps(screen, 100)
        await until(lambda: len(screen.trainer.batches) >= 2)
        assert screen.session.running
        await screen.press("space")
        assert screen.session.findings.landscape
        assert screen.session.findings.landscape.plane == landscape_axes.plane(screen.session)


async def test_without_a_device_it_is_said_once_and_not_tried_again() -> None:
    asked: list[int] = []

    class Unavailable(FakeTrainer):
        async def train_batch(self, batch: Batch, problem: Problem, steps: int) -> Batch:
            asked.append(steps)
            return await super().train_batch(batch, problem, steps)

    async with shown(HALF, (80, 24), Unavailable(unavailable="this processor needs clang")) as screen:
        await screen.press("V")
        assert said(screen.session) == "this processor needs clang"
        await screen.press("down", "plus")
        assert "needs clang" not in screen.text
        assert "no map yet" in screen.text
        assert len(asked) == 1
        await screen.press("v", "V")
        assert len(asked) == 2


async def test_a_fault_is_said_and_the_screen_goes_on() -> None:
    class Broken(FakeTrainer):
        async def train_batch(self, batch: Batch, problem: Problem, steps: int) -> Batch:
            raise RuntimeError("out of luck")

    async with shown(SEEN, (80, 24), Broken()) as screen:
        assert "measuring the landscape failed: RuntimeError: out of luck" in screen.text
        await screen.press("plus")
        assert screen.session.state.parameters.w[1] == pytest.approx(0.6)


class World:
    """A host, a clock, and a trainer whose measurements take so many seconds, while the session is replaced by the next."""

    def __init__(self, seconds: float, *sessions: Session) -> None:
        self.session, *self.next = sessions
        self.seconds, self.now = seconds, 0.0
        self.began: list[float] = []  # when each measurement did
        self.trainer = FakeTrainer()
        self.measure, self.trainer.train_batch = self.trainer.train_batch, self.train_batch  # type: ignore[method-assign]

    async def train_batch(self, batch: Batch, problem: Problem, steps: int) -> Batch:
        self.began.append(self.now)
        self.now += self.seconds
        measured = await self.measure(batch, problem, steps)
        if self.next:
            self.session = self.next.pop(0).with_findings(landscape=self.session.findings.landscape)
        return measured

    async def sleep(self, seconds: float) -> None:
        self.now += seconds

    async def run(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Until there is nothing more to measure."""
        loop = LandscapeLoop(self.trainer, self, lambda: self.now)
        wait = asyncio.sleep
        with monkeypatch.context() as patched:
            patched.setattr("relutui.ui.controllers.landscape_loop.asyncio.sleep", self.sleep)
            loop.wake()
            async with bounded("all is measured"):
                while loop.busy:
                    await wait(0)


@pytest.mark.parametrize(("seconds", "rest"), [(0.01, 0.25), (1.0, 4.0)])
async def test_beside_a_run_a_rest_is_four_times_as_long_as_measuring_took(
    seconds: float, rest: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the first one, which had to compile, only the shortest rest."""
    running = [replace(with_values(SEEN, w2=value), running=True) for value in (1.95, 1.9, 1.85, 1.8)]
    world = World(seconds, *running)
    await world.run(monkeypatch)
    assert np.diff(world.began) == pytest.approx([seconds + 0.25, seconds + rest, seconds + rest])
    assert world.trainer.batches == [ONE] * 4


async def test_at_rest_and_where_a_run_has_ended_the_map_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    running = [replace(with_values(SEEN, w2=value), running=True) for value in (1.95, 1.9)]
    world = World(1.0, *running, with_values(SEEN, w2=1.8), with_values(SEEN, w2=1.7))
    await world.run(monkeypatch)
    assert np.diff(world.began) == pytest.approx([1.25, 1.0, 1.0])


async def test_what_is_late_for_other_numbers_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    late = World(0.01, SEEN, with_values(SEEN, w2=1.9).with_view(name="fit"))
    await late.run(monkeypatch)
    assert late.trainer.batches == [ONE]
    assert late.session.findings.landscape


@pytest.mark.parametrize(
    "changed",
    [
        edits.select(SEEN, Selection(2, "w")),
        unit_edits.add_unit(SEEN),
        SEEN.with_state(replace(SEEN.state, settings=replace(SEEN.state.settings, loss="sse"))),
        opener("lab-mistake"),
    ],
    ids=["axes", "units", "loss", "data"],
)
@pytest.mark.parametrize("networks", [1, ONE[0]], ids=["a slice", "all"])
async def test_what_is_late_for_something_else_is_dropped(
    changed: Session, networks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landscape_loop, "FIRST_SLICE_ACTIVATIONS", networks * len(SEEN.dataset))
    late = World(0.01, SEEN, changed.with_view(name="fit"))
    await late.run(monkeypatch)
    assert late.trainer.batches == [(networks, 0)]
    assert late.session.findings.landscape is None


async def measured(trainer: FakeTrainer, clock: Callable[[], float] = time.perf_counter) -> Landscape:
    """The landscape of what is seen."""
    host = World(0.0, SEEN)
    loop = LandscapeLoop(trainer, host, clock)
    loop.wake()
    await until(lambda: not loop.busy)
    assert host.session.findings.landscape
    return host.session.findings.landscape


async def test_slices_take_as_long_as_they_may_and_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = FakeTrainer()

    def clock() -> float:  # a network takes 1 ms
        return 1e-3 * sum(networks for networks, _ in trainer.batches)

    whole = await measured(FakeTrainer())
    monkeypatch.setattr(landscape_loop, "FIRST_SLICE_ACTIVATIONS", 10 * len(SEEN.dataset))  # of one unit
    sliced = await measured(trainer, clock)
    assert [networks for networks, _ in trainer.batches][:4] == [
        10,
        10 * MAX_SLICE_GROWTH,
        MAX_SLICE_S / 1e-3,
        MAX_SLICE_S / 1e-3,
    ]
    np.testing.assert_array_equal(sliced.losses, whole.losses)


class InTurn(FakeTrainer):
    """Answers in the order in which it is asked, as the engine does; the first slice not before a step is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.answered: list[str] = []
        self.measuring, self.stepping = asyncio.Event(), asyncio.Event()
        self._turn = asyncio.Lock()

    async def train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        self.stepping.set()
        async with self._turn:
            self.answered.append("step")
            return await super().train(checkpoint, problem, steps)

    async def train_batch(self, batch: Batch, problem: Problem, steps: int) -> Batch:
        async with self._turn:
            self.measuring.set()
            await self.stepping.wait()
            self.answered.append("slice")
            return await super().train_batch(batch, problem, steps)


async def test_a_step_is_taken_between_two_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landscape_loop, "FIRST_SLICE_ACTIVATIONS", ONE[0] // 8 * len(SEEN.dataset))
    host, trainer = World(0.0, SEEN), InTurn()
    landscape, training = LandscapeLoop(trainer, host), TrainingLoop(trainer, host)
    landscape.wake()
    await until(trainer.measuring.is_set)
    training.request(1)
    await until(lambda: not (landscape.busy or training.busy))
    assert trainer.answered[:3] == ["slice", "step", "slice"]
    assert host.session.state.checkpoint.step == 1
    assert host.session.findings.landscape


async def test_the_map_and_the_run_on_it(screen_snapshot: SnapshotAssertion) -> None:
    async with shown(open_lab(w1=0.5, b1=0, w2=1, b2=-0.5), (80, 24)) as screen:
        await screen.press("S", "V")
        assert await screen.at_each([(80, 24), (120, 36), (40, 12)], "#chart", "#message") == screen_snapshot
