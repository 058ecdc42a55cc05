"""The devices: all of them to choose from, and what becomes of a session when another is taken."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion
from textual import events

from relutui.model.trainer import DEVICES, Device
from relutui.readout.status import device_text, read_status
from relutui.session.device_status import Ready
from relutui.session.session import Session
from relutui.session.view_state import Message
from relutui.ui.widgets.status import status
from tests.support.fake_trainer import REPORTS, FakeTrainer
from tests.support.screen import Screen, shown, until, wait_for_steps
from tests.support.sessions import open_lab, said

SIZES = [(40, 12), (80, 24), (120, 36)]
WHY = "CUDA failed while training: launch failed; on CPU (clang) from here on"


async def found(screen: Screen) -> None:
    """Wait until the dialog has found all."""
    await until(lambda: not screen.app.screen.busy)  # type: ignore[attr-defined]
    await screen.pilot.pause()


def random_start() -> Session:
    """A start from which training gets somewhere."""
    return open_lab(w1=0.5, b1=0, w2=1, b2=-0.5)


async def test_every_device_is_there(screen_snapshot: SnapshotAssertion) -> None:
    """First all as sought, then each with its time or what it lacks; the one in use and the fastest in words."""
    async with shown(size=(80, 24)) as screen:
        screen.explore.session = replace(screen.session, device=Ready(Device("CUDA", "CUDA")))
        screen.trainer.found.clear()
        await screen.press("d")
        assert screen.part(".dialog") == screen_snapshot(name="looking")
        screen.trainer.found.set()
        await found(screen)
        await screen.press("home", "down", "down")
        assert await screen.at_each(SIZES, ".dialog") == screen_snapshot(name="found")
        await screen.resize((80, 24))
        await screen.press("enter")
        assert screen.part(".dialog") == screen_snapshot(name="refused")
        assert screen.styles(".dialog") == screen_snapshot(name="refused-styles")
        assert screen.trainer.switched == []


async def test_enter_switches_and_nothing_else_of_the_session_changes() -> None:
    async with shown(random_start()) as screen:
        await screen.press("s", "plus")
        before, prepared = screen.session, screen.trainer.prepared
        assert prepared == ["relu"]
        await screen.press("d")
        await found(screen)
        await screen.press("down", "enter")
        assert screen.trainer.switched == ["CPU:CLANG"]
        assert device_text(screen.session.device) == "CPU (clang)"
        assert said(screen.session) == "training runs on CPU (clang)"
        assert " CPU " in screen.lines[0]
        assert "clang" not in screen.lines[0]
        assert prepared == ["relu", "relu"]
        assert screen.session.states is before.states  # undo and all: a switch is no edit
        await screen.press("s", "u", "u", "u")
        assert screen.session.state.parameters == random_start().state.parameters


async def test_what_was_found_is_shown_at_once_the_next_time_and_looked_for_again() -> None:
    async with shown() as screen:
        await screen.press("d")
        await found(screen)
        await screen.press("escape")
        screen.trainer.found.clear()
        await screen.press("d")
        assert "1,000 steps in 0.41 ms" in screen.text
        assert "looking" not in screen.text
        busy = replace(REPORTS[1], usable=False, reason="no answer", burst_seconds=0.0)
        screen.trainer.reports = (replace(REPORTS[0], burst_seconds=1e-3), busy, *REPORTS[2:])
        screen.trainer.found.set()
        await found(screen)
        assert "1,000 steps in 1.00 ms" in screen.text
        assert "1,000 steps in 0.41 ms" in screen.text  # it is usable, if the machine is too busy just now
        screen.trainer.reports = ("broken",)  # type: ignore[assignment]
        await screen.press("escape", "d")
        await found(screen)
        assert "✗ looking for devices failed: AttributeError" in screen.text
        await screen.press("escape")
        assert screen.app.screen is screen.explore


async def test_training_goes_on_meanwhile_and_afterwards() -> None:
    async with shown(random_start()) as screen:
        await screen.press("space")
        await screen.pilot.press("d")
        await wait_for_steps(screen, screen.session.state.checkpoint.step + 2)
        screen.explore.training._step_s = 1e9
        await screen.pilot.press("down", "enter")
        await until(lambda: device_text(screen.session.device) == "CPU (clang)")
        await wait_for_steps(screen, screen.session.state.checkpoint.step + 2)
        assert screen.session.running
        assert screen.explore.training._step_s < 1.0  # what another device took tells nothing
        assert said(screen.session) == "training runs on CPU (clang)"
        await screen.press("space")


async def test_while_a_device_is_opened_keys_are_heard_and_what_cannot_be_opened_leaves_the_present_one() -> None:
    async with shown() as screen:
        await screen.press("d")
        await found(screen)
        screen.trainer.gate.clear()
        await screen.pilot.press("home", "down", "enter")
        await until(lambda: "opening CPU (clang) ..." in screen.text)
        await screen.pilot.press("plus")
        await until(lambda: screen.session.state.parameters.w[1] == 0.1)
        assert device_text(screen.session.device) == "CPU (fake)"
        screen.trainer.gate.set()
        await screen.press()
        assert device_text(screen.session.device) == "CPU (clang)"
        screen.explore.device_manager.switch("NV")
        await screen.press()
        assert device_text(screen.session.device) == "CPU (clang)"
        assert said(screen.session).startswith("device NV cannot be opened: no /dev/nvidiactl; ")
        assert said(screen.session).endswith("; still on CPU (clang)")


async def test_another_device_is_a_way_out_where_the_first_cannot_be_opened() -> None:
    async with shown(trainer=FakeTrainer("training needs clang")) as screen:
        assert device_text(screen.session.device) == "no training"
        await screen.press("d")
        await found(screen)
        screen.trainer.unavailable = ""
        await screen.press("down", "enter", "s")
        assert device_text(screen.session.device) == "CPU (clang)"
        assert screen.session.state.checkpoint.step == 1


async def test_leaving_stops_the_search_and_changes_nothing() -> None:
    async with shown() as screen:
        screen.trainer.found.clear()
        for times, key in enumerate(("escape", "d", "q"), 1):
            await screen.press("d", key)
            await until(lambda times=times: screen.trainer.given_up == times)  # type: ignore[misc]
            assert screen.app.screen is screen.explore
        assert screen.trainer.switched == []
        assert screen.session.view.message is None


async def test_one_that_is_chosen_before_it_is_found_is_taken_or_refused_once_it_is() -> None:
    """As by keys typed ahead over a slow link."""
    async with shown() as screen:
        screen.trainer.found.clear()
        for key in ("d", "down", "enter"):
            screen.app.post_message(events.Key(key, None))
        await until(lambda: "CPU (clang): looking ...; it is used if it works" in screen.text)
        screen.trainer.found.set()
        await until(lambda: device_text(screen.session.device) == "CPU (clang)")
        assert screen.app.screen is screen.explore
        screen.trainer.found.clear()
        await screen.press("d", "down", "enter")
        screen.trainer.found.set()
        await until(lambda: "✗ CPU (LLVM): no libLLVM" in screen.text)
        await screen.press("up")
        assert "CPU (clang): 1,000 steps of 3 units on 300 points in 0.41 ms" in screen.text
        assert "✗ CPU" not in screen.text


async def test_that_the_device_failed_is_told_at_once_and_on_the_way_back_from_another_screen() -> None:
    async with shown(random_start()) as screen:
        await screen.press("space")
        screen.app.report_fallback(Device("CPU", "clang"), WHY)
        await wait_for_steps(screen, screen.session.state.checkpoint.step + 2)
        assert screen.session.view.message == Message(WHY, error=True)
        assert " CPU " in screen.lines[0]
        assert "clang" not in screen.lines[0]
        assert screen.trainer.prepared == ["relu", "relu"]
        await screen.press("space", "i")
        assert said(screen.session) != WHY
        screen.trainer.gate.clear()
        await screen.pilot.press("g")
        screen.app.report_fallback(Device("CPU", "x86 assembler"), WHY)
        await screen.pilot.press("escape", "q")
        await until(lambda: screen.app.screen is screen.explore)
        screen.trainer.gate.set()
        assert said(screen.session) == WHY
        assert device_text(screen.session.device) == "CPU (x86 assembler)"


def test_the_fake_finds_every_device() -> None:
    assert [report.device for report in REPORTS] == list(DEVICES)


@pytest.mark.parametrize(("device", "gives_way"), [(Device("CPU", "clang"), "CPU"), (Device("CUDA", "CUDA"), "Three units")])
def test_a_gpu_stays_on_a_narrow_status_line_where_the_title_does_not(device: Device, gives_way: str) -> None:
    readout = read_status(replace(open_lab(w1=1), device=Ready(device)))
    for width, shown_there in ((120, True), (70, False)):
        line = next(iter(status(readout, width, 1))).plain
        assert (gives_way in line) == shown_there
        assert ("CUDA (CUDA)" in line) == (device.name == "CUDA")


async def test_a_device_that_cannot_be_opened_leaves_what_was_said_before() -> None:
    async with shown(open_lab().say("recovered: 1 edit"), trainer=FakeTrainer("training needs clang")) as screen:
        assert said(screen.session) == "training needs clang; recovered: 1 edit"
