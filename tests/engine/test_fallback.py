"""The processor takes over: what is told, and to whom, where calls are cancelled or another device is chosen meanwhile."""

import asyncio

import pytest

from relutui.engine.fallback import CpuFallback
from relutui.model.trainer import Device, DeviceFailed
from relutui.model.training import Checkpoint, Problem
from tests.engine.problems import LAB_START, lab
from tests.support.fake_trainer import FakeTrainer
from tests.support.waiting import LIMIT, until


class FailingTrainer(FakeTrainer):
    """Trains nothing: fails on the GPU that it opens first; the gate holds `switch` back."""

    device = Device("CUDA", "fake")

    async def open(self) -> Device:
        return self.device

    async def switch(self, device: str) -> Device:
        self.switched.append(device)
        await self.gate.wait()
        self.device = Device(device, "fake")
        return self.device

    async def train(self, checkpoint: Checkpoint, problem: Problem, steps: int) -> Checkpoint:
        self.asked.append(steps)
        if self.device.name == "CUDA":
            raise DeviceFailed("CUDA failed while training: lost")
        return checkpoint


def fallback_of(trainer: FailingTrainer) -> tuple[CpuFallback, list[str]]:
    reports: list[str] = []
    return CpuFallback(trainer, lambda device, reason: reports.append(f"{device}: {reason}")), reports


async def test_one_report_for_all_calls_that_fail_together() -> None:
    trainer = FailingTrainer()
    fallback, reports = fallback_of(trainer)
    await asyncio.gather(*(fallback.train(LAB_START, lab(), steps) for steps in (1, 2, 3)))
    assert trainer.switched == ["CPU"]
    assert sorted(trainer.asked) == [1, 1, 2, 2, 3, 3]
    assert reports == ["CPU (fake): CUDA failed while training: lost; on CPU (fake) from here on"]


async def test_it_is_reported_even_if_the_call_that_failed_is_cancelled() -> None:
    trainer = FailingTrainer()
    fallback, reports = fallback_of(trainer)
    trainer.gate.clear()
    training = asyncio.create_task(fallback.train(LAB_START, lab(), 1))
    await until(lambda: trainer.switched == ["CPU"])
    training.cancel()
    with pytest.raises(asyncio.CancelledError):
        await training
    trainer.gate.set()
    await until(lambda: bool(reports))
    assert await fallback.open() == Device("CPU", "fake")


async def test_a_device_that_is_chosen_meanwhile_is_kept() -> None:
    trainer = FailingTrainer()
    fallback, reports = fallback_of(trainer)
    trainer.gate.clear()
    await fallback.open()
    switching = asyncio.create_task(fallback.switch("CL"))
    await until(lambda: trainer.switched == ["CL"])
    training = asyncio.create_task(fallback.train(LAB_START, lab(), 1))
    await until(lambda: trainer.asked == [1])
    trainer.gate.set()
    assert await asyncio.wait_for(training, LIMIT) == LAB_START
    assert await switching == Device("CL", "fake")
    assert (trainer.switched, reports) == (["CL"], [])
