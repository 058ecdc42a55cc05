"""p: a hundred steps on, as a ghost."""

from dataclasses import replace

from relutui.model.network import Network
from relutui.model.training import Checkpoint, Problem
from relutui.session.scale_edits import toggle_scale
from tests.support.fake_trainer import FakeTrainer
from tests.support.screen import Screen, shown
from tests.support.sessions import open_lab, said
from tests.support.waiting import turns

HALF = open_lab(w1=1, b1=-1)


def kinks_ahead(screen: Screen) -> int:
    return screen.text.count("□")


async def test_p_shows_the_state_100_steps_on_and_takes_it_away() -> None:
    state = HALF.state
    there = await FakeTrainer().train(state.checkpoint, state.problem(HALF.dataset), 100)
    loss = state.network.loss(there.parameters, HALF.dataset.x, HALF.dataset.y)
    async with shown(HALF) as screen:
        nothing = kinks_ahead(screen)
        await screen.press("p")
        assert screen.session.state is state
        assert f"100 steps on: MSE {loss:.4f} (now {HALF.loss:.4f})" in said(screen.session)
        assert kinks_ahead(screen) > nothing
        assert "□ preview" in screen.text
        await screen.press("p")
        assert screen.session.findings.preview is None
        assert kinks_ahead(screen) == nothing


async def test_of_scaled_data_the_loss_is_called_scaled() -> None:
    async with shown(toggle_scale(HALF)) as screen:
        await screen.press("p")
        assert "100 steps on: scaled MSE " in said(screen.session)


async def test_a_hundred_steps_lead_where_the_ghost_was() -> None:
    async with shown(HALF) as screen:
        await screen.press("p")
        ahead = screen.session.findings.preview
        await screen.press("S")
        assert ahead is not None
        assert screen.session.state.parameters == ahead.parameters
        assert screen.session.findings.preview is None


async def test_a_change_meanwhile_is_kept_and_the_preview_dropped() -> None:
    async with shown(HALF) as screen:
        screen.trainer.gate.clear()
        await screen.pilot.press("p", "+")
        screen.trainer.gate.set()
        await screen.explore.settled()
        assert screen.session.state.parameters != HALF.state.parameters
        assert screen.session.findings.preview is None


async def test_an_edit_takes_the_ghost_away() -> None:
    async with shown(HALF) as screen:
        await screen.press("p", "plus")
        assert screen.session.findings.preview is None


async def test_a_preview_that_diverges_says_when() -> None:
    wild = replace(HALF.state, network=Network("identity"), settings=replace(HALF.state.settings, learning_rate=1e4))
    async with shown(HALF.with_state(wild)) as screen:
        await screen.press("p")
        ahead = screen.session.findings.preview
        assert ahead is not None
        assert 0 < ahead.step < 100
        assert f"{ahead.step} step" in said(screen.session)
        assert "then it diverges" in said(screen.session)


async def test_a_preview_goes_no_further_than_training_would() -> None:
    bounded = replace(HALF.state, settings=replace(HALF.state.settings, stop_below=0.3))
    async with shown(HALF.with_state(bounded)) as screen:
        await screen.press("p")
        assert screen.session.findings.preview is not None
        assert screen.session.findings.preview.step < 100
        assert "then it stops, as the loss is below 0.3" in said(screen.session)


async def test_without_a_device_it_says_why_not() -> None:
    async with shown(HALF, trainer=FakeTrainer(unavailable="this processor needs clang; install it")) as screen:
        await screen.press("p")
        assert "needs clang" in said(screen.session)
        assert screen.session.findings.preview is None


async def test_during_a_run_there_is_nothing_to_predict() -> None:
    async with shown(replace(HALF, running=True)) as screen:
        screen.trainer.gate.clear()
        await screen.pilot.press("p")
        await turns(1)
        assert "space pauses it" in said(screen.session)
        assert 100 not in screen.trainer.asked
        screen.trainer.gate.set()
        await screen.press("space")


class Faulty(FakeTrainer):
    async def train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        raise ValueError("a fault\nof several lines")


async def test_a_fault_is_said_in_one_line() -> None:
    async with shown(HALF, trainer=Faulty()) as screen:
        await screen.press("p")
        assert said(screen.session) == "the preview failed: ValueError: a fault"


async def test_g_shows_the_gradients_and_takes_them_away() -> None:
    async with shown(HALF) as screen:
        await screen.press("G")
        assert "∂w" in screen.text
        assert "the next step moves" in screen.text
        await screen.press("G")
        assert "∂w" not in screen.text
