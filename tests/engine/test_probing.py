"""The devices as they are found, each in a process of its own: what they have, what they lack, and what goes wrong."""

import asyncio
import platform
import subprocess
import sys
import time
from array import array
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from unittest.mock import AsyncMock

import numpy as np
import pytest

from relutui.engine import probe_worker
from relutui.engine.devices.catalogue import CANDIDATES, probe_devices
from relutui.engine.devices.choice import assembler_lacks, clang
from relutui.model.network import Parameters
from relutui.model.trainer import DEVICES, Device, DeviceReport, Diverged
from relutui.model.training import Checkpoint, Sample
from tests.engine.problems import LAB_DATA
from tests.support.waiting import LIMIT, until

BUSY = 60.0  # s that a busy machine may take
FAKED = """
import os, sys, time
from relutui.engine import probe_worker as probe

async def measure(candidate):
    {code}
    return candidate.unusable("tried")

probe.measure, probe.PROBE_LIMIT_S = measure, {too_long}
{before}
probe.main(sys.argv[1:])
"""


class Started:
    """The processes that are started to look for devices; `code` replaces what they do with a `candidate`, if it is set."""

    def __init__(self) -> None:
        self.start = asyncio.create_subprocess_exec
        self.processes: list[asyncio.subprocess.Process] = []
        self.code, self.before, self.too_long = "", "", 600

    async def __call__(self, *command: str, **options: object) -> asyncio.subprocess.Process:
        if self.code:
            faked = FAKED.format(code=self.code, before=self.before, too_long=self.too_long)
            command = (sys.executable, "-c", faked, *command[4:])
        self.processes.append(await self.start(*command, **options))  # type: ignore[arg-type]
        return self.processes[-1]

    async def have_ended(self) -> bool:
        """Whether one was started, and soon nobody of its group runs any more."""
        end = time.monotonic() + BUSY
        while (running := [pid for process in self.processes for pid in members(process.pid)]) and time.monotonic() < end:
            await asyncio.sleep(0.01)
        return len(self.processes) == 1 and not running


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    started = Started()
    monkeypatch.setattr(asyncio, "create_subprocess_exec", started)
    return started


def members(group: int) -> list[int]:
    """The processes of a group that run: a zombie, which nobody has asked for its end, does not."""
    told = subprocess.run(
        ["ps", "-eo", "pgid=,pid=,stat="], capture_output=True, text=True, check=True, timeout=LIMIT
    ).stdout.splitlines()
    rows = [line.split() for line in told]
    return [int(pid) for found, pid, state in rows if int(found) == group and not state.startswith("Z")]


async def reports(limit: float = BUSY) -> dict[str, DeviceReport]:
    async with aclosing(probe_devices(limit)) as found:
        return {report.device: report async for report in found}


def test_what_there_may_be_is_in_the_order_of_every_list() -> None:
    assert [candidate.device for candidate in CANDIDATES] == list(DEVICES)


def test_all_that_tinygrad_would_look_for_may_be_here_but_a_part_of_a_phone() -> None:
    known = "from tinygrad.device import ALL_DEVICES; print(*ALL_DEVICES)"  # here only an engine imports it, on its own thread
    listed = subprocess.run(
        [sys.executable, "-c", known], capture_output=True, text=True, check=True, timeout=LIMIT
    ).stdout.split()
    assert {candidate.name for candidate in CANDIDATES} == {*listed} - {"DSP"}


