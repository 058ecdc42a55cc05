import time
from dataclasses import replace

import pytest

from relutui.lib.history import History
from relutui.model.network import Network
from relutui.model.selection import Selection
from relutui.model.trainer import Diverged
from relutui.model.training import Checkpoint, Problem
from relutui.session import edits
from relutui.ui.controllers import training_loop
from tests.support.fake_trainer import FakeTrainer
from tests.support.screen import shown, until, wait_for_steps
from tests.support.sessions import open_lab, said

FAR = open_lab(w1=4)  # 12 at x = 3, and falling


class Diverging(FakeTrainer):
    """Diverges after three steps."""

    async def train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        raise Diverged(await super().train(checkpoint, problem, 3))


async def test_steps_are_taken_and_undone() -> None:
    async with shown(open_lab(w1=1, b1=-1)) as screen:
        before = screen.session.loss
        await screen.press("s", "s", "s")
        assert screen.session.state.checkpoint.step == 3
        assert screen.session.loss < before
        await screen.press("u")
        assert screen.session.state.checkpoint.step == 2
        await screen.press("S")
        assert screen.session.state.checkpoint.step == 102
        await screen.press("u")
        assert screen.session.state.checkpoint.step == 2


async def test_the_screen_does_not_wait_for_the_trainer() -> None:
    async with shown() as screen:
        screen.trainer.gate.clear()
        await screen.pilot.press("s")
        assert screen.session.state.checkpoint.step == 0
        await screen.pilot.press("v")
        assert screen.session.view.name == "units"
        screen.trainer.gate.set()
        await screen.explore.settled()
        assert screen.session.state.checkpoint.step == 1


async def test_a_run_goes_on_while_keys_work_and_is_one_entry() -> None:
    async with shown(open_lab(w1=1, b1=-1)) as screen:
        before = screen.session.state
        await screen.pilot.press("space")
        await wait_for_steps(screen, 2)
        await screen.pilot.press("down", "v", "right_square_bracket")
        assert screen.session.view.selection == Selection(2, "w")
        at = screen.session.state.checkpoint.step
        await wait_for_steps(screen, at + 2)
        await screen.press("space")
        assert not screen.session.running
        await screen.press("u")
        assert screen.session.state == before


async def test_an_edit_during_a_run_is_kept_and_the_burst_under_way_dropped() -> None:
    async with shown(open_lab(w1=1, b1=-1)) as screen:
        await screen.pilot.press("space")
        await wait_for_steps(screen, 2)
        screen.trainer.gate.clear()
        asked = len(screen.trainer.asked)
        await until(lambda: len(screen.trainer.asked) > asked)
        step = screen.session.state.checkpoint.step
        await screen.pilot.press("down", "2", "enter")
        screen.trainer.gate.set()
        assert screen.session.state.parameters.w[2] == 2
        assert screen.session.state.checkpoint.step == step
        await wait_for_steps(screen, step + 1)
        assert screen.session.state.parameters.w[2] != 2
        await screen.press("space")


async def test_the_speed_is_the_number_of_steps_a_frame() -> None:
    async with shown(open_lab(w1=1, b1=-1)) as screen:
        await screen.press("full_stop")
        assert "10 a frame" in screen.text
        await screen.pilot.press("space")
        await wait_for_steps(screen, 20)
        await screen.press("space")
        assert screen.session.state.checkpoint.step % 10 == 0
        await screen.press("comma", "comma")
        assert screen.session.speed == 1


async def test_divergence_stops_the_run_and_one_undo_goes_back() -> None:
    session = open_lab(w1=1, b1=-1)
    wild = replace(session.state, network=Network("identity"), settings=replace(session.state.settings, learning_rate=1e4))
    async with shown(session.with_state(wild)) as screen:
        before = screen.session.state
        await screen.pilot.press("full_stop", "space")
        await until(lambda: bool(screen.session.view.message and screen.session.view.message.error))
        await screen.pilot.pause()
        assert not screen.session.running
        assert screen.session.state.parameters.finite
        assert "diverged after step" in screen.text
        assert "learning rate 10000" in screen.text
        await screen.press("u")
        assert screen.session.state == before


async def test_a_run_stops_below_its_bound() -> None:
    session = open_lab(w1=1, b1=-1)
    bounded = replace(session.state, settings=replace(session.state.settings, stop_below=0.3))
    async with shown(session.with_state(bounded)) as screen:
        await screen.pilot.press("space")
        await until(lambda: not screen.session.running)
        assert screen.session.loss < 0.3
        assert "below 0.3" in said(screen.session)