async def test_every_device_is_reported_with_a_time_or_a_reason(
    started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies beside a scenario is not run instead of a library."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "numpy.py").write_text("open('ran', 'w')\n")
    found = await reports()
    assert set(found) == set(DEVICES)
    for report in found.values():
        assert (0.0 < report.burst_seconds < 5.0) == report.usable == (report.reason == "")
        assert report.usable or "; needs " in report.reason or "needs clang" in report.reason
        assert "\n" not in report.reason
    assert found["CPU:X86"].usable == (not assembler_lacks())
    assert found["CPU:CLANG"].usable == (clang() is not None)
    if platform.system() == "Linux":
        assert found["METAL"].reason == "no /System/Library/Frameworks/Metal.framework; needs macOS"
    assert await started.have_ended()
    assert not (tmp_path / "ran").exists()


async def test_what_crashes_hangs_or_prints_is_told_of_that_device_alone(started: Started) -> None:
    """A driver that hangs is ended after a while even if nobody is left to do it."""
    started.too_long = 1
    started.code = (
        "{'CPU:X86': os.abort, 'CPU:LLVM': lambda: os._exit(3), 'CL': lambda: time.sleep(600)}"
        ".get(candidate.device, lambda: None)(); os.write(1, b'{ chatter'); os.write(2, b'chatter')"
    )
    found = await reports()
    assert found["CPU:X86"].reason == "its driver ended the process (status -6)"
    assert found["CPU:LLVM"].reason == "its driver ended the process (status 3)"
    assert found["CL"].reason == "its driver ended the process (status -14)"
    assert found["CPU:CLANG"].reason == found["CUDA"].reason == found["WEBGPU"].reason == "tried"
    assert await started.have_ended()


async def test_what_does_not_answer_in_time_is_not_called_broken(started: Started) -> None:
    started.code = "time.sleep(600)"
    found = await asyncio.wait_for(reports(0.5), BUSY)
    assert set(found) == set(DEVICES)
    why = "no answer within 0.5 s: the machine is busy, its compiler slow, or its driver hangs"
    assert found["CPU:X86"].reason == found["CL"].reason == why
    assert await started.have_ended()


async def test_nothing_goes_on_once_nobody_listens_any_more(started: Started) -> None:
    started.code = "candidate.device == 'CPU:CLANG' or time.sleep(600)"
    async with asyncio.timeout(BUSY), aclosing(probe_devices(BUSY)) as found:
        async for report in found:
            if report.reason == "tried":
                break
    assert await started.have_ended()


async def test_who_is_cancelled_waits_for_nobody(started: Started) -> None:
    started.code = "time.sleep(600)"
    looking = asyncio.create_task(reports())
    await until(lambda: bool(started.processes))
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(looking, LIMIT)
    assert await started.have_ended()


async def test_it_ends_with_whoever_asks_though_that_is_killed(started: Started) -> None:
    started.code = "time.sleep(600)"
    looking = asyncio.create_task(reports(2 * BUSY))
    await until(lambda: bool(started.processes))
    asking = started.processes[0].stdin
    assert asking
    asking.close()
    assert await started.have_ended()
    assert set(await looking) == set(DEVICES)


async def test_it_is_told_if_nothing_can_be_tried(started: Started) -> None:
    started.code = "raise SystemExit"  # no device is told of
    found = await reports()
    assert found["CPU:X86"].reason == "what looks for devices has failed"
    assert set(found) == set(DEVICES)


async def test_without_tinygrad_it_is_told_of_every_device_how_to_install_it(started: Started) -> None:
    started.code, started.before = "pass", 'sys.modules["tinygrad"] = None'
    found = await reports()
    assert found["CPU:X86"].reason.startswith("training needs tinygrad: pip install tinygrad==0.14.0 (")
    assert found["CL"].reason == found["CUDA"].reason == found["CPU:X86"].reason


X, Y = LAB_DATA.x, LAB_DATA.y
SOLVED = Parameters(np.array([-2.0, 1.0, 2.0]), np.array([2.0, -1.0, -4.0]), np.ones(3), 0.0)
LOSS = probe_worker.PROBLEM.network.loss(probe_worker.START.parameters, X, Y)


@pytest.mark.parametrize(
    ("parameters", "steps", "first_loss", "usable"),
    [
        (SOLVED, 1000, LOSS, True),
        (probe_worker.START.parameters, 1000, LOSS, False),  # it has learnt nothing
        (SOLVED, 999, LOSS, False),
        (SOLVED, 1000, 1.001 * LOSS, False),
    ],
)
async def test_a_device_that_trains_wrongly_is_not_usable(
    monkeypatch: pytest.MonkeyPatch, parameters: Parameters, steps: int, first_loss: float, usable: bool
) -> None:
    trained = replace(Checkpoint.start(parameters), step=steps, history=(Sample(0, first_loss, array("f")),))
    engine = AsyncMock()
    engine.open.return_value, engine.train.return_value = Device("CL", "OpenCL"), trained
    monkeypatch.setattr(probe_worker, "Engine", lambda device, method: engine)
    report = await probe_worker.measure(next(candidate for candidate in CANDIDATES if candidate.device == "CL"))
    assert report.usable == usable
    assert report.reason == ("" if usable else "trains, but wrongly")
    engine.close.assert_awaited_once_with()


async def test_a_device_on_which_training_diverges_is_not_usable(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = AsyncMock()
    engine.train.side_effect = Diverged(probe_worker.START)
    monkeypatch.setattr(probe_worker, "Engine", lambda device, method: engine)
    report = await probe_worker.measure(CANDIDATES[3])
    assert (report.device, report.reason) == ("CL", "trains, but wrongly")