async def test_without_a_device_editing_works_and_training_says_why_not() -> None:
    async with shown(trainer=FakeTrainer(unavailable="this processor needs clang; install it")) as screen:
        assert "needs clang" in screen.text
        await screen.press("1", "enter")
        assert screen.session.state.parameters.w[1] == 1
        await screen.press("s")
        assert "needs clang" in screen.text
        await screen.press("space")
        assert not screen.session.running


async def test_what_would_be_faster_is_said_once() -> None:
    async with shown(trainer=FakeTrainer(advice="clang on PATH would be faster")) as screen:
        assert "CPU (fake); clang on PATH would be faster" in screen.text
        await screen.press("right")
        assert "would be faster" not in screen.text


async def test_a_fault_of_the_trainer_is_said_and_ends_the_run() -> None:
    class Broken(FakeTrainer):
        async def train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
            raise RuntimeError("out of luck")

    async with shown(trainer=Broken()) as screen:
        await screen.press("space")
        await until(lambda: not screen.session.running)
        await screen.pilot.pause()
        assert "training failed: RuntimeError: out of luck" in screen.text


async def test_a_run_can_be_paused_whatever_is_locked() -> None:
    async with shown(open_lab(w1=1, b1=-1)) as screen:
        await screen.pilot.press("space")
        await wait_for_steps(screen, 1)
        await screen.press("L", "down", "L")
        assert not screen.session.running
        await screen.press("space")
        assert "every parameter is locked" in screen.text


async def test_activations_that_one_looks_through_are_not_compiled() -> None:
    async with shown() as screen:
        assert screen.trainer.prepared == ["relu"]
        screen.trainer.gate.clear()
        await screen.pilot.press("f", "f", "f", "f")
        screen.trainer.gate.set()
        await screen.press()
        assert screen.trainer.prepared == ["relu", "leaky_relu", "tanh"]


@pytest.mark.parametrize("keys", [["s"], ["S"], ["space", "space"]], ids="".join)
async def test_the_y_range_fits_when_training_stops(keys: list[str]) -> None:
    async with shown(FAR) as screen:
        before = screen.session.view.y_limits
        for key in keys:
            await screen.pilot.press(key)
            await until(lambda: screen.session.state.checkpoint.step > 0)
        await screen.explore.settled()
        assert screen.session.view.y_limits != before
        assert screen.session.view.y_limits == edits.fit_limits(screen.session).view.y_limits


async def test_the_y_range_fits_when_a_loss_that_is_low_enough_stops_the_run() -> None:
    below = FAR.with_document(
        states=History(replace(FAR.state, settings=replace(FAR.state.settings, stop_below=0.9 * FAR.loss)))
    )
    async with shown(below) as screen:
        await screen.pilot.press("space")
        await until(lambda: not screen.session.running)
        await screen.explore.settled()
        assert said(screen.session).startswith("✓ training found it: stopped at step")
        assert screen.session.view.y_limits == edits.fit_limits(screen.session).view.y_limits != FAR.view.y_limits


async def test_the_y_range_fits_when_training_diverges() -> None:
    async with shown(FAR.with_view(y_limits=(-100.0, 100.0)), trainer=Diverging()) as screen:
        await screen.press("s")
        assert said(screen.session).startswith("diverged")
        assert screen.session.view.y_limits == edits.fit_limits(screen.session).view.y_limits


async def test_the_y_range_holds_still_while_training_goes_on() -> None:
    async with shown(FAR) as screen:
        await screen.pilot.press("space")
        await wait_for_steps(screen, 5)
        assert screen.session.running
        assert screen.session.view.y_limits == FAR.view.y_limits
        assert edits.fit_limits(screen.session).view.y_limits != FAR.view.y_limits
        await screen.press("space")


async def test_keys_are_heard_while_a_trainer_never_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that answers at once, and takes longer than a frame."""
    monkeypatch.setattr(training_loop, "FRAME_S", 0.01)

    class Busy(FakeTrainer):
        async def train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
            time.sleep(1.1 * training_loop.FRAME_S)
            return await super().train(checkpoint, problem, steps)

    async with shown(open_lab(w1=1), trainer=Busy()) as screen:
        await screen.pilot.press("full_stop", "space", "v")
        assert screen.session.running
        assert screen.session.view.name != open_lab().view.name
